"""A reader's own page: what is owned, what is known and why, and what else there is to like."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.load import Catalog
from domain.interests import PERSONALISATION
from domain.item import Item
from domain.order import PAID
from domain.refund import may_return
from flows.find_evidence import READ_BACK, reasons
from storage import behaviours, entitlements, interests, opt_outs, orders
from storage.store import Store, Transaction

MOST_REASONS = 3
MOST_CHOICES = 24
"""Subjects offered, the most common first: what two thumbs look through."""


@dataclass(frozen=True, slots=True)
class Liking:
    """A tag that is liked, how much (0 to 1), and what was done that speaks for it."""

    tag: str
    weight: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """What may be read; ``returnable`` is the order it can be given back with, "" when it cannot (any more)."""

    item: Item
    returnable: str


@dataclass(frozen=True, slots=True)
class Me:
    """What the page tells. ``choices`` are subjects that are neither liked nor refused; ``kept`` is how many acts are
    kept; ``stopped`` are the topics they opted out of, "" for every push."""

    owned: tuple[Owned, ...]
    likings: tuple[Liking, ...]
    refused: tuple[str, ...]
    choices: tuple[str, ...]
    personal: bool
    kept: int
    stopped: tuple[str, ...]


def show_me(store: Store, catalog: Catalog, buyer: str, now: int) -> Me:
    """Everything a reader should see about themselves. `buyer` is an openid, or a browser that owns something."""
    with store.read() as tx:
        done = behaviours.of(tx, buyer, READ_BACK)
        held = interests.of(tx, buyer, now)
        since = interests.forgotten_since(tx, buyer)
        owned = _owned(tx, catalog, buyer, now)
        topics = opt_outs.of(tx, buyer)
        kept, _ = behaviours.count(tx, buyer)
    return Me(
        owned,
        tuple(Liking(one.tag, one.weight, reasons(done, one, since, MOST_REASONS)) for one in held if one.weight > 0),
        tuple(one.tag for one in held if one.weight < 0),
        tuple(one for one in catalog.subjects if one not in {known.tag for known in held})[:MOST_CHOICES],
        PERSONALISATION not in topics,
        kept,
        tuple(topic for topic in topics if topic != PERSONALISATION),
    )


def _owned(tx: Transaction, catalog: Catalog, buyer: str, now: int) -> tuple[Owned, ...]:
    lasting = set(entitlements.owned(tx, buyer, now))
    found = []
    for right in entitlements.rights(tx, buyer):
        if right.slug in lasting and right.slug in catalog.items:
            order = orders.of_source(tx, right.source)
            returnable = order and order.state == PAID and may_return(order.kind, order.paid_at, now)
            found.append(Owned(catalog.items[right.slug], order.order_no if order and returnable else ""))
    return tuple(found)
