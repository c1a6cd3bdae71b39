"""What a list of three is worth to somebody, the best list there is, and how far one is from the other."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from benchmarks.crowd_truth import LOOKED_AT, SATED, Floats, Whole

PLACES = len(LOOKED_AT)
CONTENDERS = 10
"""The best list is looked for among the lists of so many items, those worth most by themselves."""


def worth_of_lists(opens: Floats, worth: Floats, topic: Whole) -> Floats:
    """The expected worth of lists. All three are lists x places: the probability that each would be opened at the first
    place, what it is worth when opened, its topic; an empty place has probability 0."""
    first, second, third = (opens * LOOKED_AT).T
    like = [np.where(topic[:, a] == topic[:, b], SATED, 1.0) for a, b in ((0, 1), (0, 2), (1, 2))]
    sated, fresh = second * like[0], second
    both = first * sated * like[1] * like[2] + first * (1 - sated) * like[1]
    neither = (1 - first) * (fresh * like[2] + 1 - fresh)
    found: Floats = (
        first * worth[:, 0]
        + (first * sated + (1 - first) * fresh) * worth[:, 1]
        + third * (both + neither) * worth[:, 2]
    )
    return found


def best_worth(opens: Floats, worth: Floats, topic: Whole) -> Floats:
    """The worth of the best list of each person: `opens` and `worth` people x items, `topic` by item."""
    many = min(CONTENDERS, opens.shape[1])
    few = np.argpartition(-opens * worth, many - 1, axis=1)[:, :many]
    if many < PLACES:
        few = np.concatenate([few, np.repeat(few[:, :1], PLACES - many, axis=1)], axis=1)
    some_opens, some_worth = np.take_along_axis(opens, few, 1), np.take_along_axis(worth, few, 1)
    found = np.zeros(len(opens))
    for three in permutations(range(few.shape[1]), PLACES):
        at = list(three)
        found = np.maximum(found, worth_of_lists(some_opens[:, at], some_worth[:, at], topic[few[:, at]]))
    return found


def regret(opens: Floats, worth: Floats, topic: Whole, lists: Whole) -> float:
    """The part of the best worth, summed over people, that `lists` (people x places, -1 = empty) leave out."""
    shown = np.maximum(lists, 0)
    likely = np.where(lists >= 0, np.take_along_axis(opens, shown, 1), 0.0)
    got = worth_of_lists(likely, np.take_along_axis(worth, shown, 1), topic[shown]).sum()
    best = best_worth(opens, worth, topic).sum()
    return float(1 - got / best)
