"""Finding an audience among a million followers with 19.6 million tags, and what its preview takes.

A follower has about twenty of a hundred tags, the popular ones more often (a power law); each weighs what was learned
within three months. One in twenty did something within two days, one in five was written to within the week, 2 % opted
out, and 100,000 own the item. What a lesson costs is measured before and after the index over tags is made.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np

from catalog.load import Catalog, load_catalog
from domain import interests as rules
from domain.answer import Lesson
from domain.audience import Condition, Either, Likes
from domain.campaign import MARKETING, MASS, RECOMMEND, Campaign, Variant
from domain.delivery import WINDOW
from domain.link import LinkSigner
from flows.deliver_receipt import Place
from flows.plan_audience import Deciding, plans_of, written_shares
from flows.preview_campaign import Previewer, preview_campaign
from storage import audience, interests
from storage.migrate import migrate
from storage.store import Store

NOW, DAY = 1_795_000_000, 86_400
FOLLOWERS, TAGS, TAGS_EACH = 1_000_000, 100, 23.0
"""So many draws of a tag each; what is drawn twice is one tag, which leaves 19.6."""
AT_ONCE = 50_000
ROUNDS, LESSONS, PLANNED = 5, 3_000, 2_000
ZONE = ZoneInfo("Asia/Shanghai")
ITEM = "running-30"


def run(followers: int = FOLLOWERS) -> dict[str, float]:
    """Figures: rows, people, seconds to find them and of previews, people planned in a second of the processor,
    microseconds of a lesson without and with the index, seconds to make it, bytes of the file without and with it."""
    root = Path(__file__).resolve().parents[1]
    catalog = load_catalog(root / "content", ZONE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profiles.db"
        store = Store(f"sqlite:///{file}")
        migrate(store.engine)
        names = _tags(catalog)
        tags = fill(file, followers, names)
        found = {"tags": float(tags), "bytes_without": float(file.stat().st_size)}
        found["lesson_without"] = _lesson(store, followers, names)
        began = time.perf_counter()
        with sqlite3.connect(file) as connection:
            connection.execute("create index interests_by_tag on interests (tag, openid, score, refused_at, chosen_at)")
        found |= {"index_seconds": time.perf_counter() - began, "bytes_with": float(file.stat().st_size)}
        found["lesson_with"] = _lesson(store, followers, names)
        found |= _measured(store, catalog, names)
        store.close()
    return found


def _measured(store: Store, catalog: Catalog, names: list[str]) -> dict[str, float]:
    rule = Either((Likes(names[0], 0.3), Likes(names[1], 0.3)))
    with store.read() as tx:
        people = audience.everybody(tx, rule, NOW, dict)
        find = _seconds("find", lambda: audience.everybody(tx, rule, NOW, dict))
    of = Previewer(
        store, catalog, Place("https://read.example.cn", ZONE), LinkSigner("secret"), None, dict, written_shares
    )
    fixed, chosen = _campaign(rule, ITEM), _campaign(rule, RECOMMEND)
    deciding = Deciding(catalog, chosen, written_shares(store, chosen), NOW, NOW, ZONE, dict)
    began = time.process_time()
    for first in range(0, PLANNED, 100):
        plans_of(store, deciding, sorted(people)[first : first + 100], NOW)
    planned = PLANNED / (time.process_time() - began)
    return {
        "people": len(people), **find,
        **_seconds("preview_fixed", lambda: preview_campaign(of, fixed, NOW)),
        **_seconds("preview_recommend", lambda: preview_campaign(of, chosen, NOW)),
        "reaches": preview_campaign(of, fixed, NOW).reaches, "planned_a_second": planned,
    }  # fmt: skip


def _campaign(rule: Condition, item: str) -> Campaign:
    words = (Variant("main", "{greeting}，这个周末动起来：{title} {link}"),)
    return Campaign("weekend", "周末", MARKETING, words, (WINDOW, MASS), rule, item=item, holdout=0.1)


def _seconds(name: str, do: Callable[[], object]) -> dict[str, float]:
    """Medians of some rounds: by the wall, and of the processor, which a busy machine does not lengthen as much."""
    took, worked = [], []
    for _ in range(ROUNDS):
        began, busy = time.perf_counter(), time.process_time()
        do()
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
    return {name: median(took), f"{name}_cpu": median(worked)}


def _lesson(store: Store, followers: int, names: list[str]) -> float:
    """Microseconds of the processor for a transaction that teaches two tags of a random follower, median."""
    lots, took = np.random.default_rng(3), []
    for number in range(LESSONS):
        openid = _openid(int(lots.integers(followers)))
        taught = [Lesson(names[tag], 1.0, "ask", "词") for tag in lots.integers(TAGS, size=2).tolist()]
        began = time.process_time()
        with store.write() as tx:
            interests.learn(tx, openid, taught, NOW + number)
        took.append(time.process_time() - began)
    return median(took) * 1e6


def _tags(catalog: Catalog) -> list[str]:
    """Those of the shelf first, so that recommending has something to choose from."""
    known = ["健身", *(tag for tag in catalog.subjects if tag != "健身")]
    return [*known, *(f"标签{number:02}" for number in range(TAGS - len(known)))][:TAGS]


def _openid(number: int) -> str:
    return "o" + hashlib.sha256(str(number).encode()).hexdigest()[:27]


def fill(file: Path, followers: int, names: list[str]) -> int:
    """Make the rows, without the index; how many tags there are."""
    lots = np.random.default_rng(1)
    openids = sorted(_openid(number) for number in range(followers))
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("drop index interests_by_tag")
    connection.execute("pragma synchronous=off")
    for first in range(0, followers, AT_ONCE):
        part = openids[first : first + AT_ONCE]
        connection.execute("begin")
        _people(connection, part, lots)
        connection.executemany(
            "insert into interests values (?, ?, ?, 0, ?, 'ask', '词', ?, 0)", _liked(part, lots, names)
        )
        connection.execute("commit")
    connection.execute("pragma wal_checkpoint(truncate)")
    tags = int(connection.execute("select count(*) from interests").fetchone()[0])
    connection.close()
    return tags


def _people(connection: sqlite3.Connection, openids: list[str], lots: np.random.Generator) -> None:
    seen = (NOW - lots.exponential(40 * DAY, len(openids))).astype(int).tolist()
    many = connection.executemany
    many(
        "insert into followers values (?, 1, ?, null, '', ?, '', null, ?)",
        ((openid, NOW - 10**7, NOW - 10**7, at) for openid, at in zip(openids, seen, strict=True)),
    )
    lately = [(openid, at) for openid, at in zip(openids, seen, strict=True) if at > NOW - 3 * DAY]
    many("insert into behaviours values (?, 'm', ?, 'message', 'text', '', '', '')", lately)
    ago = (NOW - lots.integers(1, 7 * DAY, len(openids))).tolist()
    chance = lots.random((3, len(openids)))
    sent = [(openid, at) for openid, at, lot in zip(openids, ago, chance[0], strict=True) if lot < 0.2]
    many("insert into sends values (?, 'earlier', ?, 'window', 'marketing')", sent)
    stopped = ((openid, NOW) for openid, lot in zip(openids, chance[1], strict=True) if lot < 0.02)
    many("insert into opt_outs values (?, '', ?)", stopped)
    own = ((openid, ITEM, NOW) for openid, lot in zip(openids, chance[2], strict=True) if lot < 0.1)
    many("insert into entitlements values (?, ?, 'order:1', ?, null)", own)


def _liked(openids: list[str], lots: np.random.Generator, names: list[str]) -> Iterator[tuple[object, ...]]:
    for openid, count in zip(openids, lots.poisson(TAGS_EACH, len(openids)).tolist(), strict=True):
        tags = sorted({*(lots.random(max(count, 1)) ** 1.6 * TAGS).astype(int).tolist()})
        scores, at = lots.gamma(1.2, 1.0, len(tags)), NOW - lots.integers(0, 90 * DAY, len(tags))
        grown = scores * 2.0 ** ((at - rules.EPOCH) / rules.HALF_LIFE)
        refused = np.where(lots.random(len(tags)) < 0.01, at, 0)
        rows = zip(tags, grown.tolist(), at.tolist(), refused.tolist(), strict=True)
        yield from ((openid, names[tag], score, when, no) for tag, score, when, no in rows)


if __name__ == "__main__":
    print(json.dumps(run(*map(int, sys.argv[1:])), indent=1))
