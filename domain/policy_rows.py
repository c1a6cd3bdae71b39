"""Rows of the exposure log as arrays, and what they tell of a rival of the policy that wrote them.

A list is read from above, so a place is judged together with what stands above it: a row counts for the rival where it
and all rows above it are what the rival would have shown, with weight 1 / (the product of their propensities). That is
unbiased where a reader's click at a place does not depend on what stands below it (the cascade model; the estimator is
RIPS of McInerney et al., KDD 2020).

The doubly robust guess is of the reader: how often people open what stands at that place, times how much more, or less,
this one opened before. As the rival shows one certain list, a guess that does not name the item is enough: it is asked
for only where the item is the rival's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from domain import estimate
from domain.estimate import Estimate, Floats, Log, Numbers

FOLDS = 4
"""A person's guess comes from the others of four parts, or the model would be praised for what it was told."""
STEADY = 4.0
"""Rewards as expected that stand in for what is not known yet."""
COMMON = 0.05
"""Replay thins lists to the odds of the rarest but for so many of them: fewer are kept of what is rarer still."""
FEWEST_REPLAYED = 30


@dataclass(frozen=True)
class Rows:
    """Exposures of one policy, one entry a row: ``person`` and ``list_`` are 0, 1, …, ``place`` counts from 1.

    ``list_`` rises with the time within a person. ``agrees`` tells for each rival whether it would have shown the same
    there, below the same rows.
    """

    person: Numbers
    list_: Numbers
    place: Numbers
    click: Floats
    fen: Floats
    propensity: Floats
    agrees: dict[str, NDArray[np.bool_]]

    def where(self, kept: NDArray[np.bool_]) -> Rows:
        """Some of the rows, with people and lists numbered anew."""
        part = replace(
            self, place=self.place[kept], click=self.click[kept], fen=self.fen[kept], propensity=self.propensity[kept],
            agrees={rival: flags[kept] for rival, flags in self.agrees.items()},
        )  # fmt: skip
        person = np.unique(self.person[kept], return_inverse=True)[1]
        return replace(part, person=person, list_=np.unique(self.list_[kept], return_inverse=True)[1])


def log_of(rows: Rows, rival: str) -> Log:
    """The rows as evidence of what the rival's lists would have been opened."""
    agrees, logged = _from_above(rows, rival)
    target = agrees.astype(np.float64)
    guess = _guess(rows, target / logged)
    return Log(rows.person, rows.place, rows.click, logged, target, guess, guess)


def replay(rows: Rows, rival: str, luck: Floats) -> tuple[Estimate, int] | None:
    """(clicks a row, number of lists) of the lists that are the rival's; None for too few of them.

    Replay (Li, Chu, Langford & Wang, WSDM 2011) wants lists shown at even odds. Ours are not: each is kept with a
    chance that makes up for its odds (rejection sampling as in Dudík, Erhan, Langford & Li, UAI 2012). `luck` holds a
    number in 0..1 for each list.
    """
    agrees, logged = _from_above(rows, rival)
    lists = len(luck)
    whole = np.ones(lists, dtype=np.bool_)
    np.logical_and.at(whole, rows.list_, agrees)
    odds = np.ones(lists)
    np.minimum.at(odds, rows.list_, logged)
    if not whole.any():
        return None
    common = float(np.quantile(odds[whole], COMMON))
    kept = (whole & (luck < common / odds))[rows.list_]
    part = rows.where(kept)
    if len(np.unique(part.person)) < FEWEST_REPLAYED:
        return None
    return estimate.rate(part.click, part.person), int(part.list_.max()) + 1


def _from_above(rows: Rows, rival: str) -> tuple[NDArray[np.bool_], Floats]:
    """Row by row: is it, with all above it, the rival's; and with what probability were they shown?"""
    lists = int(rows.list_.max(initial=-1)) + 1
    agree, odds = np.ones(lists, dtype=np.bool_), np.ones(lists)
    agrees, logged = np.zeros(len(rows.place), dtype=np.bool_), np.ones(len(rows.place))
    for place in np.unique(rows.place):
        here = rows.place == place
        of = rows.list_[here]
        agree[of] &= rows.agrees[rival][here]
        odds[of] *= rows.propensity[here]
        agrees[here], logged[here] = agree[of], odds[of]
    return agrees, logged


def _guess(rows: Rows, weight: Floats) -> Floats:
    """For each row the guess of its click: from the rates of other people, and from the person's own past."""
    places = int(rows.place.max(initial=0)) + 1
    rates = np.zeros((FOLDS, places))
    for fold in range(FOLDS):
        others = rows.person % FOLDS != fold
        here, by = rows.place[others], weight[others]
        shown = np.bincount(here, weights=by, minlength=places)
        opened = np.bincount(here, weights=by * rows.click[others], minlength=places)
        rates[fold] = opened / np.maximum(shown, 1e-12)
    expected = rates[rows.person % FOLDS, rows.place]
    return np.minimum(expected * _openness(rows, expected), 1.0)


def _openness(rows: Rows, expected: Floats) -> Floats:
    """How much more than expected the person had opened before the list of each row; 1 where nothing is known."""
    lists = int(rows.list_.max(initial=-1)) + 1
    person = np.zeros(lists, dtype=np.intp)
    person[rows.list_] = rows.person
    first = np.searchsorted(person, np.arange(int(person.max(initial=-1)) + 1))
    before = []
    for values in (rows.click, expected):
        summed = np.concatenate(([0.0], np.bincount(rows.list_, weights=values, minlength=lists).cumsum()))
        before.append(summed[:-1] - summed[first[person]])
    opened, foreseen = before
    return ((opened + STEADY) / (foreseen + STEADY))[rows.list_]
