"""Watermarks: numbers that jobs of the clock keep for their next run, by name."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, select

from storage.dialect import insert_once, insert_or_change
from storage.schema import watermarks as table
from storage.store import Transaction


def at(tx: Transaction, name: str) -> int:
    """Where it stands; 0 where it was never set."""
    row = tx.row(_at, which=name)
    return int(row[0]) if row else 0


def begin(tx: Transaction, name: str, at: int) -> bool:
    """Set it for the first time; False, and nothing changed, when it was set before."""
    return tx.change(_begin, name=name, at=at) == 1


def named(tx: Transaction, prefix: str) -> dict[str, int]:
    """All whose names begin so: name -> where it stands."""
    return {name: int(at) for name, at in tx.rows(_named, begin=prefix, end=prefix + "\U0010ffff")}


def drop(tx: Transaction, name: str) -> None:
    """As if it had never been set."""
    tx.change(_drop, which=name)


def put(tx: Transaction, name: str, at: int) -> None:
    """Set it."""
    tx.change(_put, name=name, at=at)


def step(tx: Transaction, name: str) -> None:
    """One further: it tells readers that something changed."""
    tx.change(_step, name=name, at=1)


def _at(backend: str) -> Executable:
    return select(table.c.at).where(table.c.name == bindparam("which"))


def _begin(backend: str) -> Executable:
    return insert_once(table, backend)


def _named(backend: str) -> Executable:
    return select(table.c.name, table.c.at).where(table.c.name >= bindparam("begin"), table.c.name < bindparam("end"))


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.name == bindparam("which"))


def _put(backend: str) -> Executable:
    return insert_or_change(table, backend, {"at": "new"})


def _step(backend: str) -> Executable:
    return insert_or_change(table, backend, {"at": "old + new"})
