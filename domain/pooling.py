"""Many small campaigns together: what messaging brings on the whole, and each campaign's lift drawn toward it.

A single campaign says little. The true effects of an account's campaigns are taken as normal around a common one, with
a spread that is estimated (DerSimonian & Laird, Controlled Clinical Trials 7, 1986, 177-188); the interval of the
common one is that of Hartung & Knapp (Statistics in Medicine 20, 2001, 3875-3889), never narrower than the plain one;
each campaign's own is the empirical Bayes one (Morris, JASA 78, 1983, 47-55).

Each campaign's variance is taken at the means of all campaigns together. At its own, a campaign whose hold-out by
chance bought nothing would seem large and sure at once, and the common effect would be drawn up by it; drawn halfway
toward all it still would (tried: the common effect's interval then held the truth 1 time in 5). Where base rates differ
much between campaigns, their own intervals are somewhat too narrow for it: of 100 they hold the truth 85 to 95 times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from domain.estimate import student
from domain.lift import Lift, Side
from domain.rates import Z

FEWEST = 3
"""Of two campaigns the spread of effects cannot be told."""


class Pooled(NamedTuple):
    """By 100 people: the ``common`` effect; the ``spread`` of true effects around it (standard deviation); each
    campaign's own, in the order given."""

    common: Lift
    spread: float
    each: tuple[Lift, ...]


def pool(sides: Sequence[tuple[Side, Side]], size: float = 1.0) -> Pooled | None:
    """(treated, held out) of each campaign, both sides with people; ``size`` as in ``lift``. None below ``FEWEST``."""
    if len(sides) < FEWEST:
        return None
    seen = [treated.total / treated.people - held.total / held.people for treated, held in sides]
    variances = _variances(sides, size)
    between = _between(seen, variances)
    weights = [1 / (variance + between) for variance in variances]
    common = sum(w * y for w, y in zip(weights, seen, strict=True)) / sum(weights)
    error = _error(seen, weights, common)
    each = (_own(y, variance, between, common, error) for y, variance in zip(seen, variances, strict=True))
    return Pooled(_told(common, student(len(sides) - 1) * error), 100 * math.sqrt(between), tuple(each))


def _variances(sides: Sequence[tuple[Side, Side]], size: float) -> list[float]:
    """Of each campaign's difference, at the means of all of them. One order of the size more than was seen is assumed
    of each side of all: where nothing happened, something could."""
    often, often_held = (_spread([pair[place] for pair in sides], size) for place in (0, 1))
    return [often / treated.people + often_held / held.people for treated, held in sides]


def _spread(sides: Sequence[Side], size: float) -> float:
    """The variance of one person's."""
    mean = (sum(one.total for one in sides) + size) / sum(one.people for one in sides)
    return mean * max(size - mean, size / 100)


def _between(seen: Sequence[float], variances: Sequence[float]) -> float:
    """The variance of the true effects, 0 where chance alone explains how they differ (DerSimonian & Laird)."""
    weights = [1 / variance for variance in variances]
    total = sum(weights)
    mean = sum(w * y for w, y in zip(weights, seen, strict=True)) / total
    scatter = sum(w * (y - mean) ** 2 for w, y in zip(weights, seen, strict=True))
    return max(0.0, (scatter - len(seen) + 1) / (total - sum(w * w for w in weights) / total))


def _error(seen: Sequence[float], weights: Sequence[float], common: float) -> float:
    """The standard error of the common effect (Hartung & Knapp)."""
    scatter = sum(w * (y - common) ** 2 for w, y in zip(weights, seen, strict=True)) / (len(seen) - 1)
    return math.sqrt(max(scatter, 1.0) / sum(weights))


def _own(seen: float, variance: float, between: float, common: float, error: float) -> Lift:
    """One campaign's effect, drawn toward the common one the more, the less it says itself."""
    trust = between / (between + variance)
    return _told(common + trust * (seen - common), Z * math.sqrt(trust * variance + ((1 - trust) * error) ** 2))


def _told(value: float, reach: float) -> Lift:
    return Lift(100 * value, 100 * (value - reach), 100 * (value + reach))
