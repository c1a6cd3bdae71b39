"""Which of two wordings does better, decided by a rule that may be looked at every day.

Who looks at a p value every day and stops at the first below 0.05 is wrong far more often than 1 time in 20. The
evidence here may be looked at as often as one likes: where the wordings do equally well, the chance that it *ever*
reaches 1/LEVEL is at most LEVEL (Ville 1939).

Of those who opened a link (or bought), which wording they had been drawn for is, where both do equally well, a lot with
the odds of how many were drawn for each. Evidence is how much likelier these lots are under other odds than those,
averaged over a normal prior of the odds' logarithm: the mixture sequential probability ratio test (Robbins, Annals of
Mathematical Statistics 41, 1970, 1397-1409; for wordings Johari, Koomen, Pekelis & Walsh, Operations Research 70, 2022,
1806-1821; for counts as here Lindon & Malek, NeurIPS 2022). It is exact for small counts: nothing is assumed of how
often, when, or how independently of each other people open. That those drawn are finitely many makes it safer
(Hoeffding, JASA 58, 1963, 13-30, section 6).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

LEVEL = 0.05
"""The chance of naming a winner, ever, where there is none."""
SPREAD = 0.4
"""Standard deviation of the logarithm of how much better one wording does than another, expected before: mostly by no
more than half as much again. It decides how soon a difference is found, not how often a false one is."""
GRID = 81
REACH = 4.0


class Batch(NamedTuple):
    """One run: of each wording how many were ``drawn`` for it who had not done it after an earlier run, and how many of
    them did it (``hits``). So everybody counts with the first time they do it, once."""

    drawn: Mapping[str, int]
    hits: Mapping[str, int]


class Verdict(NamedTuple):
    """``winner`` is "" while nothing is decided; ``evidence`` that of the leading wording against the one that stands
    against it best, decided at ``needed``; ``leader`` "" where there is nothing to compare."""

    winner: str
    leader: str
    evidence: float
    needed: float


def evidence(one: str, other: str, batches: Sequence[Batch]) -> float:
    """How much likelier what was seen is, were one wording better than the other than were they equal. At least 0."""
    points = [REACH * SPREAD * (2 * place / (GRID - 1) - 1) for place in range(GRID)]
    logs = [-((point / SPREAD) ** 2) / 2 for point in points]
    total = _sum_of(logs)
    for batch in batches:
        drawn, drawn_other = batch.drawn.get(one, 0), batch.drawn.get(other, 0)
        if not (drawn and drawn_other):
            continue
        chance = drawn / (drawn + drawn_other)
        hits, all_hits = batch.hits.get(one, 0), batch.hits.get(one, 0) + batch.hits.get(other, 0)
        for place, point in enumerate(points):
            logs[place] += hits * point - all_hits * math.log1p(chance * math.expm1(point))
    return math.exp(min(_sum_of(logs) - total, 700.0))


def _sum_of(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + math.log(sum(math.exp(log - most) for log in logs))


def verdict(names: Collection[str], batches: Sequence[Batch], level: float = LEVEL) -> Verdict:
    """Which wording wins, if one does: it must be better than each other one. The level is shared by all pairs
    (Bonferroni)."""
    ranked = sorted(names, key=lambda name: -_ratio(name, batches))
    if len(ranked) < 2:
        return Verdict("", "", 1.0, 1 / level)
    leader, *others = ranked
    weakest = min(evidence(leader, other, batches) for other in others)
    needed = len([*combinations(ranked, 2)]) / level
    return Verdict(leader if weakest >= needed else "", leader, weakest, needed)


def _ratio(name: str, batches: Sequence[Batch]) -> float:
    """Hits by those expected, were all wordings equal; 1 where nothing is expected."""
    hits = sum(batch.hits.get(name, 0) for batch in batches)
    due = expected(name, batches)
    return hits / due if due else 1.0


def expected(name: str, batches: Sequence[Batch]) -> float:
    """How many hits this wording would have, did each run's people hit equally often whatever the wording."""
    found = 0.0
    for batch in batches:
        drawn = sum(batch.drawn.values())
        found += sum(batch.hits.values()) * batch.drawn.get(name, 0) / drawn if drawn else 0.0
    return found
