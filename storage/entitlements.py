"""Entitlements: the rights to read, one row for each item of each buyer, with their source and period.

A buyer is an openid, or the reader id of a browser nobody signed in with. A right that has run out is replaced by the
next grant.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, delete, or_, select, update

from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import entitlements as table
from storage.store import Build, Transaction


class Right(NamedTuple):
    """A right to read an item; ``until`` None = for ever."""

    slug: str
    source: str
    granted_at: int
    until: int | None


def grant(tx: Transaction, buyer: str, slug: str, source: str, at: int, until: int | None = None) -> bool:
    """Give the right to read, once: False when there is one that lasts still."""
    if tx.change(_grant, openid=buyer, slug=slug, source=source, granted_at=at, until=until) == 1:
        return True
    return tx.change(_grant_anew, who=buyer, which=slug, source=source, at=at, until=until) == 1


def withdraw(tx: Transaction, slug: str, source: str) -> bool:
    """Take back the right to read an item that came from this source, whoever holds it now."""
    return tx.change(_withdraw, which=slug, source=source) == 1


def move(tx: Transaction, buyer: str, to: str) -> int:
    """Give a buyer's rights to another, but for those the other has: return how many."""
    moved = 0
    for right in rights(tx, buyer):
        if grant(tx, to, right.slug, right.source, right.granted_at, right.until):
            tx.change(_drop, who=buyer, which=right.slug)
            moved += 1
    return moved


def rights(tx: Transaction, buyer: str) -> list[Right]:
    """Everything the buyer holds, run out or not, the newest first."""
    return [Right._make(row) for row in tx.rows(_rights, who=buyer)]


def owned(tx: Transaction, buyer: str, now: int) -> tuple[str, ...]:
    """Slugs a buyer may read whole at `now`, the newest right first."""
    return tuple(row[0] for row in tx.rows(_owned, who=buyer, now=now))


def owned_by(tx: Transaction, buyers: Collection[str], now: int) -> dict[str, list[str]]:
    """The slugs each of many may read whole at `now`; who owns nothing is missing."""
    found: dict[str, list[str]] = {}
    for buyer, slug in rows_among(tx, _owned_by, buyers, now=now):
        found.setdefault(buyer, []).append(slug)
    return found


def who_own(tx: Transaction, slug: str, now: int) -> set[str]:
    """Everybody who may read this item whole at `now`. Reads the whole table."""
    return {row[0] for row in tx.rows(_who_own, which=slug, now=now)}


def owns(tx: Transaction, buyer: str, slug: str, now: int) -> bool:
    """May the buyer read this item whole at `now`?"""
    return tx.row(_owns, who=buyer, which=slug, now=now) is not None


def source(tx: Transaction, buyer: str, slug: str, now: int) -> str:
    """Where the buyer's right to read this item at `now` comes from, "" when there is none."""
    row = tx.row(_owns, who=buyer, which=slug, now=now)
    return str(row[1]) if row else ""


def holder(tx: Transaction, slug: str, source: str) -> str:
    """Who holds the right to an item that came from this source, "" for nobody."""
    row = tx.row(_holder, which=slug, source=source)
    return str(row[0]) if row else ""


def _grant(backend: str) -> Executable:
    return insert_once(table, backend)


def _grant_anew(backend: str) -> Executable:
    return (
        update(table)
        .where(
            table.c.openid == bindparam("who"),
            table.c.slug == bindparam("which"),
            table.c.until.is_not(None),
            table.c.until <= bindparam("at"),
        )
        .values(source=bindparam("source"), granted_at=bindparam("at"), until=bindparam("until"))
    )


def _withdraw(backend: str) -> Executable:
    return delete(table).where(table.c.slug == bindparam("which"), table.c.source == bindparam("source"))


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"), table.c.slug == bindparam("which"))


def _rights(backend: str) -> Executable:
    return (
        select(table.c.slug, table.c.source, table.c.granted_at, table.c.until)
        .where(table.c.openid == bindparam("who"))
        .order_by(table.c.granted_at.desc(), table.c.slug)
    )


def _owned(backend: str) -> Executable:
    return (
        select(table.c.slug)
        .where(
            table.c.openid == bindparam("who"),
            or_(table.c.until.is_(None), table.c.until > bindparam("now")),
        )
        .order_by(table.c.granted_at.desc(), table.c.slug)
    )


def _who_own(backend: str) -> Executable:
    lasts = or_(table.c.until.is_(None), table.c.until > bindparam("now"))
    return select(table.c.openid).where(table.c.slug == bindparam("which"), lasts)


@cache
def _owned_by(size: int) -> Build:
    lasts = or_(table.c.until.is_(None), table.c.until > bindparam("now"))
    query = select(table.c.openid, table.c.slug).where(among(table.c.openid, size), lasts)
    return lambda backend: query


def _owns(backend: str) -> Executable:
    return select(table.c.slug, table.c.source).where(
        table.c.openid == bindparam("who"),
        table.c.slug == bindparam("which"),
        or_(table.c.until.is_(None), table.c.until > bindparam("now")),
    )


def _holder(backend: str) -> Executable:
    return select(table.c.openid).where(table.c.slug == bindparam("which"), table.c.source == bindparam("source"))
