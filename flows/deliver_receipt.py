"""What a receipt, the news of a refund and a reminder say, and whether they are still of use.

The words are made when they are said, from the order as it stands then; nothing is kept of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.load import Catalog
from domain.delivery import REMINDER
from domain.item import yuan
from domain.notice import RECEIPT, REFUNDED
from domain.order import CLOSED, WAITING, Order
from domain.quota import PAGE_PATIENCE_SECONDS
from flows.offer_items import plain
from storage import deliveries, entitlements, orders, refunds
from storage.deliveries import Delivery
from storage.store import Store, Transaction

_TAG = re.compile(r"<a [^>]*>[^<]*</a>")
_SENTENCES = {RECEIPT: "receipt", REFUNDED: "refunded", REMINDER: "remind_order"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where we are: the site's address and the account's zone."""

    public_url: str
    zone: dt.tzinfo


@dataclass(frozen=True, slots=True)
class Letter:
    """``text`` for the chat, ``values`` for a template's fields, ``url`` to open. ``useless``: why it need not be said
    any more, "" while it is of use."""

    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    useless: str = ""

    @property
    def words(self) -> str:
        """The text without its link."""
        return _TAG.sub("", self.text)


def write_letter(tx: Transaction, catalog: Catalog, place: Place, owed: Delivery, now: int) -> Letter:
    """The words of a delivery."""
    order = orders.find(tx, owed.order_no)
    if order is None:
        return Letter(useless="the order is gone")
    useless = _useless(tx, catalog, owed, order, now)
    if useless:
        return Letter(useless=useless)
    fen, at = order.amount_fen, order.paid_at or owed.owed_at
    if owed.kind == REFUNDED:
        refund = refunds.find(tx, owed.about)
        fen, at = (refund.fen, refund.finished_at or owed.owed_at) if refund else (fen, owed.owed_at)
    moment = f"{dt.datetime.fromtimestamp(at, place.zone):%Y-%m-%d %H:%M}"
    url = f"{place.public_url}/a/{order.slug}"
    words = catalog.replies.sentences[_SENTENCES[owed.kind]].format(
        title=plain(order.title), amount=yuan(fen), order_no=order.order_no, link=_link(catalog, url, owed.kind)
    )
    values = {
        "title": order.title, "amount": f"{fen // 100}.{fen % 100:02d}元", "order_no": order.order_no,
        "paid_at": moment, "refunded_at": moment,
    }  # fmt: skip
    return Letter(words, values, url)


def unsaid_letters(store: Store, catalog: Catalog, place: Place, buyer: str, now: int) -> list[tuple[str, str]]:
    """What a buyer should read at a visit: (id of the delivery, its words)."""
    with store.read() as tx:
        owed = deliveries.unsaid(tx, buyer, now)
        letters = [(one.id, write_letter(tx, catalog, place, one, now)) for one in owed]
    return [(which, letter.text) for which, letter in letters if not letter.useless]


def show_news(store: Store, catalog: Catalog, place: Place, buyer: str, now: int) -> list[Letter]:
    """What a buyer should read at a visit of a page; it counts as said. May raise ``StoreBusy``."""
    with store.read() as tx:
        owed = deliveries.unsaid(tx, buyer, now)
        letters = [(one.id, write_letter(tx, catalog, place, one, now)) for one in owed]
    if not letters:
        return []
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        return [letter for which, letter in letters if not letter.useless and deliveries.show(tx, which, now)]


def _link(catalog: Catalog, url: str, kind: str) -> str:
    words = catalog.replies.sentences["go_on_paying" if kind == REMINDER else "read_now"]
    return f'<a href="{url}">{words}</a>'


def _useless(tx: Transaction, catalog: Catalog, owed: Delivery, order: Order, now: int) -> str:
    """Why it need not be said any more. A receipt is always of use, also for an item that left the shelf."""
    if owed.until is not None and now >= owed.until:
        return "too late"
    if owed.kind != REMINDER:
        return ""
    item = catalog.items.get(order.slug)
    if item is None or not item.is_out(now):
        return "the item is off the shelf"
    if order.state not in (WAITING, CLOSED) or entitlements.owns(tx, owed.buyer, order.slug, now):
        return "paid meanwhile"
    return ""
