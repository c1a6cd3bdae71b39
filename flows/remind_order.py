"""An order that was begun and not paid: one reminder, once for a buyer and an item, while it can still be paid.

Whether it may be said is decided when it is due (``domain/delivery.py``): inside the open window only, by day, and
never to somebody who opted out. Where a series of the operator's reminds of unpaid orders, this does not.
"""

from __future__ import annotations

from catalog.load import Catalog
from domain.campaign import ORDER_ABANDONED
from domain.delivery import REMINDER
from domain.order import READER
from storage import campaign_deliveries, deliveries, orders
from storage.store import Store

AFTER_SECONDS = 600
"""Somebody who pays at all mostly does so within minutes; the order lives for half an hour."""
LATEST_SECONDS = 24 * 3_600
"""Past this a reminder comes out of the blue."""
MOST = 200


def owe_reminders(store: Store, now: int, catalog: Catalog | None = None) -> str:
    """Owe a reminder for each order that has waited long enough; say how many. With the `catalog` of which a series
    does it: none."""
    if catalog is not None and _series_remind(catalog):
        return ""
    with store.read() as tx:
        waiting = orders.unpaid_between(tx, now - LATEST_SECONDS, now - AFTER_SECONDS, MOST)
    owed = 0
    for order in waiting:
        if order.buyer.startswith(READER):
            continue  # a browser nobody signed in with cannot be written to
        with store.write() as tx:
            told = campaign_deliveries.has_told(tx, order.buyer, order.slug, order.created_at)
            if not told and not deliveries.reminded_of(tx, REMINDER, order.buyer, order.slug):
                until = order.created_at + LATEST_SECONDS
                owed += deliveries.owe(tx, REMINDER, order.buyer, order.order_no, order.slug, now, now, until)
    return f"owed {owed} reminders" if owed else ""


def _series_remind(catalog: Catalog) -> bool:
    steps = (one for one in catalog.campaigns.values() if one.trigger and not one.draft)
    return any(step.trigger is not None and step.trigger.event == ORDER_ABANDONED for step in steps)
