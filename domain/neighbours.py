"""Item-to-item collaborative filtering: who had to do with this item had to do with those, more than chance explains.

From (follower, item, strength) come, for each item i, its strongest neighbours j. With X (followers x items) the
strengths, m its column sums and N its rows, C = X'X - mm'/N is how items go together beyond what their popularity
alone brings about: an item that everybody reads goes together with none. Every diagonal entry is enlarged, d =
(1 + ``PROPORTIONAL``) * C_ii + ``CONSTANT``, so that few acts prove little.

* Up to ``MOST_EXACT`` items: EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019), the linear
  regression of each item on all others: with P = (C, its diagonal d)^-1, strength(i -> j) = -P_ij / P_jj. Enlarging
  the diagonal in proportion is dropout in closed form (Steck, "Autoencoders that don't overfit towards the Identity",
  NeurIPS 2020). The strength is by how much an act of strength 1 on i raises what is expected on j.
* Above: shrunken cosine, strength(i -> j) = C_ij / sqrt(d_i * d_j), from the pairs that occur. It is what the
  regression begins with when items hardly explain each other, on about the same scale.

Only strengths above ``WEAKEST`` are kept, and of them the strongest. Chance plays no part, nor does the order of input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.integer]
Real = NDArray[np.floating]

MOST_EXACT = 10_000
"""Items up to which the regression is solved: 400 MB, and half a minute of two cores."""
PROPORTIONAL, CONSTANT = 3.0, 100.0
"""Chosen on validation parts of MovieLens, whole and cut down to 200 people and 40 items: near the best of 0 to 8 and
of 1 to 400 in each (``docs/recommendation.md``). ``CONSTANT`` is in acts of strength 1."""
MOST_NEIGHBOURS, FEWEST_NEIGHBOURS, MOST_PAIRS = 100, 20, 1_000_000
"""Neighbours of an item: on the validation parts 100 do as well as 400, 20 worse. Fewer where items are many, as every
web worker holds the pairs."""
MOST_ACTS = 200
"""Of one follower so many items count, the strongest: who opens everything in turn, as bots do, tells nothing."""
FEWEST_FOLLOWERS = 3
"""An item fewer had to do with has no neighbours: it would show what one person did."""
WEAKEST = 0.000_5
"""A hundred such neighbours together weigh a twentieth."""

_BLOCK = 512  # rows and columns eliminated at a time
_STRIPE = 1_024  # rows changed at a time: bounds what is held beside the matrix
_SLICE = 10_000  # followers whose acts are paired at a time: at most MOST_ACTS times as many pairs


class Nearest(NamedTuple):
    """The neighbours of one item, the strongest first."""

    item: int
    others: Whole
    strengths: Real


def neighbours(followers: Whole, items: Whole, strengths: Real) -> Iterator[Nearest]:
    """The neighbours of each item that has any, in the items' order.

    The three arrays tell of one act together: numbers of follower and item from 0, and how strong, in 0..1. A pair
    of follower and item stands at most once. Holds 12 bytes an act and 4 bytes for each pair of up to ``MOST_EXACT``
    items.
    """
    acts = _Acts.prepared(followers, items, strengths)
    count = len(acts.names)
    most = int(np.clip(MOST_PAIRS // max(count, 1), FEWEST_NEIGHBOURS, MOST_NEIGHBOURS))
    rows = _regressed(acts) if count <= MOST_EXACT else _cosines(acts)
    for item, (others, found) in enumerate(rows):
        best = np.argsort(-found, kind="stable")[:most]
        best = best[found[best] > WEAKEST]
        if len(best):
            yield Nearest(int(acts.names[item]), acts.names[others[best]], found[best].astype(np.float32))


class _Acts(NamedTuple):
    """The acts that count, by follower and by item; items are numbered anew from 0, ``names`` tells their old numbers.

    ``items`` and ``strengths`` stand follower after follower, ``begins`` where each follower's begin (and the last
    ends). ``by_item`` are places in them item after item, ``item_begins`` where each item's begin.
    """

    names: Whole
    followers: Whole
    items: Whole
    strengths: Real
    begins: Whole
    by_item: Whole
    item_begins: Whole
    sums: Real  # m
    people: int  # N

    @classmethod
    def prepared(cls, followers: Whole, items: Whole, strengths: Real) -> _Acts:
        felt = strengths > 0
        followers, items, strengths = followers[felt], items[felt], np.minimum(strengths[felt], 1.0)
        people = len(np.unique(followers))
        order = np.lexsort((items, -strengths, followers))
        followers, items, strengths = followers[order], items[order], strengths[order]
        within = np.arange(len(followers)) - np.searchsorted(followers, followers)  # how many stronger ones
        known = np.bincount(items) >= FEWEST_FOLLOWERS if len(items) else np.zeros(0, dtype=np.bool_)
        kept = (within < MOST_ACTS) & known[items]
        names, items = np.unique(items[kept], return_inverse=True)
        followers, strengths = np.unique(followers[kept], return_inverse=True)[1], strengths[kept]
        by_item = np.argsort(items, kind="stable")
        return cls(
            names.astype(np.int32), followers.astype(np.int32), items.astype(np.int32), strengths.astype(np.float32),
            _begins(followers), by_item, _begins(items), _sums(items, strengths, len(names)), people,
        )  # fmt: skip

    def together(self, item: int) -> Iterator[tuple[Whole, Real]]:
        """(items, what the strengths of both make) for each act of each follower of `item`, in parts."""
        places = self.by_item[self.item_begins[item] : self.item_begins[item + 1]]
        for first in range(0, len(places), _SLICE):
            mine = places[first : first + _SLICE]
            whose = self.followers[mine]
            begins = self.begins[whose]
            lengths = self.begins[whose + 1] - begins
            shifts = begins - (np.cumsum(lengths) - lengths)
            theirs = np.arange(lengths.sum()) + np.repeat(shifts, lengths)
            yield self.items[theirs], np.repeat(self.strengths[mine], lengths) * self.strengths[theirs].astype(float)

    def beyond_chance(self, item: int, others: Whole | slice, sums: Real) -> Real:
        """Row `item` of C, from the same of X'X."""
        expected: Real = self.sums[item] * self.sums[others] / self.people
        return sums - expected


def _begins(numbers: Whole) -> Whole:
    """Where each number's entries begin when they stand in its order, and where the last ends."""
    return np.concatenate(([0], np.cumsum(np.bincount(numbers)))).astype(np.int64)


def _sums(numbers: Whole, values: Real, count: int) -> Real:
    """The sum of the values of each number from 0 to `count`."""
    return np.bincount(numbers, values, count).astype(np.float64)


def _enlarged(diagonal: Real) -> Real:
    above: Real = np.maximum(diagonal, 0)  # rounding may leave less than nothing
    return (1 + PROPORTIONAL) * above + CONSTANT


def _regressed(acts: _Acts) -> Iterator[tuple[Whole, Real]]:
    """The strengths towards all items, item after item."""
    count = len(acts.names)
    matrix = np.empty((count, count), dtype=np.float32)
    for item in range(count):
        sums = np.zeros(count)
        for others, products in acts.together(item):
            sums += _sums(others, products, count)
        matrix[item] = acts.beyond_chance(item, slice(None), sums)
    scale = np.sqrt(_enlarged(matrix.diagonal())).astype(np.float32)
    np.fill_diagonal(matrix, scale**2)
    matrix /= scale  # to a diagonal of ones: single precision then suffices
    matrix /= scale[:, np.newaxis]
    _invert(matrix)
    diagonal = matrix.diagonal().copy()
    everything = np.arange(count, dtype=np.int32)
    for item in range(count):
        found = -matrix[item] / diagonal * (scale / scale[item])
        found[item] = 0
        yield everything, found


def _invert(matrix: Real) -> None:
    """Invert a symmetric positive definite matrix in its place: Gauss-Jordan elimination, a block at a time."""
    for begin in range(0, len(matrix), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        pivot = np.linalg.inv(matrix[block, block])
        column = matrix[:, block].copy()
        row = pivot @ matrix[block]
        row[:, block] = pivot
        matrix[:, block] = 0
        for first in range(0, len(matrix), _STRIPE):
            stripe = slice(first, first + _STRIPE)
            matrix[stripe] -= column[stripe] @ row
        matrix[block] = row


def _cosines(acts: _Acts) -> Iterator[tuple[Whole, Real]]:
    """The strengths towards the items that occur together with each, item after item."""
    squares = _sums(acts.items, acts.strengths**2, len(acts.names))
    scale = np.sqrt(_enlarged(squares - acts.sums**2 / acts.people))
    for item in range(len(acts.names)):
        parts = list(acts.together(item))
        others, places = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
        sums = _sums(places, np.concatenate([part[1] for part in parts]), len(others))
        found = acts.beyond_chance(item, others, sums) / (scale[item] * scale[others])
        found[others == item] = 0
        yield others, found
