"""Unanswered: the questions for which no item was found, in the words in which they were asked."""

from __future__ import annotations

from sqlalchemy import Executable

from storage.dialect import insert_once
from storage.schema import unanswered as table
from storage.store import Transaction

LONGEST = 500
"""Characters kept of one question: what is asked stands at its beginning."""


def add(tx: Transaction, behaviour_id: str, openid: str, at: int, words: str) -> None:
    """Keep a question, once for each behaviour."""
    tx.change(_add, id=behaviour_id, openid=openid, at=at, words=words[:LONGEST])


def _add(backend: str) -> Executable:
    return insert_once(table, backend)
