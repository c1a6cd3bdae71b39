"""Ranking for one follower against catalogues of 1k, 10k and 100k items: time, memory, time to build.

The items carry up to 8 of 3·√N tags whose popularity falls by a power law; the follower has 30 tags.
"""

from __future__ import annotations

import random
import resource
import time
from statistics import median

from domain.item import Item
from domain.ranking import Shelf

NOW = 1_795_000_000
DAY = 86_400
REQUESTS = 400


def made_items(count: int, rng: random.Random) -> list[Item]:
    """Items over 3·√count tags."""
    names = [f"t{n}" for n in range(int(3 * count**0.5))]
    common = [1 / (n + 1) ** 0.7 for n in range(len(names))]
    items = []
    for n in range(count):
        tags = tuple(dict.fromkeys(rng.choices(names, common, k=12)))[:8]
        items.append(Item(f"s{n}", f"t{n}", "article", 990, tags, "a", "s", NOW - rng.randrange(300) * DAY, "", ""))
    return items


def run() -> dict[int, dict[str, float]]:
    """Figures by catalogue size: median and p99 microseconds, seconds to build, MB more in memory."""
    found: dict[int, dict[str, float]] = {}
    for count in (1_000, 10_000, 100_000):
        rng = random.Random(count)
        items = made_items(count, rng)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        shelf = Shelf(items)
        built = time.perf_counter() - began
        names = list(shelf.tags)
        common = [1 / (n + 1) ** 0.7 for n in range(len(names))]
        followers = [{tag: rng.random() for tag in rng.choices(names, common, k=30)} for _ in range(REQUESTS)]
        shelf.rank(followers[0], NOW, 3)
        times = []
        for weights in followers:
            began = time.perf_counter()
            shelf.rank(weights, NOW, 3, never={"s1", "s2"}, shown={"s3": 1, "s4": 2})
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
