"""Where an interval lies on a line around zero, for a drawing that is 1,000 wide."""

from __future__ import annotations

from typing import Any, NamedTuple

WIDTH, MARGIN = 1_000, 30


class Drawn(NamedTuple):
    """Places from left to right."""

    low: float
    high: float
    estimate: float
    zero: float


def drawn(lift: dict[str, Any]) -> Drawn:
    """Zero always lies on it, and the interval fills the rest."""
    least, most = min(lift["low"], 0.0), max(lift["high"], 0.0)
    scale = (WIDTH - 2 * MARGIN) / ((most - least) or 1.0)
    places = (
        round(MARGIN + (value - least) * scale, 1) for value in (lift["low"], lift["high"], lift["estimate"], 0.0)
    )
    return Drawn(*places)
