"""The price ladder: free, cheap, course, membership. Who has paid is led on from the rung they stand on.

Nobody begins with the dearest: a small yes makes the next one likelier (the foot in the door; Freedman & Fraser, JPSP
4, 1966). Who has bought on a rung is at home there.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import numpy as np

from domain.item import Item
from domain.shelf import Floats

RUNGS = (1, 2_000, 10_000)
"""Fen from which a rung begins: not free, dearer than a cup of coffee, dearer than a book or two."""
TOP = len(RUNGS)
PAID_FOR = 0.25
"""Log odds for the rung they stand on: like for like, it is where they buy."""
FREE = 0.15
"""For who has bought nothing yet: a free item is the smallest yes, and earns nothing. With 0.25 newcomers were kept
from what they would have liked more (``benchmarks/crowd.py``)."""
NEXT = 0.1
DEARER = 0.5
"""Taken off for each rung beyond the next."""


def rung(item: Item) -> int:
    """0 free, 1 cheap, 2 course, 3 membership and what costs as much."""
    return TOP if item.kind == "membership" else rung_of(item.price_fen)


def rung_of(fen: int) -> int:
    """The rung of a price."""
    return bisect_right(RUNGS, fen)


def steps(paid: tuple[int, ...]) -> Floats:
    """The term for each rung, for somebody who paid these amounts (fen); () = has bought nothing yet."""
    return _steps(max((rung_of(fen) for fen in paid), default=0))


@cache
def _steps(stands: int) -> Floats:
    beyond = np.arange(TOP + 1) - stands
    home = PAID_FOR if stands else FREE
    return np.select([beyond < 0, beyond == 0, beyond == 1], [0.0, home, NEXT], -DEARER * (beyond - 1))
