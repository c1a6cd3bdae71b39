"""From the button to the right to read: money becomes access exactly once, whatever happens to the notification."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bot_in_process import Workshop
from shop_at_hand import CHEN, NOON, Shop, shop_at_hand

from domain.order import CLOSED, H5, JSAPI, NATIVE, PAID, WAITING
from domain.payment import NOTPAY, Payment
from errors import PayDeclined, PayUnclear
from flows.ask_order import ask_order
from flows.start_order import BeingMade, CouponSpent, Owned
from storage import orders


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


@pytest.mark.parametrize("method", [JSAPI, NATIVE, H5])
def test_each_method_ends_with_the_right_to_read_and_a_receipt_owed(workshop: Workshop, method: str) -> None:
    with shop_at_hand(workshop) as shop:
        if method == H5:
            shop.platform.post("settings", {"phone_system": "browser"})
        order = shop.buy(method)
        assert (order.state, order.trade_type) == (PAID, {JSAPI: "JSAPI", NATIVE: "NATIVE", H5: "MWEB"}[method])
        assert shop.owned() == ["run-30"] and shop.notices() == [200]
        (owed,) = shop.bot.rows("deliveries")
        assert (owed["id"], owed["buyer"], owed["state"]) == (f"receipt:{order.order_no}", CHEN, "owed")


def test_the_row_comes_before_the_call(shop: Shop) -> None:
    shop.spoil("pay_reset_after", "pay_reset_after")
    with pytest.raises(PayUnclear):
        shop.order()
    (row,) = shop.bot.rows("orders")
    assert list(shop.orders()) == [row["order_no"]] and row["state"] == WAITING and not row["prepay"]


def test_a_second_tap_gets_the_same_order(shop: Shop) -> None:
    first, second = shop.order(), shop.order()
    assert first.order.order_no == second.order.order_no and len(shop.orders()) == 1
    assert first.params["package"] == second.params["package"]
    assert first.params["paySign"] != second.params["paySign"], "each call of the cashier is signed anew"


def test_two_taps_at_once_make_one_order(shop: Shop) -> None:
    def tap(_: int) -> str:
        try:
            return shop.order().order.order_no
        except BeingMade:
            return ""

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(tap, range(4))) - {""}
    assert len(made) == 1 and list(shop.orders()) == [*made]


@pytest.mark.parametrize("change", [{"amount_fen": 890, "coupon": "NEW"}, {"title": "从喘到跑（新版）"}])
def test_what_changed_gets_a_new_number_and_the_old_order_is_closed_at_wechat_pay(
    shop: Shop, change: dict[str, object]
) -> None:
    old = shop.order().order
    new = shop.order(**change).order
    assert new.order_no != old.order_no
    assert shop.row(old).state == CLOSED and shop.orders()[old.order_no]["trade_state"] == "CLOSED"
    assert shop.row(new).state == WAITING


def test_another_method_gets_a_new_number(shop: Shop) -> None:
    old = shop.order(JSAPI).order
    assert shop.order(NATIVE).order.order_no != old.order_no and shop.row(old).state == CLOSED


def test_an_order_about_to_end_is_not_handed_out_again(shop: Shop) -> None:
    old = shop.order().order
    shop.advance(1_800 - 59)
    assert shop.order().order.order_no != old.order_no and shop.row(old).state == CLOSED


def test_who_owns_it_buys_nothing(shop: Shop) -> None:
    shop.buy()
    with pytest.raises(Owned):
        shop.order()


def test_an_order_paid_behind_our_back_is_found_before_another_is_made(shop: Shop) -> None:
    shop.tricks("lost")
    order = shop.order().order
    shop.paid_by(order, order.prepay)
    with pytest.raises(Owned):
        shop.order(amount_fen=890)
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"] and len(shop.orders()) == 1


def test_a_declined_order_is_closed_and_its_place_is_free(shop: Shop) -> None:
    with pytest.raises(PayDeclined):
        shop.order(buyer="o-of-another-account")
    assert [row["state"] for row in shop.bot.rows("orders")] == [CLOSED] and not shop.bot.rows("open_orders")


def test_an_unclear_order_is_replaced_and_closed_at_wechat_pay(shop: Shop) -> None:
    shop.spoil("pay_reset_after", "pay_reset_after")
    with pytest.raises(PayUnclear):
        shop.order()
    again = shop.order().order
    book = shop.orders()
    assert len(book) == 2 and {book[number]["trade_state"] for number in book if number != again.order_no} == {"CLOSED"}
    assert shop.bot.rows("pay_calls")[0]["good"] == shop.bot.rows("pay_calls")[0]["unclear"] == 1


def test_a_coupon_is_used_once_even_by_two_orders(shop: Shop) -> None:
    shop.order(amount_fen=890, coupon="NEW")
    with pytest.raises(CouponSpent):
        shop.order(slug="ai-ask", amount_fen=560, coupon="NEW")
    again = shop.order(NATIVE, amount_fen=890, coupon="NEW").order
    assert [row["order_no"] for row in shop.bot.rows("coupon_uses")] == [again.order_no]


def test_a_coupon_for_two_uses_serves_two_orders(shop: Shop) -> None:
    for slug in ("ai-ask", "run-30"):
        shop.order(slug=slug, amount_fen=560, coupon="NEW", per_person=2)
    assert {row["nth"] for row in shop.bot.rows("coupon_uses")} == {1, 2}
    with pytest.raises(CouponSpent):
        shop.order(slug="one-bag", amount_fen=390, coupon="NEW", per_person=2)


def test_a_coupon_of_an_order_that_closed_serves_again_and_late_money_counts(shop: Shop) -> None:
    first = shop.order(amount_fen=560, coupon="NEW").order
    shop.advance(1_800)
    ask_order(shop.till, first, shop.now)
    assert not shop.bot.rows("coupon_uses")
    second = shop.order(slug="ai-ask", amount_fen=560, coupon="NEW").order
    assert shop.tell(out_trade_no=first.order_no, amount={"total": 560, "currency": "CNY"})[0] == 200
    assert {row["order_no"] for row in shop.bot.rows("coupon_uses")} == {first.order_no, second.order_no}
    assert shop.owned() == ["run-30"]


# --- what happens to the notification --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trick", "answers"),
    [
        ("repeated", [200, 200]), ("concurrent", [200, 200]), ("forged", [401, 200]), ("signtest", [401, 200]),
        ("wrong_aad", [401, 200]), ("wrong_key", [401, 200]), ("future", [401, 200]), ("past", [401, 200]),
        ("unknown_serial", [401, 200]),
    ],
)  # fmt: skip
def test_the_right_is_given_once_and_by_a_genuine_notification_only(shop: Shop, trick: str, answers: list[int]) -> None:
    shop.tricks(trick)
    order = shop.buy()
    if answers[0] == 401:
        assert order.state == WAITING and not shop.owned() and not shop.wrongs()
    shop.advance(15)
    assert shop.notices() == answers
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"] and len(shop.bot.rows("deliveries")) == 1


@pytest.mark.parametrize(
    ("trick", "wrong"),
    [
        ("wrong_amount", "wrong_amount"), ("wrong_appid", "wrong_app"), ("wrong_mchid", "wrong_merchant"),
        ("unknown_order", "unknown_order"),
    ],
)  # fmt: skip
def test_what_does_not_agree_gives_nothing_is_kept_and_is_told(
    shop: Shop, trick: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.tricks(trick)
    order = shop.buy()
    assert shop.notices() == [200] and order.state == WAITING and not shop.owned()
    assert shop.wrongs() == [wrong]
    assert [record.levelno for record in caplog.records if wrong in record.getMessage()] == [logging.ERROR]
    assert CHEN not in "".join(row["body"] for row in shop.bot.rows("payment_evidence"))
    ready = shop.bot.get("/readyz")
    assert ready.status_code == 200 and "1 payments" in ready.json["causes"]["money"]
    assert "shutong_money_troubles 1.0" in shop.bot.get("/metrics").text
    shop.advance(15)
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"], "the honest repetition counts"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"payer": {"openid": "oSomebodyElse"}}, "wrong_payer"), ({"payer": {}}, "wrong_payer"),
        ({"amount": {"total": 990, "currency": "USD"}}, "wrong_currency"),
        ({"amount": {"total": 990}}, "wrong_currency"),
        ({"amount": {"total": 990.0, "currency": "CNY"}}, "wrong_amount"), ({"amount": None}, "wrong_currency"),
        ({"transaction_id": ""}, "no_transaction"), ({"trade_state": "REFUND"}, "returned_elsewhere"),
    ],
)  # fmt: skip
def test_another_payer_currency_or_shape_gives_nothing(shop: Shop, change: dict[str, object], wrong: str) -> None:
    order = shop.order().order
    assert shop.tell(out_trade_no=order.order_no, **change)[0] == 200
    assert shop.wrongs() == [wrong] and not shop.owned() and shop.row(order).state == WAITING


def test_a_second_payment_of_one_order_is_evidence(shop: Shop) -> None:
    order = shop.buy()
    assert shop.tell(out_trade_no=order.order_no, transaction_id="4200002")[0] == 200
    assert shop.wrongs() == ["paid_twice"] and shop.owned() == ["run-30"]


def test_a_notification_that_says_not_paid_changes_nothing(shop: Shop) -> None:
    order = shop.order().order
    assert shop.tell(out_trade_no=order.order_no, trade_state="NOTPAY")[0] == 200
    assert shop.row(order).state == WAITING and not shop.wrongs()


def test_a_notification_replayed_a_day_later_is_refused(shop: Shop) -> None:
    order = shop.order().order
    status, body, headers = shop.tell(out_trade_no=order.order_no)
    assert status == 200
    before = shop.bot.everything()
    shop.bot.clock.now += 86_400
    assert shop.bot.pages.post("/pay/notify", data=body, headers=headers).status_code == 401
    assert shop.bot.everything() == before


def test_odd_requests_are_refused_and_change_nothing(shop: Shop) -> None:
    shop.order()
    before = shop.bot.everything()
    for body, status in ((b"", 401), (b"{}", 401), (b"\xff" * 100, 401), (b"x" * 1_000_000, 413)):
        for path in ("/pay/notify", "/pay/refund-notify"):
            assert shop.bot.pages.post(path, data=body).status_code == status
    assert shop.bot.pages.get("/pay/notify").status_code == 405
    assert shop.bot.everything() == before


def test_without_a_merchant_notifications_are_to_be_told_again(workshop: Workshop) -> None:
    bot = workshop.bot()
    assert bot.pages.post("/pay/notify", data=b"{}").status_code == 503
    bot.close()


def is_locked(*_: object) -> None:
    raise sqlite3.OperationalError("database is locked")


def test_what_could_not_be_stored_is_told_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.order().order
    shop.paid_by(order, order.prepay)
    with monkeypatch.context() as locked:
        locked.setattr("storage.store.Store._begin", is_locked)
        shop.settle()
    assert shop.notices() == [503] and not shop.owned()
    shop.advance(15)
    assert shop.notices() == [503, 200] and shop.owned() == ["run-30"]


# --- late money ------------------------------------------------------------------------------------------------


def test_money_after_the_close_still_gives_the_right(shop: Shop) -> None:
    order = shop.order().order
    with shop.bot.store.write() as tx:
        assert orders.close(tx, order.order_no, shop.now)
    shop.paid_by(order, order.prepay)
    shop.settle()
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"]


def test_money_for_what_one_has_already_goes_back(shop: Shop) -> None:
    shop.platform.post("settings", {"close_after_seconds": 86_400})
    first = shop.order(JSAPI).order
    second = shop.order(NATIVE).order
    for order in (first, second):
        shop.paid_by(order, order.prepay)
    shop.settle()
    assert {shop.row(first).state, shop.row(second).state} == {PAID, "refunding"}
    assert shop.owned() == ["run-30"]
    (refund,) = shop.bot.rows("refunds")
    assert (refund["fen"], refund["asked_by"], refund["state"]) == (990, "rule:twice", "asked")


def test_an_order_that_ran_out_is_closed_at_wechat_pay_too(shop: Shop) -> None:
    order = shop.order().order
    shop.advance(1_800)
    assert ask_order(shop.till, order, shop.now) == "closed"
    assert shop.row(order).state == CLOSED and shop.orders()[order.order_no]["trade_state"] == "CLOSED"
    assert not shop.bot.rows("open_orders")


def test_an_order_paid_in_the_moment_it_is_closed_is_settled(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.tricks("lost")
    order = shop.order().order
    ask = shop.pay.ask

    def paid_after_the_answer(number: str) -> Payment | None:
        told = ask(number)
        if told and told.trade_state == NOTPAY:
            shop.paid_by(order, order.prepay)
        return told

    monkeypatch.setattr(shop.pay, "ask", paid_after_the_answer)
    assert ask_order(shop.till, replace(order, superseded=True), shop.now) == "granted"
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"]


def test_the_payment_step_is_in_the_funnel_once(shop: Shop) -> None:
    shop.tricks("repeated")
    order = shop.buy()
    (step,) = shop.bot.rows("funnel_steps", step="paid")
    assert (step["order_no"], step["method"], step["buyer"]) == (order.order_no, JSAPI, CHEN)
    assert order.paid_at == NOON
