"""Judging a ranking on likes that were held out: the split by time, recall and nDCG.

Of each person's likes, the earliest first (of one moment by item number), the last fifth, rounded down, is held out.
Who has fewer than five likes has none held out, and helps to learn only. What is ranked for somebody is never what they
liked before. Recall is the share of the held-out likes among the first ``PLACES``; nDCG (Järvelin & Kekäläinen, TOIS
20, 2002) counts a hit at place n as 1 / log2(n + 1), divided by the best there could be. Both are averages over people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

PLACES = 10
HELD_OUT = 5
"""One of so many."""


class Like(NamedTuple):
    """Numbers of a person and an item, and when."""

    person: int
    item: int
    at: int


class Split(NamedTuple):
    """What may be learned from, and person -> what they liked later."""

    known: list[Like]
    later: dict[int, list[int]]


class Score(NamedTuple):
    """Averages over people, with one entry a person in the people's order."""

    recall: float
    ndcg: float
    recalls: list[float]
    ndcgs: list[float]


def split(likes: Iterable[Like]) -> Split:
    """Hold out the last of each person's likes."""
    by_person: dict[int, list[Like]] = {}
    for like in sorted(likes, key=lambda one: (one.person, one.at, one.item)):
        by_person.setdefault(like.person, []).append(like)
    known: list[Like] = []
    later: dict[int, list[int]] = {}
    for person, theirs in by_person.items():
        first = len(theirs) - len(theirs) // HELD_OUT
        known += theirs[:first]
        if first < len(theirs):
            later[person] = [like.item for like in theirs[first:]]
    return Split(known, later)


def score(lists: Mapping[int, Sequence[int]], later: Mapping[int, Sequence[int]]) -> Score:
    """How good these lists (person -> items, the best first) are for those of whom likes were held out."""
    gains = 1 / np.log2(np.arange(2, PLACES + 2))
    recalls, ndcgs = [], []
    for person in sorted(later):
        wanted = set(later[person])
        hits = [n for n, item in enumerate(lists[person][:PLACES]) if item in wanted]
        recalls.append(len(hits) / len(wanted))
        ndcgs.append(float(gains[hits].sum() / gains[: len(wanted)].sum()))
    return Score(float(np.mean(recalls)), float(np.mean(ndcgs)), recalls, ndcgs)
