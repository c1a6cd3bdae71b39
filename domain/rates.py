"""Rates with what chance leaves open: so many of so many, and the interval the true rate lies in.

Wilson's score interval (E. B. Wilson, JASA 22, 1927, p. 209-212), which Brown, Cai and DasGupta recommend for small
counts (Statistical Science 16, 2001, p. 101-133): it stays within 0..1 and is not empty at 0 of n.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ENOUGH = 20
"""Trials below which nothing is said of a rate: of 19, one more or less moves it by five in a hundred."""
FAR = 2.0
"""Times the odds: with many trials every difference is certain, and most are of no use. Twice the odds of 20 % are
those of 33 %, half of them those of 11 %; half the odds of 80 % are those of 67 %."""
Z = 1.959_964
"""Normal quantile of a two-sided interval of 95 %."""


def wilson(share: float, rows: float, z: float = Z) -> tuple[float, float]:
    """(low, high) of a share seen in so many independent rows (more than 0), for a normal quantile `z`."""
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    reach = z / (1 + z**2 / rows) * math.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    low = middle - reach if share > 0 else 0.0  # exactly, whatever the rounding
    high = middle + reach if share < 1 else 1.0
    return min(max(low, 0.0), share), max(min(high, 1.0), share)


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``of`` trials. Never more hits than trials."""

    hits: int
    of: int

    @property
    def enough(self) -> bool:
        """May anything be concluded from it?"""
        return self.of >= ENOUGH

    @property
    def estimate(self) -> float:
        """Hits by trials, 0 where there were none."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """(low, high) of the 95 % interval; all of 0..1 where there were no trials."""
        return self.bounds(Z)

    def bounds(self, z: float) -> tuple[float, float]:
        """(low, high) of the interval for a normal quantile `z`."""
        return wilson(self.hits / self.of, self.of, z) if self.of else (0.0, 1.0)

    def above(self, usual: float) -> bool:
        """Surely and far more than `usual`?"""
        far = self.estimate * (1 - usual) >= FAR * usual * (1 - self.estimate)
        return self.enough and self.interval[0] > usual and far

    def below(self, usual: float) -> bool:
        """Surely and far less than `usual`?"""
        far = usual * (1 - self.estimate) >= FAR * self.estimate * (1 - usual)
        return self.enough and self.interval[1] < usual and far

    def toward(self, usual: float) -> float:
        """The estimate, drawn toward `usual` as by ``ENOUGH`` trials that went the usual way."""
        return (self.hits + ENOUGH * usual) / (self.of + ENOUGH)
