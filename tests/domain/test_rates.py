"""What chance leaves open about a rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rates import ENOUGH, Rate


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """Reckoned by hand from (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96."""
    assert Rate(hits, of).interval == pytest.approx((low, high), abs=5e-4)


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_estimate_and_narrows_with_more_trials(counted: tuple[int, int]) -> None:
    hits, of = counted
    low, high = Rate(hits, of).interval
    assert 0 <= low <= hits / of <= high <= 1
    wider = Rate(hits, of).bounds(3.0)
    more = Rate(hits * 10, of * 10).interval
    assert wider[0] <= low and wider[1] >= high
    assert more[1] - more[0] < high - low


def test_nothing_is_concluded_from_too_few_trials() -> None:
    assert not Rate(ENOUGH - 1, ENOUGH - 1).above(0.0001) and Rate(ENOUGH, ENOUGH).above(0.5)
    assert not Rate(0, ENOUGH - 1).below(0.9999) and Rate(0, ENOUGH).below(0.5)
    assert Rate(0, 0).estimate == 0 and Rate(0, 0).interval == (0.0, 1.0)


def test_a_difference_that_is_certain_and_small_is_none() -> None:
    assert not Rate(3_000, 10_000).above(0.2) and Rate(3_400, 10_000).above(0.2)
    assert not Rate(1_200, 10_000).below(0.2) and Rate(1_000, 10_000).below(0.2)
    assert Rate(20, 20).above(0.0) and Rate(0, 20).below(1.0) and not Rate(0, 50).below(0.0)


def test_a_small_count_is_drawn_toward_what_is_usual() -> None:
    assert Rate(3, 3).toward(0.1) == pytest.approx((3 + 2) / 23)
    assert Rate(3_000, 3_000).toward(0.1) > 0.99
