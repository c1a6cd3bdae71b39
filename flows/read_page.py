"""Someone opens an item's page: what they may see of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog.load import Catalog
from domain import message as kinds
from domain.item import Item
from domain.message import Message
from domain.quota import PAGE_PATIENCE_SECONDS
from storage import behaviours, engagements, entitlements, exposures, followers, interests
from storage.store import Store

RELATED = 3


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. ``paid`` is the paid part, None for someone who may not read it; ``sent_to`` the follower
    whose page this is, "" for nobody we know; ``source`` where the reader's own
    right to it comes from, "" where there is none."""

    item: Item
    paid: str | None
    reason: str
    sent_to: str
    source: str
    related: tuple[Item, ...]


def read_page(
    store: Store, catalog: Catalog, slug: str, openid: str, buyer: str, exposure_id: str, now: int
) -> Page | None:
    """The page of an item, or None when there is no such item. `openid` is who is signed in, "" for nobody; `buyer`
    who would own it: the openid, or the browser."""
    item = catalog.items.get(slug)
    if item is None or not item.is_out(now):
        return None
    with store.read() as tx:
        shown = exposures.find(tx, exposure_id) if exposure_id else None
        if shown and openid and shown.openid != openid:
            shown = None  # a link that was sent to somebody else
        source = entitlements.source(tx, buyer, slug, now)
        sent_to = openid or (shown.openid if shown else "")
        refused = {one.tag for one in interests.of(tx, sent_to, now) if one.weight < 0} if sent_to else set()
    free = item.price_fen == 0
    return Page(
        item,
        item.paid if source or free else None,
        shown.reason if shown and shown.slug == slug else "",
        sent_to,
        source,
        _related(catalog, item, refused, now),
    )


def _related(catalog: Catalog, item: Item, refused: Collection[str], now: int) -> tuple[Item, ...]:
    """Items most like this one, without a tag that is refused. Tags at home in other subjects (入门) say nothing of
    likeness."""
    own = [tag for tag in item.tags if tag == item.subject or catalog.parents.get(tag) == item.subject]
    return tuple(catalog.shelf.alike(own, now, RELATED, never={item.slug}, refused=refused))


def note_view(store: Store, slug: str, openid: str, exposure_id: str, now: int, key: str) -> None:
    """Keep, under the new id `key`, that the page was viewed. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        view = Message(key, openid, "", now, kinds.PAGE_VIEW, exposure_id or "page", detail=slug)
        behaviours.add(tx, view, ())
        if openid:
            followers.seen(tx, openid, now)
            engagements.add(tx, openid, slug, now, 0.0)
            engagements.opened(tx, openid, slug, now)
