"""Content personalisation: which items, in which order, and why.

An item's score is a sum of terms, each the log odds by which it is likelier to be opened, and to be worth it, than the
account's usual item. Log odds are what evidence of different kinds is added up in (logistic model, as for predicting
clicks: Chapelle, Manavoglu & Rosales, TIST 2014).

* ``content``: CONTENT * sum over the item's tags of taste(tag) * importance(tag, item). The taste is the follower's own
  (``domain/interests.py``), and a guess from where they come from, which fades as they are known.
* ``habit``: how much more they open what carries its tags than anything (``domain/habit.py``).
* ``together``: who liked what this follower liked, liked this (``domain/neighbours.py``).
* ``quality``: what all followers showed of the item (``domain/quality.py``).
* ``fresh``: FRESH, halving every FRESH_HALF_LIFE.
* ``price``: the ladder (``domain/ladder.py``).
* ``tired``: taken off for each time it was shown and not opened, and once it was opened.
* ``varied`` and ``explore``: what the place on the list adds (``domain/listing.py``).

Never shown: what is owned, read to the end, refused by a tag, not out yet, or was left unopened SEEN_ENOUGH times.

Finding the best of many: for each tag the ``CHAMPIONS`` items for which it and their quality speak most are kept
(champion lists, Manning, Raghavan & Schütze 2008, 7.1.3). Those of the follower's tags, the neighbours of what they
liked, the newest and the best are scored exactly and completely, so the work does not grow with the catalogue; up to
``CHAMPIONS`` items all are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from domain.follower import Follower
from domain.habit import leanings
from domain.interests import SATURATION
from domain.item import Item
from domain.ladder import rung, steps
from domain.learned import NOTHING_LEARNED, Figures, Learned
from domain.listing import Candidates, Drawn, draw_list
from domain.nearness import Near, Nearness
from domain.quality import judge
from domain.shelf import Flags, Floats, Rows, Shelf, best
from domain.tastes import EVERYBODY

POLICY, IMPERSONAL = "blend-2", "popular-2"
"""The names under which exposures are logged; the second without personalisation. Change the formula, change them."""

CHAMPIONS = 128
NEWEST, GOOD = 32, 32
CONTENT = 3.0
"""A question (weight 0.39) about what an item is wholly about makes it three times as likely to be opened."""
TOGETHER, MOST_TOGETHER = 6.0, 4.0
"""Strengths of neighbours are regression weights, seldom over 0.2. Cut at 2, the items of somebody who liked a hundred
would be told apart less well (MovieLens, validation part)."""
FRESH, FRESH_HALF_LIFE = 0.3, 60 * 86_400
"""Freshness decides among equals; it must not outweigh one question asked."""
HABIT = 1.0  # leanings are log odds already
TIRED = 0.35
"""Log odds for each silent showing: who passed it over three times is a third as likely to want it."""
AGAIN = 1.5
"""What was opened once is known: e^-1.5 = 0.22."""
SEEN_ENOUGH = 5
"""Shown so often within a week and never opened: not again before some of those showings are a week old."""
PRIOR = 1.5
"""Until lessons of this strength are learned, where somebody comes from tells more than what they did."""
SCENE = 0.6
"""The weight of a tag that a QR code's scene names: as if they had chosen it."""
SOURCE_TAGS = 20
EXPLORED = 0.35
"""The part of what is unsure that is explored (posterior reshaping, Chapelle & Li 2011): lists are read by people. With
this part somebody who likes three subjects gets a list of just these 49 times in 50; with 0.5, 48 times."""

OWN, FROM_SCENE, FROM_SOURCE, FROM_ALL = "own", "scene", "source", "all"
"""Whose taste for a tag it was: the follower's, the QR code's, of those who came from there too, of everybody."""
_QR = "qr:"


class Ranked(NamedTuple):
    """One recommended item. ``score`` is the sum of its terms without ``explore``; ``propensity`` the probability of it
    at its place, given those above; ``tag`` gave most of ``content``, and ``whose`` taste for it that was ("" = none);
    ``near`` is the item the follower had to do with that gave most of ``together``; ``figures`` what is counted of it;
    ``agrees`` the rivals that would have put it here too (``rivals.agreeing``), None where they were not asked."""

    item: Item
    score: float
    propensity: float
    terms: Mapping[str, float]
    tag: str = ""
    whose: str = ""
    near: Item | None = None
    figures: Figures | None = None
    agrees: str | None = None


class Explained(NamedTuple):
    """One item for one follower, may it be shown or not. ``ranked`` is as if it stood alone on a list; ``rank`` its
    place by score from 1 among the ``of`` items that may be shown, itself counted in. What three of the terms are the
    sums of, in log odds, the strongest first: ``by_tag`` (tag, whose taste for it, what it gives), and, before it is
    cut, ``by_item`` (slug the follower had to do with, what it gives); ``by_habit`` (tag, what it gives or takes)."""

    ranked: Ranked
    rank: int
    of: int
    by_tag: tuple[tuple[str, str, float], ...]
    by_item: tuple[tuple[str, float], ...]
    by_habit: tuple[tuple[str, float], ...]


class _Guess(NamedTuple):
    """What those who came from one source like: numbers of tags, weights; and which of them more than everybody."""

    tags: Rows
    weights: Floats
    more: frozenset[int]


_NO_GUESS = _Guess(np.zeros(0, dtype=np.intp), np.zeros(0), frozenset())


@dataclass(frozen=True)
class _Taste:
    """Weights by tag number, the last of them the padding's: the follower's own, and guessed from where they come."""

    own: Floats
    guessed: Floats
    scene: frozenset[int]  # tags that the guess has from the QR code
    source: frozenset[int]  # tags that those who came from there like more than everybody does

    @cached_property
    def liked(self) -> Floats:
        """1 for those they are known to like, by what they said and did or by the QR code they came by, else 0."""
        liked = (self.own > 0).astype(np.float64)
        liked[list(self.scene)] = 1
        return liked

    @cached_property
    def total(self) -> Floats:
        """Both together."""
        return self.own + self.guessed

    def whose(self, tag: int) -> str:
        """Which of them says most of a tag."""
        if self.own[tag] >= self.guessed[tag]:
            return OWN
        return FROM_SCENE if tag in self.scene else FROM_SOURCE if tag in self.source else FROM_ALL


class _Match(NamedTuple):
    """By row: the sums, over the item's tags, of importance times taste, leaning, and 1 for each that is liked."""

    taste: Floats
    lean: Floats
    liked: Floats


class Ranking:
    """A shelf, and what followers taught about it, prepared for ranking. Made anew when either changes."""

    def __init__(self, shelf: Shelf, learned: Learned = NOTHING_LEARNED) -> None:
        self.shelf, self.learned = shelf, learned
        self.quality = judge(shelf, learned.figures)
        self._spread = np.maximum(EXPLORED * self.quality.spread, 1e-3)
        self._rung = np.array([rung(item) for item in shelf.items], dtype=np.intp)
        self._newest = float(shelf.published.max(initial=0.0))
        self._fresh = FRESH * np.exp2((shelf.published - self._newest) / FRESH_HALF_LIFE)
        self._nearness = Nearness(shelf, learned.neighbours)
        self._tastes = {source: self._guess(source, learned.tastes) for source in learned.tastes}
        worth = self.quality.term + self._fresh
        self._champions = [self._best_of(tag, worth) for tag in range(len(shelf.tags))]
        self._good = best(worth, GOOD)

    def rank(
        self,
        follower: Follower,
        now: int,
        count: int,
        chance: Callable[[], float],
        never: Collection[str] = (),
        among: Collection[str] | None = None,
        about: Collection[str] | None = None,
    ) -> list[Ranked]:
        """The `count` items to show a follower at `now`. `chance` gives numbers in [0, 1); 0 throughout gives the
        ranking without exploration.

        `never` are further slugs that must not appear; `among`, when given, the only slugs allowed; `about` tags of
        which each item must have one.
        """
        taste, near = self._taste(follower), self._nearness.of(follower.engaged)
        rows = self._candidates(follower, taste, near, now, never, among, about)
        match = self._match(rows, follower, taste)
        terms = self._terms(rows, follower, match, near, now)
        score = sum(terms.values(), np.zeros(len(rows)))
        candidates = Candidates(
            score, self._spread[rows], self.shelf.subject[rows], terms["content"], self.quality.opened[rows],
            match.liked > 0,
        )  # fmt: skip
        drawn = draw_list(candidates, count, chance)
        return [self._ranked(int(rows[one.which]), one, score, terms, taste, near) for one in drawn]

    def explain(self, follower: Follower, slug: str, now: int) -> Explained:
        """All that makes the score of one item of the shelf for a follower."""
        row, rows = self.shelf.place[slug], np.arange(len(self.shelf))
        taste, near = self._taste(follower), self._nearness.of(follower.engaged)
        terms = self._terms(rows, follower, self._match(rows, follower, taste), near, now)
        score = sum(terms.values(), np.zeros(len(rows)))
        allowed = np.ones(len(rows), dtype=np.bool_)
        self._strike(allowed, follower, now)
        allowed[row] = True
        better = allowed & ((score > score[row]) | ((score == score[row]) & (rows < row)))
        alone = self._ranked(row, Drawn(row, 1.0, 0.0, 0.0, ""), score, terms, taste, near)
        return Explained(
            alone._replace(agrees=None), int(better.sum()) + 1, int(allowed.sum()),
            self._by_tag(row, taste), self._by_item(row, near), self._by_habit(row, follower),
        )  # fmt: skip

    def scores(self, follower: Follower, now: int) -> Floats:
        """The score of each row of the shelf for a follower, shown or not; without what a place on a list adds."""
        taste, near = self._taste(follower), self._nearness.of(follower.engaged)
        rows = np.arange(len(self.shelf))
        match = self._match(rows, follower, taste)
        return sum(self._terms(rows, follower, match, near, now).values(), np.zeros(len(rows)))

    # --- who may be shown ------------------------------------------------------------------------------------------

    def _candidates(
        self, follower: Follower, taste: _Taste, near: Near, now: int, never: Collection[str],
        among: Collection[str] | None, about: Collection[str] | None,
    ) -> Rows:  # fmt: skip
        """The rows worth scoring that may be shown, ascending."""
        shelf = self.shelf
        worth = np.zeros(len(shelf), dtype=np.bool_)
        if among is not None:
            worth[shelf.rows(among)] = True
        elif about is not None:
            for name in about:
                if name in shelf.tags:
                    worth[self._champions[shelf.tags[name]]] = True
        elif len(shelf) <= CHAMPIONS:
            worth[:] = True
        else:
            out = self._out(now)
            worth[out : out + NEWEST] = True
            worth[self._good] = True
            worth[near.rows] = True
            for tag in np.flatnonzero(taste.total[:-1] > 0).tolist():
                worth[self._champions[tag]] = True
        self._strike(worth, follower, now, never)
        return np.flatnonzero(worth)

    def _strike(self, rows: Flags, follower: Follower, now: int, never: Collection[str] = ()) -> None:
        """Take out what may not be shown (``domain/bars.py`` tells why)."""
        rows[: self._out(now)] = False
        rows[self.shelf.rows(self._barred(follower, never))] = False
        for name, weight in follower.weights.items():
            if weight < 0:
                rows[self.shelf.carrying(name)] = False

    def _out(self, now: int) -> int:
        """The first row that is out: those before it are still to come."""
        return int(np.searchsorted(-self.shelf.published, -now))

    def _barred(self, follower: Follower, never: Collection[str]) -> Iterable[str]:
        yield from never
        yield from follower.owned
        yield from follower.finished
        yield from (slug for slug, times in follower.shown.items() if times >= SEEN_ENOUGH)

    # --- the terms -------------------------------------------------------------------------------------------------

    def _match(self, rows: Rows, follower: Follower, taste: _Taste) -> _Match:
        return _Match(*self.shelf.sums(rows, taste.total, leanings(self.shelf, follower), taste.liked))

    def _terms(self, rows: Rows, follower: Follower, match: _Match, near: Near, now: int) -> dict[str, Floats]:
        """Term -> its value for each of the rows."""
        return {
            "content": CONTENT * match.taste,
            "habit": HABIT * match.lean,
            "together": np.clip(TOGETHER * near.strength[rows], -MOST_TOGETHER, MOST_TOGETHER),
            "quality": self.quality.term[rows],
            "fresh": self._fresh[rows] * 2.0 ** ((self._newest - now) / FRESH_HALF_LIFE),
            "price": steps(follower.paid)[self._rung[rows]],
            "tired": -self._weariness(rows, follower),
        }

    def _weariness(self, rows: Rows, follower: Follower) -> Floats:
        """What was seen of each of the rows already."""
        shelf = self.shelf
        silent = [(shelf.place[slug], times) for slug, times in follower.silent.items() if slug in shelf.place]
        opened = shelf.rows(slug for slug, felt in follower.engaged.items() if felt > 0)
        weary = np.zeros(len(rows))
        if silent:
            places, times = np.array(silent, dtype=np.intp).T
            _add(weary, rows, places, TIRED * times)
        if opened:
            _add(weary, rows, np.array(opened, dtype=np.intp), np.full(len(opened), AGAIN))
        return weary

    def _taste(self, follower: Follower) -> _Taste:
        """What they like, and what is guessed of them: the guess weighs PRIOR lessons."""
        tags = self.shelf.tags
        own, guessed = np.zeros(len(tags) + 1), np.zeros(len(tags) + 1)
        learned = 0.0
        for tag, weight in follower.weights.items():
            if weight > 0:
                learned -= SATURATION * math.log1p(-min(weight, 0.999))
                if tag in tags:
                    own[tags[tag]] = weight
        if not follower.personal:
            return _Taste(own, guessed, frozenset(), frozenset())
        share = PRIOR / (PRIOR + learned)
        guess = self._tastes.get(follower.source) or self._tastes.get(EVERYBODY) or _NO_GUESS
        guessed[guess.tags] = share * guess.weights
        scene, weights = self._scene(follower.source)
        guessed[scene] = np.maximum(guessed[scene], share * SCENE * weights)
        return _Taste(own, guessed, frozenset(scene.tolist()), guess.more)

    def _scene(self, source: str) -> tuple[Rows, Floats]:
        """(tags, how much each is meant) of a QR code whose scene is a tag or an item."""
        named = source.removeprefix(_QR)
        if not source.startswith(_QR):
            return np.zeros(0, dtype=np.intp), np.zeros(0)
        if named in self.shelf.tags:
            return np.array([self.shelf.tags[named]], dtype=np.intp), np.ones(1)
        if named in self.shelf.place:
            row = self.shelf.place[named]
            kept = self.shelf.columns[row] < len(self.shelf.tags)
            return self.shelf.columns[row][kept], self.shelf.importance[row][kept]
        return np.zeros(0, dtype=np.intp), np.zeros(0)

    # --- what was chosen -------------------------------------------------------------------------------------------

    def _ranked(
        self, row: int, one: Drawn, score: Floats, terms: Mapping[str, Floats], taste: _Taste, near: Near
    ) -> Ranked:
        item = self.shelf.items[row]
        told = {name: float(values[one.which]) for name, values in terms.items()}
        told |= {"varied": one.varied, "explore": one.explore}
        nearest = near.nearest(row)
        return Ranked(
            item, float(score[one.which]) + one.varied, one.propensity, told, *self._strongest(row, taste),
            None if nearest is None else self.shelf.items[nearest], self.learned.figures.get(item.slug), one.agrees,
        )  # fmt: skip

    def _strongest(self, row: int, taste: _Taste) -> tuple[str, str]:
        """The tag that gave most of an item's match, and whose taste for it that was; "" for none."""
        columns = self.shelf.columns[row]
        match = taste.total[columns] * self.shelf.importance[row]
        strongest = int(match.argmax())
        if match[strongest] <= 0:
            return "", ""
        return self.shelf.names[columns[strongest]], taste.whose(int(columns[strongest]))

    # --- what a score is made of -----------------------------------------------------------------------------------

    def _by_tag(self, row: int, taste: _Taste) -> tuple[tuple[str, str, float], ...]:
        match = CONTENT * taste.total[self.shelf.columns[row]] * self.shelf.importance[row]
        given = [(int(tag), float(gives)) for tag, gives in zip(self.shelf.columns[row], match, strict=True) if gives]
        parts = [(self.shelf.names[tag], taste.whose(tag), gives) for tag, gives in given]
        return tuple(sorted(parts, key=lambda part: -part[2]))

    def _by_item(self, row: int, near: Near) -> tuple[tuple[str, float], ...]:
        pairs = np.flatnonzero(near.rows == row)
        given = zip(near.whose[pairs].tolist(), (TOGETHER * near.gives[pairs]).tolist(), strict=True)
        return tuple(
            sorted(((self.shelf.items[whose].slug, gives) for whose, gives in given), key=lambda one: -abs(one[1]))
        )

    def _by_habit(self, row: int, follower: Follower) -> tuple[tuple[str, float], ...]:
        lean = leanings(self.shelf, follower)
        columns, importance = self.shelf.columns[row], self.shelf.importance[row]
        given = [(int(tag), HABIT * float(lean[tag] * weighs)) for tag, weighs in zip(columns, importance, strict=True)]
        parts = [(self.shelf.names[tag], gives) for tag, gives in given if gives]
        return tuple(sorted(parts, key=lambda part: -abs(part[1])))

    # --- preparing -------------------------------------------------------------------------------------------------

    def _best_of(self, tag: int, worth: Floats) -> Rows:
        rows, importance = self.shelf.carriers(tag)
        return rows[best(CONTENT * SCENE * importance + worth[rows], CHAMPIONS)]

    def _guess(self, source: str, tastes: Mapping[str, Mapping[str, float]]) -> _Guess:
        """The strongest tags of a source. What is not among those kept of everybody is liked no more than they are."""
        tags, usual = self.shelf.tags, tastes.get(EVERYBODY, {})
        least = min(usual.values(), default=0.0)
        known = [(weight, tag) for tag, weight in tastes[source].items() if tag in tags and weight > 0]
        kept = sorted(known, reverse=True)[:SOURCE_TAGS]
        more = frozenset(tags[tag] for weight, tag in kept if source and weight > usual.get(tag, least))
        numbers = np.array([tags[tag] for _, tag in kept], dtype=np.intp)
        return _Guess(numbers, np.array([weight for weight, _ in kept], dtype=np.float64), more)


def _add(values: Floats, rows: Rows, places: Rows, more: Floats) -> None:
    """Add to the values of those rows (ascending) that are among the places."""
    at = np.searchsorted(rows, places)
    inside = at < len(rows)
    at, places, more = at[inside], places[inside], more[inside]
    hit = rows[at] == places
    values[at[hit]] += more[hit]
