"""Claim codes: with each, a follower takes over once what a browser outside WeChat bought. Codes are stored hashed."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, bindparam, select, update

from storage.dialect import insert_once
from storage.schema import claim_codes as table
from storage.store import Transaction


class Claim(NamedTuple):
    """One code: whose purchases it moves, until when, and who claimed them ("" = nobody yet)."""

    buyer: str
    until: int
    claimed_by: str


def make(tx: Transaction, stored: str, buyer: str, at: int, until: int) -> bool:
    """Keep a code; False when it is there already."""
    return tx.change(_make, code=stored, buyer=buyer, made_at=at, until=until, claimed_by="", claimed_at=None) == 1


def find(tx: Transaction, stored: str) -> Claim | None:
    """The code, or None."""
    row = tx.row(_find, which=stored)
    return Claim._make(row) if row else None


def of(tx: Transaction, buyer: str) -> list[Claim]:
    """Every code of a buyer, the oldest first."""
    return [Claim._make(row) for row in tx.rows(_of, who=buyer)]


def take(tx: Transaction, stored: str, openid: str, now: int) -> bool:
    """Use the code up; False when it is used, over or unknown. The caller moves orders and rights in the same
    transaction."""
    return tx.change(_take, which=stored, by=openid, now=now) == 1


_COLUMNS = [table.c[name] for name in ("buyer", "until", "claimed_by")]


def _make(backend: str) -> Executable:
    return insert_once(table, backend)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.code == bindparam("which"))


def _of(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.buyer == bindparam("who")).order_by(table.c.made_at, table.c.code)


def _take(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.code == bindparam("which"), table.c.claimed_by == "", table.c.until > bindparam("now"))
        .values(claimed_by=bindparam("by"), claimed_at=bindparam("now"))
    )
