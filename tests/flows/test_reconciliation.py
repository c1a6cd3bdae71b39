"""Silent orders are asked about in time, and each day's bill is compared to a difference of zero or a named list."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from bot_in_process import Workshop
from shop_at_hand import NOON, Shop, shop_at_hand

import clockwork
from domain.order import CLOSED, PAID, WAITING
from domain.payment import BillLine
from errors import Declined, PayUnclear
from flows.reconcile import ask_silent_orders, compare_bill, compare_last_bill, last_bill_day, reconcile_now
from flows.refund_order import refund_order
from flows.start_order import start_order
from storage import orders

TODAY = "2026-11-23"


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


def asks(shop: Shop) -> int:
    found = shop.platform.get("wire?kind=pay")
    entries = found["wire"] if isinstance(found, dict) else found
    return sum(entry["what"].startswith("GET /v3/pay/transactions/out-trade-no") for entry in entries)


def test_a_silent_order_is_asked_about_on_schedule_and_closed_when_it_runs_out(shop: Shop) -> None:
    order = shop.order().order
    asked_at, passed = [], 0
    while shop.row(order).state == WAITING:
        shop.advance(1)
        passed += 1
        if ask_silent_orders(shop.till, shop.now):
            asked_at.append(passed)
    assert asked_at == [5, 30, 60, 300, 600, 1_800]
    assert shop.row(order).state == CLOSED and shop.orders()[order.order_no]["trade_state"] == "CLOSED"
    assert asks(shop) == 6 and ask_silent_orders(shop.till, shop.now + 86_400) == ""


def test_a_payment_whose_notification_is_lost_is_found_after_five_seconds(shop: Shop) -> None:
    shop.tricks("lost")
    order = shop.order().order
    shop.paid_by(order, order.prepay)
    shop.advance(5)
    assert ask_silent_orders(shop.till, shop.now) == "1 granted"
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"]


def test_a_late_notification_after_the_question_changes_nothing(shop: Shop) -> None:
    shop.tricks("late")
    order = shop.order().order
    shop.paid_by(order, order.prepay)
    shop.advance(5)
    ask_silent_orders(shop.till, shop.now)
    before = shop.bot.everything()
    shop.advance(600)
    assert shop.notices() == [200] and shop.bot.everything() == before


def test_no_clear_answer_ends_the_round_and_the_order_is_asked_about_again(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    for buyer in ("oSim01ChenYuan7Kq2vXw9TbLm3n", "r:browser"):
        sale = shop.sale("native", buyer)
        start_order(shop.till, sale, shop.now)
    shop.advance(5)
    shop.spoil("pay_502")
    assert ask_silent_orders(shop.till, shop.now) == "1 unclear"
    assert ask_silent_orders(shop.till, shop.now) == "1 unpaid"
    shop.advance(25)
    assert ask_silent_orders(shop.till, shop.now) == "2 unpaid"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_payment_that_does_not_agree_is_not_asked_about_for_ever(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.tricks("lost")
    order = shop.order("native").order
    shop.paid_by(order, order.prepay)
    with shop.bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update orders set amount_fen = 1")
    shop.advance(5)
    assert ask_silent_orders(shop.till, shop.now) == "1 wrong"
    assert shop.wrongs() == ["wrong_amount"] and not shop.owned()
    assert ask_silent_orders(shop.till, shop.now + 86_400) == ""


def test_an_order_that_was_paid_just_before_its_turn_is_not_asked_about_for_ever(shop: Shop) -> None:
    """The round read it while it waited; the notification came before the round took its turn."""
    stale = shop.order().order
    shop.paid_by(stale, stale.prepay)
    shop.settle()
    with shop.bot.store.write() as tx:
        assert not orders.asking(tx, stale, shop.now)
        orders.ask_again(tx, stale.order_no, shop.now)
    assert shop.row(stale).ask_at is None and ask_silent_orders(shop.till, shop.now) == ""


def test_the_clock_asks_by_itself(shop: Shop) -> None:
    shop.tricks("lost")
    order = shop.order().order
    shop.paid_by(order, order.prepay)
    shop.advance(5)
    assert "ask-about-orders: 1 granted" in clockwork.clock(shop.bot.house).tick()


def test_a_day_without_difference(shop: Shop) -> None:
    order = shop.buy()
    refund_order(shop.till, order.order_no, 400, "x", "lin", shop.now)
    shop.advance(22 * 3_600)
    assert compare_bill(shop.till, TODAY, shop.now) == [] and not shop.wrongs()
    assert compare_last_bill(shop.till, shop.now) == f"{TODAY}: 0 differences"


def test_a_payment_nobody_heard_of_is_settled_by_the_bill(shop: Shop) -> None:
    shop.tricks("lost")
    order = shop.order().order
    shop.paid_by(order, order.prepay)
    shop.advance(22 * 3_600)
    assert compare_bill(shop.till, TODAY, shop.now) == []
    assert shop.row(order).state == PAID and shop.owned() == ["run-30"]


def test_a_bill_that_is_not_ready_is_not_compared(shop: Shop) -> None:
    assert last_bill_day(NOON) == "2026-11-22" and last_bill_day(NOON - 3 * 3_600) == "2026-11-21"
    with pytest.raises(Declined, match="not ready"):
        compare_bill(shop.till, TODAY, shop.now)


def test_every_difference_is_named_kept_once_and_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    paid = shop.buy()
    native = shop.buy("native", "r:browser", slug="ai-ask")
    lines = [
        BillLine(paid.order_no, paid.transaction_id, "", 991),
        BillLine("unknown0", "4200", "", 500),
        BillLine(paid.order_no, paid.transaction_id, "norefund", 100),
    ]
    monkeypatch.setattr(shop.pay, "bill", lambda day: lines)
    shop.advance(22 * 3_600)
    for _ in range(2):
        found = compare_bill(shop.till, TODAY, shop.now)
    assert {(one.kind, one.order_no, one.ours_fen, one.theirs_fen) for one in found} == {
        ("wrong_amount", paid.order_no, 990, 991),
        ("unknown_order", "unknown0", -1, 500),
        ("unknown_refund", paid.order_no, -1, 100),
        ("not_in_the_bill", native.order_no, 990, -1),
    }
    assert sorted(shop.wrongs()) == ["not_in_the_bill", "unknown_order", "unknown_refund", "wrong_amount"]
    assert sum(record.levelno == logging.ERROR for record in caplog.records) == 4
    lines[0] = BillLine(paid.order_no, "another", "", 990)
    assert "another_transaction" in {one.kind for one in compare_bill(shop.till, TODAY, shop.now)}


def test_everything_unfinished_is_asked_about_at_once(shop: Shop) -> None:
    bought = shop.buy()
    shop.spoil("pay_502")
    refund_order(shop.till, bought.order_no, None, "x", "lin", shop.now)
    shop.tricks("lost")
    order = shop.order("native", "r:browser", slug="ai-ask").order
    shop.paid_by(order, order.prepay)
    assert reconcile_now(shop.till, shop.now) == {"granted": 1, "refund processing": 1}
    assert shop.owned("r:browser") == ["ai-ask"]


def test_a_wechat_pay_that_is_away_fails_the_comparison_and_keeps_nothing(shop: Shop) -> None:
    shop.advance(22 * 3_600)
    shop.spoil("pay_502")
    with pytest.raises(PayUnclear):
        compare_bill(shop.till, TODAY, shop.now)
    assert not shop.wrongs()
