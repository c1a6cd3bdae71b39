"""Engagements: one row for all that one buyer (an openid, or a reader outside WeChat) did with one item.

Each act is written in the transaction that keeps its behaviour, and only when that behaviour is new.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from sqlalchemy import BigInteger, Executable, Update, bindparam, case, delete, func, select, update

from domain import interests as rules
from domain.follower import Engagement
from storage.dialect import Change, insert_or_change
from storage.schema import engagements as table
from storage.schema import followers
from storage.store import Transaction

MOST_READ = 200
"""Items of one follower that are read, the latest touched: older ones have faded."""


MOST_AT_ONCE = 1_800
"""Seconds of reading counted at a time: half an hour on less than a quarter of an item is a page left open."""


class Read(NamedTuple):
    """How far (0 to 100) and how many seconds an item was read in all."""

    percent: int
    seconds: int


def add(tx: Transaction, openid: str, slug: str, at: int, strength: float) -> None:
    """They did something with an item at `at` that is worth `strength` (>= 0)."""
    tx.change(
        _add, openid=openid, slug=slug, strength=rules.grown(strength, at), first_at=at, changed_at=at, opened_at=None,
        percent=0, seconds=0, finished_at=None, bought_at=None, paid_fen=0, returned_at=None, liked=0, shared=0,
        stars=0, read_at=None,
    )  # fmt: skip


def opened(tx: Transaction, openid: str, slug: str, at: int) -> None:
    """They opened it: the first time is kept, and reading is counted from now on."""
    tx.change(_opened, who=openid, which=slug, at=at)


def finished(tx: Transaction, openid: str, slug: str, at: int) -> None:
    """They read it to the end; the first time is kept."""
    tx.change(_finished, who=openid, which=slug, at=at)


def read(tx: Transaction, openid: str, slug: str, at: int, percent: int, seconds: int) -> Read:
    """They read on for `seconds` and are at `percent` (going back up takes nothing away); return what they read in
    all. No more is counted than ``MOST_AT_ONCE``, nor than went by since the page was opened or they last read on."""
    claimed = min(max(seconds, 0), MOST_AT_ONCE)
    tx.change(_read_on, who=openid, which=slug, at=at, reached=percent, claimed=claimed)
    return Read._make(tx.row(_read_in_all, who=openid, which=slug))


def bought(tx: Transaction, openid: str, slug: str, at: int, fen: int) -> None:
    """They paid for it; bought anew, it is not given back any more. How far they read begins anew: it was told of the
    free part, and is told of the whole from now on."""
    tx.change(_bought, who=openid, which=slug, at=at, fen=fen)


def returned(tx: Transaction, openid: str, slug: str, at: int) -> bool:
    """Their money went back; False when they had not bought it, as far as we (still) know."""
    return tx.change(_returned, who=openid, which=slug, at=at) == 1


def liked(tx: Transaction, openid: str, slug: str, on: bool) -> None:
    """The heart was given, or taken back."""
    tx.change(_set("liked"), who=openid, which=slug, value=int(on))


def shared(tx: Transaction, openid: str, slug: str) -> bool:
    """They set out to share it; False when they had before."""
    return tx.change(_set_first("shared"), who=openid, which=slug, value=1) == 1


def rated_first(tx: Transaction, openid: str, slug: str, stars: int) -> bool:
    """They gave 1 to 5 stars; False, and nothing changed, when they had given some before."""
    return tx.change(_set_first("stars"), who=openid, which=slug, value=stars) == 1


def rated(tx: Transaction, openid: str, slug: str, stars: int) -> None:
    """They thought again: the last stars count."""
    tx.change(_set("stars"), who=openid, which=slug, value=stars)


def stars(tx: Transaction, openid: str, slug: str) -> int:
    """The last stars they gave, 0 for none."""
    row = tx.row(_stars, who=openid, which=slug)
    return int(row[0]) if row else 0


def set_aside(tx: Transaction, openid: str) -> None:
    """What they did with items speaks for nothing any more; that they did it stays."""
    tx.change(_set_aside, who=openid)


def move(tx: Transaction, buyer: str, to: str) -> None:
    """What a browser did was done by this follower: one row of both for each item."""
    rows = [dict(zip(table.c.keys(), row, strict=True)) for row in tx.rows(_all, who=buyer)]
    if rows:
        tx.change_many(_merge, [{**row, "openid": to} for row in rows])
        tx.change(_drop, who=buyer)


def of(tx: Transaction, openid: str) -> tuple[str, list[Engagement]]:
    """How a follower first came, and what they did with items, the latest touched first: in one read."""
    rows = tx.rows(_of, who=openid)
    return (rows[0][0] if rows else ""), [Engagement._make(row[1:]) for row in rows if row[1] is not None]


def _add(backend: str) -> Executable:
    return insert_or_change(table, backend, {"strength": "old + new", "changed_at": "new"})


def _one() -> Update:
    return update(table).where(table.c.openid == bindparam("who"), table.c.slug == bindparam("which"))


def _opened(backend: str) -> Executable:
    return _one().values(opened_at=func.coalesce(table.c.opened_at, bindparam("at")), read_at=bindparam("at"))


def _finished(backend: str) -> Executable:
    return _one().where(table.c.finished_at.is_(None)).values(finished_at=bindparam("at"))


@cache
def _set(column: str) -> Callable[[str], Executable]:
    return lambda backend: _one().values({column: bindparam("value")})


@cache
def _set_first(column: str) -> Callable[[str], Executable]:
    return lambda backend: _one().where(table.c[column] == 0).values({column: bindparam("value")})


def _read_on(backend: str) -> Executable:
    passed, claimed = bindparam("at", type_=BigInteger) - table.c.read_at, bindparam("claimed", type_=BigInteger)
    more = case((passed < 0, 0), (passed < claimed, passed), else_=claimed)  # NULL, nobody saw them begin: as claimed
    further = case((table.c.percent < bindparam("reached"), bindparam("reached")), else_=table.c.percent)
    # MySQL sets one after the other, in the table's order: read_at stands after seconds.
    return _one().values(percent=further, seconds=table.c.seconds + more, read_at=bindparam("at"))


def _read_in_all(backend: str) -> Executable:
    mine = select(table.c.percent, table.c.seconds)
    return mine.where(table.c.openid == bindparam("who"), table.c.slug == bindparam("which"))


def _stars(backend: str) -> Executable:
    return select(table.c.stars).where(table.c.openid == bindparam("who"), table.c.slug == bindparam("which"))


def _bought(backend: str) -> Executable:
    return _one().values(bought_at=bindparam("at"), paid_fen=bindparam("fen"), returned_at=None, percent=0)


def _returned(backend: str) -> Executable:
    return _one().where(table.c.bought_at.is_not(None)).values(returned_at=bindparam("at"))


def _set_aside(backend: str) -> Executable:
    return update(table).where(table.c.openid == bindparam("who")).values(strength=0.0)


def _all(backend: str) -> Executable:
    return select(table).where(table.c.openid == bindparam("who"))


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"))


def _merge(backend: str) -> Executable:
    further = ("changed_at", "percent", "paid_fen", "liked", "shared")
    known = ("opened_at", "read_at", "finished_at", "bought_at", "returned_at")
    return insert_or_change(
        table,
        backend,
        {
            "strength": "old + new",
            "seconds": "old + new",
            "stars": lambda old, new: case((new.stars > 0, new.stars), else_=old.stars),
            **dict.fromkeys(further, "greater"),
            **{name: _either(name) for name in known},
        },
    )


def _either(name: str) -> Change:
    return lambda old, new: func.coalesce(old[name], new[name])


def _of(backend: str) -> Executable:
    columns = [table.c[name] for name in Engagement._fields]
    theirs = followers.outerjoin(table, table.c.openid == followers.c.openid)
    return (
        select(followers.c.source, *columns)
        .select_from(theirs)
        .where(followers.c.openid == bindparam("who"))
        .order_by(table.c.changed_at.desc())
        .limit(MOST_READ)
    )
