"""Platform reports: what WeChat tells the account about itself (a job is done, a right was revoked)."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, select

from storage.dialect import insert_once
from storage.schema import platform_reports as table
from storage.store import Transaction


def add(tx: Transaction, key: str, at: int, event: str, body: str) -> bool:
    """Keep a report, once: False when its key is already there."""
    return tx.change(_add, id=key, at=at, event=event[:64], body=body) == 1


def since(tx: Transaction, event: str, at: int) -> list[str]:
    """The bodies (JSON) of the reports of one kind from `at` on, the oldest first."""
    return [row[0] for row in tx.rows(_since, event=event, begin=at)]


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _since(backend: str) -> Executable:
    found = select(table.c.body).where(table.c.event == bindparam("event"), table.c.at >= bindparam("begin"))
    return found.order_by(table.c.at, table.c.id)


def forget(tx: Transaction, before: int) -> int:
    """Drop the reports older than that; return how many."""
    return tx.change(_forget, before=before)


def _forget(backend: str) -> Executable:
    return delete(table).where(table.c.at < bindparam("before"))
