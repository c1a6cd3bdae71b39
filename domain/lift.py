"""What messaging brought: the people a campaign was for against those of them who, by lot, were never written to.

Compared as the lot fell (intention to treat), whatever became of the messages: whoever was planned counts as treated,
sent or not. Leaving out those who could not be reached would compare the reachable with everybody.

Hold-outs are small and what is counted is rare, so the intervals are those of the score test (Miettinen & Nurminen,
Statistics in Medicine 4, 1985, 213-226; closed form by Farrington & Manning, same journal 9, 1990, 1447-1454). They
hold where a hold-out of 30 saw no order at all; the textbook's normal interval (Wald) then holds the truth 8 times of
10.

Money is rarer and uneven. Of a sum of orders of different values the variance is *total x size*, where size =
sum(v^2) / sum(v) is the mean value as an average yuan meets it; so a total is as uncertain as *total / size* orders of
that one size (moment matching as of Fay & Feuer, Statistics in Medicine 16, 1997, 791-801; Bohm & Zech, NIM A 748,
2014, 1-6). The size comes from both sides and from earlier orders together: a hold-out without a buyer tells nothing of
it. ``benchmarks/lift_coverage.py`` measures how often all this holds the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from domain.rates import Z

WINDOW_SECONDS = 7 * 86_400
"""The attribution window: what somebody does within a week of the moment they were planned counts for the campaign.
Most of what a message brings comes on the first two days; a longer window adds more noise than effect."""
FOLLOWED_SECONDS = 28 * 86_400
"""A campaign that runs again and again is measured on each person for so long, from when they were first planned."""

OPENED, BOUGHT, MONEY, LEFT = UNITS = (
    "openers_per_100_people",
    "buyers_per_100_people",
    "fen_per_100_people",
    "unfollows_per_100_people",
)
"""What a lift is told in: a difference by 100 people of the audience."""

FEW_ORDERS = 2
"""So many orders at the shop's prices are assumed beside those that were paid."""
STEPS = 60
"""Halvings of an interval of width 2: to the last digit."""


class Side(NamedTuple):
    """What ``people`` did: so many of them, or so many fen of all of them together."""

    people: int
    total: float


class Lift(NamedTuple):
    """Treated less held out by 100 people, and its 95 % interval."""

    estimate: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Is there an effect, in one direction?"""
        return self.low > 0 or self.high < 0


def lift(treated: Side, held: Side, size: float = 1.0) -> Lift | None:
    """By 100 people: of people counted (`size` 1), or of fen (``order_size``). None when one side is empty."""
    if not (treated.people and held.people):
        return None
    scale = 100 * size
    seen, low, high = difference(treated.total / size, treated.people, held.total / size, held.people)
    return Lift(scale * seen, scale * low, scale * high)


class Paid(NamedTuple):
    """What single people paid: the sum in fen, and the sum of the squares."""

    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: object) -> Paid:
        """Both together."""
        if not isinstance(other, Paid):
            return NotImplemented
        return Paid(self.total + other.total, self.squares + other.squares)


def paid(values: Iterable[float]) -> Paid:
    """The sums of some people's fen."""
    seen = [*values]
    return Paid(sum(seen), sum(value * value for value in seen))


def order_size(of: Paid, prices: Sequence[float]) -> float:
    """sum(v^2) / sum(v) in fen of what single people paid, and of the shop's prices as if `FEW_ORDERS` had been paid at
    them evenly: a few first orders seldom hold the dearest item. 1 in a shop without a price."""
    shop, weight = paid(prices), FEW_ORDERS / max(len(prices), 1)
    total = of.total + weight * shop.total
    return (of.squares + weight * shop.squares) / total if total else 1.0


def difference(hits: float, of: int, other_hits: float, other_of: int) -> tuple[float, float, float]:
    """(difference, low, high) of two shares: Miettinen & Nurminen. Hits may be fractions, and are cut to `of`."""
    share, other = min(hits / of, 1.0), min(other_hits / other_of, 1.0)
    seen = share - other

    def distance(assumed: float) -> float:
        variance = _variance(share, of, other, other_of, assumed)
        return (seen - assumed) / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, seen - assumed)

    low = _crossing(lambda at: distance(at) > Z, -1.0, seen)
    high = _crossing(lambda at: distance(at) > -Z, seen, 1.0)
    return seen, low, high


def _crossing(above: Callable[[float], bool], low: float, high: float) -> float:
    """Where `above`, true below and false beyond, turns."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) else (low, middle)
    return (low + high) / 2


def _variance(share: float, of: int, other: float, other_of: int, assumed: float) -> float:
    """Of the difference, if it were the assumed one: at the likeliest shares that differ by just that."""
    first = _likeliest(share, of, other, other_of, assumed)
    second = min(max(first - assumed, 0.0), 1.0)
    people = of + other_of
    return people / (people - 1) * (first * (1 - first) / of + second * (1 - second) / other_of)


def _likeliest(share: float, of: int, other: float, other_of: int, assumed: float) -> float:
    """The first of the two likeliest shares: the root of a cubic in [0, 1] (Farrington & Manning 1990, appendix 1)."""
    ratio = other_of / of
    a = 1 + ratio
    b = -(1 + ratio + share + ratio * other + assumed * (ratio + 2))
    c = assumed * assumed + assumed * (2 * share + ratio + 1) + share + ratio * other
    d = -share * assumed * (1 + assumed)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = math.copysign(math.sqrt(max((b / (3 * a)) ** 2 - c / (3 * a), 0.0)), v)
    angle = (math.pi + math.acos(min(max(v / u**3, -1.0), 1.0))) / 3 if u**3 else math.pi / 2
    root = 2 * u * math.cos(angle) - b / (3 * a)
    return min(max(root, assumed, 0.0), 1 + min(assumed, 0.0))
