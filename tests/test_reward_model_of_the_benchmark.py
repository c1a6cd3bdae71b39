"""The guesses that the doubly robust estimate leans on."""

import numpy as np
import pytest

from benchmarks.reward_model import cross_fitted
from domain.policy_rows import FOLDS

ROWS = 4_000


def made(seed: int = 1) -> tuple[np.ndarray, ...]:
    """Item 0 is opened twice as often as item 1, the first place as the second; item 2 is never shown."""
    rng = np.random.default_rng(seed)
    place, item = rng.integers(1, 3, ROWS), rng.integers(0, 2, ROWS)
    reward = (rng.random(ROWS) < 0.4 / (1 + item) / place).astype(float)
    return np.arange(ROWS), place, item, reward


def test_good_items_and_good_places_are_guessed_higher() -> None:
    found = cross_fitted(*made(), items=3)
    assert found[:, 1, 0] == pytest.approx(0.4, abs=0.06)
    assert found[:, 1, 1] == pytest.approx(0.2, abs=0.06)
    assert found[:, 2, 1] == pytest.approx(0.1, abs=0.04)


def test_an_item_nobody_was_shown_is_taken_for_average() -> None:
    person, place, item, reward = made()
    found = cross_fitted(person, place, item, reward, items=3)
    assert found[0, 1, 2] == pytest.approx(reward[(place == 1) & (person % FOLDS != 0)].mean())


def test_a_persons_guess_does_not_know_what_they_did() -> None:
    person, place, item, reward = made()
    others = np.where(person % FOLDS == 2, 1 - reward, reward)
    before, after = (cross_fitted(person, place, item, one, items=3) for one in (reward, others))
    assert (before[2] == after[2]).all()
    assert (before[1] != after[1]).any()


def test_nothing_shown_gives_no_guess_of_anything() -> None:
    nothing = np.zeros(0, dtype=int)
    assert (cross_fitted(nothing, nothing, nothing, np.zeros(0), items=2) == 0).all()
