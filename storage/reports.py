"""Platform reports: what WeChat tells the account about itself (a job is done, a right was revoked)."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete

from storage.dialect import insert_once
from storage.schema import platform_reports as table
from storage.store import Transaction


def add(tx: Transaction, key: str, at: int, event: str, body: str) -> bool:
    """Keep a report, once: False when its key is already there."""
    return tx.change(_add, id=key, at=at, event=event[:64], body=body) == 1


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def forget(tx: Transaction, before: int) -> int:
    """Drop the reports older than that; return how many."""
    return tx.change(_forget, before=before)


def _forget(backend: str) -> Executable:
    return delete(table).where(table.c.at < bindparam("before"))
