"""Replies: the words of each answer, kept for a day, so that a retried push hears the same."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, insert, select

from storage.schema import replies as table
from storage.store import Transaction


def remember(tx: Transaction, key: str, at: int, words: str) -> None:
    """Keep what was answered to a push."""
    tx.change(_remember, id=key, at=at, words=words)


def find(tx: Transaction, key: str) -> str:
    """What was answered, "" if nothing was, or too long ago."""
    row = tx.row(_find, key=key)
    return row[0] if row else ""


def forget(tx: Transaction, before: int) -> int:
    """Drop what was answered before then; return how many."""
    return tx.change(_forget, before=before)


def _remember(backend: str) -> Executable:
    return insert(table)


def _find(backend: str) -> Executable:
    return select(table.c.words).where(table.c.id == bindparam("key"))


def _forget(backend: str) -> Executable:
    return delete(table).where(table.c.at < bindparam("before"))
