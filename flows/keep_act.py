"""Something was done with an item: kept once as a behaviour, added to what that buyer did with the item in all, and
it teaches what a follower likes. All in the caller's transaction.

`who` is an openid, or the id of a browser where nobody is signed in: of that one it is kept, and teaches nobody's
interests. Of who wants no personalisation nothing is learned either: the facts are kept, their strength is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from domain import message as kinds
from domain.answer import Lesson
from domain.interests import PERSONALISATION, STRENGTHS, lesson
from domain.item import Item
from domain.message import Message
from domain.order import READER, Order
from storage import behaviours, engagements, followers, interests, opt_outs
from storage.store import Transaction


def key_of(*of: object) -> str:
    """The key of an act that happens once: these things always give the same one."""
    told = "\n".join(one.slug if isinstance(one, Item) else str(one) for one in of)
    return "r" + hashlib.sha256(told.encode()).hexdigest()[:48]


def keep(tx: Transaction, act: Message, slug: str, item: Item | None, cause: str) -> bool:
    """Keep an act with the item `slug`; False, and nothing happened, when it is known. `cause` is the key of
    ``STRENGTHS`` it counts as, "" for nothing; `item` is None when it is off the shelf: then no subject is taught."""
    if not keep_lesson(tx, act, item, cause):
        return False
    engagements.add(tx, act.openid, slug, act.at, strength(tx, act.openid, cause))
    return True


def keep_lesson(tx: Transaction, act: Message, item: Item | None, cause: str) -> bool:
    """Keep an act that is already part of what was done with the item: the behaviour and its lesson alone."""
    known = not act.openid.startswith(READER)
    taught: list[Lesson] = []
    if known and item and strength(tx, act.openid, cause):
        taught = [lesson(item.subject, cause, item.title)]
    if not behaviours.add(tx, act, taught):
        return False
    if known:
        followers.seen(tx, act.openid, act.at)
        interests.learn(tx, act.openid, taught, act.at)
    return True


def strength(tx: Transaction, who: str, cause: str) -> float:
    """What an act of this cause adds to what they did with its item."""
    if not cause or (not who.startswith(READER) and opt_outs.has(tx, who, PERSONALISATION)):
        return 0.0
    return STRENGTHS[cause]


def keep_purchase(tx: Transaction, order: Order, items: Mapping[str, Item], at: int) -> None:
    """An order was paid, and gave the right to read."""
    key = key_of(order.buyer, order.slug, "paid", order.order_no)
    act = Message(key, order.buyer, "", at, kinds.PURCHASE, "paid", "", order.slug)
    if keep(tx, act, order.slug, items.get(order.slug), "buy"):
        engagements.bought(tx, order.buyer, order.slug, at, order.amount_fen)


def keep_return(tx: Transaction, order: Order, now: int) -> None:
    """The whole price of an item went back to whom it belonged: it was not worth it to them."""
    if engagements.returned(tx, order.buyer, order.slug, now):
        key = key_of(order.buyer, order.slug, "returned", order.order_no)
        keep(tx, Message(key, order.buyer, "", now, kinds.RETURN, "refunded", "", order.slug), order.slug, None, "")
