"""Unanswered: the questions for which no item was found, in the words in which they were asked."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, select

from storage.dialect import insert_once
from storage.schema import unanswered as table
from storage.store import Transaction

LONGEST = 500
"""Characters kept of one question: what is asked stands at its beginning."""


def add(tx: Transaction, behaviour_id: str, openid: str, at: int, words: str) -> None:
    """Keep a question, once for each behaviour."""
    tx.change(_add, id=behaviour_id, openid=openid, at=at, words=words[:LONGEST])


def latest(tx: Transaction, since: int, most: int) -> list[tuple[str, int, str]]:
    """(openid, at, words) of the questions since then, the newest `most`."""
    return [(openid, int(at), words) for openid, at, words in tx.rows(_latest, since=since, most=most)]


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _latest(backend: str) -> Executable:
    lately = select(table.c.openid, table.c.at, table.c.words).where(table.c.at >= bindparam("since"))
    return lately.order_by(table.c.at.desc(), table.c.id.desc()).limit(bindparam("most"))
