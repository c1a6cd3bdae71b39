"""Campaign deliveries: one row for each person of a run's audience, made once. What came of a run is counted here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, func, select

from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import campaign_deliveries as table
from storage.store import Build, Transaction


class Plan(NamedTuple):
    """What a row begins as: state ``planned``, ``held_out`` or ``skipped`` with the cause in ``why``."""

    openid: str
    state: str
    why: str = ""
    variant: str = ""
    slug: str = ""
    reason: str = ""
    due_at: int = 0


class Delivery(NamedTuple):
    """A row of ``campaign_deliveries``; ``storage/campaign_schema.py`` tells its columns."""

    run_id: str
    openid: str
    state: str
    why: str
    variant: str
    slug: str
    reason: str
    channel: str
    exposure_id: str
    planned_at: int
    due_at: int
    claimed_by: str
    claimed_at: int | None
    sent_at: int | None
    tries: int
    message_id: str


class Count(NamedTuple):
    """So many rows are alike in this."""

    state: str
    why: str
    channel: str
    variant: str
    people: int


def plan(tx: Transaction, run_id: str, plans: Iterable[Plan], now: int) -> None:
    """Write a page of the audience down; who has a row of the run keeps it."""
    rows = [
        {
            **one._asdict(), "reason": one.reason[:255], "run_id": run_id, "channel": "", "exposure_id": "",
            "planned_at": now, "claimed_by": "", "claimed_at": None, "sent_at": None, "tries": 0, "message_id": "",
        }
        for one in plans
    ]  # fmt: skip
    if rows:
        tx.change_many(_plan, rows)


def counts(tx: Transaction, run_id: str) -> list[Count]:
    """How many rows of a run are in which state, for which cause, through which channel, of which variant."""
    return [Count._make(row) for row in tx.rows(_counts, run=run_id)]


def by_state(found: Iterable[Count]) -> dict[str, int]:
    """State -> people."""
    return _summed((one.state, one.people) for one in found)


def by_cause(found: Iterable[Count], state: str) -> dict[str, int]:
    """Cause -> people, of those in a state for a cause."""
    return _summed((one.why, one.people) for one in found if one.state == state and one.why)


def by_channel(found: Iterable[Count], state: str) -> dict[str, int]:
    """Channel -> people, of those in a state."""
    return _summed((one.channel, one.people) for one in found if one.state == state and one.channel)


def find(tx: Transaction, run_id: str, openid: str) -> Delivery | None:
    """The row of one person, or None."""
    row = tx.row(_find, run=run_id, who=openid)
    return Delivery._make(row) if row else None


def page(tx: Transaction, run_id: str, state: str, behind: str, most: int) -> list[Delivery]:
    """Rows of a run in a state, by openid, those after `behind`."""
    return [Delivery._make(row) for row in tx.rows(_page, run=run_id, state=state, behind=behind, most=most)]


def of(tx: Transaction, openid: str, most: int) -> list[Delivery]:
    """What campaigns had for one person, the newest first."""
    return [Delivery._make(row) for row in tx.rows(_of, who=openid, most=most)]


def of_campaign(tx: Transaction, campaign: str, openids: Collection[str]) -> list[tuple[str, str, int]]:
    """(openid, slug, when it was planned) of every row that any run of a campaign has for at most ``among.MOST``
    people."""
    begin, end = f"{campaign}@", f"{campaign}A"  # "A" follows "@"
    return [(row[0], row[1], int(row[2])) for row in rows_among(tx, _of_campaign, openids, begin=begin, end=end)]


def has_told(tx: Transaction, openid: str, slug: str, since: int) -> bool:
    """Was anything planned for a person about an item since then, whatever came of it?"""
    return tx.row(_has_told, who=openid, slug=slug, since=since) is not None


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for name, people in pairs:
        total[name] = total.get(name, 0) + people
    return total


_COLUMNS = [table.c[name] for name in Delivery._fields]


def _plan(backend: str) -> Executable:
    return insert_once(table, backend)


def _counts(backend: str) -> Executable:
    alike = [table.c[name] for name in Count._fields[:-1]]
    found = select(*alike, func.count()).where(table.c.run_id == bindparam("run"))
    return found.group_by(*alike).order_by(*alike)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.run_id == bindparam("run"), table.c.openid == bindparam("who"))


def _page(backend: str) -> Executable:
    found = select(*_COLUMNS).where(
        table.c.run_id == bindparam("run"), table.c.state == bindparam("state"), table.c.openid > bindparam("behind")
    )
    return found.order_by(table.c.openid).limit(bindparam("most"))


def _of(backend: str) -> Executable:
    mine = select(*_COLUMNS).where(table.c.openid == bindparam("who"))
    return mine.order_by(table.c.planned_at.desc(), table.c.run_id.desc()).limit(bindparam("most"))


@cache
def _of_campaign(size: int) -> Build:
    found = select(table.c.openid, table.c.slug, table.c.planned_at).where(
        among(table.c.openid, size), table.c.run_id >= bindparam("begin"), table.c.run_id < bindparam("end")
    )
    return lambda backend: found


def _has_told(backend: str) -> Executable:
    mine = select(table.c.run_id).where(table.c.openid == bindparam("who"), table.c.slug == bindparam("slug"))
    return mine.where(table.c.planned_at >= bindparam("since")).limit(1)
