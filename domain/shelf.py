"""The published items as arrays, prepared once per version of the catalogue; never changed.

The importance of an item's tag is its idf, 1 + ln(N / items with the tag), scaled to length 1 over the item's tags
(cosine normalisation, Salton & Buckley 1988): a rare tag says more than one that everything carries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from domain.item import Item

Rows = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Shelf:
    """Items, the newest first and by slug among equals; rows of its arrays are places in ``items``.

    ``columns`` (items x widest) are the numbers of each item's tags, padded with ``len(tags)``; ``importance`` the same
    shape; ``subject`` the number of its first tag; ``published`` seconds since 1970.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: Sequence[Item] = sorted(items, key=lambda item: (-item.published, item.slug))
        self.place: Mapping[str, int] = {item.slug: n for n, item in enumerate(self.items)}
        self.published = np.array([item.published for item in self.items], dtype=np.float64)
        names = sorted({tag for item in self.items for tag in item.tags})
        self.tags: Mapping[str, int] = {name: n for n, name in enumerate(names)}
        self.names: Sequence[str] = names
        self.columns = self._columns()
        self.subject = np.array([self.tags[item.subject] for item in self.items], dtype=np.intp)
        self.importance = self._importance()
        self._by_tag = np.argsort(self.columns.ravel(), kind="stable")
        self._begins = np.searchsorted(self.columns.ravel()[self._by_tag], np.arange(len(names) + 1))

    def __len__(self) -> int:
        return len(self.items)

    def carrying(self, tag: str) -> Rows:
        """Rows of the items with this tag, ascending."""
        if tag not in self.tags:
            return np.zeros(0, dtype=np.intp)
        return self.carriers(self.tags[tag])[0]

    def carriers(self, tag: int) -> tuple[Rows, Floats]:
        """(rows, ascending; the tag's importance in each) of the items with tag number `tag`."""
        cells = self._by_tag[self._begins[tag] : self._begins[tag + 1]]
        return cells // self.columns.shape[1], self.importance.ravel()[cells]

    def sums(self, rows: Rows, *values: Floats) -> list[Floats]:
        """For each of the rows the sum over its tags of importance times value, for each of the arrays of values by tag
        number (the last of them the padding's)."""
        columns, importance = self.columns[rows], self.importance[rows]
        return [np.einsum("ij,ij->i", of.take(columns), importance) for of in values]

    def rows(self, slugs: Iterable[str]) -> list[int]:
        """Rows of those of the slugs that are on the shelf."""
        place = self.place
        return [place[slug] for slug in slugs if slug in place]

    def alike(
        self, tags: Collection[str], now: int, count: int, never: Collection[str], refused: Collection[str] = ()
    ) -> list[Item]:
        """The items out at `now` in which these tags together are most important, the newest first among equals; none
        with one of the `refused`."""
        match = np.zeros(len(self))
        for tag in tags:
            if tag in self.tags:
                rows, importance = self.carriers(self.tags[tag])
                match[rows] += importance
        match[self.published > now] = -np.inf
        match[self.rows(never)] = -np.inf
        for tag in refused:
            match[self.carrying(tag)] = -np.inf
        order = best(match, count)
        return [self.items[row] for row in order[np.argsort(-match[order], kind="stable")] if match[row] > -np.inf]

    def _columns(self) -> Rows:
        widest = max((len(item.tags) for item in self.items), default=1)
        columns = np.full((len(self.items), widest), len(self.tags), dtype=np.intp)
        for row, item in enumerate(self.items):
            columns[row, : len(item.tags)] = [self.tags[tag] for tag in item.tags]
        return columns

    def _importance(self) -> Floats:
        carried = np.bincount(self.columns.ravel(), minlength=len(self.tags) + 1).astype(np.float64)
        idf = 1.0 + np.log(max(len(self.items), 1) / np.maximum(carried, 1.0))
        idf[len(self.tags)] = 0.0
        rows = idf[self.columns]
        lengths: Floats = np.sqrt((rows**2).sum(axis=1, keepdims=True))
        return rows / np.maximum(lengths, 1e-12)


def best(values: Floats, most: int) -> Rows:
    """Where the `most` greatest values stand, ascending; of equals the first."""
    if len(values) <= most:
        return np.arange(len(values), dtype=np.intp)
    least = np.partition(values, len(values) - most)[len(values) - most]
    above = np.flatnonzero(values > least)
    equal = np.flatnonzero(values == least)[: most - len(above)]
    return np.sort(np.concatenate((above, equal)))
