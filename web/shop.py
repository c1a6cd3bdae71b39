"""What the pages of followers share, and what they ask of it."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import request

from catalog.live import LiveCatalog
from domain.item import Item
from domain.order import READER
from domain.payment_method import scene_of
from domain.price import Offer
from domain.quota import PAGE_PATIENCE_SECONDS
from errors import StoreBusy
from flows.check_out import Shopper
from flows.claim_purchase import bring_along
from flows.price_item import bring, offer_to
from flows.show_held import Visiting
from flows.till import Till
from storage.store import Store
from storage.vault import Vault
from web.places import Places
from web.reader import ReaderCookie
from web.visitor import Visitor, Visitors
from wechat.tickets import PageSigner

log = logging.getLogger(__name__)

LONGEST_COUPON = 20


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything a page needs. ``till`` is None where no merchant is set up: nothing is sold then; ``ios_goods`` is the
    setting ``IOS_VIRTUAL_GOODS``; ``vault`` holds personal facts, None before ``DATA_KEYS`` are set; ``signer`` lets
    pages ask for 订阅通知, None where they may not."""

    store: Store
    catalog: LiveCatalog
    till: Till | None
    visitors: Visitors
    cookie: ReaderCookie
    places: Places
    clock: Callable[[], float]
    public_url: str
    ios_goods: str
    vault: Vault | None
    visiting: Visiting | None = None
    signer: PageSigner | None = None

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock())

    def item(self, slug: str) -> Item | None:
        """The item of a page, None when there is none or its day has not come."""
        found = self.catalog.current.items.get(slug)
        return found if found and found.is_out(self.now) else None

    def visitor(self) -> Visitor:
        """Who asks now. What this browser bought before its reader was signed in is that reader's."""
        visitor = self.visitors.of(request)
        if visitor.openid and not visitor.new:
            try:
                bring_along(self.store, READER + visitor.browser, visitor.openid, self.now)
            except StoreBusy as busy:
                log.error("a guest's purchases were not brought along: %s", busy)
        return visitor

    def shopper(self, visitor: Visitor) -> Shopper:
        """Who asks now, and where."""
        scene = scene_of(request.user_agent.string or "", bool(visitor.openid))
        return Shopper(visitor.buyer, visitor.openid, scene, self.cookie.read(request), payer_address())

    def offer(self, item: Item, buyer: str) -> Offer:
        """What the buyer pays: for the page that shows it and for the order alike."""
        with self.store.read() as tx:
            return offer_to(tx, self.catalog.current.coupons, item, buyer, self.now)

    def bring(self, code: str, buyer: str) -> None:
        """The buyer came with a coupon's code, if it is one."""
        try:
            with self.store.write(PAGE_PATIENCE_SECONDS) as tx:
                bring(tx, self.catalog.current.coupons, code[:LONGEST_COUPON], buyer, self.now)
        except StoreBusy as busy:
            log.error("a coupon was not stored: %s", busy)


def payer_address() -> str:
    """The browser's address, as WeChat Pay wants it for h5. Behind a proxy of this machine it is the last one the
    proxy names."""
    direct = request.remote_addr or "127.0.0.1"
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        behind_proxy = ipaddress.ip_address(direct).is_loopback
        return str(ipaddress.ip_address(named)) if behind_proxy and named else direct
    except ValueError:
        return "127.0.0.1"
