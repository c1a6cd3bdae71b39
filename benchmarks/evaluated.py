"""`evaluate` against a truth that is known: the simulator's crowd writes to the bot, and its log is judged.

Everything is the product's: the door, the ranking that explores, the tracked links, what the clock learns by night, and
the document of `evaluate`. Hidden is what a person of the simulator's crowd likes (``simulator/crowd/person.py``): an
item at the first place is opened with probability logistic(-2.2 + 5 affinity of its title and summary), at the second
and third ``LOOKED_AT`` times as often; of what is opened ``READ`` is read to the end, and so not offered again.

The truth of "without exploration": for each list of the ranking the one that would have been shown, at that moment and
to that person, without a draw, is worked out beside it, and how often its items would have been opened is known.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple
from unittest.mock import patch
from zoneinfo import ZoneInfo

from catalog.live import LiveCatalog
from catalog.load import Catalog, load_catalog
from domain.claim import ClaimCodes
from domain.follower import Follower
from domain.item import Item
from domain.link import LinkSigner
from domain.ranking import Ranked, Ranking
from domain.rivals import GREEDY, RIVALS
from flows.evaluate_policies import evaluate
from flows.learn_items import count_items, learn_neighbours, learn_tastes
from flows.live_learned import read_learned
from flows.open_link import open_link
from flows.react_to_item import progress
from handlers.door import Door
from simulator.crowd import person
from simulator.crowd.topics import affinity
from storage import exposures
from storage.migrate import migrate
from storage.store import Store
from storage.together import Together

CONTENT = Path(__file__).parent.parent / "content"
FOLLOWERS, DAYS = 300, 15
BEGIN, DAY = 1_795_000_000, 86_400
LOOKED_AT, READ = (1.0, 0.8, 0.65), 0.2
SEEDS = tuple(range(301, 331))
FIGURES = ("ips", "snips", "dr")
PARTS = ("whole_lists", "first_place")


class Compared(NamedTuple):
    """The document of one account, and for each of ``PARTS`` the truth without exploration and of what was shown."""

    document: dict[str, Any]
    greedy: dict[str, float]
    logged: dict[str, float]


class Crowd:
    """One account and its followers."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = Store(f"sqlite:///{folder / 'profiles.db'}")
        migrate(self.store.engine)
        self.catalog = LiveCatalog(folder, _catalog)
        self.together = Together(Store(f"sqlite:///{folder / 'profiles.db'}", one_connection=True))
        self.door = Door(
            self.together, self.catalog, LinkSigner("k" * 32), "https://read.example.cn", True, ZoneInfo("UTC"),
            ClaimCodes("k" * 32), None, random.Random(seed + 1).random,
        )  # fmt: skip
        self.people = [person.draw(seed, number) for number in range(FOLLOWERS)]
        self.number = 0
        self.greedy: list[list[float]] = []
        self.shown: list[list[float]] = []

    def live(self) -> None:
        """Everybody comes once a day; by night the clock learns."""
        for day in range(DAYS):
            for nth, who in enumerate(self.chance.sample(self.people, FOLLOWERS)):
                self._visit(who, BEGIN + day * DAY + nth * (DAY // 2 // FOLLOWERS))
            for learn in (count_items, learn_neighbours, learn_tastes):
                learn(self.store, BEGIN + (day + 1) * DAY - 1)
            self.catalog.teach(read_learned(self.store))

    def _visit(self, who: person.Truth, now: int) -> None:
        words = "推荐" if self.chance.random() < 0.6 else person.question(who, self.chance)
        self.number += 1
        with _also_without_a_draw() as best:
            self.door.receive(
                {"ToUserName": "gh_a", "FromUserName": who.openid, "CreateTime": str(now), "MsgType": "text",
                 "Content": words, "MsgId": str(10**15 + self.number)}, now,
            )  # fmt: skip
        with self.store.read() as tx:
            shown = exposures.lately(tx, who.openid, now, len(LOOKED_AT))
        items = self.catalog.current.items
        openness = [_openness(who, items[one.slug], one.position) for one in shown]
        if best:
            self.shown.append(openness)
            self.greedy.append([_openness(who, one.item, place) for place, one in enumerate(best[-1], 1)])
        for one, chance in zip(shown, openness, strict=True):
            if self.chance.random() < chance:
                open_link(self.store, one.id, items[one.slug], True, now + 20)
                if self.chance.random() < READ:
                    progress(self.store, who.openid, items[one.slug], 100, 90, now + 120)


def _openness(who: person.Truth, item: Item, place: int) -> float:
    return LOOKED_AT[place - 1] / (1 + math.exp(2.2 - 5 * affinity(f"{item.title} {item.summary}", who.tastes)))


@contextmanager
def _also_without_a_draw() -> Iterator[list[list[Ranked]]]:
    """Collects the ranking's lists without a draw; not what is filled up beside a search's hits."""
    best: list[list[Ranked]] = []
    drawn = Ranking.rank

    def rank(
        self: Ranking, follower: Follower, now: int, count: int, chance: Callable[[], float],
        never: Collection[str] = (), among: Collection[str] | None = None, about: Collection[str] | None = None,
    ) -> list[Ranked]:  # fmt: skip
        if about is None:
            best.append(drawn(self, follower, now, count, lambda: 0.0, never, among))
        return drawn(self, follower, now, count, chance, never, among, about)

    with patch.object(Ranking, "rank", rank):
        yield best


@cache
def _catalog() -> Catalog:
    return load_catalog(CONTENT, ZoneInfo("Asia/Shanghai"))


def compare(seed: int) -> Compared:
    """One account's life, judged."""
    with tempfile.TemporaryDirectory() as folder:
        crowd = Crowd(Path(folder), seed)
        crowd.live()
        document = evaluate(crowd.store, 0, 9_900, lambda done: None)
        crowd.together.store.close()
        crowd.store.close()
    return Compared(document, _means(crowd.greedy), _means(crowd.shown))


def _means(lists: Sequence[Sequence[float]]) -> dict[str, float]:
    places = [chance for one in lists for chance in one]
    return {PARTS[0]: sum(places) / len(places), PARTS[1]: sum(one[0] for one in lists if one) / len(lists)}


def run(seeds: Sequence[int] = SEEDS) -> list[Compared]:
    """One account a seed, two at a time."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(compare, seeds))


def told(found: Sequence[Compared]) -> str:
    """The table of the results, in Markdown: mean error, mean half-width of the interval, how many hold the truth."""
    rows = ["| | truth, as shown | truth, without exploration | " + " | ".join(FIGURES) + " |", "|" + "---|" * 6]
    for part in PARTS:
        logged, greedy = (mean(one[place][part] for one in found) for place in (2, 1))
        cells = " | ".join(_cell(found, part, figure) for figure in FIGURES)
        rows.append(f"| {part.replace('_', ' ')} | {100 * logged:.2f} | {100 * greedy:.2f} | {cells} |")
    others = (f"{rival} {_withheld(found, rival)}" for rival in RIVALS if rival != GREEDY)
    return "\n".join(rows) + f"\n\nWithheld of {len(found)} for whole lists and first places: {', '.join(others)}."


def _withheld(found: Sequence[Compared], rival: str) -> str:
    targets = [target for one in found for target in one.document["targets"] if target["name"] == rival]
    return " and ".join(str(sum(target[part]["dr"] is None for target in targets)) for part in PARTS)


def _cell(found: Sequence[Compared], part: str, figure: str) -> str:
    given = []
    for one in found:
        target = next(target for target in one.document["targets"] if target["name"] == GREEDY)
        if target[part][figure]:
            given.append((one.greedy[part], target[part][figure]))
    if not given:
        return "withheld"
    error = mean(figure["estimate"] - truth for truth, figure in given)
    width = mean(figure["high"] - figure["low"] for _, figure in given) / 2
    held = sum(figure["low"] <= truth <= figure["high"] for truth, figure in given)
    return f"{100 * error:+.2f} ± {100 * width:.2f}, {held} of {len(given)}"


if __name__ == "__main__":
    print(told(run([int(one) for one in sys.argv[1:]] or SEEDS)))
