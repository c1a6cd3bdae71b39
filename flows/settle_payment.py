"""The one door through which money becomes a right to read: for a notification, for the answer to a question of ours,
and for a line of the bill.

What WeChat Pay says is compared with what we sold. When everything agrees, one transaction makes the order paid,
gives the right, owes the receipt and notes what the buyer likes; whoever comes second finds the order paid and changes
nothing. What does not agree gives nothing, is kept as evidence, and the operator is told.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict

from domain import payment as pay
from domain.item import Item
from domain.order import NUMBER_CHANCE_BYTES, Order, new_number
from domain.payment import Payment, disagreement
from flows.keep_act import keep_purchase
from flows.refund_order import owe_back
from flows.till import Till
from storage import coupons, deliveries, entitlements, evidence, funnel, orders
from storage.funnel import Step
from storage.store import Transaction

log = logging.getLogger(__name__)

GRANTED, KNOWN, RETURNED, WRONG, UNPAID = "granted", "known", "returned", "wrong", "unpaid"
"""What came of it: the right was given; nothing new; the buyer has the item already, so the money goes back; it does
not agree; no money came."""
NOTIFY, QUERY = "notify", "query"
TWICE = "重复购买，原路退回"


def settle(till: Till, payment: Payment, heard_by: str, now: int) -> str:
    """Make of a payment what it is; return which of the outcomes above. Raises ``StoreBusy``: nothing was stored."""
    if payment.trade_state not in (pay.SUCCESS, pay.REFUND):
        return UNPAID
    said = json.dumps(asdict(payment), sort_keys=True)
    hidden, refund_no = till.hide(said), new_number(till.chance(NUMBER_CHANCE_BYTES))
    items = till.items()
    with till.store.write() as tx:
        order = orders.find(tx, payment.order_no)
        wrong = disagreement(payment, order, till.pay.merchant) or _returned_elsewhere(payment, order)
        if wrong or order is None:
            new = evidence.keep(
                tx, said, hidden, now, payment.order_no, heard_by, wrong, payment.transaction_id, payment.amount_fen
            )
            outcome = WRONG
        else:
            outcome = _receive(tx, order, payment, refund_no, items, now)
    if outcome == WRONG and new:
        log.error("a payment does not agree (%s): see python bot.py order show %s", wrong, payment.order_no or "-")
    elif outcome == RETURNED:
        log.warning("order %s was paid for what the buyer has already: the money goes back", payment.order_no)
    return outcome


def _returned_elsewhere(payment: Payment, order: Order | None) -> str:
    """Money came and went back before we heard of it: nobody can tell how much, so nothing is given."""
    if payment.trade_state == pay.REFUND and (order is None or order.paid_at is None):
        return "returned_elsewhere"
    return ""


def _receive(
    tx: Transaction, order: Order, payment: Payment, refund_no: str, items: Mapping[str, Item], now: int
) -> str:
    at = payment.paid_at if payment.paid_at is not None else now
    if not orders.pay(tx, order.order_no, payment.transaction_id, payment.trade_type, at):
        return KNOWN
    orders.leave_place(tx, order)
    if order.coupon:
        coupons.used_after_all(tx, order.coupon, order.buyer, order.order_no, at)
    order = orders.find(tx, order.order_no) or order  # a claim may have moved it just before
    step = Step(funnel.PAID, now, order.buyer, order.slug, "", order.exposure_id, order.order_no, order.method)
    funnel.add(tx, step)
    if another := orders.open_one(tx, order.buyer, order.slug):
        orders.supersede(tx, another, now)  # what is bought must not be bought again
    if entitlements.grant(tx, order.buyer, order.slug, order.source, at):
        deliveries.owe(tx, "receipt", order.buyer, order.order_no, order.slug, now, now)
        keep_purchase(tx, order, items, at)
        return GRANTED
    owe_back(tx, order, refund_no, order.amount_fen, TWICE, "rule:twice", now)
    return RETURNED
