"""Share changes: one row each time the shares of a campaign's wordings or channels were changed, with why, and who
undid it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, insert, select, update

from storage.schema import share_changes as table
from storage.store import Transaction

VARIANTS, CHANNELS = KINDS = ("variants", "channels")


class Change(NamedTuple):
    """A row. ``before`` and ``after`` map names to shares; ``undone_by`` "" = it stands."""

    id: str
    campaign: str
    kind: str
    at: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    why: str
    changed_by: str
    undone_by: str
    undone_at: int | None


def add(tx: Transaction, change: Change) -> None:
    """Write a change down, in the transaction that looked at what stood before."""
    values = {**change._asdict(), "before": json.dumps(change.before), "after": json.dumps(change.after)}
    tx.change(_add, **values)


def of(tx: Transaction, campaign: str) -> list[Change]:
    """All of a campaign, the oldest first."""
    found = (Change._make(row) for row in tx.rows(_of, name=campaign))
    return [one._replace(before=json.loads(str(one.before)), after=json.loads(str(one.after))) for one in found]


def undo(tx: Transaction, which: str, by: str, now: int) -> bool:
    """It stands no longer; False when it did not."""
    return tx.change(_undo, which=which, by=by[:64], at=now) == 1


def _add(backend: str) -> Executable:
    return insert(table)


def _of(backend: str) -> Executable:
    mine = select(*(table.c[name] for name in Change._fields))
    found = mine.where(table.c.campaign == bindparam("name"))
    return found.order_by(table.c.at, table.c.id)


def _undo(backend: str) -> Executable:
    mine = update(table).where(table.c.id == bindparam("which"), table.c.undone_by == "")
    return mine.values(undone_by=bindparam("by"), undone_at=bindparam("at"))
