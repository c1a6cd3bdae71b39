"""Followers: one row each, made at the first thing they do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import BigInteger, Executable, bindparam, case, or_, select, update

from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import followers as table
from storage.store import Build, Transaction


@dataclass(frozen=True, slots=True)
class Follower:
    """A row of followers; ``about`` is still encrypted."""

    openid: str
    subscribed: bool
    subscribed_at: int | None
    unsubscribed_at: int | None
    source: str
    first_seen_at: int
    about: str
    asked_at: int | None
    last_seen_at: int


SEEN_SECONDS = 3_600
"""That they are here is noted once in so long: what a row costs, most acts do without."""


def seen(tx: Transaction, openid: str, at: int) -> None:
    """The follower did something: make the row if it is the first thing, and note that they are here."""
    if not _first(tx, openid, None, at, at, ""):
        tx.change(_here, who=openid, at=at, long_ago=at - SEEN_SECONDS)


def speaks(tx: Transaction, openid: str, at: int) -> None:
    """They wrote or tapped, which only a follower can: whatever we heard of leaving, or did not hear of coming back."""
    if not _first(tx, openid, None, at, at, ""):
        tx.change(_speaks, who=openid, at=at, long_ago=at - SEEN_SECONDS)


def followed(tx: Transaction, openid: str, at: int, source: str) -> None:
    """They follow (again). The first source is kept."""
    _first(tx, openid, None, at, at, "")
    tx.change(_followed, who=openid, at=at)
    if source:
        tx.change(_first_source, who=openid, from_=source)


def unfollowed(tx: Transaction, openid: str, at: int) -> None:
    """They left: nothing may be sent to them any more."""
    _first(tx, openid, None, at, at, "")
    tx.change(_unfollowed, who=openid, at=at)


def seen_since(tx: Transaction, at: int) -> set[str]:
    """Everybody who did something from `at` on, and perhaps others who did something up to ``SEEN_SECONDS`` before."""
    return {row[0] for row in tx.rows(_seen_since, at=at - SEEN_SECONDS)}


def find(tx: Transaction, openid: str) -> Follower | None:
    """The follower, or None."""
    row = tx.row(_find, who=openid)
    return Follower(row[0], bool(row[1]), *row[2:]) if row else None


def following(tx: Transaction, openids: Collection[str]) -> set[str]:
    """Those of the people who follow now."""
    return {row[0] for row in rows_among(tx, _following, openids)}


def told_by(tx: Transaction, openids: Collection[str]) -> dict[str, str]:
    """Openid -> what they told about themselves, still encrypted; who told nothing is missing."""
    return dict(rows_among(tx, _told_by, openids))


def tell(tx: Transaction, openid: str, before: str, after: str) -> bool:
    """Set the encrypted facts to `after` if they are still `before`."""
    return tx.change(_tell, who=openid, before=before, after=after) == 1


def bring(tx: Transaction, openid: str, subscribed_at: int | None, at: int, about: str) -> bool:
    """A follower an operator knows of; False, and nothing changed, when we know them too."""
    return _first(tx, openid, subscribed_at, at, 0, about)


def _first(
    tx: Transaction, openid: str, subscribed_at: int | None, at: int, last_seen_at: int, about: str
) -> bool:  # fmt: skip
    """Make the row; False when it is there."""
    return (
        tx.change(
            _seen, openid=openid, subscribed=1, subscribed_at=subscribed_at, unsubscribed_at=None, source="",
            first_seen_at=at, about=about, asked_at=None, last_seen_at=last_seen_at,
        )
        == 1
    )  # fmt: skip


def date(tx: Transaction, openid: str, subscribed_at: int) -> bool:
    """When they followed, where that is not known; False when it is."""
    return tx.change(_date, who=openid, at=subscribed_at) == 1


def ask(tx: Transaction, openid: str, at: int) -> bool:
    """They are asked about themselves; False when they were before."""
    return tx.change(_ask, who=openid, at=at) == 1


def left_before(tx: Transaction, at: int, most: int) -> list[str]:
    """Openids of at most `most` who left before `at` and have not come back."""
    return [row[0] for row in tx.rows(_left_before, before=at, most=most)]


def forgotten(tx: Transaction, openid: str) -> None:
    """What was held about someone who left is erased: they need not be looked at again."""
    tx.change(_forgotten, who=openid)


def _forgotten(backend: str) -> Executable:
    return update(table).where(table.c.openid == bindparam("who")).values(unsubscribed_at=None)


def _seen(backend: str) -> Executable:
    return insert_once(table, backend)


def _seen_since(backend: str) -> Executable:
    return select(table.c.openid).where(table.c.last_seen_at >= bindparam("at"))


def _here(backend: str) -> Executable:
    unnoted = table.c.last_seen_at <= bindparam("long_ago")
    return update(table).where(table.c.openid == bindparam("who"), unnoted).values(last_seen_at=bindparam("at"))


def _speaks(backend: str) -> Executable:
    left = table.c.subscribed == 0
    return (
        update(table)
        .where(table.c.openid == bindparam("who"), or_(left, table.c.last_seen_at <= bindparam("long_ago")))
        .ordered_values(  # MySQL sets one after the other: whether they had left is asked first
            (table.c.subscribed_at, case((left, bindparam("at", type_=BigInteger)), else_=table.c.subscribed_at)),
            (table.c.subscribed, 1),
            (table.c.unsubscribed_at, None),
            (table.c.last_seen_at, bindparam("at")),
        )
    )


def _followed(backend: str) -> Executable:
    here = {"subscribed": 1, "unsubscribed_at": None}
    return (
        update(table)
        .where(table.c.openid == bindparam("who"))
        .values(subscribed_at=bindparam("at"), last_seen_at=bindparam("at"), **here)
    )


def _first_source(backend: str) -> Executable:
    return (
        update(table).where(table.c.openid == bindparam("who"), table.c.source == "").values(source=bindparam("from_"))
    )


def _unfollowed(backend: str) -> Executable:
    return update(table).where(table.c.openid == bindparam("who")).values(subscribed=0, unsubscribed_at=bindparam("at"))


def _find(backend: str) -> Executable:
    return select(table).where(table.c.openid == bindparam("who"))


@cache
def _told_by(size: int) -> Build:
    query = select(table.c.openid, table.c.about).where(among(table.c.openid, size), table.c.about != "")
    return lambda backend: query


@cache
def _following(size: int) -> Build:
    query = select(table.c.openid).where(among(table.c.openid, size), table.c.subscribed == 1)
    return lambda backend: query


def _tell(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.openid == bindparam("who"), table.c.about == bindparam("before"))
        .values(about=bindparam("after"))
    )


def _date(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.openid == bindparam("who"), table.c.subscribed_at.is_(None))
        .values(subscribed_at=bindparam("at"))
    )


def _ask(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.openid == bindparam("who"), table.c.asked_at.is_(None))
        .values(asked_at=bindparam("at"))
    )


def _left_before(backend: str) -> Executable:
    return (
        select(table.c.openid)
        .where(table.c.subscribed == 0, table.c.unsubscribed_at < bindparam("before"))
        .limit(bindparam("most"))
    )
