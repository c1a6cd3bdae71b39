"""Which share of the people gets which wording: more for what did better, and always some for the others.

Thompson sampling (Thompson, Biometrika 25, 1933, 285-294; Chapelle & Li, NIPS 2011): a wording's share is the chance
that it is the best, as far as is known. A floor keeps every wording tried, so that a wrong beginning is found out.

What a wording is worth: opened links, less what followers cost who leave after it. Each run's people are compared with
each other alone (indirect standardisation): a weekend on which everybody opens more must not speak for the wording that
had the larger share then. How much better or worse a wording does has a gamma distribution (Clayton & Kaldor,
Biometrics 43, 1987, 671-681).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.always_valid import Batch, expected

FLOOR = 0.1
"""No wording gets less, as long as there are at most five; of more, half an equal share."""
LEAST_DRAWN = 50
"""People of each wording before any share moves."""
LEAST_MOVE = 0.05
"""A smaller change of every share is not worth a row."""
FARTHEST_MOVE = 0.2
"""No share moves farther at once: one night's figures can be a weekend's whim."""
LEAVING_COSTS = 10.0
"""Opened links that a follower is worth who leaves."""
USUAL = 6.0
"""A priori hits: wordings differ by a factor of 1 give or take 0.4."""
DRAWS = 4_000


Shares = Mapping[str, float]
"""Name -> share."""


class Result(NamedTuple):
    """What is known of the wordings: by run, who opened, and who left."""

    opened: Sequence[Batch]
    left: Sequence[Batch]


def adjusted(shares: Mapping[str, float], result: Result, chance: np.random.Generator) -> dict[str, float] | None:
    """The new shares, which add up to 1; None when they should stay. `chance` decides the last digits alone."""
    now = normal(shares)
    if len(now) < 2 or min(drawn(name, result.opened) for name in now) < LEAST_DRAWN:
        return None
    floor = min(FLOOR, 0.5 / len(now))
    best = chance_of_best([*now], result, chance)
    wanted = {name: floor + (1 - floor * len(now)) * best[name] for name in now}
    farthest = max(abs(wanted[name] - now[name]) for name in now)
    if farthest < LEAST_MOVE:
        return None
    pace = min(1.0, FARTHEST_MOVE / farthest)
    return {name: round(now[name] + pace * (wanted[name] - now[name]), 3) for name in now}


def drawn(name: str, batches: Sequence[Batch]) -> int:
    """People who were drawn for a wording."""
    return sum(batch.drawn.get(name, 0) for batch in batches)


def chance_of_best(names: Sequence[str], result: Result, chance: np.random.Generator) -> dict[str, float]:
    """Name -> the probability that it is worth most."""
    worth = np.stack([_worth(name, result, chance) for name in names])
    best = np.bincount(worth.argmax(axis=0), minlength=len(names)) / DRAWS
    return dict(zip(names, map(float, best), strict=True))


def _worth(name: str, result: Result, chance: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    opened, left = (_often(name, batches, chance) for batches in (result.opened, result.left))
    return opened - LEAVING_COSTS * left


def _often(
    name: str, batches: Sequence[Batch], chance: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Draws of the share of people who do it when they get this wording."""
    people = sum(sum(batch.drawn.values()) for batch in batches)
    usual = sum(sum(batch.hits.values()) for batch in batches) / people if people else 0.0
    hits = sum(batch.hits.get(name, 0) for batch in batches)
    return usual * chance.gamma(USUAL + hits, 1 / (USUAL + expected(name, batches)), DRAWS)


def normal(shares: Shares) -> dict[str, float]:
    """The same in shares that add up to 1."""
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def standing(file: Shares, changes: Sequence[tuple[Shares, Shares]]) -> dict[str, float]:
    """The shares that hold: what the last of the changes (before, after; the oldest first, the undone left out) made of
    them, if the first of its chain set out from the file's. An operator who has edited the file begins anew."""
    now = normal(file)
    for before, after in changes:
        if _equal(before, now):
            now = dict(after)
    return now


def _equal(one: Shares, other: Shares) -> bool:
    return one.keys() == other.keys() and all(abs(one[name] - other[name]) < 1e-6 for name in one)
