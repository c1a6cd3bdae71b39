"""What the readers' acts say of an item, beside the rest of the account: pure counting and judging.

Every comparison is between the interval of an item's own rate (``domain/rates.py``) and the average of all other items
of the account; nothing is said of a rate with fewer than ``ENOUGH`` trials. "More than usual" means that the whole
interval lies above the average, and that the odds are at least twice the usual ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

from domain.rates import ENOUGH, Rate
from domain.stops import Reading

PROMISES, RETURNED, STOPS, STARS, WALL, UNOPENED, HIDDEN = KINDS = (
    "promises", "returned", "stops", "stars", "wall", "unopened", "hidden",
)  # fmt: skip
"""What can be found, the most pressing first: promises more than it holds; given back often; a passage loses readers;
poor stars; few buy of those who saw the price; shown and not opened; good but hidden behind its title."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of one item, or of many together.

    ``exposed`` = times it was shown, ``opened`` = of those, times its link was opened first. All else are different
    people: ``readers`` opened its page by whatever way, ``read`` half of it or a minute, ``finishers`` to the end of
    ``could_finish`` who may read all of it; ``at_price`` of a paid item's readers saw the price (reached the end of
    the free part, or bought) and ``buyers`` of them bought; ``liked``, ``shared``; ``bought`` are orders that were
    paid, ``returned`` those of them whose money went back; ``stars_sum`` over
    ``stars_count`` gives the average, ``good_stars`` of them gave ``GOOD_STARS`` or more. ``revenue_fen`` is what was
    paid less what went back.
    """

    exposed: int = 0
    opened: int = 0
    readers: int = 0
    read: int = 0
    finishers: int = 0
    could_finish: int = 0
    at_price: int = 0
    buyers: int = 0
    bought: int = 0
    returned: int = 0
    liked: int = 0
    shared: int = 0
    stars_sum: int = 0
    stars_count: int = 0
    good_stars: int = 0
    revenue_fen: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def less(self, other: Counts) -> Counts:
        """What is left without the other."""
        return Counts(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(self)))

    @property
    def open(self) -> Rate:
        """Opened of shown."""
        return Rate(self.opened, self.exposed)

    @property
    def reading(self) -> Rate:
        """Read of opened."""
        return Rate(self.read, self.readers)

    @property
    def finish(self) -> Rate:
        """To the end, of those who may."""
        return Rate(self.finishers, self.could_finish)

    @property
    def buy(self) -> Rate:
        """Bought of those who saw the price."""
        return Rate(self.buyers, self.at_price)

    @property
    def back(self) -> Rate:
        """Given back of bought."""
        return Rate(self.returned, self.bought)

    @property
    def praise(self) -> Rate:
        """Good stars of all stars."""
        return Rate(self.good_stars, self.stars_count)

    @property
    def stars(self) -> float:
        """The average, 1..5; 0 where nobody gave any."""
        return self.stars_sum / self.stars_count if self.stars_count else 0.0


RATES = ("open", "reading", "finish", "buy", "back", "praise")
"""The rates of ``Counts``, in the order in which readers come to them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out: a key of ``KINDS``, the item's rates it rests on with the rest's average beside each
    ({name of the rate: (rate, usual)}), and for ``STOPS`` the reading whose passages lose."""

    kind: str
    rates: Mapping[str, tuple[Rate, float]]
    reading: Reading | None = None


@dataclass(frozen=True)
class ItemReport:
    """One item: what was counted, what stands out, and what readers wrote, the newest first.

    ``title`` is its slug and ``on_sale`` False where the catalogue has it no more. ``words`` are (stars or 0, text,
    seconds since 1970). ``readings`` are how far its parts were read, where that was looked at.
    """

    slug: str
    title: str
    price_fen: int
    on_sale: bool
    counts: Counts
    usual: Mapping[str, float]
    readings: tuple[Reading, ...] = ()
    words: tuple[tuple[int, str, int], ...] = ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What stands out, the most pressing first."""
        return find(self.counts, self.usual, self.readings)

    @property
    def enough(self) -> bool:
        """Is there anything from which to conclude?"""
        return any(getattr(self.counts, name).enough for name in RATES)

    @property
    def order(self) -> tuple[int, float, int, str]:
        """A sort key: what needs attention first, then what most people saw."""
        pressing = KINDS.index(self.findings[0].kind) if self.findings else len(KINDS)
        people = self.counts.readers + self.counts.exposed
        return pressing if self.enough else len(KINDS) + 1, -math.log1p(people) * self._gap, -people, self.slug

    @property
    def _gap(self) -> float:
        """How far the first finding's rates are from the usual, drawn toward it by ``ENOUGH`` trials."""
        if not self.findings:
            return 1.0
        return sum(abs(rate.toward(usual) - usual) for rate, usual in self.findings[0].rates.values())


def usual_rates(rest: Counts) -> dict[str, float]:
    """The averages of the rest of the account; a rate with fewer than ``ENOUGH`` trials has none."""
    rates = {name: getattr(rest, name) for name in RATES}
    return {name: rate.estimate for name, rate in rates.items() if rate.of >= ENOUGH}


def find(counts: Counts, usual: Mapping[str, float], readings: tuple[Reading, ...] = ()) -> tuple[Finding, ...]:
    """What stands out of an item beside the `usual` rates of the others, the most pressing first."""
    rates: dict[str, Rate] = {name: getattr(counts, name) for name in RATES}
    high = [name for name, rate in rates.items() if name in usual and rate.above(usual[name])]
    low = [name for name, rate in rates.items() if name in usual and rate.below(usual[name])]
    worse = [*(name for name in ("finish", "praise") if name in low), *(["back"] if "back" in high else [])]
    better = [name for name in ("finish", "praise") if name in high]
    found: dict[str, list[str]] = {}
    if "open" in high and worse:
        found[PROMISES] = ["open", *worse]
    for kind, name, wrong in ((RETURNED, "back", high), (STARS, "praise", low), (WALL, "buy", low)):
        if name in wrong and not (PROMISES in found and name in found[PROMISES]):
            found[kind] = [name]
    if "open" in low:
        found[HIDDEN if better and not worse else UNOPENED] = ["open", *better]
    findings = [Finding(kind, {name: (rates[name], usual[name]) for name in names}) for kind, names in found.items()]
    findings += [Finding(STOPS, {}, one) for one in readings if one.losing]
    return tuple(sorted(findings, key=lambda one: KINDS.index(one.kind)))
