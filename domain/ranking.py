"""Content personalisation: which items, in which order, and why.

score(item) = sum over the follower's tags of  weight(tag) * importance(tag, item)  +  base(item)

* ``weight`` comes from ``domain/interests.py``; a refused tag has a negative one and takes its items out.
* ``importance`` of an item's tag is its idf, 1 + ln(N / items with the tag), scaled to length 1 over the item's
  tags (cosine normalisation, Salton & Buckley 1988): a rare tag says more than one that everything carries.
* ``base`` puts newer items first where nothing is known: ``FRESH_SHARE`` halving every ``FRESH_HALF_LIFE``.

Finding the best of many: for each tag the ``CHAMPIONS`` items in which it is most important are kept (champion
lists, Manning, Raghavan & Schütze 2008, 7.1.3). Their union is scored exactly and completely, so the work does
not grow with the catalogue; up to ``CHAMPIONS`` items per tag the result is exact.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.item import Item

POLICY = "content-1"
"""The name under which exposures of this formula are logged. Change the formula, change the name."""

CHAMPIONS = 128
NEWEST = 32
FRESH_SHARE = 0.15
"""Freshness decides among equals; it must not outweigh one question asked (weight 0.39)."""
FRESH_HALF_LIFE = 60 * 86_400
SAME_SUBJECT = 0.4
"""Each further item of a subject counts for this much: three subjects beat three of one."""
SHOWN_LATELY = 0.5
"""An item shown lately and not opened is half as welcome each time."""


class Ranked(NamedTuple):
    """One recommended item: its score, and the follower's tag that gave most of it ("" = none did)."""

    item: Item
    score: float
    tag: str


class Shelf:
    """The published items, prepared for ranking. Built once per version of the catalogue; never changed."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: Sequence[Item] = sorted(items, key=lambda item: (-item.published, item.slug))
        self.place: Mapping[str, int] = {item.slug: n for n, item in enumerate(self.items)}
        self.published = np.array([item.published for item in self.items], dtype=np.float64)
        names = sorted({tag for item in self.items for tag in item.tags})
        self.tags: Mapping[str, int] = {name: n for n, name in enumerate(names)}
        self.importance = _importance(self.items, self.tags)
        self.columns = _columns(self.items, self.tags)
        self.champions = _champions(self.columns, self.importance, len(names))

    def rank(
        self,
        weights: Mapping[str, float],
        now: int,
        count: int,
        never: Collection[str] = (),
        shown: Mapping[str, int] | None = None,
        among: Collection[str] | None = None,
    ) -> list[Ranked]:
        """The best `count` items for a follower with these tag `weights` (-1..1) at `now`.

        `never` are slugs that must not appear (owned); `shown` counts recent exposures per slug; `among`, when
        given, are the only slugs allowed (search hits). Items with a refused tag never appear.
        """
        taste = np.zeros(len(self.tags) + 1)  # the last column is the padding of items with few tags
        for tag, weight in weights.items():
            if tag in self.tags:
                taste[self.tags[tag]] = weight
        rows = self._candidates(weights, among)
        terms = taste[self.columns[rows]] * self.importance[rows]
        scores = terms.sum(axis=1) + FRESH_SHARE * np.exp2((self.published[rows] - now) / FRESH_HALF_LIFE)
        scores[(terms < 0).any(axis=1) | (self.published[rows] > now)] = -np.inf
        self._tire(rows, scores, shown or {})
        best = self._best(rows, scores, count, never)
        return self._vary([(n, rows[n], float(scores[n])) for n in best], terms, count)

    def _candidates(self, weights: Mapping[str, float], among: Collection[str] | None) -> NDArray[np.intp]:
        """The rows worth scoring, ascending."""
        if among is not None:
            return np.array(sorted(self.place[slug] for slug in among if slug in self.place), dtype=np.intp)
        if len(self.items) <= CHAMPIONS:
            return np.arange(len(self.items), dtype=np.intp)
        worth = np.zeros(len(self.items), dtype=np.bool_)
        worth[:NEWEST] = True
        for tag, weight in weights.items():
            if weight > 0 and tag in self.tags:
                worth[self.champions[self.tags[tag]]] = True
        return np.flatnonzero(worth)

    def _tire(self, rows: NDArray[np.intp], scores: NDArray[np.float64], shown: Mapping[str, int]) -> None:
        """Discount, in place, what was shown lately."""
        places = [self.place[slug] for slug in shown if slug in self.place]
        for n, place in zip(np.searchsorted(rows, places).tolist(), places, strict=True):
            if n < len(rows) and rows[n] == place:
                scores[n] *= SHOWN_LATELY ** shown[self.items[place].slug]

    def _best(
        self, rows: NDArray[np.intp], scores: NDArray[np.float64], count: int, never: Collection[str]
    ) -> list[int]:
        """Indices into `rows` of the best allowed ones, best first.

        Of a subject no more than `count`, and ``count * count`` in all: then the best of `count` different subjects
        are among them where there are so many, and looking at more would choose no differently.
        """
        good: list[int] = []
        of_subject: dict[str, int] = {}
        for n in np.argsort(-scores, kind="stable"):
            if scores[n] == -math.inf or len(good) == count * count:
                break
            item = self.items[rows[n]]
            if item.slug not in never and of_subject.get(item.subject, 0) < count:
                of_subject[item.subject] = of_subject.get(item.subject, 0) + 1
                good.append(int(n))
        return good

    def _vary(self, best: list[tuple[int, np.intp, float]], terms: NDArray[np.float64], count: int) -> list[Ranked]:
        """Pick one after the other, each time discounting subjects already on the list (MMR, Carbonell 1998)."""
        left = [(score, n, self.items[int(row)]) for n, row, score in best]
        chosen: list[Ranked] = []
        taken: dict[str, float] = {}
        while left and len(chosen) < count:
            pick, most = left[0], -math.inf
            for one in left:
                if one[0] <= most:
                    break  # best first, and discounts only lower: nobody further down can win
                score = one[0] * taken.get(one[2].tags[0], 1.0)
                if score > most:
                    pick, most = one, score
            left.remove(pick)
            score, n, item = pick
            strongest = int(terms[n].argmax())
            chosen.append(Ranked(item, score, item.tags[strongest] if terms[n, strongest] > 0 else ""))
            taken[item.subject] = taken.get(item.subject, 1.0) * SAME_SUBJECT
        return chosen


def _columns(items: Sequence[Item], tags: Mapping[str, int]) -> NDArray[np.intp]:
    """Items x widest: the column of each tag of each item, padded with ``len(tags)``."""
    widest = max((len(item.tags) for item in items), default=1)
    columns = np.full((len(items), widest), len(tags), dtype=np.intp)
    for row, item in enumerate(items):
        columns[row, : len(item.tags)] = [tags[tag] for tag in item.tags]
    return columns


def _importance(items: Sequence[Item], tags: Mapping[str, int]) -> NDArray[np.float64]:
    """Items x widest: how much each tag says about its item, each row of length 1."""
    columns = _columns(items, tags)
    carried = np.bincount(columns.ravel(), minlength=len(tags) + 1).astype(np.float64)
    idf = 1.0 + np.log(max(len(items), 1) / np.maximum(carried, 1.0))
    idf[len(tags)] = 0.0
    rows = idf[columns]
    lengths: NDArray[np.float64] = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return rows / np.maximum(lengths, 1e-12)


def _champions(columns: NDArray[np.intp], importance: NDArray[np.float64], tags: int) -> list[NDArray[np.intp]]:
    """For each tag the rows in which it is most important, newest first among equals."""
    rows = np.repeat(np.arange(len(columns), dtype=np.intp), columns.shape[1])
    order = np.lexsort((rows, -importance.ravel(), columns.ravel()))
    starts = np.searchsorted(columns.ravel()[order], np.arange(tags + 1))
    ends = np.minimum(starts[1:], starts[:-1] + CHAMPIONS)
    return [np.sort(rows[order[start:end]]) for start, end in zip(starts[:-1], ends, strict=True)]
