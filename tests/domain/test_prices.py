"""One price: with a coupon, without, and never a free item by mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.item import Item
from domain.price import Coupon, Offer, price, why_not

MakeItem = Callable[..., Item]
TENTH = Coupon("TEN", "九折", percent_off=10)
THREE = Coupon("SAVE3", "立减三元", fen_off=300)


def test_without_a_coupon_the_catalogue_s_price_is_the_price(item: MakeItem, now: int) -> None:
    offer = price(item("run-30", title="从喘到跑"), [], now)
    assert offer == Offer("run-30", "从喘到跑", 990, 990, "")


def test_a_percentage_and_a_fixed_amount_are_taken_off_in_whole_fen(item: MakeItem, now: int) -> None:
    assert price(item("a", price=995), [(TENTH, 0)], now).amount_fen == 896  # 99.5 fen off, rounded down
    assert price(item("a", price=990), [(THREE, 0)], now).amount_fen == 690


def test_of_several_coupons_the_one_that_saves_most_is_used(item: MakeItem, now: int) -> None:
    both = [(TENTH, 0), (THREE, 0)]
    assert price(item("a", price=990), both, now).coupon == "SAVE3"
    assert price(item("a", price=9900), both, now).coupon == "TEN"


@pytest.mark.parametrize(
    ("coupon", "used", "reason"),
    [
        (Coupon("C", "c", percent_off=10, begins=1_795_000_001), 0, "coupon_not_yet"),
        (Coupon("C", "c", percent_off=10, ends=1_795_000_000), 0, "coupon_over"),
        (Coupon("C", "c", percent_off=10, per_person=2), 2, "coupon_used_up"),
        (Coupon("C", "c", percent_off=10, slugs=("other",)), 0, "coupon_other_items"),
        (Coupon("C", "c", percent_off=10, tags=("理财",)), 0, "coupon_other_items"),
        (Coupon("C", "c", percent_off=10, least_fen=991), 0, "coupon_too_cheap"),
        (Coupon("C", "c", fen_off=990), 0, "coupon_too_cheap"),
    ],
)
def test_a_coupon_that_does_not_apply_leaves_the_price_and_says_why(
    coupon: Coupon, used: int, reason: str, item: MakeItem, now: int
) -> None:
    running = item("run-30", "健身", price=990)
    assert why_not(coupon, running, used, now) == reason
    assert price(running, [(coupon, used)], now) == Offer("run-30", running.title, 990, 990)


def test_a_coupon_for_a_tag_or_an_item_applies_there(item: MakeItem, now: int) -> None:
    coupon = Coupon("C", "c", percent_off=50, slugs=("a",), tags=("理财",), begins=now, ends=now + 1, least_fen=990)
    assert price(item("a", "健身"), [(coupon, 0)], now).amount_fen == 495
    assert price(item("b", "旅行", "理财"), [(coupon, 0)], now).amount_fen == 495


def test_a_free_item_stays_free_and_needs_no_coupon(item: MakeItem, now: int) -> None:
    assert price(item("a", price=0), [(TENTH, 0), (THREE, 0)], now) == Offer("a", "题目a", 0, 0)


@given(st.integers(1, 10_000_000), st.integers(1, 99), st.integers(1, 10_000_000))
def test_no_coupon_raises_a_price_or_gives_a_thing_away(fen: int, percent: int, off: int) -> None:
    thing = Item("a", "a", "article", fen, ("健身",), "", "", 0, "", "")
    held = [(Coupon("P", "p", percent_off=percent), 0), (Coupon("F", "f", fen_off=off), 0)]
    offer = price(thing, held, 0)
    assert 1 <= offer.amount_fen <= fen
    assert bool(offer.coupon) == (offer.amount_fen < fen)
