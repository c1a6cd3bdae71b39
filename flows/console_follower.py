"""One follower as operators see them. Who looked, and at whom, is written down before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.load import Catalog
from domain.answer import Lesson
from domain.ids import handle
from domain.interests import PERSONALISATION, Interest
from domain.order import READER, Order
from domain.window import Window
from flows.find_evidence import READ_BACK, evidence
from flows.know_reach import window_of
from flows.why_item import Why, why_item
from storage import behaviours, entitlements, exposures, follower_pages, followers, interests, opt_outs, orders
from storage import console_acts as acts
from storage.behaviours import Behaviour
from storage.entitlements import Right
from storage.exposures import Shown
from storage.follower_pages import Asked, Dealing
from storage.followers import Follower
from storage.store import Store, Transaction

TIMELINE, MOST_EVIDENCE = 50, 8
"""Behaviours that are told one by one, and those told of one tag."""
MOST_ORDERS, MOST_DEALINGS, MOST_ASKED = 50, 30, 20
MOST_SHOWN = 300
"""Exposures read: the last are told, and all say which item a click opened."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An interest, and the acts that speak for it (or against it), the newest first."""

    interest: Interest
    evidence: tuple[tuple[Behaviour, Lesson], ...]


@dataclass(frozen=True, slots=True)
class FollowerSheet:
    """``liked`` strongest first; ``opted_out`` topics without personalisation, whose switch is ``personal``;
    ``asked`` are questions that found nothing; ``shown`` is what was recommended, the newest answer first; ``done``
    are the last acts, the newest first, of ``count``."""

    follower: Follower
    liked: tuple[Tag, ...]
    refused: tuple[Tag, ...]
    personal: bool
    owned: tuple[Right, ...]
    orders: tuple[Order, ...]
    window: Window
    opted_out: tuple[str, ...]
    dealings: tuple[Dealing, ...]
    asked: tuple[Asked, ...]
    shown: tuple[Shown, ...]
    done: tuple[Behaviour, ...]
    count: int
    last_seen_at: int | None

    @property
    def clicked(self) -> Mapping[str, str]:
        """Exposure -> the item it showed."""
        return {one.id: one.slug for one in self.shown}

    @property
    def handle(self) -> str:
        """What stands for the follower where an openid may not."""
        return handle(self.follower.openid)


def is_known(store: Store, openid: str) -> bool:
    """Is there such a follower?"""
    with store.read() as tx:
        return followers.find(tx, openid) is not None


def follower_sheet(store: Store, openid: str, who: str, whole: bool, now: int) -> FollowerSheet | None:
    """The sheet of a follower, None for an unknown one. `who` looks, at facts and exact words too if `whole`."""
    with store.read() as tx:
        follower = followers.find(tx, openid)
        if follower is None:
            return None
        sheet = _sheet(tx, follower, now)
    with store.write() as tx:
        acts.note(tx, now, who, acts.FACTS_SEEN if whole else acts.FOLLOWER_SEEN, handle(openid))
    return sheet


def look_why(store: Store, catalog: Catalog, openid: str, slug: str, who: str, now: int) -> Why | None:
    """Why a follower is shown an item, or is not; None for an unknown follower. `who` looks."""
    found = why_item(store, catalog, openid, slug, now)
    if found is not None:
        with store.write() as tx:
            acts.note(tx, now, who, acts.FOLLOWER_SEEN, handle(openid))
    return found


def _sheet(tx: Transaction, follower: Follower, now: int) -> FollowerSheet:
    openid = follower.openid
    done = behaviours.of(tx, openid, READ_BACK)
    held, since = interests.of(tx, openid, now), interests.forgotten_since(tx, openid)
    topics = opt_outs.of(tx, openid)
    lasting = set(entitlements.owned(tx, openid, now))
    count, last = behaviours.count(tx, openid)
    return FollowerSheet(
        follower,
        _tags(done, [one for one in held if one.weight > 0], since),
        _tags(done, [one for one in held if one.weight < 0], since),
        PERSONALISATION not in topics,
        tuple(one for one in entitlements.rights(tx, openid) if one.slug in lasting),
        tuple(orders.of(tx, openid, MOST_ORDERS)),
        window_of(tx, openid, follower.subscribed, now),
        tuple(one for one in topics if one != PERSONALISATION),
        tuple(follower_pages.dealings(tx, openid, MOST_DEALINGS)),
        tuple(follower_pages.asked(tx, openid, MOST_ASKED)),
        tuple(exposures.lately(tx, openid, 0, MOST_SHOWN)),
        tuple(done[:TIMELINE]),
        count,
        last,
    )


def _tags(done: Sequence[Behaviour], held: Iterable[Interest], since: Mapping[str, int]) -> tuple[Tag, ...]:
    """Each with the acts that speak for what it is: for a liking those that like, for a refusal those that refuse."""
    return tuple(Tag(one, evidence(done, one, since)[:MOST_EVIDENCE]) for one in held)


def buyer_of(store: Store, order_no: str) -> str:
    """The follower who bought, "" for a browser or an unknown order."""
    with store.read() as tx:
        order = orders.find(tx, order_no)
    return order.buyer if order and not order.buyer.startswith(READER) else ""
