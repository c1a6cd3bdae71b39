"""Regret of the ranking against the truth, as the crowd becomes known, beside newest, popular and content match alone.

Each policy lives with the same people and items (``benchmarks/crowd_truth.py``) and the same luck, in a world of its
own, so each learns from its own lists. Everybody is shown one list a round; then the clock learns. After 0, 1, 3, 10
and 30 interactions each, the lists that are shown are compared with the best ones there are (``benchmarks/regret.py``).

The three others are given the better of two ways at each point: showing the same again until it is opened, or letting
what was shown rest for a week. ``python -m benchmarks.crowd [SEED …]`` prints the tables and draws the picture.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

import numpy as np

from benchmarks.crowd_log import Log
from benchmarks.crowd_policies import Ours, Single, content, newest, popular
from benchmarks.crowd_truth import BEGIN, STEP, Floats, Size, Truth, part_name
from benchmarks.regret import PLACES, regret
from benchmarks.regret_picture import picture

PICTURE = Path(__file__).parent.parent / "docs" / "regret.svg"
SIZES = (Size(200, 40), Size(5_000, 1_000))
SEEDS = tuple(range(1, 11))
"""The constants of the ranking were chosen on others: 901 and following."""
POINTS, NEW_POINTS = (0, 1, 3, 10, 30), (10, 30)
OURS = "ours"
SINGLE = {"newest": newest, "popular": popular, "content": content}
POLICIES = (OURS, *SINGLE)
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""The two-sided 95 % points of Student's t with 1 to 9 degrees of freedom."""


class World(NamedTuple):
    """Regret of one policy in one world, 0 to 1, by point: of the lists, and of lists of what came out meanwhile."""

    size: Size
    policy: str
    rests: bool
    seed: int
    all: dict[int, float]
    new: dict[int, float]


class Figure(NamedTuple):
    """A mean over seeds with its 95 % interval."""

    mean: float
    reach: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Of two to ten values; one alone has no interval."""
        if len(values) == 1:
            return cls(values[0], 0.0)
        return cls(mean(values), STUDENT[len(values) - 2] * stdev(values) / len(values) ** 0.5)


def live(size: Size, name: str, rests: bool, seed: int) -> World:
    """One policy's world, from its first list on."""
    truth = Truth(seed, size)
    log = Log(truth)
    policy = Ours(log, seed) if name == OURS else Single(log, SINGLE[name], rests)
    luck = np.random.default_rng([seed, size.followers, 1])
    log.welcome(BEGIN - 60)
    world = World(size, name, rests, seed, {}, {})
    for done in range(size.rounds + 1):
        now = BEGIN + done * STEP
        _talk(log, luck.random((size.followers, 2)), now - 60)
        lists = policy.lists(now)
        shown = lists(None)
        if done in POINTS:
            opens = truth.opens(now) * log.left_of_charm()
            world.all[done] = regret(opens, truth.worth, truth.topic, shown)
            new = (truth.published > BEGIN) & (truth.published <= now)
            if done in NEW_POINTS and new.any():
                world.new[done] = regret(opens * new, truth.worth, truth.topic, lists(new))
        log.show(shown, luck.random((size.followers, PLACES, 6)), now)
    return world


def _talk(log: Log, luck: Floats, now: int) -> None:
    """Some write what they would like to read about."""
    for who in np.flatnonzero(luck[:, 0] < log.truth.talks).tolist():
        log.say(who, part_name(log.truth.asks(who, luck[who, 1])), "ask", now)


def run(seeds: Sequence[int] = SEEDS, sizes: Sequence[Size] = SIZES) -> list[World]:
    """All worlds, two at a time, the long ones first."""
    ways = [(OURS, True), *product(SINGLE, (True, False))]
    jobs = [(size, *way, seed) for size in reversed(sizes) for way in ways for seed in seeds]
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(live, *zip(*jobs, strict=True)))


def figures(worlds: Sequence[World], size: Size, part: str) -> dict[str, dict[int, list[float]]]:
    """Policy -> point -> regret by seed, of the better way of each policy at that point."""
    found: dict[str, dict[int, list[float]]] = {}
    for name, point in product(POLICIES, POINTS):
        ways = [
            [
                getattr(one, part)[point]
                for one in worlds
                if (*one[:3],) == (size, name, rests)
                if point in getattr(one, part)
            ]
            for rests in (True, False)
        ]
        if any(ways):
            found.setdefault(name, {})[point] = min(filter(None, ways), key=mean)
    return found


def told(worlds: Sequence[World], part: str = "all") -> str:
    """The tables in Markdown, in % of the best worth."""
    return "\n\n".join(_table(figures(worlds, size, part), size) for size in SIZES)


def _table(found: dict[str, dict[int, list[float]]], size: Size) -> str:
    points = list(found[OURS])
    head = f"| {size.followers:,} followers, {size.items:,} items | " + " | ".join(f"after {n}" for n in points) + " |"
    rows = [head, "|---" * (len(points) + 1) + "|"]
    for name in POLICIES:
        rows.append(f"| {name} | " + " | ".join(_cell(Figure.of(found[name][n]), "") for n in points) + " |")
    less = [_cell(Figure.of(ahead(found, n)), "+") for n in points]
    return "\n".join([*rows, f"| ours less the best other | {' | '.join(less)} |"])


def ahead(found: dict[str, dict[int, list[float]]], point: int) -> list[float]:
    """Regret of ours less that of the best other, seed by seed."""
    best = min((found[name][point] for name in SINGLE), key=mean)
    return [ours - other for ours, other in zip(found[OURS][point], best, strict=True)]


def _cell(figure: Figure, sign: str) -> str:
    return f"{100 * figure.mean:{sign}.1f} ± {100 * figure.reach:.1f}"


def curves(worlds: Sequence[World]) -> list[tuple[str, dict[str, list[tuple[int, float, float]]]]]:
    """What the picture shows: (title, policy -> (point, mean, reach)) of each size."""
    return [
        (
            f"{size.followers:,} followers, {size.items:,} items",
            {
                name: [(point, *Figure.of(values)) for point, values in of.items()]
                for name, of in figures(worlds, size, "all").items()
            },
        )
        for size in SIZES
    ]


if __name__ == "__main__":
    lived = run([int(one) for one in sys.argv[1:]] or SEEDS)
    PICTURE.write_text(picture(curves(lived)), encoding="utf-8")
    print(told(lived), told(lived, "new"), sep="\n\nOf what came out meanwhile:\n\n")
