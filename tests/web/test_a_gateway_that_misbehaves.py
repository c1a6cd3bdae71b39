"""WeChat Pay misbehaves in every way it is known to: what becomes of the order, of the right to read, of our answer to
WeChat Pay, and of what the buyer sees."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from bot_in_process import Workshop
from platform_at_hand import served
from shop_at_hand import CHEN, Shop, shop_at_hand

import clockwork
from flows.reconcile import ask_silent_orders, call_about_refunds
from flows.refund_order import refund_order
from storage import orders
from storage.store import Store
from tests.web.buyer_at_hand import NOTHING, WHOLE, Buyer
from tests.web.signed_in import DESKTOP


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


@pytest.fixture
def chen(shop: Shop) -> Buyer:
    return Buyer(shop)


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [record for record in caplog.records if record.levelno >= logging.ERROR and record.name != "simulator"]
    return [record.getMessage() for record in ours]


def bought_once(shop: Shop, number: str) -> None:
    """Paid, one right, one receipt, one use of the step, nothing for the operator to look at."""
    (right,) = shop.bot.rows("entitlements")
    assert (right["openid"], right["slug"], right["source"]) == (CHEN, "run-30", f"order:{number}")
    assert [row["id"] for row in shop.bot.rows("deliveries")] == [f"receipt:{number}"]
    assert len(shop.bot.rows("funnel_steps", step="paid")) == 1
    assert not shop.wrongs() and not shop.bot.rows("refunds") and not shop.bot.rows("open_orders")


# --- notifications that come too often, too late, not at all, in the wrong order ----------------------------------


@pytest.mark.parametrize("trick", ["repeated", "concurrent"])
def test_a_notification_that_comes_twice_one_after_the_other_or_at_once_is_one_purchase(
    shop: Shop, chen: Buyer, trick: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.tricks(trick)
    number = chen.pay()
    shop.settle()
    assert shop.notices() == [200, 200] and chen.sees == WHOLE and chen.asks(number) == "paid"
    bought_once(shop, number)
    assert not alarms(caplog)


def test_a_late_notification_opens_the_page_when_it_comes(shop: Shop, chen: Buyer) -> None:
    shop.tricks("late")
    number = chen.pay()
    shop.advance(599)
    assert shop.notices() == [] and chen.sees == NOTHING and chen.order(number).state == "waiting"
    shop.advance(1)
    assert shop.notices() == [200] and chen.sees == WHOLE and chen.asks(number) == "paid"
    bought_once(shop, number)


def test_a_notification_after_the_order_was_closed_here_still_opens_the_page(shop: Shop, chen: Buyer) -> None:
    shop.tricks("late")
    number = chen.pay()
    with shop.bot.store.write() as tx:
        assert orders.close(tx, number, shop.now)
        orders.leave_place(tx, chen.order(number))
    assert chen.sees == NOTHING and chen.asks(number) == "closed"
    shop.advance(600)
    assert shop.notices() == [200] and chen.sees == WHOLE and chen.asks(number) == "paid"
    bought_once(shop, number)


def test_late_money_for_a_closed_order_goes_back_when_the_item_was_bought_again(shop: Shop, chen: Buyer) -> None:
    shop.tricks("late")
    first = chen.pay()
    with shop.bot.store.write() as tx:
        orders.close(tx, first, shop.now)
        orders.leave_place(tx, chen.order(first))
    second = chen.pay()
    shop.settle()
    assert second != first and chen.sees == WHOLE
    shop.advance(600)
    assert shop.notices() == [200, 200] and chen.order(first).state == "refunding"
    call_about_refunds(shop.till, shop.now)
    shop.advance(61)
    assert (chen.order(first).state, chen.order(second).state) == ("refunded", "paid")
    assert chen.sees == WHOLE and shop.orders()[first]["trade_state"] == "REFUND"


def test_a_lost_notification_is_made_up_for_by_the_pages_question(shop: Shop, chen: Buyer) -> None:
    shop.tricks("lost")
    number = chen.pay()
    assert chen.sees == NOTHING
    assert chen.asks(number) == "paid" and chen.sees == WHOLE and shop.notices() == []
    bought_once(shop, number)


def test_a_lost_notification_is_made_up_for_by_the_clock_when_the_buyer_left(shop: Shop, chen: Buyer) -> None:
    shop.tricks("lost")
    number = chen.pay()
    shop.advance(5)
    assert "ask-about-orders: 1 granted" in clockwork.clock(shop.bot.house).tick()
    assert chen.sees == WHOLE and shop.notices() == []
    bought_once(shop, number)


def test_a_payment_notification_that_is_overtaken_by_the_refunds_gives_nothing_back(shop: Shop, chen: Buyer) -> None:
    shop.tricks("late")
    number = chen.pay()
    assert chen.asks(number) == "paid"
    refund_order(shop.till, number, None, "内容有误", "lin", shop.now)
    shop.advance(61)
    assert shop.notices() == [200] and chen.order(number).state == "refunded" and chen.sees == NOTHING
    before = shop.bot.everything()
    shop.advance(600)
    assert shop.notices() == [200, 200] and shop.bot.rows("orders") == before["orders"]
    assert chen.sees == NOTHING and not shop.wrongs() and chen.asks(number) == "refunded"


# --- notifications that are not WeChat Pay's, or not about this sale ----------------------------------------------


@pytest.mark.parametrize("trick", ["forged", "signtest", "wrong_aad", "wrong_key", "past", "future", "unknown_serial"])
def test_what_is_not_signed_sealed_and_fresh_gives_nothing(
    shop: Shop, chen: Buyer, trick: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.tricks(trick)
    number = chen.pay()
    shop.settle()
    assert shop.notices() == [401] and chen.order(number).state == "waiting" and chen.sees == NOTHING
    assert not shop.wrongs() and not alarms(caplog), "anybody can send such: it must not wake the operator"
    assert 'outcome="refused"' in shop.bot.get("/metrics").text
    shop.advance(15)
    assert shop.notices() == [401, 200] and chen.sees == WHOLE and chen.asks(number) == "paid"
    bought_once(shop, number)


def disagrees(shop: Shop, chen: Buyer, number: str, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    """Answered, kept, told to the operator, and nothing given."""
    assert shop.wrongs() == [wrong] and chen.order(number).state == "waiting" and chen.sees == NOTHING
    assert len(alarms(caplog)) == 1 and wrong in alarms(caplog)[0]
    assert "1 payments" in shop.bot.get("/readyz").json["causes"]["money"]


@pytest.mark.parametrize(
    ("trick", "wrong"),
    [("wrong_amount", "wrong_amount"), ("wrong_appid", "wrong_app"), ("wrong_mchid", "wrong_merchant")],
)
def test_another_amount_app_or_merchant_gives_nothing_and_is_told(
    shop: Shop, chen: Buyer, trick: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.tricks(trick)
    number = chen.pay()
    shop.settle()
    assert shop.notices() == [200]
    disagrees(shop, chen, number, wrong, caplog)
    assert chen.asks(number) == "paid" and chen.sees == WHOLE, "WeChat Pay's own answer agrees"


def test_another_payer_gives_nothing_and_is_told(shop: Shop, chen: Buyer, caplog: pytest.LogCaptureFixture) -> None:
    number = str(chen.tap()["order_no"])
    assert shop.tell(out_trade_no=number, payer={"openid": "oSomebodyElse"})[0] == 200
    disagrees(shop, chen, number, "wrong_payer", caplog)
    assert chen.asks(number) == "waiting"


def test_an_order_nobody_made_gives_nothing_and_is_told(
    shop: Shop, chen: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    number = str(chen.tap()["order_no"])
    assert shop.tell(out_trade_no="nobodymadethisorder")[0] == 200
    disagrees(shop, chen, number, "unknown_order", caplog)


class FullDisk:
    """A cursor whose every commit fails."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def execute(self, sql: str, *values: Any) -> Any:
        if sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self.real.execute(sql, *values)


def without_commits(connection: Callable[[Store], Any]) -> Callable[[Store], Any]:
    return lambda store: SimpleNamespace(cursor=lambda: FullDisk(connection(store).cursor()))


def test_what_cannot_be_stored_is_not_answered_with_success(
    shop: Shop, chen: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer comes after the commit: a commit that fails is a notification to be sent again."""
    number = chen.pay()
    with monkeypatch.context() as full:
        full.setattr(Store, "_connection", without_commits(Store._connection))
        shop.settle()
    assert shop.notices() == [503] and not shop.owned() and chen.order(number).state == "waiting"
    shop.advance(15)
    assert shop.notices()[-1] == 200 and chen.sees == WHOLE
    bought_once(shop, number)


# --- answers that go wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["pay_reset_after", "pay_reset_before", "pay_502", "pay_busy", "pay_signtest"])
def test_a_prepay_without_a_clear_answer_is_repeated_and_the_buyer_pays_one_order(
    shop: Shop, chen: Buyer, fault: str
) -> None:
    shop.spoil(fault)
    number = chen.pay()
    shop.settle()
    assert list(shop.orders()) == [number] and chen.sees == WHOLE
    bought_once(shop, number)


@pytest.mark.parametrize("fault", ["pay_reset_after", "pay_502", "pay_signtest"])
def test_a_prepay_that_stays_unclear_is_told_and_the_next_tap_sells_one(shop: Shop, chen: Buyer, fault: str) -> None:
    shop.spoil(fault, fault)
    assert "没有扣款" in chen.tap(502)["error"] and chen.sees == NOTHING
    (lost,) = shop.bot.rows("orders")
    number = chen.pay()
    shop.settle()
    assert number != lost["order_no"] and chen.sees == WHOLE
    left = shop.orders().get(lost["order_no"])
    assert chen.order(lost["order_no"]).state == "closed" and (left is None or left["trade_state"] == "CLOSED")
    bought_once(shop, number)


def test_a_slow_wechat_pay_is_not_waited_for(shop: Shop, chen: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.platform.post("faults", {"next": [{"kind": "pay_slow", "count": 2}], "slow_seconds": 1})
    with monkeypatch.context() as impatient:
        impatient.setattr("wechat.pay.TIMEOUT", (3, 0.1))
        assert "没有扣款" in chen.tap(502)["error"]
    number = chen.pay()
    shop.settle()
    assert chen.sees == WHOLE and chen.asks(number) == "paid"


@pytest.mark.parametrize("fault", ["pay_reset_after", "pay_502", "pay_signtest", "pay_frequency"])
def test_a_question_without_a_clear_answer_leaves_the_order_waiting(shop: Shop, chen: Buyer, fault: str) -> None:
    shop.tricks("lost")
    number = chen.pay()
    shop.spoil(fault)
    assert chen.asks(number) == "waiting" and chen.sees == NOTHING
    shop.advance(3)
    assert chen.asks(number) == "paid" and chen.sees == WHOLE
    bought_once(shop, number)


@pytest.mark.parametrize("fault", ["pay_reset_after", "pay_502"])
def test_a_close_without_a_clear_answer_is_tried_again(shop: Shop, chen: Buyer, fault: str) -> None:
    number = str(chen.tap()["order_no"])
    shop.advance(1_800)
    close = f"/v3/pay/transactions/out-trade-no/{number}/close"
    shop.platform.post("faults", {"next": [{"kind": fault, "path": close}]})
    assert ask_silent_orders(shop.till, shop.now) == "1 unclear" and chen.order(number).state == "waiting"
    shop.advance(300)
    assert ask_silent_orders(shop.till, shop.now) == "1 closed"
    assert chen.order(number).state == "closed" and shop.orders()[number]["trade_state"] == "CLOSED"
    assert chen.asks(number) == "closed" and chen.sees == NOTHING


@pytest.mark.parametrize("fault", ["pay_reset_after", "pay_reset_before", "pay_502", "pay_signtest"])
def test_a_refund_without_a_clear_answer_is_one_refund(shop: Shop, chen: Buyer, fault: str) -> None:
    number = chen.pay()
    shop.settle()
    shop.spoil(fault)
    assert refund_order(shop.till, number, None, "内容有误", "lin", shop.now).state == "asked"
    assert chen.sees == WHOLE and chen.asks(number) == "refunding"
    for _ in range(2):
        shop.advance(61)
        call_about_refunds(shop.till, shop.now)
    assert chen.asks(number) == "refunded" and chen.sees == NOTHING
    assert [row["amount"]["refund"] for row in shop.orders()[number]["refunds"]] == [990]


def test_a_redirect_is_not_followed(workshop: Workshop) -> None:
    """Whoever could answer in WeChat Pay's place would else hear what we sign."""
    asked: list[str] = []

    def elsewhere(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        start("307 Temporary Redirect", [("Location", "/elsewhere"), ("Content-Length", "0")])
        return []

    with served(elsewhere) as base, shop_at_hand(workshop, WECHATPAY_API_BASE=base) as shop:
        assert "没有扣款" in Buyer(shop).tap(502)["error"]
    assert set(asked) == {"/v3/pay/transactions/jsapi"}


@pytest.mark.parametrize("path", ["/pay/notify/", "//pay/notify", "/PAY/notify", "/pay/notify?x=1"])
def test_no_notification_is_answered_with_a_redirect(shop: Shop, path: str) -> None:
    """WeChat Pay follows none: for it a redirect is a failure."""
    assert shop.bot.pages.post(path, data=b"{}").status_code in (401, 404)


# --- the payer ------------------------------------------------------------------------------------------------------


def test_who_pays_twice_at_the_cashier_pays_once(shop: Shop, chen: Buyer) -> None:
    number = chen.pay("twice")
    shop.settle()
    assert chen.sees == WHOLE
    bought_once(shop, number)


def test_a_second_payment_of_one_order_gives_nothing_more_and_is_told(
    shop: Shop, chen: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    number = chen.pay()
    shop.settle()
    assert shop.tell(out_trade_no=number, transaction_id="4200000002")[0] == 200
    assert shop.wrongs() == ["paid_twice"] and len(alarms(caplog)) == 1
    assert chen.sees == WHOLE and len(shop.bot.rows("deliveries")) == 1


def test_who_pays_after_the_sheet_was_closed_reads_all_the_same(shop: Shop, chen: Buyer) -> None:
    number = chen.pay("late")
    assert chen.asks(number) == "waiting"
    shop.advance(61)
    shop.settle()
    assert chen.sees == WHOLE
    bought_once(shop, number)


def test_a_cashier_that_fails_after_paying_does_not_lead_to_a_second_payment(shop: Shop, chen: Buyer) -> None:
    shop.tricks("lost")
    number = chen.pay("network")
    assert chen.tap()["order_no"] == number, "the same order, which cannot be paid twice"
    assert chen.asks(number) == "paid" and chen.tap(409)["owned"] is True
    bought_once(shop, number)


def test_however_often_the_button_is_tapped_there_is_one_order(shop: Shop, chen: Buyer) -> None:
    made = {chen.tap()["order_no"] for _ in range(5)}
    assert list(shop.orders()) == [*made] and len(shop.bot.rows("orders")) == 1
    paid = [call for call in shop.platform.get("wire?kind=pay")["wire"] if call["what"].endswith("/jsapi")]
    assert len(paid) == 1, "WeChat Pay was told once"


def test_outside_wechat_a_lost_notification_is_made_up_for_too(shop: Shop) -> None:
    reader = Buyer(shop, DESKTOP)
    shop.tricks("lost")
    number = reader.pay()
    assert reader.sees == NOTHING and reader.asks(number) == "paid" and reader.sees == WHOLE
