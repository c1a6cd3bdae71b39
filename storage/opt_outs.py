"""Opt-outs: what a follower asked not to be sent, by topic; the topic "" is every push. The topic of
``PERSONALISATION`` is not about pushes: who opts out of it is shown what does not depend on them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from sqlalchemy import Executable, bindparam, delete, select

from domain.interests import PERSONALISATION
from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import opt_outs as table
from storage.store import Build, Transaction


def stop(tx: Transaction, openid: str, topic: str, at: int) -> None:
    """No more of this."""
    tx.change(_stop, openid=openid, topic=topic, at=at)


def resume(tx: Transaction, openid: str, topic: str) -> None:
    """This again; with the topic "" every push again. Personalisation is no push: it comes back by its own name."""
    tx.change(_resume if topic else _resume_all, who=openid, topic=topic or PERSONALISATION)


def resume_only(tx: Transaction, openid: str, topic: str) -> None:
    """This again, and nothing else: with the topic "" those topics stay stopped that were named one by one."""
    tx.change(_resume, who=openid, topic=topic)


def has(tx: Transaction, openid: str, topic: str) -> bool:
    """Did the follower opt out of just this?"""
    return tx.row(_has, who=openid, topic=topic) is not None


def of(tx: Transaction, openid: str) -> list[str]:
    """The topics a follower opted out of."""
    return [row[0] for row in tx.rows(_of, who=openid)]


def of_many(tx: Transaction, openids: Collection[str]) -> dict[str, list[str]]:
    """The same of many; who opted out of nothing is missing."""
    found: dict[str, list[str]] = {}
    for openid, topic in rows_among(tx, _of_many, openids):
        found.setdefault(openid, []).append(topic)
    return found


def who_stopped(tx: Transaction, topic: str) -> set[str]:
    """Everybody who opted out of just this."""
    return {row[0] for row in tx.rows(_who_stopped, topic=topic)}


def _stop(backend: str) -> Executable:
    return insert_once(table, backend)


def _resume(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"), table.c.topic == bindparam("topic"))


def _resume_all(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"), table.c.topic != bindparam("topic"))


def _has(backend: str) -> Executable:
    return select(table.c.topic).where(table.c.openid == bindparam("who"), table.c.topic == bindparam("topic"))


def _of(backend: str) -> Executable:
    return select(table.c.topic).where(table.c.openid == bindparam("who")).order_by(table.c.topic)


def _who_stopped(backend: str) -> Executable:
    return select(table.c.openid).where(table.c.topic == bindparam("topic"))


@cache
def _of_many(size: int) -> Build:
    query = select(table.c.openid, table.c.topic).where(among(table.c.openid, size))
    return lambda backend: query
