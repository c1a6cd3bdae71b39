"""Moments: who began to follow, left an order unpaid, stopped reading, or will soon not read any more, and when.

Each question is about a span of time, its beginning excluded, and answers people who can be written to.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, case, exists, func, or_, select

from domain.delivery import REMINDER
from domain.order import CLOSED, PAID, READER, REFUNDING, WAITING
from storage.schema import deliveries, engagements, entitlements, followers, orders
from storage.store import Build, Transaction

READ_WITHIN_SECONDS = 180 * 86_400
"""Who bought it longer ago is not reminded of it."""


class Moment(NamedTuple):
    """Something happened to a person, about an item ("" = about none), or will."""

    openid: str
    slug: str
    at: int


def followed(tx: Transaction, begin: int, end: int) -> list[Moment]:
    """They began to follow (again)."""
    return _moments(tx, _followed, begin, end)


def abandoned(tx: Transaction, begin: int, end: int) -> list[Moment]:
    """They made an order that is not paid, nor is another of theirs for the item; and nothing reminded them of it."""
    return _moments(tx, _abandoned, begin, end)


def stopped_reading(tx: Transaction, begin: int, end: int, now: int) -> list[Moment]:
    """They bought it, or read on in what they bought, and have not read it to the end. They may read it now."""
    return _moments(tx, _stopped_reading, begin, end, since=begin - READ_WITHIN_SECONDS, now=now)


def ending(tx: Transaction, begin: int, end: int) -> list[Moment]:
    """They may not read it any more from then on."""
    return _moments(tx, _ending, begin, end)


def _moments(tx: Transaction, build: Build, begin: int, end: int, **values: int) -> list[Moment]:
    return [Moment(*row) for row in tx.rows(build, begin=begin, end=end, **values)]


_BEGIN, _END = bindparam("begin", type_=BigInteger), bindparam("end", type_=BigInteger)


def _within(at: ColumnElement[int]) -> ColumnElement[bool]:
    return (at > _BEGIN) & (at <= _END)


def _followed(backend: str) -> Executable:
    found = select(followers.c.openid, bindparam("nothing", ""), followers.c.subscribed_at)
    return found.where(_within(followers.c.subscribed_at), followers.c.subscribed == 1)


def _abandoned(backend: str) -> Executable:
    other = orders.alias()
    bought = exists().where(
        other.c.buyer == orders.c.buyer, other.c.slug == orders.c.slug,
        or_(other.c.state == PAID, other.c.state == REFUNDING),
    )  # fmt: skip
    told = exists().where(
        deliveries.c.buyer == orders.c.buyer, deliveries.c.slug == orders.c.slug, deliveries.c.kind == REMINDER
    )
    at = func.max(orders.c.created_at)
    return (
        select(orders.c.buyer, orders.c.slug, at)
        .where(
            _within(orders.c.created_at),
            or_(orders.c.state == WAITING, orders.c.state == CLOSED),
            orders.c.buyer.not_like(f"{READER}%"),
            ~bought,
            ~told,
        )
        .group_by(orders.c.buyer, orders.c.slug)
    )


def _stopped_reading(backend: str) -> Executable:
    read = engagements.c.read_at
    at = case((read > orders.c.paid_at, read), else_=orders.c.paid_at)
    mine = (entitlements.c.openid == orders.c.buyer) & (entitlements.c.slug == orders.c.slug)
    theirs = (engagements.c.openid == orders.c.buyer) & (engagements.c.slug == orders.c.slug)
    lasts = or_(entitlements.c.until.is_(None), entitlements.c.until > bindparam("now", type_=BigInteger))
    return (
        select(orders.c.buyer, orders.c.slug, func.max(at))
        .select_from(orders.join(entitlements, mine).outerjoin(engagements, theirs))
        .where(
            orders.c.created_at > bindparam("since", type_=BigInteger),
            orders.c.state == PAID,
            lasts,
            engagements.c.finished_at.is_(None),
            orders.c.buyer.not_like(f"{READER}%"),
        )
        .group_by(orders.c.buyer, orders.c.slug)
        .having(_within(func.max(at)))
    )


def _ending(backend: str) -> Executable:
    found = select(entitlements.c.openid, entitlements.c.slug, entitlements.c.until)
    return found.where(_within(entitlements.c.until), entitlements.c.openid.not_like(f"{READER}%"))
