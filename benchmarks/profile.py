"""CPU of one message for the profile: understanding its words, and from them to the stored and ranked profile.

Each message comes from another follower, with 30 interests, who did something with 40 items. The texts are questions
as followers write them, and passages of the shipped articles of 2,000 and 10,000 characters (2,000 are read of any).
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.made_content import REAL, made_messages
from catalog.load import Catalog, load_catalog
from domain.answer import Lesson
from domain.interests import not_repeated
from domain.message import MESSAGE, Message
from flows.know_follower import know
from flows.learn_interests import understand
from storage import behaviours, engagements, followers, interests
from storage.migrate import migrate
from storage.store import Store

NOW = 1_795_000_000
MESSAGES = 300
TAGS, ITEMS = 30, 40
LENGTHS = {"about 10": 0, "2,000": 2_000, "10,000": 10_000}


def run() -> dict[str, dict[str, float]]:
    """By length in characters: median and p99 microseconds of CPU for understanding, for the profile, and for both."""
    catalog = load_catalog(REAL, ZoneInfo("Asia/Shanghai"))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        store = _store(Path(folder), catalog)
        for nth, (name, length) in enumerate(LENGTHS.items()):
            found[name] = _measure(store, catalog, _texts(catalog, length), nth * MESSAGES)
            print(name, {key: round(value) for key, value in found[name].items()})
        store.close()
    return found


def _store(folder: Path, catalog: Catalog) -> Store:
    store = Store(f"sqlite:///{folder / 'profiles.db'}")
    migrate(store.engine)
    rng, slugs = random.Random(1), list(catalog.items)
    with store.write() as tx:
        for who in map(_who, range(MESSAGES * len(LENGTHS))):
            followers.followed(tx, who, NOW - 10**6, "qr:c_42")
            tags = rng.sample(catalog.vocabulary.tags, TAGS)
            interests.learn(tx, who, [Lesson(tag, 1.0, "ask", tag) for tag in tags], NOW - 10**5)
            for slug in rng.sample(slugs, min(ITEMS, len(slugs))):
                engagements.add(tx, who, slug, NOW - rng.randrange(10**6), rng.random() * 5)
    return store


def _who(number: int) -> str:
    return f"oProfile{number:06}"


def _texts(catalog: Catalog, length: int) -> list[str]:
    if not length:
        return made_messages(MESSAGES)
    prose = "".join(item.free + item.paid for item in catalog.items.values())
    rng = random.Random(length)
    starts = [rng.randrange(len(prose) - length) for _ in range(MESSAGES)]
    return [prose[start : start + length] for start in starts]


def _measure(store: Store, catalog: Catalog, texts: Sequence[str], first: int) -> dict[str, float]:
    reading, keeping, both = [], [], []
    for number, text in enumerate(texts, first):
        understood, one = _cpu(partial(understand, catalog, text))
        _, other = _cpu(partial(_keep, store, _who(number), understood.lessons, text))
        reading.append(one)
        keeping.append(other)
        both.append(one + other)
    parts = {"understand": reading, "profile": keeping, "both": both}
    return {f"{name}_{what}": value for name, times in parts.items() for what, value in _figures(times).items()}


def _keep(store: Store, who: str, lessons: Sequence[Lesson], text: str) -> None:
    """From lessons to what ranking goes by, and into the database: as a message does it."""
    known = know(store, who, NOW)
    taught = not_repeated(lessons, known.held, NOW)
    assert known.after(taught).follower.personal
    with store.write() as tx:
        behaviours.add(tx, Message(f"m{who}", who, "gh", NOW, MESSAGE, "text", text), taught)
        interests.learn(tx, who, taught, NOW)


def _cpu(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time_ns()
    made = work()
    return made, (time.process_time_ns() - began) / 1e3


def _figures(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"median_us": median(ordered), "p99_us": ordered[int(len(ordered) * 0.99)]}


if __name__ == "__main__":
    run()
