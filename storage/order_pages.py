"""Orders page by page, and looked for by the numbers people have in hand; what else hangs on one."""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, and_, bindparam, or_, select

from domain.delivery import UNSURE
from domain.order import Order
from storage.funnel import STEPS
from storage.schema import deliveries, funnel_steps, orders
from storage.store import Transaction

FAILED = "failed"
Place = tuple[int, str]
"""(time, number) of the last row of the page before."""


class Said(NamedTuple):
    """A delivery as operators see it."""

    kind: str
    order_no: str
    state: str
    channel: str
    owed_at: int
    sent_at: int | None
    trouble: str


class Taken(NamedTuple):
    """A step on the way to a payment."""

    step: str
    at: int
    scene: str


def page(tx: Transaction, state: str, most: int, after: Place) -> list[Order]:
    """Orders of a state ("" = all) that come after that place, the newest first."""
    build = _page_of_state if state else _page
    state_of = {"state": state} if state else {}
    return [_order(row) for row in tx.rows(build, at=after[0], no=after[1], most=most, **state_of)]


def look_for(tx: Transaction, number: str, most: int) -> list[Order]:
    """Orders whose number begins so, or that were paid under this number of WeChat Pay."""
    end = number + "\x7f"  # after every letter and digit
    return [_order(row) for row in tx.rows(_look_for, begin=number, end=end, most=most)]


def said(tx: Transaction, order_no: str) -> list[Said]:
    """What the buyer was told about an order, or should be, the oldest first."""
    return [Said._make(row) for row in tx.rows(_said, which=order_no)]


def unsaid(tx: Transaction, now: int, most: int) -> list[Said]:
    """What may not have reached its buyer and is still of use, the oldest first."""
    return [Said._make(row) for row in tx.rows(_unsaid, now=now, most=most)]


def steps(tx: Transaction, order_no: str) -> list[Taken]:
    """The steps of an order, as they follow each other."""
    found = [Taken._make(row) for row in tx.rows(_steps, which=order_no)]
    return sorted(found, key=lambda one: (one.at, STEPS.index(one.step)))


_NAMES = [field.name for field in fields(Order)]
_COLUMNS = [orders.c[name] for name in _NAMES]
_SAID = [deliveries.c[name] for name in Said._fields]


def _order(row: tuple[object, ...]) -> Order:
    known = dict(zip(_NAMES, row, strict=True))
    known["superseded"] = bool(known["superseded"])
    return Order(**known)  # type: ignore[arg-type]


def _after() -> ColumnElement[bool]:
    same = and_(orders.c.created_at == bindparam("at"), orders.c.order_no > bindparam("no"))
    return or_(orders.c.created_at < bindparam("at"), same)


def _page(backend: str) -> Executable:
    newest = select(*_COLUMNS).where(_after()).order_by(orders.c.created_at.desc(), orders.c.order_no)
    return newest.limit(bindparam("most"))


def _page_of_state(backend: str) -> Executable:
    found = select(*_COLUMNS).where(_after(), orders.c.state == bindparam("state"))
    return found.order_by(orders.c.created_at.desc(), orders.c.order_no).limit(bindparam("most"))


def _look_for(backend: str) -> Executable:
    begins = and_(orders.c.order_no >= bindparam("begin"), orders.c.order_no < bindparam("end"))
    found = select(*_COLUMNS).where(or_(begins, orders.c.transaction_id == bindparam("begin")))
    return found.order_by(orders.c.created_at.desc(), orders.c.order_no).limit(bindparam("most"))


def _said(backend: str) -> Executable:
    mine = select(*_SAID).where(deliveries.c.order_no == bindparam("which"))
    return mine.order_by(deliveries.c.owed_at, deliveries.c.id)


def _unsaid(backend: str) -> Executable:
    lost = or_(deliveries.c.state == UNSURE, deliveries.c.state == FAILED)
    of_use = or_(deliveries.c.until.is_(None), deliveries.c.until > bindparam("now"))
    return select(*_SAID).where(lost, of_use).order_by(deliveries.c.owed_at, deliveries.c.id).limit(bindparam("most"))


def _steps(backend: str) -> Executable:
    mine = select(funnel_steps.c.step, funnel_steps.c.at, funnel_steps.c.scene)
    return mine.where(funnel_steps.c.order_no == bindparam("which"))
