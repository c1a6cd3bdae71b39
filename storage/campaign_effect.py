"""What is known of a campaign's people and of everybody's acts since it began, as its effect is measured from.

Opened = a tracked link was opened, the price of an item was seen, or an item was opened for the first time. What
somebody reads again without a link, of what is free or their own, is no row of its own and not counted: on neither
side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, and_, bindparam, func, select

from domain.campaign_measure import Did
from domain.lift import Paid
from storage import funnel, paging
from storage.schema import campaign_deliveries as deliveries
from storage.schema import engagements, exposures, followers, funnel_steps, orders
from storage.store import Store, Transaction

PAGE = 20_000
WEEK = 7 * 86_400
SHOWN_BEFORE_SECONDS = 2 * 86_400
"""A link that was shown before may be opened after; hardly any is after two days."""
ORDERED_BEFORE_SECONDS = 86_400
"""An order is paid within two hours or closed (``flows/start_order.py``)."""


class Row(NamedTuple):
    """One delivery. ``opened_at``: its own link's first opening; ``left_at``: when they stopped following, last."""

    run_id: str
    openid: str
    state: str
    why: str
    variant: str
    channel: str
    slug: str
    exposure_id: str
    planned_at: int
    due_at: int
    sent_at: int | None
    opened_at: int | None
    left_at: int | None


class Order(NamedTuple):
    """An order that was paid; ``fen`` is what was not given back."""

    order_no: str
    buyer: str
    slug: str
    exposure_id: str
    paid_at: int
    fen: int


def rows(store: Store, run_id: str) -> Iterator[list[Row]]:
    """The deliveries of a run, page by page."""
    for page in paging.pages(store, _rows, PAGE, {"run": run_id, "after": ""}, lambda row: _behind(row, run_id)):
        yield [Row._make(row) for row in page]


def _behind(row: tuple[str, ...], run_id: str) -> dict[str, str]:
    return {"run": run_id, "after": row[1]}


def opened(store: Store, begin: int, until: int) -> Iterator[Did]:
    """Everybody's openings within [begin, until), read a week at a time."""
    for first in range(begin, until, WEEK):
        span = {"begin": first, "until": min(first + WEEK, until)}
        with store.read() as tx:
            found = [*tx.rows(_links, **span, shown=first - SHOWN_BEFORE_SECONDS), *tx.rows(_prices, **span)]
            found += tx.rows(_first_openings, **span)
        for who, at in found:
            yield Did(who, at)


def paid_orders(tx: Transaction, begin: int, until: int) -> list[Order]:
    """Everybody's orders that were paid within [begin, until), the oldest first."""
    found = tx.rows(_orders, begin=begin, until=until, made=begin - ORDERED_BEFORE_SECONDS)
    return sorted((Order._make(row) for row in found), key=lambda one: (one.paid_at, one.order_no))


def paid_before(tx: Transaction, since: int, until: int) -> Paid:
    """The sums of all orders made within [since, until) that were paid."""
    total, squares = tx.row(_paid, since=since, until=until)
    return Paid(float(total or 0), float(squares or 0))


def _rows(backend: str) -> Executable:
    names = [name for name in Row._fields if name not in ("opened_at", "left_at")]
    columns = [deliveries.c[name] for name in names]
    theirs = deliveries.outerjoin(exposures, exposures.c.id == deliveries.c.exposure_id).outerjoin(
        followers, followers.c.openid == deliveries.c.openid
    )
    found = select(*columns, exposures.c.opened_at, followers.c.unsubscribed_at).select_from(theirs)
    mine = and_(deliveries.c.run_id == bindparam("run"), deliveries.c.openid > bindparam("after"))
    return found.where(mine).order_by(deliveries.c.openid).limit(bindparam("most"))


def _within(column: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(column >= bindparam("begin"), column < bindparam("until"))


def _links(backend: str) -> Executable:
    at = exposures.c.opened_at
    lately = and_(exposures.c.at >= bindparam("shown"), exposures.c.at < bindparam("until"))
    return select(exposures.c.openid, at).where(lately, _within(at + 0))


def _prices(backend: str) -> Executable:
    steps = funnel_steps.c
    return select(steps.buyer, steps.at).where(_within(steps.at), steps.step == funnel.SEEN)


def _first_openings(backend: str) -> Executable:
    changed = engagements.c.changed_at >= bindparam("begin")
    return select(engagements.c.openid, engagements.c.opened_at).where(changed, _within(engagements.c.opened_at))


def _orders(backend: str) -> Executable:
    made = and_(orders.c.created_at >= bindparam("made"), orders.c.created_at < bindparam("until"))
    left = orders.c.amount_fen - orders.c.refunded_fen
    columns = (orders.c.order_no, orders.c.buyer, orders.c.slug, orders.c.exposure_id, orders.c.paid_at, left)
    return select(*columns).where(made, _within(orders.c.paid_at))


def _paid(backend: str) -> Executable:
    fen = orders.c.amount_fen
    made = and_(orders.c.created_at >= bindparam("since"), orders.c.created_at < bindparam("until"))
    return select(func.sum(fen), func.sum(fen * fen)).where(made, orders.c.paid_at.is_not(None))
