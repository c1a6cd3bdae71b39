"""The price of an item for one buyer: one function, for the price that is shown and for the price that is charged.

All amounts are whole fen; what a percentage takes off is rounded down to a whole fen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.item import Item, yuan

LEAST_FEN = 1
"""WeChat Pay takes no order of nothing: a coupon leaves at least this."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """One entry of ``content/coupons.yaml``.

    Exactly one of ``percent_off`` (1..99) and ``fen_off`` is above 0. It applies to items of at least ``least_fen``,
    with one of ``slugs`` or one of ``tags`` (both empty = every item), from ``begins`` until before ``ends`` (seconds
    since 1970, None = no bound), ``per_person`` times for one buyer.
    """

    code: str
    title: str
    percent_off: int = 0
    fen_off: int = 0
    least_fen: int = 0
    per_person: int = 1
    slugs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    begins: int | None = None
    ends: int | None = None

    def suits(self, item: Item) -> bool:
        """Is it meant for this item, its price aside?"""
        everything = not self.slugs and not self.tags
        return everything or item.slug in self.slugs or not set(self.tags).isdisjoint(item.tags)

    def after(self, price_fen: int) -> int:
        """What is left to pay of a price it applies to."""
        off = self.fen_off or price_fen * self.percent_off // 100
        return max(price_fen - off, LEAST_FEN)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one buyer pays for one item: ``price_fen`` without, ``amount_fen`` with the coupon of code ``coupon``
    ("" = none), which one buyer may use ``per_person`` times."""

    slug: str
    title: str
    price_fen: int
    amount_fen: int
    coupon: str = ""
    per_person: int = 1


def shown(offer: Offer) -> str:
    """The price for people: ``¥9.90``, or ``¥7.92（券后，原价 ¥9.90）``."""
    if offer.amount_fen == offer.price_fen:
        return yuan(offer.price_fen)
    return f"{yuan(offer.amount_fen)}（券后，原价 {yuan(offer.price_fen)}）"


def price(item: Item, held: Iterable[tuple[Coupon, int]], now: int) -> Offer:
    """The best offer to a buyer who holds these coupons: (coupon, how often they used it already)."""
    best = Offer(item.slug, item.title, item.price_fen, item.price_fen)
    for coupon, used in held:
        amount = item.price_fen if why_not(coupon, item, used, now) else coupon.after(item.price_fen)
        if amount < best.amount_fen:
            best = Offer(item.slug, item.title, item.price_fen, amount, coupon.code, coupon.per_person)
    return best


def why_not(coupon: Coupon, item: Item, used: int, now: int) -> str:
    """Why the coupon does not lower this item's price, "" when it does: the name of a sentence of the bot."""
    if useless := why_useless(coupon, used, now):
        return useless
    if not coupon.suits(item):
        return "coupon_other_items"
    # A fixed amount must leave something to pay: an item must not become free by a coupon meant for dearer ones.
    return "coupon_too_cheap" if item.price_fen < max(coupon.least_fen, coupon.fen_off + LEAST_FEN, 2) else ""


def why_useless(coupon: Coupon, used: int, now: int) -> str:
    """Why this buyer cannot use the coupon on anything now, "" when they can: the name of a sentence of the bot."""
    if coupon.begins is not None and now < coupon.begins:
        return "coupon_not_yet"
    if coupon.ends is not None and now >= coupon.ends:
        return "coupon_over"
    return "coupon_used_up" if used >= coupon.per_person else ""
