"""We ask WeChat Pay how an order stands, because notifications can be late or lost, and close what nobody may pay."""

from __future__ import annotations

from domain import payment as pay
from domain.order import Order
from flows.settle_payment import QUERY, settle
from flows.till import Till
from storage import coupons, orders
from storage.store import Transaction

OVER = (pay.CLOSED, pay.REVOKED, pay.PAYERROR)
"""Nobody can pay it any more."""
ASK_AFTER_SECONDS = (5, 30, 60, 300, 600, 1_800)
"""So long after it was made an order is asked about; the last time it has run out, and is closed."""
LATER_SECONDS = 300
"""How long an order that could not be closed then waits for the next try."""


def next_ask(order: Order, now: int) -> int:
    """When to ask about an order again."""
    moments = (order.created_at + seconds for seconds in ASK_AFTER_SECONDS)
    return next((at for at in moments if at > now), now + LATER_SECONDS)


def ask_order(till: Till, order: Order, now: int) -> str:
    """Ask about it, settle it if it is paid, close it if it is over; return what ``settle`` says, or ``closed``.

    Raises ``PayUnclear`` or ``PayDeclined``, and ``StoreBusy``.
    """
    told = till.pay.ask(order.order_no)
    over = order.superseded or now >= order.expires_at
    if told is not None and told.trade_state == pay.NOTPAY and over and not till.pay.close_order(order.order_no):
        told = till.pay.ask(order.order_no)  # it was paid in this very moment
    elif told is None and over:
        till.pay.close_order(order.order_no)
    if told is not None and told.trade_state in (pay.SUCCESS, pay.REFUND):
        return settle(till, told, QUERY, now)
    if over or (told is not None and told.trade_state in OVER):
        with till.store.write() as tx:
            return close(tx, order, now)
    return "unpaid"


def close(tx: Transaction, order: Order, now: int) -> str:
    """Nobody can pay it any more."""
    if orders.close(tx, order.order_no, now):
        orders.leave_place(tx, order)
        coupons.give_back(tx, order.order_no)
    return "closed"
