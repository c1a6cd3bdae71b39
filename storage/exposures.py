"""Exposures: which item was shown to whom, where, by which policy, with which propensity."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, delete, func, insert, select, update

from domain.answer import Exposure
from domain.ids import first_since
from storage.schema import exposures as table
from storage.store import Transaction


class Shown(NamedTuple):
    """What is needed of a past exposure."""

    id: str
    openid: str
    at: int
    slug: str
    position: int
    reason: str
    behaviour_id: str
    opened_at: int | None
    terms: str
    policy: str = ""


def add(tx: Transaction, openid: str, at: int, behaviour_id: str, exposures: Iterable[Exposure]) -> None:
    """Log what one answer showed."""
    add_many(tx, at, behaviour_id, [(openid, one) for one in exposures])


def add_many(tx: Transaction, at: int, behaviour_id: str, exposures: Iterable[tuple[str, Exposure]]) -> None:
    """Log what was shown to whom, (openid, exposure), by one answer or one campaign."""
    rows = [
        {
            "id": one.id, "openid": openid, "at": at, "slug": one.slug, "position": one.position,
            "policy": one.policy, "propensity": one.propensity,
            "reason": one.reason[:255], "behaviour_id": behaviour_id, "opened_at": None, "terms": one.terms[:255],
        }
        for openid, one in exposures
    ]  # fmt: skip
    if rows:
        tx.change_many(_add, rows)


def drop(tx: Transaction, exposure_id: str) -> None:
    """It was not shown after all."""
    tx.change(_drop, wanted=exposure_id)


def lately(tx: Transaction, openid: str, since: int, most: int) -> list[Shown]:
    """What a follower was shown since then, the newest answer first, in the order it was read."""
    first, last = first_since(openid, since)
    found = [Shown._make(row) for row in tx.rows(_lately, first=first, last=last, most=most)]
    found.sort(key=attrgetter("position"))
    found.sort(key=attrgetter("at", "behaviour_id"), reverse=True)  # of one second, the greater MsgId is the later
    return found


def silent(tx: Transaction, openid: str, since: int, most: int) -> dict[str, int]:
    """Slug -> how often a follower was shown it since then and did not open it, of the last `most` exposures."""
    first, last = first_since(openid, since)
    return {slug: int(times) for slug, times in tx.rows(_silent, first=first, last=last, most=most)}


def open_once(tx: Transaction, exposure_id: str, at: int) -> bool:
    """The first click on it: False, and nothing changed, for every later one."""
    return tx.change(_open_once, wanted=exposure_id, at=at) == 1


def find(tx: Transaction, exposure_id: str) -> Shown | None:
    """One exposure, or None."""
    row = tx.row(_find, wanted=exposure_id)
    return Shown._make(row) if row else None


_COLUMNS = [table.c[name] for name in Shown._fields]


def _add(backend: str) -> Executable:
    return insert(table)


def _lately(backend: str) -> Executable:
    return (
        select(*_COLUMNS)
        .where(table.c.id >= bindparam("first"), table.c.id < bindparam("last"))
        .order_by(table.c.id.desc())
        .limit(bindparam("most"))
    )


def _silent(backend: str) -> Executable:
    last = (
        select(table.c.slug, table.c.opened_at)
        .where(table.c.id >= bindparam("first"), table.c.id < bindparam("last"))
        .order_by(table.c.id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    return select(last.c.slug, func.count()).where(last.c.opened_at.is_(None)).group_by(last.c.slug)


def _open_once(backend: str) -> Executable:
    first = update(table).where(table.c.id == bindparam("wanted"), table.c.opened_at.is_(None))
    return first.values(opened_at=bindparam("at"))


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.id == bindparam("wanted"))


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.id == bindparam("wanted"))
