"""How many sends all processes together begin in one second, and whose turn it is to claim what is sent next."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, select

from storage.dialect import insert_or_change
from storage.schema import send_seconds as table
from storage.store import Transaction

TURN = 0
"""The row, of no second, that whoever claims pushes changes first: its lock makes them take turns on every database, so
that two campaigns cannot both find the same person free."""
KEPT_SECONDS = 600


def wait_turn(tx: Transaction) -> None:
    """Let nobody else claim before this transaction is over."""
    tx.change(_add, second=TURN, count=1)


def room(tx: Transaction, second: int, rate: int) -> int:
    """How many sends may still begin in this second, of `rate`."""
    row = tx.row(_begun, wanted=second)
    return max(0, rate - int(row[0])) if row else rate


def begin(tx: Transaction, second: int, count: int) -> None:
    """So many more begin in this second."""
    tx.change(_add, second=second, count=count)


def forget(tx: Transaction, before: int) -> int:
    """Drop seconds long past; how many there were."""
    return tx.change(_forget, before=before)


def _add(backend: str) -> Executable:
    return insert_or_change(table, backend, {"count": "old + new"})


def _begun(backend: str) -> Executable:
    return select(table.c.count).where(table.c.second == bindparam("wanted"))


def _forget(backend: str) -> Executable:
    return delete(table).where(table.c.second != TURN, table.c.second < bindparam("before"))
