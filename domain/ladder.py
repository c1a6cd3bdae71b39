"""The price ladder: free, cheap, course, membership. Who has paid is led on from the rung they stand on.

Nobody begins with the dearest: a small yes makes the next one likelier (the foot in the door; Freedman & Fraser, JPSP
4, 1966). Who has bought on a rung is at home there.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from domain.item import Item
from domain.shelf import Floats

RUNGS = (1, 2_000, 10_000)
"""Fen from which a rung begins: not free, dearer than a cup of coffee, dearer than a book or two."""
TOP = len(RUNGS)
PAID_FOR = 0.25
"""Log odds for the rung they stand on: like for like, it is where they buy."""
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
    stands = max((rung_of(fen) for fen in paid), default=0)
    beyond = np.arange(TOP + 1) - stands
    return np.select([beyond < 0, beyond == 0, beyond == 1], [0.0, PAID_FOR, NEXT], -DEARER * (beyond - 1))
