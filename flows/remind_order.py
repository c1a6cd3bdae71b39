"""An order that was begun and not paid: one reminder, once for a buyer and an item, while it can still be paid.

Whether it may be said is decided when it is due (``domain/delivery.py``): inside the open window only, by day, and
never to somebody who opted out.
"""

from __future__ import annotations

from domain.delivery import REMINDER
from domain.order import READER
from storage import deliveries, orders
from storage.store import Store

AFTER_SECONDS = 600
"""Somebody who pays at all mostly does so within minutes; the order lives for half an hour."""
LATEST_SECONDS = 24 * 3_600
"""Past this a reminder comes out of the blue."""
MOST = 200


def owe_reminders(store: Store, now: int) -> str:
    """Owe a reminder for each order that has waited long enough; say how many."""
    with store.read() as tx:
        waiting = orders.unpaid_between(tx, now - LATEST_SECONDS, now - AFTER_SECONDS, MOST)
    owed = 0
    for order in waiting:
        if order.buyer.startswith(READER):
            continue  # a browser nobody signed in with cannot be written to
        with store.write() as tx:
            if not deliveries.reminded_of(tx, REMINDER, order.buyer, order.slug):
                until = order.created_at + LATEST_SECONDS
                owed += deliveries.owe(tx, REMINDER, order.buyer, order.order_no, order.slug, now, now, until)
    return f"owed {owed} reminders" if owed else ""
