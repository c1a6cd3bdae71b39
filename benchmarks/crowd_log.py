"""What an account knows of its crowd: the rows a bot would hold, as arrays, and what it learns from them.

Every act counts as it does in the product (``domain/interests.py``): a lesson of the item's subject, and a strength of
what was done with the item, both stored grown. People are rows, items columns.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from benchmarks.crowd_truth import KNOWN, LOOKED_AT, SATED, WORN, Floats, Truth, Whole, subject
from domain import interests as rules
from domain.follower import BAD_STARS, GOOD_STARS, Engagement, Follower, profile
from domain.interests import STRENGTHS, Taste
from domain.learned import Figures, Learned, Neighbours
from domain.neighbours import neighbours
from domain.tastes import Tastes
from flows.know_follower import LATELY, MOST_SHOWN

MOST_LISTS = MOST_SHOWN // len(LOOKED_AT)
SILENT_MOST = 5
ALL = slice(None)


class Log:
    """One account, from its first day on."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        shape = len(truth.source), len(truth.items)
        self.names = sorted({tag for item in truth.items for tag in item.tags})
        self.tags = {name: n for n, name in enumerate(self.names)}
        self.subject = np.array([self.tags[item.subject] for item in truth.items])
        self.liking = np.zeros((shape[0], len(self.names)))
        self.strength, self.changed = np.zeros(shape), np.zeros(shape, dtype=np.int64)
        self.stars, self.silent = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
        self.opened, self.finished, self.bought = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
        self.figures = np.zeros((shape[1], len(Figures._fields)), dtype=np.int64)
        self.lately: list[tuple[int, Whole, Floats]] = []

    # --- what happens ----------------------------------------------------------------------------------------------

    def say(self, who: int, tag: str, cause: str, now: int) -> None:
        """Somebody names a tag, and so tells a little of its subject."""
        taught = rules.lessons([(tag, tag, True)], {part: part.partition(".")[0] for part in self.names if "." in part})
        for one in taught:
            if one.tag in self.tags:
                strength = STRENGTHS[cause] if one.tag == tag else one.strength
                self.liking[who, self.tags[one.tag]] += rules.grown(strength, now)

    def welcome(self, now: int) -> None:
        """What some choose when they come."""
        for who, topics in enumerate(self.truth.chosen):
            for topic in topics:
                self.say(who, subject(topic), "like", now)

    def show(self, lists: Whole, luck: Floats, now: int) -> None:
        """Everybody is shown a list (people x places, -1 = empty place) and does what they do. `luck`, in [0, 1),
        people x places x 6, decides it."""
        truth, everybody = self.truth, np.arange(len(lists))
        above = np.zeros((len(lists), 0), dtype=np.int64)
        opened = np.zeros(lists.shape, dtype=np.bool_)
        for place in range(lists.shape[1]):
            item = lists[:, place]
            like = (truth.topic[above] == truth.topic[item][:, None]) & opened[:, :place]
            sated = SATED ** like.sum(axis=1)
            left = self.left_of_charm(everybody, item)
            chance = truth.opens_of(everybody, item, now) * left * LOOKED_AT[place] * sated
            opened[:, place] = (luck[:, place, 0] < chance) & (item >= 0)
            shown = everybody[item >= 0]
            np.add.at(self.figures, (item[shown], 0), 1)
            self._open(everybody[opened[:, place]], item[opened[:, place]], luck[opened[:, place], place], now)
            above = lists[:, : place + 1]
        who, place = np.nonzero((lists >= 0) & ~opened)
        self.silent[who, lists[who, place]] += 1
        self.lately = [*self.lately, (now, lists, opened)][-MOST_LISTS:]

    def _open(self, who: Whole, item: Whole, luck: Floats, now: int) -> None:
        """These people open one item each."""
        truth = self.truth
        first = ~self.opened[who, item]
        self.opened[who, item] = True
        self._count(item, "opened")
        self._act(who, item, "click", now)
        read = (luck[:, 1] < truth.reads[who, item]) & first
        self._count(item[read], "read")
        self._act(who[read], item[read], "read", now)
        bought = read & (luck[:, 2] < truth.buys[who, item])
        self.bought[who[bought], item[bought]] = True
        self._count(item[bought], "bought")
        self._act(who[bought], item[bought], "buy", now)
        ends = read & (bought | (truth.price[item] == 0)) & (luck[:, 3] < truth.ends[who, item])
        self.finished[who[ends], item[ends]] = True
        self._count(item[ends], "finished")
        self._act(who[ends], item[ends], "finish", now)
        heart = ends & (luck[:, 4] < truth.hearts[who])
        self._count(item[heart], "liked")
        self._act(who[heart], item[heart], "praise", now)
        self._rate(who, item, ends & (luck[:, 5] < 0.15), truth, now)

    def _rate(self, who: Whole, item: Whole, rated: Whole, truth: Truth, now: int) -> None:
        """One star to five, by what the item held of its promise."""
        who, item = who[rated], item[rated]
        stars = np.clip(np.round(3.5 + truth.depth[item] + 2 * (truth.ends[who, item] - 0.5)), 1, 5).astype(np.int8)
        self.stars[who, item] = stars
        np.add.at(self.figures, (item, Figures._fields.index("stars_sum")), stars)
        self._count(item, "stars_count")
        good = stars >= GOOD_STARS
        self._act(who[good], item[good], "stars", now)

    def _count(self, item: Whole, what: str) -> None:
        np.add.at(self.figures, (item, Figures._fields.index(what)), 1)

    def _act(self, who: Whole, item: Whole, cause: str, now: int) -> None:
        more = rules.grown(STRENGTHS[cause], now)
        self.strength[who, item] += more
        self.changed[who, item] = now
        self.liking[who, self.subject[item]] += more

    # --- what is known ---------------------------------------------------------------------------------------------

    def left_of_charm(self, who: Whole | slice = ALL, item: Whole | slice = ALL) -> Floats:
        """What is left of the chance to be opened, after what was seen before; 0 for what is had already."""
        worn = WORN ** np.arange(SILENT_MOST + 1)
        left: Floats = worn[np.minimum(self.silent[who, item], SILENT_MOST)]
        left = left * np.where(self.opened[who, item], KNOWN, 1.0)
        left[self.finished[who, item] | self.bought[who, item]] = 0
        return left.astype(np.float32)

    def weights(self, now: int) -> Floats:
        """How much everybody likes each tag, 0 to 1; what has faded is 0."""
        weights: Floats = 1 - np.exp(-self.liking * rules.faded(1.0, now) / rules.SATURATION)
        weights[weights < rules.SHOWN_WEIGHT] = 0
        return weights

    def follower(self, who: int, now: int) -> Follower:
        """What the product's ranking is told of somebody, made by its own profile."""
        scale = rules.faded(1.0, now)
        interests = [
            Taste(float(self.liking[who, tag])).interest(self.names[tag], "", "", 0, scale)
            for tag in np.flatnonzero(self.liking[who]).tolist()
        ]
        known = [one for one in interests if one.weight >= rules.SHOWN_WEIGHT]
        return profile(
            known, (self._engagement(who, item) for item in np.flatnonzero(self.opened[who]).tolist()),
            [self.truth.items[item].slug for item in np.flatnonzero(self.bought[who]).tolist()],
            self.silent_lately(who, now),
            self.silent_so_far(who),
            self.truth.source[who], True, now,
        )  # fmt: skip

    def _engagement(self, who: int, item: int) -> Engagement:
        at, bought = int(self.changed[who, item]), bool(self.bought[who, item])
        return Engagement(
            self.truth.items[item].slug, float(self.strength[who, item]), at, int(self.stars[who, item]),
            at if bought else None, int(self.truth.price[item]) if bought else 0, None,
            at if self.finished[who, item] else None,
        )  # fmt: skip

    def silent_so_far(self, who: int) -> dict[str, int]:
        """How often each item was shown and not opened: what is watched is shorter than what is remembered."""
        items = np.flatnonzero(self.silent[who]).tolist()
        return {self.truth.items[item].slug: int(self.silent[who, item]) for item in items}

    def silent_lately(self, who: int, now: int) -> Counter[str]:
        """How often each item was shown lately and not opened."""
        return Counter(
            self.truth.items[item].slug
            for at, lists, opened in self.lately
            if at >= now - LATELY
            for item, open_ in zip(lists[who].tolist(), opened[who].tolist(), strict=True)
            if item >= 0 and not open_
        )

    # --- what is learned -------------------------------------------------------------------------------------------

    def learned(self, now: int) -> Learned:
        """What everybody together taught, as ``flows/learn_items.py`` learns it."""
        items = self.truth.items
        who, what = np.nonzero(self.opened)
        age = (self.changed[who, what] - rules.EPOCH) / rules.HALF_LIFE
        felt = 1 - np.exp(-self.strength[who, what] * np.exp2(-age) / rules.SATURATION)
        stars = self.stars[who, what]
        felt[(stars > 0) & (stars <= BAD_STARS)] = 0
        found = Neighbours(
            (items[one.item].slug,
             [(items[j].slug, float(s)) for j, s in zip(one.others.tolist(), one.strengths.tolist(), strict=True)])
            for one in neighbours(who.astype(np.int32), what.astype(np.int32), felt.astype(np.float32))
        )  # fmt: skip
        return Learned(self.counted(), found, self._tastes(now))

    def counted(self) -> dict[str, Figures]:
        """How each item did."""
        rows = zip(self.truth.items, self.figures.tolist(), strict=True)
        return {item.slug: Figures(*row) for item, row in rows if row[0]}

    def _tastes(self, now: int) -> dict[str, dict[str, float]]:
        tastes, weights = Tastes(), self.weights(now)
        for source, row in zip(self.truth.source, weights, strict=True):
            liked = [(self.names[tag], float(row[tag])) for tag in np.flatnonzero(row).tolist()]
            if liked:
                tastes.add(source, liked)
        return tastes.averages()
