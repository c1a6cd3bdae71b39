"""A guess of the reward of an item at a place: what the doubly robust estimate leans on.

guess(item, place) = rate(place) * (rewards(item) + STEADY) / (expected(item) + STEADY)

``expected`` is what an average item would have earned at the places where this one stood: an item seen rarely is taken
for average (gamma-Poisson shrinkage, as DuMouchel 1999 for sparse counts). Cross-fitted: a person's guess comes from
the other folds' rows, or the model would be praised for what it was told (Chernozhukov et al. 2018).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.estimate import Floats, Numbers
from domain.policy_rows import FOLDS, STEADY


def cross_fitted(person: Numbers, place: Numbers, item: Numbers, reward: Floats, items: int) -> NDArray[np.float64]:
    """Folds x (places + 1) x items: the guesses for people whose number has this remainder by ``FOLDS``."""
    places = int(place.max(initial=0)) + 1
    found = np.zeros((FOLDS, places, items))
    for fold in range(FOLDS):
        others = person % FOLDS != fold
        found[fold] = _guesses(place[others], item[others], reward[others], places, items)
    return found


def _guesses(place: Numbers, item: Numbers, reward: Floats, places: int, items: int) -> NDArray[np.float64]:
    shown = np.bincount(place, minlength=places)
    rates = np.bincount(place, weights=reward, minlength=places) / np.maximum(shown, 1)
    earned = np.bincount(item, weights=reward, minlength=items)
    expected = np.bincount(item, weights=rates[place], minlength=items)
    factor = (earned + STEADY) / (expected + STEADY)
    return rates[:, None] * factor[None, :]
