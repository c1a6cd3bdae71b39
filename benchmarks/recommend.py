"""Ranking for one follower against catalogues of 1k, 10k and 100k items: time, memory, time to build.

The items carry up to 8 of 3·√N tags whose popularity falls by a power law. Every item has figures and 200 neighbours
(20 above 5,000 items), as ``domain/neighbours.py`` keeps them. The follower has 30 tags, had to do with 30 items, was
shown 30 lately and passed over 60 in two months, owns two and came by a source whose taste is known: every term is at
work.
"""

from __future__ import annotations

import random
import resource
import time
from statistics import median

from domain.follower import Follower
from domain.item import Item
from domain.learned import Figures, Learned
from domain.ranking import Ranking
from domain.shelf import Shelf

NOW = 1_795_000_000
DAY = 86_400
REQUESTS = 400
TAGS = ENGAGED = SHOWN = 30
SILENT = 60
PRICES = (0, 0, 490, 990, 990, 1990, 9900)


def made_items(count: int, rng: random.Random) -> list[Item]:
    """Items over 3·√count tags."""
    names = [f"t{n}" for n in range(int(3 * count**0.5))]
    common = [1 / (n + 1) ** 0.7 for n in range(len(names))]
    items = []
    for n in range(count):
        tags = tuple(dict.fromkeys(rng.choices(names, common, k=12)))[:8]
        fen = rng.choice(PRICES)
        items.append(Item(f"s{n}", f"t{n}", "article", fen, tags, "a", "s", NOW - rng.randrange(300) * DAY, "", ""))
    return items


def made_learned(items: list[Item], rng: random.Random) -> Learned:
    """What followers might have taught about them."""
    slugs = [item.slug for item in items]
    figures = {}
    for slug in slugs:
        exposed = rng.randrange(500)
        opened = rng.randrange(exposed + 1)
        finished, rated = rng.randrange(opened + 1), rng.randrange(opened + 1) // 5
        figures[slug] = Figures(exposed, opened, finished, finished, 0, 4 * rated, rated, 0, 0)
    most = 200 if len(items) <= 5_000 else 20
    neighbours = {slug: [(rng.choice(slugs), rng.random() / 5) for _ in range(most)] for slug in slugs}
    tags = sorted({tag for item in items for tag in item.tags})
    tastes = {source: {tag: rng.random() / 2 for tag in rng.choices(tags, k=20)} for source in ("", "qr:c_42")}
    return Learned(figures, neighbours, tastes)


def made_follower(items: list[Item], names: list[str], rng: random.Random) -> Follower:
    """Somebody of whom much is known."""
    common = [1 / (n + 1) ** 0.7 for n in range(len(names))]
    return Follower(
        {tag: rng.random() for tag in rng.choices(names, common, k=TAGS)},
        {item.slug: rng.random() for item in rng.sample(items, ENGAGED)},
        ("s1", "s2"),
        {item.slug: rng.randrange(1, 4) for item in rng.sample(items, SHOWN)},
        (990, 1990),
        "qr:c_42",
        silent={item.slug: rng.randrange(1, 4) for item in rng.sample(items, SILENT)},
    )


def run() -> dict[int, dict[str, float]]:
    """Figures by catalogue size: median and p99 microseconds, seconds to build, MB more in memory."""
    found: dict[int, dict[str, float]] = {}
    for count in (1_000, 10_000, 100_000):
        rng = random.Random(count)
        items = made_items(count, rng)
        learned = made_learned(items, rng)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        ranking = Ranking(Shelf(items), learned)
        built = time.perf_counter() - began
        names = sorted({tag for item in items for tag in item.tags})
        followers = [made_follower(items, names, rng) for _ in range(REQUESTS)]
        ranking.rank(followers[0], NOW, 3, rng.random)
        times = []
        for follower in followers:
            began = time.perf_counter()
            ranking.rank(follower, NOW, 3, rng.random)
            times.append((time.perf_counter() - began) * 1e6)
        times.sort()
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        found[count] = {
            "median_us": median(times),
            "p99_us": times[int(REQUESTS * 0.99)],
            "build_s": built,
            "more_mb": more,
        }
        print(count, {name: round(value, 2) for name, value in found[count].items()})
    return found


if __name__ == "__main__":
    run()
