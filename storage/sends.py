"""Sends: one row for each message that was sent to a follower first. What the window still allows follows from them."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, select

from storage.dialect import insert_once
from storage.schema import sends as table
from storage.store import Transaction


def add(tx: Transaction, openid: str, send_id: str, at: int, channel: str, purpose: str = "service") -> bool:
    """Note a send, before the call: a message that may have gone out counts."""
    return tx.change(_add, openid=openid, id=send_id, at=at, channel=channel, purpose=purpose) == 1


def undo(tx: Transaction, openid: str, send_id: str) -> None:
    """WeChat refused it: it was not sent."""
    tx.change(_undo, who=openid, which=send_id)


def since(tx: Transaction, openid: str, channel: str, at: int) -> list[int]:
    """When something was sent to a follower through a channel, from `at` on."""
    return [row[0] for row in tx.rows(_since, who=openid, channel=channel, begin=at)]


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _undo(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"), table.c.id == bindparam("which"))


def _since(backend: str) -> Executable:
    mine = table.c.openid == bindparam("who")
    return select(table.c.at).where(mine, table.c.channel == bindparam("channel"), table.c.at >= bindparam("begin"))
