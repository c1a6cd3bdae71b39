"""Leases: who may do a thing that only one process may do at a time. Held by renewing, lost by silence."""

from __future__ import annotations

from sqlalchemy import Executable, and_, bindparam, delete, or_, select, update

from storage.dialect import insert_once
from storage.schema import leases as table
from storage.store import Transaction


def take(tx: Transaction, name: str, owner: str, now: int, until: int) -> bool:
    """Take or renew the lease; True while `owner` holds it."""
    if tx.change(_first, name=name, owner=owner, until=until) == 1:
        return True
    return tx.change(_take, wanted=name, who=owner, now=now, then=until) == 1


def is_held(tx: Transaction, name: str, now: int) -> bool:
    """Does anybody hold it now?"""
    return tx.row(_held, wanted=name, now=now) is not None


def give_back(tx: Transaction, name: str, owner: str) -> None:
    """Let the next one have it at once."""
    tx.change(_give_back, wanted=name, who=owner)


def drop(tx: Transaction, name: str) -> None:
    """Nobody will hold it again."""
    tx.change(_drop, wanted=name)


def forget(tx: Transaction, prefix: str, before: int) -> int:
    """Drop those whose names begin so and that ran out before; how many there were."""
    return tx.change(_forget, first=prefix, last=prefix + "~", before=before)


def _first(backend: str) -> Executable:
    return insert_once(table, backend)


def _take(backend: str) -> Executable:
    return (
        update(table)
        .where(
            table.c.name == bindparam("wanted"),
            or_(
                table.c.owner == bindparam("who"),
                table.c.until <= bindparam("now"),
                table.c.until > bindparam("then"),  # taken by a clock that was ahead
            ),
        )
        .values(owner=bindparam("who"), until=bindparam("then"))
    )


def _held(backend: str) -> Executable:
    return select(table.c.owner).where(table.c.name == bindparam("wanted"), table.c.until > bindparam("now"))


def _give_back(backend: str) -> Executable:
    return update(table).where(table.c.name == bindparam("wanted"), table.c.owner == bindparam("who")).values(until=0)


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.name == bindparam("wanted"))


def _forget(backend: str) -> Executable:
    named = and_(table.c.name >= bindparam("first"), table.c.name < bindparam("last"))
    return delete(table).where(named, table.c.until < bindparam("before"))
