"""How WeChat Pay answered lately: calls by minute, method and outcome, for the choice of method and for monitoring."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, func, select

from storage.dialect import insert_or_change
from storage.schema import pay_calls as table
from storage.store import Transaction

GOOD, DECLINED, UNCLEAR = OUTCOMES = ("good", "declined", "unclear")


def count(tx: Transaction, call: str, outcome: str, at: int) -> None:
    """One more call."""
    ones = {name: int(name == outcome) for name in OUTCOMES}
    tx.change(_count, minute=at - at % 60, call=call, **ones)


def since(tx: Transaction, at: int) -> dict[str, tuple[int, int, int]]:
    """Call -> (good, declined, unclear) since then."""
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in tx.rows(_since, at=at)}


def forget(tx: Transaction, before: int) -> int:
    """Drop what is older."""
    return tx.change(_forget, before=before)


def _count(backend: str) -> Executable:
    return insert_or_change(table, backend, dict.fromkeys(OUTCOMES, "old + new"))


def _since(backend: str) -> Executable:
    sums = (func.sum(table.c[name]) for name in OUTCOMES)
    return select(table.c.call, *sums).where(table.c.minute >= bindparam("at")).group_by(table.c.call)


def _forget(backend: str) -> Executable:
    return delete(table).where(table.c.minute < bindparam("before"))
