"""A crowd and a catalogue whose truth is known: who would open, finish and buy what, and what that is worth.

Nothing here is the product's formula, and only what stands in ``Truth.items``, ``source``, ``chosen`` and ``asks`` is
ever told to it. Tastes live on ``TOPICS`` topics of ``PARTS`` parts each. A person is of one of ``KINDS`` kinds that
like some topics more, likes two to four of them, their parts unevenly, and has tastes for manners of writing that no
tag names. An item is about one topic or two, and parts of them; its tags tell that imperfectly (see ``_tags``); it has
a title that draws (``appeal``), a ``depth`` that holds what the title promised, a reading level, a price, and may be
news, of which the charm is gone in weeks.

The log odds that a person opens an item at the first place, seen for the first time:

    -3.2 + 4 fit + 0.8 appeal + 0.5 manner - 0.8 |level of both apart| - 0.6 (dearer than they pay) - 1.5 (grown old)

``fit`` is the taste for what the item is about, 0 to about 1.2; ``appeal`` standard normal; ``manner`` the product of
two vectors, with variance 1. At the second and third place it is opened ``LOOKED_AT`` times as often, for each silent
showing before ``WORN`` times, once it was opened ``KNOWN`` times, and for each item of its topic opened above it on the
list ``SATED`` times. What was bought or read to the end is worth nothing more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.item import Item

Floats = NDArray[np.floating]
Whole = NDArray[np.integer]

TOPICS, PARTS, KINDS, MANNERS = 12, 5, 6, 3
LOOKED_AT = np.array([1.0, 0.8, 0.65])
WORN, KNOWN, SATED = 0.85, 0.25, 0.6
FINISHED_WORTH, BOUGHT_WORTH = 1.0, 4.0
"""An opening is worth 1; an item read to the end as much again, one sold four times as much."""
BEGIN, DAY = 1_795_000_000, 86_400
STEP = 3 * DAY // 2
"""Everybody comes once in a day and a half."""
NEWS_HALF_LIFE = 10 * DAY
OLDEST = 240
PRICES, PRICED = (0, 190, 490, 990, 1990, 9900), (0.4, 0.12, 0.14, 0.2, 0.1, 0.04)
LATER = 0.2
"""The part of the items that is published while the crowd is watched."""


class Size(NamedTuple):
    """How many; all of them come ``rounds`` times after the first."""

    followers: int
    items: int
    rounds: int = 30


class Truth:
    """The world of one seed. Arrays are people x items unless told otherwise; parts of topics are numbered
    topic * PARTS + part."""

    def __init__(self, seed: int, size: Size) -> None:
        self.size = size
        chance = np.random.default_rng([seed, size.followers])
        kinds = chance.dirichlet(np.full(TOPICS, 0.5), KINDS)
        self._draw_items(chance, kinds)
        self._draw_people(chance, kinds)
        fit = self.taste @ self.about.T
        paid, rich = self.price[None, :], self.limit[:, None]
        apart = np.abs(self._level[:, None] - self.level[None, :])
        manner = self._manner @ self.manner.T / np.sqrt(MANNERS)
        self.logit = (
            -3.2 + 4 * fit + 0.8 * self.appeal + 0.5 * manner - 0.8 * apart - 0.6 * (paid > rich)
        ).astype(np.float32)  # fmt: skip
        self.reads = _logistic(0.2 + 1.5 * (fit - 0.5) + 0.8 * self.depth - 0.8 * apart)
        self.ends = _logistic(0.3 + 0.8 * self.depth - 0.8 * apart)
        self.buys = np.where(paid > 0, _logistic(-2.0 + 2.5 * (fit - 0.5) + 0.5 * self.depth - 3 * (paid > rich)), 0.0)
        self.finishes = self.reads * np.where(paid > 0, self.buys, 1.0) * self.ends
        self.worth = (1 + FINISHED_WORTH * self.finishes + BOUGHT_WORTH * self.buys).astype(np.float32)

    def opens(self, now: int) -> Floats:
        """The probability that each person opens each item at the first place, never shown before; 0 where it is not
        out yet."""
        return self._opens(self.logit, slice(None), now)

    def opens_of(self, who: Whole, item: Whole, now: int) -> Floats:
        """The same of single pairs of a person and an item."""
        return self._opens(self.logit[who, item], item, now)

    def _opens(self, logit: Floats, items: Whole | slice, now: int) -> Floats:
        news, published = self.news[items], self.published[items]
        aged = np.where(news, 1.5 * (1 - np.exp2(-np.maximum(now - published, 0) / NEWS_HALF_LIFE)), 0.0)
        return np.where(published <= now, _logistic(logit - aged.astype(np.float32)), 0.0)

    # --- items -----------------------------------------------------------------------------------------------------

    def _draw_items(self, chance: np.random.Generator, kinds: Floats) -> None:
        """Written for the audience there is: topics that more of it likes have more items."""
        count = self.size.items
        often = kinds.mean(axis=0) + 0.03
        self.topic = chance.choice(TOPICS, count, p=often / often.sum())
        second = np.where(chance.random(count) < 0.4, chance.integers(0, TOPICS, count), self.topic)
        share = np.where(second == self.topic, 0.0, chance.uniform(0.2, 0.5, count))
        self.about = np.zeros((count, TOPICS * PARTS), dtype=np.float32)
        for item in range(count):
            for topic, much in ((self.topic[item], 1 - share[item]), (second[item], share[item])):
                parts = chance.choice(PARTS, chance.integers(1, 4), replace=False)
                self.about[item, topic * PARTS + parts] += much / len(parts)
        self.appeal, self.depth = chance.normal(size=count), chance.normal(size=count)
        self.manner = chance.normal(size=(count, MANNERS))
        self.level = chance.random(count)
        self.price = chance.choice(PRICES, count, p=PRICED)
        self.news = chance.random(count) < 0.3
        day = chance.integers(0, OLDEST, count) * -1
        later = chance.random(count) < LATER
        day[later] = chance.integers(1, self.size.rounds * STEP // DAY, later.sum())
        self.published = (BEGIN + day * DAY).astype(np.int64)
        self.items = [
            Item(f"i{n}", f"i{n}", "article", int(self.price[n]), self._tags(chance, n), "a", "s",
                 int(self.published[n]), "", "")
            for n in range(count)
        ]  # fmt: skip

    def _tags(self, chance: np.random.Generator, item: int) -> tuple[str, ...]:
        """What an editor writes above it: the topic, of one item in twelve a wrong one; its parts, three in four of
        them; every fourth item a part that it is not about."""
        topic = int(self.topic[item]) if chance.random() > 1 / 12 else int(chance.integers(TOPICS))
        told = [part for part in np.flatnonzero(self.about[item]).tolist() if chance.random() < 0.75]
        if chance.random() < 0.25:
            told.append(int(chance.integers(TOPICS * PARTS)))
        return (subject(topic), *dict.fromkeys(part_name(part) for part in told))

    # --- people ----------------------------------------------------------------------------------------------------

    def _draw_people(self, chance: np.random.Generator, kinds: Floats) -> None:
        count = self.size.followers
        kind = chance.integers(0, KINDS, count)
        broad = np.full((count, TOPICS), 0.0) + chance.uniform(0, 0.15, (count, TOPICS))
        for who in range(count):
            often = kinds[kind[who]] + 0.02
            liked = chance.choice(TOPICS, chance.integers(2, 5), replace=False, p=often / often.sum())
            broad[who, liked] = chance.uniform(0.3, 0.7, len(liked))
            broad[who, liked[0]] = chance.uniform(0.7, 1.0)
        uneven = np.exp(chance.normal(0, 0.4, (count, TOPICS * PARTS)) - 0.08)
        self.taste = (np.repeat(broad, PARTS, axis=1) * uneven).astype(np.float32)
        self._manner = chance.normal(size=(count, MANNERS))
        self._level = chance.random(count)
        self.limit = 1_200 * np.exp(chance.normal(0, 0.6, count))
        self.hearts = chance.uniform(0.1, 0.5, count)
        self.talks = chance.uniform(0.0, 0.3, count)
        self._tell(chance, kind, broad)

    def _tell(self, chance: np.random.Generator, kind: Whole, broad: Floats) -> None:
        """What the account knows of each before the first list: ``source``, and the topics ``chosen`` at the welcome.

        A third came by a QR code that stands under an article on one topic, seven in ten of them on one they like; a
        third by codes whose names mean nothing, most of them where their kind goes; of the others it is not known. A
        third tap one to three topics at the welcome."""
        self.source: list[str] = []
        self.chosen: list[tuple[int, ...]] = []
        for who in range(self.size.followers):
            liking = broad[who] ** 2 / (broad[who] ** 2).sum()
            way = chance.random()
            scene = int(chance.choice(TOPICS, p=liking) if chance.random() < 0.7 else chance.integers(TOPICS))
            place = kind[who] if chance.random() < 0.7 else chance.integers(KINDS)
            self.source.append(f"qr:{subject(scene)}" if way < 1 / 3 else f"qr:c_{place}" if way < 2 / 3 else "")
            taps = chance.choice(TOPICS, chance.integers(1, 4), replace=False, p=liking)
            self.chosen.append(tuple(taps.tolist()) if chance.random() < 1 / 3 else ())

    def asks(self, who: int, luck: float) -> int:
        """The part of a topic somebody asks about: what they like more, more often. `luck` in [0, 1)."""
        liking = np.cumsum(self.taste[who].astype(np.float64) ** 2)
        return int(np.searchsorted(liking, luck * liking[-1], side="right"))


def subject(topic: int) -> str:
    """The tag of a topic."""
    return f"t{topic}"


def part_name(part: int) -> str:
    """The tag of a part of a topic."""
    return f"t{part // PARTS}.{part % PARTS}"


def _logistic(odds: Floats) -> Floats:
    probability: Floats = 1 / (1 + np.exp(-odds))
    return probability
