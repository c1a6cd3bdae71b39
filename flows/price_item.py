"""What an item costs a buyer now: the one place where the price that is shown and the price that is charged come from.

The shelf's price and the buyer's coupons go in, an ``Offer`` comes out. Whoever shows or charges a price asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from domain.item import Item
from domain.price import Coupon, Offer, price
from storage import coupons, orders
from storage.store import Store, Transaction


def offer_to(tx: Transaction, known: Mapping[str, Coupon], item: Item, buyer: str, now: int) -> Offer:
    """The offer to a buyer ("" = somebody who holds nothing). `known`: the coupons there are, by code.

    A coupon that is in use by this buyer's waiting order for this very item counts as free: that order is the one
    that will be paid or replaced.
    """
    return _offer(tx, known, held_codes(tx, known, buyer), item, buyer, now)


def held_codes(tx: Transaction, known: Mapping[str, Coupon], buyer: str) -> list[str]:
    """The codes a buyer holds of the coupons there are, the newest first."""
    return [code for code in coupons.held(tx, buyer) if code in known] if known and buyer else []


def _offer(tx: Transaction, known: Mapping[str, Coupon], codes: list[str], item: Item, buyer: str, now: int) -> Offer:
    if not codes or not item.price_fen:
        return price(item, (), now)
    waiting = orders.open_one(tx, buyer, item.slug)
    return price(item, [(known[code], _used(tx, code, buyer, waiting)) for code in codes], now)


def bring(tx: Transaction, known: Mapping[str, Coupon], code: str, buyer: str, now: int) -> str:
    """A buyer comes with a code, typed or in a link, in any case: keep it and return it, "" when there is none such."""
    wanted = code.strip().upper()
    if wanted not in known or not buyer:
        return ""
    coupons.hold(tx, buyer, wanted, now)
    return wanted


def _used(tx: Transaction, code: str, buyer: str, waiting: str) -> int:
    return sum(order_no != waiting for order_no in coupons.used_in(tx, code, buyer))


@dataclass(frozen=True)
class Prices:
    """Offers to one buyer at one moment: what they hold is read once, when a price is first asked for. ``typed`` is a
    code of this moment, which they hold from now on."""

    store: Store
    known: Mapping[str, Coupon]
    buyer: str
    now: int
    typed: str = ""

    def __call__(self, item: Item) -> Offer:
        """The offer of one item."""
        if not self._codes:
            return price(item, (), self.now)
        with self.store.read() as tx:
            return _offer(tx, self.known, self._codes, item, self.buyer, self.now)

    def with_code(self, code: str) -> Prices:
        """The same with a code that was typed just now."""
        return replace(self, typed=code)

    @cached_property
    def _codes(self) -> list[str]:
        if not self.known:
            return []
        with self.store.read() as tx:
            held = held_codes(tx, self.known, self.buyer)
        return held if not self.typed or self.typed in held else [self.typed, *held]
