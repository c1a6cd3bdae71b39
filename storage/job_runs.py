"""Job runs: one row for each time a job was due, so that no slot runs twice and a missed one is seen."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, func, select, update

from storage.dialect import insert_once
from storage.schema import job_runs as table
from storage.store import Transaction


def claim(tx: Transaction, job: str, slot: int) -> bool:
    """Is this slot mine to run? True for the first who asks."""
    return tx.change(_claim, job=job, slot=slot, finished_at=None, outcome="running") == 1


def finish(tx: Transaction, job: str, slot: int, at: int, outcome: str) -> None:
    """Note how it ended."""
    tx.change(_finish, which=job, due=slot, at=at, how=outcome[:255])


def last_slot(tx: Transaction, job: str, now: int) -> int:
    """The newest slot up to `now` that was claimed, 0 if none. Later ones were claimed by a clock that was ahead."""
    row = tx.row(_last, which=job, now=now)
    return int(row[0] or 0) if row else 0


def _claim(backend: str) -> Executable:
    return insert_once(table, backend)


def _finish(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.job == bindparam("which"), table.c.slot == bindparam("due"))
        .values(finished_at=bindparam("at"), outcome=bindparam("how"))
    )


def _last(backend: str) -> Executable:
    return select(func.max(table.c.slot)).where(table.c.job == bindparam("which"), table.c.slot <= bindparam("now"))
