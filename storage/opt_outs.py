"""Opt-outs: what a follower asked not to be sent, by topic; the topic "" is everything."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, select

from storage.dialect import insert_once
from storage.schema import opt_outs as table
from storage.store import Transaction


def stop(tx: Transaction, openid: str, topic: str, at: int) -> None:
    """No more of this."""
    tx.change(_stop, openid=openid, topic=topic, at=at)


def resume(tx: Transaction, openid: str) -> None:
    """Everything again."""
    tx.change(_resume, who=openid)


def of(tx: Transaction, openid: str) -> list[str]:
    """The topics a follower opted out of."""
    return [row[0] for row in tx.rows(_of, who=openid)]


def _stop(backend: str) -> Executable:
    return insert_once(table, backend)


def _resume(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"))


def _of(backend: str) -> Executable:
    return select(table.c.topic).where(table.c.openid == bindparam("who")).order_by(table.c.topic)
