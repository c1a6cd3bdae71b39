"""What goes together with what a follower had to do with, from the neighbours of items (``domain/neighbours.py``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.learned import Neighbours
from domain.shelf import Floats, Rows, Shelf

MOST_ENGAGED = 100
"""Items of a follower whose neighbours are looked at: the strongest felt, good or bad."""


class Near(NamedTuple):
    """For one follower: ``strength`` of each row of the shelf, and the pairs it is the sum of: the row, what it is
    given, and whose neighbour it is (a row)."""

    strength: Floats
    rows: Rows
    gives: Floats
    whose: Rows

    def nearest(self, row: int) -> int | None:
        """The row of the follower's that speaks most for this one; None when none does."""
        pairs = np.flatnonzero(self.rows == row)
        if not len(pairs):
            return None
        most = int(pairs[self.gives[pairs].argmax()])
        return int(self.whose[most]) if self.gives[most] > 0 else None


class Nearness:
    """The neighbours of a shelf's items as arrays: those of row n are ``others[begins[n] : begins[n + 1]]``."""

    def __init__(self, shelf: Shelf, neighbours: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        self._shelf = shelf
        held = neighbours if isinstance(neighbours, Neighbours) else Neighbours(neighbours.items())
        place = np.array([shelf.place.get(slug, -1) for slug in held.slugs], dtype=np.intp)
        rows, others = np.repeat(place, np.diff(held.begins)), place[held.others]
        kept = np.flatnonzero((rows >= 0) & (others >= 0))
        kept = kept[np.argsort(rows[kept], kind="stable")]
        self._begins = np.searchsorted(rows[kept], np.arange(len(shelf) + 1))
        self._others = others[kept].astype(np.int32)
        self._strengths = held.strengths[kept]

    def of(self, engaged: Mapping[str, float]) -> Near:
        """What goes together with these items, felt -1..1."""
        place = self._shelf.place
        felt = [(place[slug], weight) for slug, weight in engaged.items() if slug in place and weight]
        if len(felt) > MOST_ENGAGED:
            felt = sorted(felt, key=lambda one: (-abs(one[1]), one[0]))[:MOST_ENGAGED]
        rows = np.array([row for row, _ in felt], dtype=np.intp)
        begins = self._begins[rows]
        lengths = self._begins[rows + 1] - begins
        pairs = np.arange(lengths.sum()) + np.repeat(begins - (np.cumsum(lengths) - lengths), lengths)
        others = self._others[pairs]
        gives = np.repeat(np.array([weight for _, weight in felt], dtype=np.float64), lengths) * self._strengths[pairs]
        strength: Floats = np.bincount(others, gives, len(self._shelf)).astype(np.float64)
        return Near(strength, others, gives, np.repeat(rows, lengths))
