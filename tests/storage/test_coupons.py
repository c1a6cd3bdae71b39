"""A coupon is used as often as it may be, whoever asks at the same time, and comes back when nothing was paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from storage import coupons
from storage.store import Store


def test_a_coupon_is_used_as_often_as_one_person_may(store: Store, now: int) -> None:
    with store.write() as tx:
        assert coupons.use(tx, "TEN", "o1", 2, "N1", now) and coupons.use(tx, "TEN", "o1", 2, "N2", now)
        assert not coupons.use(tx, "TEN", "o1", 2, "N3", now)
        assert coupons.use(tx, "TEN", "o1", 2, "N1", now), "an order that has it asks again"
        assert coupons.use(tx, "TEN", "o2", 2, "N4", now), "another person has uses of their own"
        assert sorted(coupons.used_in(tx, "TEN", "o1")) == ["N1", "N2"]


def test_an_order_that_is_not_paid_gives_its_use_back(store: Store, now: int) -> None:
    with store.write() as tx:
        coupons.use(tx, "TEN", "o1", 1, "N1", now)
        coupons.give_back(tx, "N1")
        assert coupons.use(tx, "TEN", "o1", 1, "N2", now)


def test_of_orders_at_the_same_moment_one_gets_the_last_use(store: Store, now: int) -> None:
    def order(number: int) -> bool:
        with store.write() as tx:
            return coupons.use(tx, "TEN", "o1", 1, f"N{number}", now)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(order, range(24))) == 1
    with store.read() as tx:
        assert len(coupons.used_in(tx, "TEN", "o1")) == 1


def test_an_order_paid_after_its_close_counts_although_the_use_was_given_away(store: Store, now: int) -> None:
    with store.write() as tx:
        coupons.use(tx, "TEN", "o1", 1, "late", now)
        coupons.give_back(tx, "late")
        coupons.use(tx, "TEN", "o1", 1, "N2", now)
        coupons.used_after_all(tx, "TEN", "o1", "late", now)
        assert sorted(coupons.used_in(tx, "TEN", "o1")) == ["N2", "late"]


def test_what_a_reader_held_and_used_moves_to_the_follower(store: Store, now: int) -> None:
    with store.write() as tx:
        for code in ("TEN", "NEW"):
            coupons.hold(tx, "r:1", code, now)
        coupons.use(tx, "TEN", "r:1", 1, "N1", now)
        coupons.hold(tx, "o1", "TEN", now)
        coupons.use(tx, "TEN", "o1", 1, "N2", now)
        coupons.move(tx, "r:1", "o1", now)
        assert coupons.held(tx, "r:1") == [] and sorted(coupons.held(tx, "o1")) == ["NEW", "TEN"]
        assert sorted(coupons.used_in(tx, "TEN", "o1")) == ["N1", "N2"] and not coupons.used_in(tx, "TEN", "r:1")
