"""The buyer taps the button: one order with what calls up its payment.

The order is a row before WeChat Pay hears of it. While what was made lives and nothing changed, a second tap gets the
same; when the price, the coupon, the method or the payer changed, the old order is closed, at WeChat Pay too, and a
new number is used. A buyer has one open order for an item: its place is taken by row count.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import Any

from domain.order import H5, JSAPI, NATIVE, NUMBER_CHANCE_BYTES, WAITING, Order, new_number
from domain.payment_method import Choice
from domain.price import Offer
from errors import PayDeclined, PayUnclear, ShutongError
from flows.ask_order import ASK_AFTER_SECONDS, ask_order, close
from flows.till import Till
from storage import coupons, entitlements, orders, pay_calls
from storage.store import Transaction
from wechat.pay import PREPAY_SECONDS

log = logging.getLogger(__name__)

LIVES_SECONDS = 1_800
"""How long an order may be paid (``time_expire``)."""
WORTH_SECONDS = 60
"""An order or a prepay that ends sooner is not handed out again."""
CALLING_SECONDS = 30
"""So long a call may take: an order younger than this without a prepay is being made by somebody."""


class Owned(ShutongError):
    """The buyer has the item already."""

    sentence = "owned"


class CouponSpent(ShutongError):
    """The coupon of the offer was used for something else meanwhile."""

    sentence = "coupon_used_up"


class BeingMade(ShutongError):
    """Another tap of the same buyer is making the order in this moment."""

    sentence = "busy"
    again = True


@dataclass(frozen=True, slots=True)
class Sale:
    """What is sold to whom: ``payer`` is the openid that will pay (jsapi), ``client_ip`` the browser's address (h5),
    ``phone`` ``iOS``, ``Android`` or ``Wap``."""

    offer: Offer
    kind: str
    buyer: str
    payer: str
    choice: Choice
    exposure_id: str = ""
    client_ip: str = ""
    phone: str = "Wap"


@dataclass(frozen=True, slots=True)
class Checkout:
    """An order, and what its page needs: the bridge's object for jsapi, ``h5_url`` or ``code_url``."""

    order: Order
    params: dict[str, Any]


def start_order(till: Till, sale: Sale, now: int) -> Checkout:
    """The order for a tap, new or the one that waits.

    Raises ``Owned``, ``BeingMade``, ``CouponSpent``, ``PayDeclined``, ``PayUnclear`` and ``StoreBusy``.
    """
    wanted = _order(sale, new_number(till.chance(NUMBER_CHANCE_BYTES)), now)
    with till.store.read() as tx:
        waiting = _waiting(tx, sale, now)
    if waiting is not None and _is_same(waiting, wanted):
        if _is_alive(waiting, now):
            return _checkout(till, waiting, now)
        if not waiting.prepay and now < waiting.created_at + CALLING_SECONDS and not waiting.superseded:
            raise BeingMade("the order is being made by another tap")
    if waiting is not None:
        _set_aside(till, waiting, sale, now)
    with till.store.write() as tx:
        _take_place(tx, wanted, waiting, sale.offer.per_person)
    return _checkout(till, _call(till, wanted, sale, now), now)


def _order(sale: Sale, number: str, now: int) -> Order:
    offer, choice = sale.offer, sale.choice
    return Order(
        number, sale.buyer, sale.payer if choice.method == JSAPI else "", offer.slug, sale.kind, offer.title[:127],
        offer.price_fen, offer.amount_fen, offer.coupon, choice.method, choice.reason[:255],
        json.dumps(dict(choice.rejected), ensure_ascii=False), sale.exposure_id, WAITING, now, now + LIVES_SECONDS,
        ask_at=now + ASK_AFTER_SECONDS[0],
    )  # fmt: skip


def _waiting(tx: Transaction, sale: Sale, now: int) -> Order | None:
    """The buyer's open order for the item. Raises ``Owned``."""
    slug = sale.offer.slug
    if entitlements.owns(tx, sale.buyer, slug, now):
        raise Owned("the buyer has the item already")
    number = orders.open_one(tx, sale.buyer, slug)
    return orders.find(tx, number) if number else None


def _is_same(one: Order, other: Order) -> bool:
    """Would WeChat Pay be told the same?"""
    return all(
        getattr(one, name) == getattr(other, name) for name in ("method", "amount_fen", "coupon", "payer", "title")
    )


def _is_alive(order: Order, now: int) -> bool:
    ends = min(order.prepay_until, order.expires_at)
    return order.state == WAITING and not order.superseded and bool(order.prepay) and now + WORTH_SECONDS <= ends


def _set_aside(till: Till, waiting: Order, sale: Sale, now: int) -> None:
    """Close the order that another takes the place of; if it turns out to be paid, nothing more is sold."""
    with till.store.write() as tx:
        orders.supersede(tx, waiting.order_no, now)
    try:
        ask_order(till, replace(waiting, superseded=True), now)
    except (PayUnclear, PayDeclined) as trouble:
        log.warning("order %s will be closed later: %s", waiting.order_no, trouble)
    with till.store.read() as tx:
        _waiting(tx, sale, now)


def _take_place(tx: Transaction, wanted: Order, waiting: Order | None, per_person: int) -> None:
    buyer, slug = wanted.buyer, wanted.slug
    taken = orders.open_one(tx, buyer, slug)
    if taken not in ("", waiting.order_no if waiting else ""):
        raise BeingMade("the order was made by another tap")
    if not orders.take_place(tx, buyer, slug, wanted.order_no, taken) or not orders.add(tx, wanted):
        raise BeingMade("the order is being made by another tap")
    if waiting is not None:
        coupons.give_back(tx, waiting.order_no)
    if wanted.coupon and not coupons.use(tx, wanted.coupon, buyer, per_person, wanted.order_no, wanted.created_at):
        raise CouponSpent(f"coupon {wanted.coupon} is used up")


def _call(till: Till, order: Order, sale: Sale, now: int) -> Order:
    """Tell WeChat Pay of the order. Whatever happens, how it answered is counted."""
    try:
        prepay = till.pay.prepay(order, sale.client_ip, sale.phone)
    except PayDeclined:
        with till.store.write() as tx:
            close(tx, order, now)
            pay_calls.count(tx, order.method, pay_calls.DECLINED, now)
        raise
    except PayUnclear:
        with till.store.write() as tx:  # WeChat Pay may know it: it is closed there before its place is free
            orders.supersede(tx, order.order_no, now)
            pay_calls.count(tx, order.method, pay_calls.UNCLEAR, now)
        raise
    until = min(order.expires_at, now + PREPAY_SECONDS[order.method])
    with till.store.write() as tx:
        pay_calls.count(tx, order.method, pay_calls.GOOD, now)
        if not orders.prepaid(tx, order.order_no, prepay, until):
            raise BeingMade("the order changed while it was made")
    return replace(order, prepay=prepay, prepay_until=until)


def _checkout(till: Till, order: Order, now: int) -> Checkout:
    if order.method == JSAPI:
        return Checkout(order, dict(till.pay.bridge(order.prepay, now)))
    return Checkout(order, {{NATIVE: "code_url", H5: "h5_url"}[order.method]: order.prepay})
