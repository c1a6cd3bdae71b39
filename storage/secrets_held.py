"""Secrets WeChat lent us for a time (access tokens), shared by all processes. Values come encrypted."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, select

from storage.dialect import insert_or_change
from storage.schema import secrets_held as table
from storage.store import Transaction


def keep(tx: Transaction, name: str, value: str, expires_at: int) -> None:
    """Keep the newest value."""
    tx.change(_keep, name=name, value=value, expires_at=expires_at)


def find(tx: Transaction, name: str) -> tuple[str, int]:
    """(encrypted value, expiry), ("", 0) if there is none."""
    row = tx.row(_find, wanted=name)
    return (row[0], int(row[1])) if row else ("", 0)


def _keep(backend: str) -> Executable:
    return insert_or_change(table, backend, {"value": "new", "expires_at": "new"})


def _find(backend: str) -> Executable:
    return select(table.c.value, table.c.expires_at).where(table.c.name == bindparam("wanted"))
