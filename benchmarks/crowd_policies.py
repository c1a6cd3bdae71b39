"""The policies that are compared: the product's ranking, and three that go by one thing each.

All may show the same: what is out, not bought, not read to the end. The three others besides leave out what was opened
before, and, where ``rests`` says so, what was shown within a week: without it they would show the same list again and
again.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from benchmarks.crowd_log import Log
from benchmarks.crowd_truth import Floats, Whole
from benchmarks.regret import PLACES
from domain.quality import judge
from domain.ranking import SCENE, Ranking
from domain.shelf import Flags, Shelf
from flows.know_follower import LATELY

Lists = Callable[[Flags | None], Whole]
"""The lists of everybody at a moment (people x places, item numbers, -1 = empty); of some items alone, where told."""


class Ours:
    """The product: its ranking, of its profile, with what it learns."""

    def __init__(self, log: Log, seed: int) -> None:
        self.log, self.chance = log, random.Random(seed).random
        self.shelf = Shelf(log.truth.items)
        self.number = {item.slug: n for n, item in enumerate(log.truth.items)}

    def lists(self, now: int) -> Lists:
        """As they would be drawn now."""
        ranking = Ranking(self.shelf, self.log.learned(now))

        def drawn(among: Flags | None) -> Whole:
            slugs = None if among is None else [self.log.truth.items[n].slug for n in np.flatnonzero(among)]
            found = np.full((len(self.log.truth.source), PLACES), -1)
            for who in range(len(found)):
                ranked = ranking.rank(self.log.follower(who, now), now, PLACES, self.chance, among=slugs)
                found[who, : len(ranked)] = [self.number[one.item.slug] for one in ranked]
            return found

        return drawn


class Single:
    """A policy that goes by one score; of equals the newest first."""

    def __init__(self, log: Log, score: Callable[[Log, int], Floats], rests: bool) -> None:
        self.log, self.score, self.rests = log, score, rests

    def lists(self, now: int) -> Lists:
        """As they are now."""
        log, published = self.log, self.log.truth.published
        barred = (published > now) | log.opened | log.finished | log.bought
        worn = np.zeros(barred.shape)
        if self.rests:
            for at, lists, _ in log.lately:
                if at >= now - LATELY:
                    everybody, place = np.nonzero(lists >= 0)
                    worn[everybody, lists[everybody, place]] = 1
        newest = np.argsort(np.argsort(published, kind="stable"), kind="stable") / len(published)
        score = np.round(self.score(log, now), 9) + 1e-9 * newest - 1e6 * worn

        def chosen(among: Flags | None) -> Whole:
            of = np.where(barred if among is None else barred | ~among, -np.inf, score)
            few = np.argpartition(-of, PLACES - 1, axis=1)[:, :PLACES]
            order = np.take_along_axis(few, np.argsort(-np.take_along_axis(of, few, 1), axis=1), 1)
            return np.where(np.take_along_axis(of, order, 1) > -np.inf, order, -1)

        return chosen


def newest(log: Log, now: int) -> Floats:
    """What was published last."""
    return np.zeros(1)


def popular(log: Log, now: int) -> Floats:
    """What is opened most of those who saw it, few drawn toward what is usual."""
    shelf = Shelf(log.truth.items)
    opened = judge(shelf, log.counted()).opened
    return opened[[shelf.place[item.slug] for item in log.truth.items]]


def content(log: Log, now: int) -> Floats:
    """The match of an item's tags with what they said, did and came for."""
    shelf = Shelf(log.truth.items)
    rows = [shelf.place[item.slug] for item in log.truth.items]
    importance = np.zeros((len(rows), len(shelf.tags) + 1))
    np.put_along_axis(importance, shelf.columns[rows], shelf.importance[rows], 1)
    weights = log.weights(now)
    for who, source in enumerate(log.truth.source):
        scene = shelf.tags.get(source.removeprefix("qr:"))
        if scene is not None:
            weights[who, scene] = max(weights[who, scene], SCENE)
    return weights @ importance[:, :-1].T
