"""Money goes back once, never more than came, and the right to read ends when the whole is back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from unittest.mock import patch

import pytest
from bot_in_process import Workshop
from shop_at_hand import CHEN, Shop, shop_at_hand

from domain.order import PAID, REFUNDED, REFUNDING, Order
from domain.payment import RefundNotice
from domain.refund import COOLING_OFF, Refund, may_return, promise, short_reason
from errors import Declined, PayDeclined
from flows.reconcile import call_about_refunds, compare_bill
from flows.refund_order import apply_refund, refund_order, return_within_cooling_off
from storage import orders
from storage import refunds as refund_rows


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


@pytest.fixture
def order(shop: Shop) -> Order:
    return shop.buy()


def back(shop: Shop, order: Order, fen: int | None = None) -> Refund:
    return refund_order(shop.till, order.order_no, fen, "内容有误", "lin", shop.now)


def refuses(*_: object, **__: object) -> None:
    raise PayDeclined("refund", "INVALID_REQUEST")


def refunds(shop: Shop) -> list[tuple[int, str]]:
    return [(row["fen"], row["state"]) for row in shop.bot.rows("refunds")]


def test_the_whole_goes_back_and_the_right_ends_when_it_is_back(shop: Shop, order: Order) -> None:
    assert back(shop, order).state == "processing"
    assert shop.row(order).state == REFUNDING and shop.owned() == ["run-30"], "the money is not back yet"
    shop.advance(60)
    assert shop.row(order).state == REFUNDED and not shop.owned() and refunds(shop) == [(990, "done")]
    assert shop.notices() == [200, 200]
    assert [row["kind"] for row in shop.bot.rows("deliveries")] == ["receipt", "refunded"]
    assert shop.order().order.order_no != order.order_no, "it can be bought again"


def test_a_part_goes_back_and_the_right_stays_until_the_rest_is_back(shop: Shop, order: Order) -> None:
    back(shop, order, 400)
    shop.advance(61)
    assert (shop.row(order).state, shop.row(order).refunded_fen) == (PAID, 400) and shop.owned() == ["run-30"]
    back(shop, order)
    shop.advance(61)
    assert shop.row(order).state == REFUNDED and not shop.owned()
    assert sorted(refunds(shop)) == [(400, "done"), (590, "done")]


@pytest.mark.parametrize("fen", [991, 0, -1])
def test_more_than_came_or_nothing_cannot_go_back(shop: Shop, order: Order, fen: int) -> None:
    with pytest.raises(Declined, match="at most 990 fen"):
        back(shop, order, fen)
    assert not refunds(shop) and shop.row(order).state == PAID


def test_ten_operators_at_once_return_it_once(shop: Shop, order: Order) -> None:
    def ask(_: int) -> bool:
        try:
            return bool(back(shop, order))
        except Declined:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(10))) == 1
    shop.advance(61)
    assert shop.orders()[order.order_no]["trade_state"] == "REFUND" and refunds(shop) == [(990, "done")]


def test_what_was_not_paid_or_is_unknown_cannot_go_back(shop: Shop) -> None:
    with pytest.raises(Declined, match="no order"):
        refund_order(shop.till, "nothing0", None, "x", "lin", shop.now)
    with pytest.raises(Declined, match="no money came"):
        back(shop, shop.order().order)


@pytest.mark.parametrize("fault", ["pay_502", "pay_reset_before", "pay_reset_after", "pay_busy", "pay_signtest"])
def test_an_unclear_call_is_repeated_with_the_same_number(shop: Shop, order: Order, fault: str) -> None:
    shop.spoil(fault)
    assert back(shop, order).state == "asked"
    assert shop.row(order).state == REFUNDING
    shop.advance(60)
    call_about_refunds(shop.till, shop.now)
    shop.advance(60)
    call_about_refunds(shop.till, shop.now)
    assert refunds(shop) == [(990, "done")] and shop.row(order).state == REFUNDED


def test_a_refund_that_was_taken_unnoticed_is_found_though_the_site_has_moved(
    shop: Shop, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.spoil("pay_reset_after")
    assert back(shop, order).state == "asked"
    monkeypatch.setattr(shop.pay, "_refund_notify_url", "http://127.0.0.1:9/elsewhere")
    shop.advance(60)
    call_about_refunds(shop.till, shop.now)
    assert refunds(shop) == [(990, "done")] and shop.row(order).state == REFUNDED


def test_a_lost_refund_notification_is_asked_after(shop: Shop, order: Order) -> None:
    shop.tricks("lost")
    back(shop, order)
    shop.advance(61)
    assert shop.row(order).state == REFUNDING
    assert call_about_refunds(shop.till, shop.now) == "1 done"
    assert shop.row(order).state == REFUNDED and call_about_refunds(shop.till, shop.now) == ""


@pytest.mark.parametrize("trick", ["repeated", "concurrent", "forged", "wrong_aad", "past"])
def test_a_refund_counts_once_and_by_a_genuine_notification_only(shop: Shop, order: Order, trick: str) -> None:
    shop.tricks(trick)
    back(shop, order, 400)
    shop.advance(120)
    assert (shop.row(order).refunded_fen, shop.row(order).state) == (400, PAID)
    assert len(shop.bot.rows("deliveries", kind="refunded")) == 1


def test_a_refund_the_bank_refused_waits_for_an_operator(shop: Shop, order: Order) -> None:
    shop.platform.post("pay/refund-ends", {"statuses": ["ABNORMAL"]})
    back(shop, order)
    shop.advance(61)
    assert refunds(shop) == [(990, "abnormal")] and shop.row(order).state == REFUNDING and shop.owned() == ["run-30"]
    assert "1 refunds are stuck" in shop.bot.get("/readyz").json["causes"]["money"]
    assert call_about_refunds(shop.till, shop.now) == ""
    told = RefundNotice(shop.bot.rows("refunds")[0]["refund_no"], order.order_no, "", "SUCCESS", 990, 990, "")
    assert apply_refund(shop.till, told, shop.now) == "done", "returned by hand"
    assert shop.row(order).state == REFUNDED and not shop.owned()


def test_a_refund_wechat_pay_closed_leaves_the_order_paid_and_is_told(shop: Shop, order: Order) -> None:
    shop.platform.post("pay/refund-ends", {"statuses": ["CLOSED"]})
    back(shop, order)
    shop.advance(61)
    assert refunds(shop) == [(990, "closed")] and shop.row(order).state == PAID and shop.owned() == ["run-30"]
    assert shop.wrongs() == ["refund_closed"]
    assert back(shop, order).state == "processing", "it can be asked for again"


def test_an_empty_merchant_account_is_no_end(shop: Shop, order: Order) -> None:
    shop.platform.post("settings", {"refund_balance_fen": 0})
    made = back(shop, order)
    assert made.state == "asked" and "NOT_ENOUGH" in made.trouble
    shop.platform.post("settings", {"refund_balance_fen": -1})
    shop.advance(6 * 3_600)
    assert call_about_refunds(shop.till, shop.now) == "1 processing"


def test_a_refusal_gives_the_reserved_amount_free(shop: Shop, order: Order) -> None:
    shop.advance(366 * 86_400)
    made = back(shop, order)
    assert made.state == "closed" and made.trouble
    assert (shop.row(order).state, shop.row(order).refund_fen) == (PAID, 0)


def test_a_refund_declined_the_second_time_was_taken_the_first(shop: Shop, order: Order) -> None:
    """The answer to the first call was lost; what is refused now must not be taken for nothing."""
    shop.tricks("lost")
    shop.spoil("pay_reset_after")
    assert back(shop, order).state == "asked"
    shop.advance(61)
    with patch.object(shop.pay, "refund", refuses):
        call_about_refunds(shop.till, shop.now)
    assert refunds(shop) == [(990, "done")] and shop.row(order).state == REFUNDED and not shop.owned()


def test_while_our_own_key_is_refused_nobody_gives_a_refund_up(shop: Shop, order: Order) -> None:
    other = shop.buy("native", "r:browser", slug="ai-ask")
    shop.tricks("lost", "lost")
    back(shop, order, 400)
    shop.spoil("pay_reset_after")
    back(shop, other)
    shop.advance(61)
    with patch.object(shop.pay._core, "_cert_serial_no", "5157F09EFDC09999"):
        assert call_about_refunds(shop.till, shop.now) == "1 asked, 1 processing"
    assert sorted(refunds(shop)) == [(400, "processing"), (990, "asked")]
    assert all("SIGN_ERROR" in row["trouble"] for row in shop.bot.rows("refunds"))
    shop.advance(6 * 3_600)
    call_about_refunds(shop.till, shop.now)
    assert sorted(refunds(shop)) == [(400, "done"), (990, "done")]


@pytest.mark.parametrize("by", ["notification", "bill"])
def test_a_refund_given_up_here_that_came_back_after_all_ends_the_right(shop: Shop, order: Order, by: str) -> None:
    shop.tricks("lost")
    made = back(shop, order)
    with shop.bot.store.write() as tx:
        assert refund_rows.finish(tx, made.refund_no, "closed", "", "", shop.now)
        assert orders.drop_refund(tx, order.order_no, 990)
    shop.advance(22 * 3_600)
    if by == "bill":
        assert compare_bill(shop.till, "2026-11-23", shop.now) == []
    else:
        told = RefundNotice(made.refund_no, order.order_no, "5031", "SUCCESS", 990, 990, shop.pay.merchant.mch_id)
        for _ in range(2):
            assert apply_refund(shop.till, told, shop.now) == "done"
    assert refunds(shop) == [(990, "done")] and shop.row(order).state == REFUNDED and not shop.owned()


def test_a_refund_that_ended_just_before_its_turn_is_not_asked_about_for_ever(shop: Shop, order: Order) -> None:
    stale = back(shop, order)
    shop.advance(61)
    with shop.bot.store.write() as tx:
        assert not refund_rows.asking(tx, replace(stale, asks=1), shop.now)
    assert call_about_refunds(shop.till, shop.now) == ""


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"refund_no": "other-number"}, "unknown_refund"), ({"mch_id": "1000000000"}, "wrong_merchant"),
        ({"fen": 1}, "wrong_amount"), ({"order_no": "another"}, "wrong_order"),
    ],
)  # fmt: skip
def test_a_refund_that_does_not_agree_changes_nothing(
    shop: Shop, order: Order, change: dict[str, object], wrong: str
) -> None:
    made = back(shop, order)
    told = RefundNotice(made.refund_no, order.order_no, "5031", "SUCCESS", 990, 990, shop.pay.merchant.mch_id)
    assert apply_refund(shop.till, replace(told, **change), shop.now) == ""  # type: ignore[arg-type]
    assert shop.wrongs() == [wrong] and refunds(shop) == [(990, "processing")] and shop.owned() == ["run-30"]


def test_money_for_what_one_has_goes_back_by_itself(shop: Shop) -> None:
    shop.platform.post("settings", {"close_after_seconds": 86_400})
    pair = [shop.order("jsapi").order, shop.order("native").order]
    for one in pair:
        shop.paid_by(one, one.prepay)
    shop.settle()
    assert call_about_refunds(shop.till, shop.now) == "1 processing"
    shop.advance(61)
    assert sorted(shop.row(one).state for one in pair) == [PAID, REFUNDED] and shop.owned() == ["run-30"]


def test_a_rules_refund_is_tried_until_it_is_taken(shop: Shop) -> None:
    shop.platform.post("settings", {"close_after_seconds": 86_400})
    for one in [shop.order("jsapi").order, shop.order("native").order]:
        shop.paid_by(one, one.prepay)
    shop.settle()
    shop.platform.post("settings", {"refund_balance_fen": 0})
    assert call_about_refunds(shop.till, shop.now) == "1 asked"
    shop.platform.post("settings", {"refund_balance_fen": -1})
    shop.advance(6 * 3_600)
    call_about_refunds(shop.till, shop.now)
    shop.advance(61)
    assert refunds(shop) == [(990, "done")]


def test_within_the_cooling_off_time_a_buyer_gets_it_back_without_a_reason(shop: Shop, order: Order) -> None:
    with pytest.raises(Declined, match="cooling-off"):
        return_within_cooling_off(shop.till, order.order_no, CHEN, shop.now)
    with shop.bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update orders set kind = 'course'")
    with pytest.raises(Declined):
        return_within_cooling_off(shop.till, order.order_no, "oSomebodyElse", shop.now)
    assert return_within_cooling_off(shop.till, order.order_no, CHEN, shop.now).asked_by == "buyer"


def test_the_cooling_off_time_is_that_of_the_kind() -> None:
    for kind, seconds in COOLING_OFF.items():
        assert may_return(kind, 100, 100) is (seconds > 0)
        assert may_return(kind, 100, 100 + max(seconds, 1) - 1) is (seconds > 0)
        assert not may_return(kind, 100, 100 + seconds) and not may_return(kind, None, 0)
    assert not may_return("unheard of", 100, 100)


def test_a_reason_is_cut_between_characters() -> None:
    assert short_reason("退" * 40) == "退" * 26 and short_reason("ok") == "ok"


def test_what_may_be_given_back_is_told_before_paying(shop: Shop) -> None:
    assert "不支持无理由退款" in shop.bot.get("/a/run-30").text
    assert promise("course") == "付款后 7 天内可以无理由全额退款"
    assert promise("ebook") == "付款后 24 小时内可以无理由全额退款"
