"""What an item costs a buyer now: the one place where the price that is shown and the price that is charged come from.

The shelf's price and the buyer's coupons go in, an ``Offer`` comes out. Whoever shows or charges a price asks here.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.item import Item
from domain.price import Coupon, Offer, price
from storage import coupons, orders
from storage.store import Transaction


def offer_to(tx: Transaction, known: Mapping[str, Coupon], item: Item, buyer: str, now: int) -> Offer:
    """The offer to a buyer ("" = somebody who holds nothing). `known`: the coupons there are, by code.

    A coupon that is in use by this buyer's waiting order for this very item counts as free: that order is the one
    that will be paid or replaced.
    """
    if not known or not buyer or not item.price_fen:
        return price(item, (), now)
    codes = [code for code in coupons.held(tx, buyer) if code in known]
    waiting = orders.open_one(tx, buyer, item.slug) if codes else ""
    held = [(known[code], _used(tx, code, buyer, waiting)) for code in codes]
    return price(item, held, now)


def bring(tx: Transaction, known: Mapping[str, Coupon], code: str, buyer: str, now: int) -> str:
    """A buyer comes with a code, typed or in a link, in any case: keep it and return it, "" when there is none such."""
    wanted = code.strip().upper()
    if wanted not in known or not buyer:
        return ""
    coupons.hold(tx, buyer, wanted, now)
    return wanted


def _used(tx: Transaction, code: str, buyer: str, waiting: str) -> int:
    return sum(order_no != waiting for order_no in coupons.used_in(tx, code, buyer))
