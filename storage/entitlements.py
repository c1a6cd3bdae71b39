"""Entitlements: the rights to read, one row each."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, or_, select

from storage.dialect import insert_once
from storage.schema import entitlements as table
from storage.store import Transaction


def grant(tx: Transaction, openid: str, slug: str, source: str, at: int, until: int | None = None) -> bool:
    """Give the right to read, once: False when it is already there."""
    return tx.change(_grant, openid=openid, slug=slug, source=source, granted_at=at, until=until) == 1


def owned(tx: Transaction, openid: str, now: int) -> tuple[str, ...]:
    """Slugs a follower may read whole at `now`, the newest right first."""
    return tuple(row[0] for row in tx.rows(_owned, who=openid, now=now))


def _grant(backend: str) -> Executable:
    return insert_once(table, backend)


def _owned(backend: str) -> Executable:
    return (
        select(table.c.slug)
        .where(
            table.c.openid == bindparam("who"),
            or_(table.c.until.is_(None), table.c.until > bindparam("now")),
        )
        .order_by(table.c.granted_at.desc(), table.c.slug)
    )
