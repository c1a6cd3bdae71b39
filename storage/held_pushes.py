"""Campaign deliveries that no channel could carry: held for the next visit, where one becomes ``shown``, once."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, Update, and_, bindparam, or_, select, update

from domain.campaign import HELD, SHOWN, SKIPPED
from storage.schema import campaign_deliveries as table
from storage.store import Transaction


class HeldPush(NamedTuple):
    """A row of one person, as far as it decides anything here."""

    run_id: str
    state: str
    variant: str
    slug: str
    reason: str
    due_at: int


def of(tx: Transaction, openid: str, shown_since: int) -> list[HeldPush]:
    """What is held for a person, and what was shown to them since then; the newest first. One read of an index."""
    return [HeldPush._make(row) for row in tx.rows(_of, who=openid, begin=shown_since)]


def show(tx: Transaction, run_id: str, openid: str, exposure_id: str, at: int) -> bool:
    """They read it now: False when it is held no more."""
    return tx.change(_show, run=run_id, who=openid, exposure=exposure_id, at=at) == 1


def drop(tx: Transaction, run_id: str, openid: str, why: str) -> bool:
    """It is of no use any more, for this cause: False when it is held no more."""
    return tx.change(_drop, run=run_id, who=openid, cause=why) == 1


def _of(backend: str) -> Executable:
    fresh = and_(table.c.state == SHOWN, table.c.sent_at >= bindparam("begin"))
    mine = select(*(table.c[name] for name in HeldPush._fields)).where(
        table.c.openid == bindparam("who"), or_(table.c.state == HELD, fresh)
    )
    return mine.order_by(table.c.planned_at.desc(), table.c.run_id.desc())


def _held() -> Update:
    one = and_(table.c.run_id == bindparam("run"), table.c.openid == bindparam("who"))
    return update(table).where(one, table.c.state == HELD)


def _show(backend: str) -> Executable:
    return _held().values(state=SHOWN, exposure_id=bindparam("exposure"), sent_at=bindparam("at"))


def _drop(backend: str) -> Executable:
    return _held().values(state=SKIPPED, why=bindparam("cause"))
