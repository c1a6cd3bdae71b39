"""What is bought teaches when it is paid, and what is given back speaks against the item."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bot_in_process import Workshop
from shop_at_hand import CHEN, Shop, shop_at_hand

from catalog.load import Catalog
from catalog.mistakes import ContentWrong
from domain.follower import Follower
from domain.interests import STRENGTHS, faded
from domain.order import NATIVE
from flows.claim_purchase import bring_along
from flows.know_follower import know
from flows.reconcile import call_about_refunds
from flows.refund_order import refund_order
from storage import followers


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


def known(shop: Shop) -> Follower:
    return know(shop.bot.store, CHEN, shop.now).follower


def test_a_purchase_counts_when_it_is_paid_and_once(shop: Shop) -> None:
    order = shop.buy()
    (row,) = shop.bot.rows("engagements", openid=CHEN)
    assert (row["slug"], row["paid_fen"], row["bought_at"]) == ("run-30", 990, shop.row(order).paid_at)
    assert faded(row["strength"], shop.now) == pytest.approx(STRENGTHS["buy"], abs=0.01)
    assert known(shop).weights["健身"] > 0.8 and known(shop).paid == (990,)
    (act,) = shop.bot.rows("behaviours", kind="purchase")
    assert '"buy"' in act["taught"]


def test_what_is_given_back_was_not_worth_it(shop: Shop) -> None:
    order = shop.buy()
    tastes = shop.bot.weights(CHEN)
    refund_order(shop.till, order.order_no, None, "不合适", "lin", shop.now)
    assert known(shop).engaged["run-30"] > 0, "the money is not back yet"
    shop.advance(60)
    assert known(shop).engaged["run-30"] < 0 and known(shop).paid == ()
    assert shop.bot.weights(CHEN) == tastes, "the subject is as dear as before"
    assert len(shop.bot.rows("behaviours", kind="return")) == 1


def test_a_part_that_goes_back_is_no_return(shop: Shop) -> None:
    order = shop.buy()
    refund_order(shop.till, order.order_no, 100, "小补偿", "lin", shop.now)
    shop.advance(60)
    assert known(shop).engaged["run-30"] > 0 and not shop.bot.rows("behaviours", kind="return")


def test_of_who_wants_no_personalisation_only_the_fact_is_kept(shop: Shop) -> None:
    shop.bot.say(CHEN, "关闭个性化")
    shop.buy()
    (row,) = shop.bot.rows("engagements", openid=CHEN)
    assert row["bought_at"] and row["strength"] == 0 and not shop.bot.weights(CHEN)


def test_what_is_bought_again_after_a_return_is_liked_again(shop: Shop) -> None:
    order = shop.buy()
    refund_order(shop.till, order.order_no, None, "不合适", "lin", shop.now)
    shop.advance(60)
    shop.buy()
    assert known(shop).engaged["run-30"] > 0.8 and known(shop).paid == (990,)
    assert len(shop.bot.rows("behaviours", kind="purchase")) == 2


def test_money_that_goes_back_because_it_was_paid_twice_is_no_return(shop: Shop) -> None:
    shop.platform.post("settings", {"close_after_seconds": 86_400})
    first, second = shop.order(), shop.order(NATIVE)
    for made in (first, second):
        shop.paid_by(made.order, made.order.prepay)
    shop.settle()
    shop.advance(120)
    call_about_refunds(shop.till, shop.now)
    shop.advance(120)
    assert [row["state"] for row in shop.bot.rows("refunds")] == ["done"] and shop.owned() == ["run-30"]
    assert known(shop).engaged["run-30"] > 0.8 and len(known(shop).paid) == 1
    assert len(shop.bot.rows("behaviours", kind="purchase")) == 1 and not shop.bot.rows("behaviours", kind="return")


def test_what_a_guest_bought_and_claims_is_theirs_in_all(shop: Shop) -> None:
    shop.buy(NATIVE, buyer="r:0123456789ab")
    (row,) = shop.bot.rows("engagements")
    assert row["openid"] == "r:0123456789ab" and not shop.bot.rows("interests")
    bring_along(shop.bot.store, "r:0123456789ab", CHEN, shop.now)
    with shop.bot.store.write() as tx:
        followers.seen(tx, CHEN, shop.now)
    assert known(shop).engaged["run-30"] > 0.8 and known(shop).paid == (990,)


class Unreadable:
    """A catalogue whose files are broken from the start."""

    @property
    def current(self) -> Catalog:
        raise ContentWrong([])


def test_money_does_not_wait_for_content(shop: Shop) -> None:
    shop.bot.house.__dict__["catalog"] = Unreadable()
    order = shop.buy()
    assert shop.row(order).state == "paid" and shop.owned() == ["run-30"]
    assert not shop.bot.weights(CHEN) and known(shop).engaged["run-30"] > 0.8
