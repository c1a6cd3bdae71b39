"""The probability of being shown is that of being best, and every candidate has one."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exploration import EVEN, chances, draw


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(1e-3, 5)), min_size=1, max_size=12),
)
def test_they_sum_to_one_and_nobody_has_none(candidates: list[tuple[float, float]]) -> None:
    means, spreads = np.array(candidates).T
    found = chances(means, spreads)
    assert found.sum() == pytest.approx(1)
    assert found.min() >= EVEN / len(candidates) * (1 - 1e-9)


def test_they_are_how_often_each_is_the_greatest() -> None:
    means, spreads = np.array([1.0, 0.8, 0.5, 0.5, -0.2]), np.array([0.1, 0.3, 0.6, 0.2, 0.5])
    rng = np.random.default_rng(5)
    drawn = rng.logistic(means, spreads * np.sqrt(3) / np.pi, (200_000, 5))
    often = np.bincount(drawn.argmax(axis=1), minlength=5) / len(drawn)
    assert chances(means, spreads) == pytest.approx((1 - EVEN) * often + EVEN / 5, abs=0.01)


def test_equals_have_equal_chances_and_the_unsure_more_than_the_surely_worse() -> None:
    assert chances(np.zeros(4), np.ones(4)) == pytest.approx([0.25] * 4)
    _, sure, unsure = chances(np.array([1.0, 0.5, 0.5]), np.array([0.1, 0.01, 1.0]))
    assert unsure > 10 * sure


def test_who_does_not_compete_has_an_even_share_alone() -> None:
    means, spreads = np.array([1.0, 0.9, 0.95, 0.2]), np.full(4, 0.5)
    found = chances(means, spreads, np.array([True, False, True, False]))
    assert found.sum() == pytest.approx(1)
    assert found[[1, 3]] == pytest.approx(EVEN / 4)
    assert found[0] > found[2] > 0.3


def test_luck_picks_by_probability_and_none_the_first() -> None:
    odds, rng = [0.5, 0.3, 0.2], random.Random(1)
    picks = Counter(draw(odds, rng.random()) for _ in range(10_000))
    assert [picks[n] / 10_000 for n in range(3)] == pytest.approx(odds, abs=0.02)
    assert draw(odds, 0.0) == 0 and draw(odds, 0.999_999) == 2 and draw([0.4, 0.3], 0.99) == 1
