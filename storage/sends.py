"""Sends: one row for each message that was sent to a follower first. What the window still allows, how often they were
written to lately and what is left of the month's mass messages follow from them.

A row of the channel ``SHUT`` is no message: WeChat said then that the window is closed, or used up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum
from functools import cache
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, case, delete, func, or_, select, update

from domain.campaign import MARKETING, MASS
from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import sends as table
from storage.store import Build, Transaction

SHUT = "shut"


class Counted(Enum):
    """What is counted: marketing messages through any channel, or mass messages."""

    MARKETING = "marketing"
    MASS = "mass"


class Sent(NamedTuple):
    """A message that went out, or may have."""

    at: int
    channel: str
    purpose: str


def add(tx: Transaction, openid: str, send_id: str, at: int, channel: str, purpose: str = "service") -> bool:
    """Note a send, before the call: a message that may have gone out counts."""
    return tx.change(_add, openid=openid, id=send_id, at=at, channel=channel, purpose=purpose) == 1


def add_many(tx: Transaction, people: Iterable[tuple[str, str]], send_id: str, at: int, purpose: str) -> None:
    """Note one send to each of the people, (openid, channel); who has one of this id keeps it."""
    rows = [
        {"openid": openid, "id": send_id, "at": at, "channel": channel, "purpose": purpose}
        for openid, channel in people
    ]
    if rows:
        tx.change_many(_add, rows)


def move(tx: Transaction, openids: Iterable[str], send_id: str, at: int) -> None:
    """It was sent to these people then, later than was noted."""
    tx.change_many(_move, [{"who": openid, "which": send_id, "then": at} for openid in openids])


def undo(tx: Transaction, openid: str, send_id: str) -> None:
    """WeChat refused it: it was not sent."""
    tx.change(_undo, who=openid, which=send_id)


def shut(tx: Transaction, openid: str, at: int) -> None:
    """WeChat says that what the follower did up to now allows no customer-service message (any more)."""
    add(tx, openid, f"{SHUT}:{at}", at, SHUT)


def lately(tx: Transaction, openids: Collection[str], since: int) -> dict[str, list[Sent]]:
    """What was sent to each of the people from `since` on, the oldest first; who got nothing is missing."""
    found: dict[str, list[Sent]] = {}
    for openid, *sent in rows_among(tx, _lately, openids, begin=since):
        found.setdefault(openid, []).append(Sent._make(sent))
    return found


def who_got(tx: Transaction, what: Counted, one: tuple[int, int], other: tuple[int, int]) -> set[str]:
    """Everybody who got as many of these as one of both, (from when on, how many). Reads the whole table."""
    begin = min(one[0], other[0])
    rows = tx.rows(_who_got[what], begin=begin, one=one[0], of_one=one[1], other=other[0], of_other=other[1])
    return {row[0] for row in rows}


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _move(backend: str) -> Executable:
    mine = update(table).where(table.c.openid == bindparam("who"), table.c.id == bindparam("which"))
    return mine.values(at=bindparam("then"))


def _undo(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"), table.c.id == bindparam("which"))


def _who_got_of(counted: ColumnElement[bool]) -> Build:
    of_each = select(table.c.openid).where(counted, table.c.at >= bindparam("begin")).group_by(table.c.openid)
    return lambda backend: of_each.having(or_(_as_many("one"), _as_many("other")))


def _as_many(name: str) -> ColumnElement[bool]:
    since = case((table.c.at >= bindparam(name, type_=BigInteger), 1), else_=0)
    return func.sum(since) >= bindparam(f"of_{name}", type_=BigInteger)


_who_got = {
    Counted.MARKETING: _who_got_of(table.c.purpose == MARKETING),
    Counted.MASS: _who_got_of(table.c.channel == MASS),
}


@cache
def _lately(size: int) -> Build:
    query = select(table.c.openid, table.c.at, table.c.channel, table.c.purpose)
    found = query.where(among(table.c.openid, size), table.c.at >= bindparam("begin")).order_by(table.c.at, table.c.id)
    return lambda backend: found
