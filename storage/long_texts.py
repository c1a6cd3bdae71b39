"""Long texts: what is left to say when a reply did not fit, until the follower asks for more."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, select

from storage.dialect import insert_or_change
from storage.schema import long_texts as table
from storage.store import Transaction


def keep(tx: Transaction, openid: str, rest: str) -> None:
    """Keep (or with "" clear) what is left."""
    tx.change(_keep, openid=openid, rest=rest)


def rest(tx: Transaction, openid: str) -> str:
    """What is left to say, "" if nothing."""
    row = tx.row(_rest, who=openid)
    return row[0] if row else ""


def _keep(backend: str) -> Executable:
    return insert_or_change(table, backend, {"rest": "new"})


def _rest(backend: str) -> Executable:
    return select(table.c.rest).where(table.c.openid == bindparam("who"))
