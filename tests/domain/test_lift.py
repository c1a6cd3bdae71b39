"""What messaging brought, and how far chance alone could have."""

from __future__ import annotations

import pytest

from benchmarks.lift_coverage import Found, run
from domain.lift import BOUGHT, LEFT, MONEY, OPENED, UNITS, Lift, Side, difference, lift, order_size, paid
from domain.pooling import pool


@pytest.fixture(scope="module")
def tried() -> dict[str, Found]:
    """Six accounts of 200 campaigns whose true effects are known."""
    return run(accounts=6)


@pytest.mark.parametrize("unit", UNITS)
def test_intervals_hold_the_truth_as_often_as_they_say(tried: dict[str, Found], unit: str) -> None:
    assert 0.93 <= tried[unit].covered <= 0.97
    assert 0.93 <= tried[unit].covered_zero <= 0.98


@pytest.mark.parametrize("unit", UNITS)
def test_campaigns_together_say_more_than_each_alone(tried: dict[str, Found], unit: str) -> None:
    assert tried[unit].pooled_error < 0.8 * tried[unit].single_error
    assert tried[unit].covered_drawn > 0.85


@pytest.mark.parametrize("unit", [OPENED, BOUGHT, MONEY, LEFT])
def test_the_common_effect_lies_within_its_interval(tried: dict[str, Found], unit: str) -> None:
    assert tried[unit].covered_common == 1.0


def test_the_interval_is_that_of_miettinen_and_nurminen() -> None:
    # Newcombe, Statistics in Medicine 17, 1998, 873-890, table II, method 4 (Mee's with N/(N-1) is method 5)
    assert difference(56, 70, 48, 80) == pytest.approx((0.2, 0.0528, 0.3382), abs=5e-4)
    assert difference(9, 10, 3, 10) == pytest.approx((0.6, 0.1700, 0.8406), abs=5e-3)


def test_a_hold_out_without_an_order_is_not_taken_for_one_that_never_orders() -> None:
    found = lift(Side(270, 4), Side(30, 0))
    assert found is not None and not found.certain
    assert found.estimate == pytest.approx(100 * 4 / 270)
    assert found.low < -8  # 0 of 30 may be 1 of 10


def test_sides_may_be_exchanged() -> None:
    one, other = lift(Side(270, 40), Side(30, 2)), lift(Side(30, 2), Side(270, 40))
    assert one is not None and other is not None
    assert (one.estimate, one.low, one.high) == pytest.approx((-other.estimate, -other.high, -other.low))


def test_nothing_is_compared_with_nobody() -> None:
    assert lift(Side(100, 3), Side(0, 0)) is None
    assert lift(Side(0, 0), Side(10, 1)) is None


def test_nobody_who_did_anything_is_an_answer_too() -> None:
    found = lift(Side(500, 0), Side(50, 0))
    assert found is not None
    assert found.low < found.estimate == 0 < found.high


def test_orders_of_one_value_are_as_uncertain_as_their_number() -> None:
    by_number, by_money = lift(Side(500, 20), Side(100, 1)), lift(Side(500, 20 * 990.0), Side(100, 990.0), 990.0)
    assert by_number is not None and by_money is not None
    assert by_money == pytest.approx(tuple(990 * figure for figure in by_number))


def test_a_few_dear_orders_say_less_than_many_cheap_ones() -> None:
    assert order_size(paid([1_000] * 40), [1_000]) == pytest.approx(1_000)
    assert order_size(paid([1_000] * 38 + [20_000] * 2), [1_000]) > 10_000


def test_the_first_few_orders_do_not_hide_the_dear_items() -> None:
    assert order_size(paid([]), [990, 19_900]) == pytest.approx((990**2 + 19_900**2) / (990 + 19_900))
    assert order_size(paid([990] * 3), [990, 19_900]) > 15_000
    assert order_size(paid([990] * 3_000), [990, 19_900]) < 1_500
    assert order_size(paid([]), []) == 1


def test_a_lift_is_certain_when_nothing_lies_within_its_interval() -> None:
    assert Lift(2, 0.1, 4).certain
    assert Lift(-2, -4, -0.1).certain
    assert not Lift(2, -0.1, 4).certain


def test_two_campaigns_are_too_few_to_be_pooled() -> None:
    sides = (Side(100, 5), Side(20, 1))
    assert pool([sides, sides]) is None
    assert pool([sides] * 3) is not None


def test_campaigns_that_differ_by_chance_alone_share_one_effect() -> None:
    found = pool([(Side(1_000, 50 + nth), Side(100, 3)) for nth in range(5)])
    assert found is not None
    assert found.spread == 0
    assert [one.estimate for one in found.each] == pytest.approx([found.common.estimate] * 5)


def test_campaigns_that_truly_differ_keep_their_own_effects() -> None:
    found = pool([(Side(100_000, hits), Side(100_000, 5_000)) for hits in (5_000, 9_000, 20_000)])
    assert found is not None
    assert [one.estimate for one in found.each] == pytest.approx([0, 4, 15], abs=0.1)


def test_campaigns_in_which_nobody_did_anything_have_a_common_effect_of_nothing() -> None:
    found = pool([(Side(100, 0), Side(20, 0))] * 4)
    assert found is not None
    assert found.common.low < 0 < found.common.high
