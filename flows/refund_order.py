"""Money goes back: asked for by an operator, by the buyer within the cooling-off time, or by a rule.

A row with its number comes before every call, so that a call with an unclear answer is repeated with the same number
and WeChat Pay pays once. What was reserved for a refund cannot be asked for twice. The right to read ends when the
whole came back.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict

from domain import payment as pay
from domain.order import NUMBER_CHANCE_BYTES, Order, new_number
from domain.payment import RefundNotice
from domain.refund import ABNORMAL, ASKED, CLOSED, DONE, PROCESSING, Refund, may_return, short_reason
from errors import Declined, PayDeclined, PayUnclear
from flows.keep_act import keep_return
from flows.till import Till
from storage import deliveries, entitlements, evidence, orders, refunds
from storage.store import Transaction

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = (60, 60, 300, 1_800, 3_600)
"""After how long WeChat Pay is called about a refund again; then every six hours. It wants a minute between two
refunds of one order, and most are done within minutes, but those to bank cards take days."""
LATER_SECONDS = 6 * 3_600
WAIT_FOR_MONEY = ("NOT_ENOUGH",)
"""Refusals that end when the operator tops up the merchant's account: the refund stays asked for."""
NOT_THE_REFUND = ("SIGN_ERROR", "NO_AUTH")
"""Refusals of whoever asks: our key, our clock, our rights. They say nothing of the refund."""
RULE = "rule:"
"""Begins who asked, when no person did: money that is not ours is tried to be returned until it is."""
COOLING_OFF_REASON = "冷静期内退款"


def refund_order(till: Till, order_no: str, fen: int | None, reason: str, asked_by: str, now: int) -> Refund:
    """Ask `fen` of an order back (None = all that is left) and call WeChat Pay; return how the refund stands.

    Raises ``Declined`` with what is wrong; an answer that does not come is no mistake: the clock asks again.
    """
    with till.store.read() as tx:
        order = orders.find(tx, order_no)
    if order is None:
        raise Declined(f"there is no order {order_no}")
    if order.paid_at is None:
        raise Declined(f"order {order_no} is {order.state}: no money came, so none can go back")
    wanted = order.returnable_fen if fen is None else fen
    refund_no = new_number(till.chance(NUMBER_CHANCE_BYTES))
    with till.store.write() as tx:
        if not 1 <= wanted <= order.returnable_fen or not owe_back(tx, order, refund_no, wanted, reason, asked_by, now):
            raise Declined(f"of order {order_no} at most {order.returnable_fen} fen can still go back")
    return call_about(till, refund_no, now)


def return_within_cooling_off(till: Till, order_no: str, buyer: str, now: int) -> Refund:
    """The buyer changed their mind: all the money goes back, without a question. Raises ``Declined``."""
    with till.store.read() as tx:
        order = orders.find(tx, order_no)
    if order is None or order.buyer != buyer or not may_return(order.kind, order.paid_at, now):
        raise Declined("the cooling-off time of this order is over, or it is not this buyer's")
    return refund_order(till, order_no, None, COOLING_OFF_REASON, "buyer", now)


def owe_back(tx: Transaction, order: Order, refund_no: str, fen: int, reason: str, asked_by: str, now: int) -> bool:
    """Reserve the amount and write the refund down; the clock calls WeChat Pay. False when so much is not left."""
    if not orders.reserve_refund(tx, order.order_no, fen):
        return False
    refund = Refund(refund_no, order.order_no, fen, short_reason(reason), asked_by, ASKED, now, ask_at=now)
    return refunds.add(tx, refund)


def call_about(till: Till, refund_no: str, now: int) -> Refund:
    """Send a refund that WeChat Pay has not taken yet, ask about one that it has, and note what it says."""
    with till.store.read() as tx:
        refund = refunds.find(tx, refund_no)
        order = orders.find(tx, refund.order_no) if refund else None
    if refund is None or order is None:
        raise Declined(f"there is no refund {refund_no}")
    waits = ASK_AGAIN_SECONDS[refund.asks] if refund.asks < len(ASK_AGAIN_SECONDS) else LATER_SECONDS
    with till.store.write() as tx:
        if refund.ask_at is None or not refunds.asking(tx, refund, now + waits):
            return refund  # another process is at it, or it is over
    try:
        # What was sent before may have been taken, and WeChat Pay refuses it with as little as another address in it.
        told = till.pay.ask_refund(refund_no) if refund.asks else None
        apply_refund(till, told or till.pay.send_back(refund, order), now)
    except PayUnclear as unclear:
        log.warning("refund %s: %s", refund_no, unclear)
    except PayDeclined as declined:
        _declined(till, refund, declined, now)
    with till.store.read() as tx:
        return refunds.find(tx, refund_no) or refund


def _declined(till: Till, refund: Refund, declined: PayDeclined, now: int) -> None:
    """It is given up only when WeChat Pay itself does not want it: money may be on its way back, or will be."""
    log.error("refund %s of order %s: %s", refund.refund_no, refund.order_no, declined)
    later = declined.code in WAIT_FOR_MONEY + NOT_THE_REFUND or refund.asked_by.startswith(RULE)
    with till.store.write() as tx:
        if later or refund.state != ASKED:
            refunds.note(tx, refund.refund_no, refund.state, refund.refund_id, str(declined), now + LATER_SECONDS)
        elif refunds.finish(tx, refund.refund_no, CLOSED, refund.refund_id, str(declined), now):
            orders.drop_refund(tx, refund.order_no, refund.fen)


def apply_refund(till: Till, told: RefundNotice, now: int) -> str:
    """Note what WeChat Pay says of a refund, in its notification or its answer; return the refund's state, "" for one
    that is not ours. Raises ``StoreBusy``: nothing was stored."""
    said = json.dumps(asdict(told), sort_keys=True)
    hidden = till.hide(said)
    with till.store.write() as tx:
        refund = refunds.find(tx, told.refund_no)
        wrong = _disagreement(told, refund, till.pay.merchant.mch_id)
        if wrong or refund is None:
            new = evidence.keep(tx, said, hidden, now, told.order_no, "refund", wrong, told.refund_id, told.fen)
            state = ""
        else:
            new, state = False, _note(tx, refund, told, now)
            if state == CLOSED:  # somebody waits for money that does not come
                wrong, who = "refund_closed", refund.order_no
                new = evidence.keep(tx, said, hidden, now, who, "refund", wrong, told.refund_id, told.fen)
    if new:
        log.error("a refund does not agree (%s): see python bot.py order show %s", wrong, told.order_no or "-")
    if state == ABNORMAL:
        log.error(
            "refund %s of order %s was refused by the payer's bank: return it by hand", told.refund_no, told.order_no
        )
    return state


def _disagreement(told: RefundNotice, refund: Refund | None, mch_id: str) -> str:
    if refund is None:
        return "unknown_refund"
    if told.mch_id not in ("", mch_id):
        return "wrong_merchant"
    if told.order_no not in ("", refund.order_no):
        return "wrong_order"
    return "" if told.fen == refund.fen else "wrong_amount"


def _note(tx: Transaction, refund: Refund, told: RefundNotice, now: int) -> str:
    no, refund_id = refund.refund_no, told.refund_id or refund.refund_id
    if told.status == pay.SUCCESS:
        if refund.state == CLOSED:
            _take_up(tx, refund)
        if refunds.finish(tx, no, DONE, refund_id, "", now):
            _came_back(tx, refund, now)
        return DONE
    if told.status == pay.CLOSED:
        if refunds.finish(tx, no, CLOSED, refund_id, "WeChat Pay closed it", now):
            orders.drop_refund(tx, refund.order_no, refund.fen)
        return CLOSED
    state = ABNORMAL if told.status == pay.ABNORMAL else PROCESSING
    trouble = "the payer's bank refused it" if state == ABNORMAL else ""
    refunds.note(tx, no, state, refund_id, trouble, now + LATER_SECONDS if state == ABNORMAL else refund.ask_at)
    return state


def _take_up(tx: Transaction, refund: Refund) -> None:
    """It was given up here, and came back after all."""
    if orders.reserve_refund(tx, refund.order_no, refund.fen) and not refunds.take_up(tx, refund.refund_no):
        orders.drop_refund(tx, refund.order_no, refund.fen)


def _came_back(tx: Transaction, refund: Refund, now: int) -> None:
    orders.finish_refund(tx, refund.order_no, refund.fen)
    order = orders.find(tx, refund.order_no)
    if order is None:
        return
    ended = order.refunded_fen >= order.amount_fen and entitlements.withdraw(tx, order.slug, order.source)
    if ended and not entitlements.owns(tx, order.buyer, order.slug, now):  # bought twice, it may be theirs still
        keep_return(tx, order, now)
    deliveries.owe(tx, "refunded", order.buyer, order.order_no, order.slug, now, now, about=refund.refund_no)
