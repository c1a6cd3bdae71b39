"""A rule for wordings that may be looked at every day."""

from __future__ import annotations

import pytest

from benchmarks.lift_coverage import false_alarms, power
from domain.always_valid import LEVEL, Batch, evidence, expected, verdict


def batch(a: tuple[int, int], b: tuple[int, int]) -> Batch:
    """(drawn, hits) of each."""
    return Batch({"a": a[0], "b": b[0]}, {"a": a[1], "b": b[1]})


def test_whoever_looks_sixty_times_is_still_wrong_less_often_than_stated() -> None:
    assert false_alarms(tests=300) <= LEVEL
    assert false_alarms(tests=100, wordings=3) <= LEVEL


def test_a_wording_that_is_twice_as_good_is_found() -> None:
    assert power(tests=30, better=2.0) > 0.8


def test_equal_wordings_are_evidence_for_neither() -> None:
    assert evidence("a", "b", [batch((1_000, 100), (1_000, 100))]) < 1
    assert verdict(["a", "b"], [batch((1_000, 100), (1_000, 100))]).winner == ""


def test_a_clear_difference_decides() -> None:
    found = verdict(["a", "b"], [batch((1_000, 100), (1_000, 200))])
    assert (found.winner, found.leader, found.needed) == ("b", "b", pytest.approx(20))
    assert found.evidence > 1_000


def test_evidence_is_the_same_for_both_directions() -> None:
    seen = [batch((700, 80), (300, 20)), batch((500, 10), (500, 20))]
    assert evidence("a", "b", seen) == pytest.approx(evidence("b", "a", seen))


def test_a_weekend_with_other_shares_speaks_for_nobody() -> None:
    seen = [batch((900, 90), (100, 10)), batch((100, 50), (900, 450))]  # 14 % and 46 % of all, equal on each day
    assert verdict(["a", "b"], seen).evidence < 1
    assert expected("a", seen) == pytest.approx(140)


def test_nothing_is_decided_before_anybody_did_anything() -> None:
    assert evidence("a", "b", []) == pytest.approx(1)
    assert verdict(["a"], []).leader == ""
    assert verdict(["a", "b"], [batch((10, 0), (0, 0))]).winner == ""


def test_of_three_the_best_must_beat_both_others() -> None:
    seen = [Batch({"a": 1_000, "b": 1_000, "c": 1_000}, {"a": 300, "b": 290, "c": 50})]
    found = verdict(["a", "b", "c"], seen)
    assert (found.winner, found.leader, found.needed) == ("", "a", pytest.approx(60))
