"""Campaign deliveries on their way: which are due, who took them, what came of them. A row changes only from the state
it is in, and what is being sent only by who took it: the row count decides.

Who sends is an ``owner`` with a lease that each claim renews. What an owner without a lease left in ``sending`` was
sent or not, and nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, Update, bindparam, case, func, or_, select, update

from domain.campaign import GROUPED, HELD, PLANNED, SKIPPED, TAKEN, TOO_LATE, UNSURE
from domain.delivery import TEMPLATE, VISIT
from domain.push_outcome import NO_ANSWER
from storage import leases
from storage.schema import campaign_deliveries as table
from storage.store import Transaction

LEASE_SECONDS = 40
"""A chunk is sent and written down within thirty seconds (``wechat/fast_outbox.py``): who is silent longer is dead."""
LEASES = "sender:"
MOST_COUNTED = 10_000


class Due(NamedTuple):
    """A row that is due. ``channel`` and all before it in the campaign's order were tried in vain, "" = none."""

    openid: str
    variant: str
    slug: str
    reason: str
    why: str
    channel: str
    exposure_id: str
    due_at: int
    claimed_at: int | None
    tries: int


class Settled(NamedTuple):
    """What a row that was being sent becomes."""

    openid: str
    state: str
    why: str
    channel: str
    exposure_id: str
    due_at: int
    sent_at: int | None
    message_id: str


# --- who sends ---------------------------------------------------------------------------------------------------


def be_alive(tx: Transaction, owner: str, alive: int) -> None:
    """Let everybody know that this owner lives. `alive` is the machine's time: a followed clock may jump."""
    leases.take(tx, _lease(owner), owner, alive, alive + LEASE_SECONDS)


def leave(tx: Transaction, owner: str) -> None:
    """This owner sends no more, and left nothing."""
    leases.drop(tx, _lease(owner))


def forsaken(tx: Transaction, run_id: str, alive: int, now: int) -> int:
    """Decide what dead owners left of a run: a template message, which WeChat knows by our id, is sent again; the rest
    is unsure. How many rows there were."""
    owners = [str(row[0]) for row in tx.rows(_owners, run=run_id)]
    dead = [owner for owner in owners if not leases.is_held(tx, _lease(owner), alive)]
    found = 0
    for owner in dead:
        found += tx.change(_repeat_templates, run=run_id, by=owner, now=now)
        found += tx.change(_give_up, run=run_id, by=owner)
    return found


# --- what is due -------------------------------------------------------------------------------------------------


def due(tx: Transaction, run_id: str, now: int, most: int) -> list[Due]:
    """What should be sent now, the longest overdue first."""
    return [Due._make(row) for row in tx.rows(_due, run=run_id, now=now, most=most)]


def count_due(tx: Transaction, run_id: str, now: int) -> int:
    """How much should be sent now; it is counted up to ``MOST_COUNTED``."""
    return int(tx.row(_count_due, run=run_id, now=now)[0])


def is_open(tx: Transaction, run_id: str) -> bool:
    """May anything of the run still be sent, or is being sent?"""
    return tx.row(_open, run=run_id) is not None


def too_late(tx: Transaction, run_id: str) -> int:
    """Skip what is still to be sent, for it is of no use any more: how many. What may have been sent is unsure."""
    return tx.change(_too_late, run=run_id)


# --- what becomes of a row ---------------------------------------------------------------------------------------


def take(
    tx: Transaction, run_id: str, openid: str, channel: str, exposure_id: str, owner: str, claimed_at: int
) -> bool:
    """Be the one who sends it: False when somebody else is, or it is not to be sent any more."""
    return (
        tx.change(_take, run=run_id, who=openid, how=channel, exposure=exposure_id, by=owner, at=claimed_at) == 1
    )  # fmt: skip


def skip(tx: Transaction, run_id: str, openid: str, why: str) -> bool:
    """They get nothing, for this cause."""
    return tx.change(_leave_off, run=run_id, who=openid, to=SKIPPED, why=why[:64], how="") == 1


def hold(tx: Transaction, run_id: str, openid: str, why: str) -> bool:
    """No channel may carry it: it is shown at the next visit."""
    return tx.change(_leave_off, run=run_id, who=openid, to=HELD, why=why[:64], how=VISIT) == 1


def give_up(tx: Transaction, run_id: str, openid: str) -> bool:
    """It may have been sent, and cannot be repeated any more."""
    return tx.change(_leave_off, run=run_id, who=openid, to=UNSURE, why=NO_ANSWER, how=TEMPLATE) == 1


def later(tx: Transaction, run_id: str, openid: str, due_at: int, why: str) -> bool:
    """Not now."""
    return tx.change(_later, run=run_id, who=openid, due=due_at, why=why[:64]) == 1


def settle(tx: Transaction, run_id: str, owner: str, settled: Iterable[Settled]) -> None:
    """Write down what came of rows that this owner took. A row that was given up for unsure meanwhile is known now."""
    tx.change_many(
        _settle,
        [
            {
                "run": run_id, "who": one.openid, "by": owner, "to": one.state, "why": one.why[:64],
                "how": one.channel, "exposure": one.exposure_id, "due": one.due_at, "sent": one.sent_at,
                "message": one.message_id,
            }
            for one in settled
        ],
    )  # fmt: skip


def _lease(owner: str) -> str:
    return LEASES + owner


_COLUMNS = [table.c[name] for name in Due._fields]


def _in(*states: str) -> ColumnElement[bool]:
    return or_(*(table.c.state == one for one in states))


def _planned_one() -> Update:
    return update(table).where(
        table.c.run_id == bindparam("run"), table.c.openid == bindparam("who"), table.c.state == PLANNED
    )


def _owners(backend: str) -> Executable:
    return select(table.c.claimed_by).where(table.c.run_id == bindparam("run"), table.c.state == TAKEN).distinct()


def _of_owner() -> Update:
    return update(table).where(
        table.c.run_id == bindparam("run"), table.c.state == TAKEN, table.c.claimed_by == bindparam("by")
    )


def _repeat_templates(backend: str) -> Executable:
    again = _of_owner().where(table.c.channel == TEMPLATE)
    return again.values(state=PLANNED, why=NO_ANSWER, channel="", claimed_by="", due_at=bindparam("now"))


def _give_up(backend: str) -> Executable:
    return _of_owner().values(state=UNSURE, why="its sender died")


def _due(backend: str) -> Executable:
    found = select(*_COLUMNS).where(
        table.c.run_id == bindparam("run"), table.c.state == PLANNED, table.c.due_at <= bindparam("now")
    )
    return found.order_by(table.c.due_at, table.c.openid).limit(bindparam("most"))


def _count_due(backend: str) -> Executable:
    found = select(table.c.openid).where(
        table.c.run_id == bindparam("run"), table.c.state == PLANNED, table.c.due_at <= bindparam("now")
    )
    return select(func.count()).select_from(found.limit(MOST_COUNTED).subquery())


def _open(backend: str) -> Executable:
    return select(table.c.state).where(table.c.run_id == bindparam("run"), _in(PLANNED, TAKEN, GROUPED)).limit(1)


def _too_late(backend: str) -> Executable:
    planned = update(table).where(table.c.run_id == bindparam("run"), table.c.state == PLANNED)
    asked = table.c.why == NO_ANSWER
    # MySQL sets one after the other: what depends on the cause comes before it.
    return planned.ordered_values(
        (table.c.state, case((asked, UNSURE), else_=SKIPPED)), (table.c.why, case((asked, NO_ANSWER), else_=TOO_LATE))
    )


def _take(backend: str) -> Executable:
    return _planned_one().values(
        state=TAKEN, channel=bindparam("how"), exposure_id=bindparam("exposure"), claimed_by=bindparam("by"),
        claimed_at=bindparam("at"), tries=table.c.tries + 1,
    )  # fmt: skip


def _leave_off(backend: str) -> Executable:
    return _planned_one().values(state=bindparam("to"), why=bindparam("why"), channel=bindparam("how"))


def _later(backend: str) -> Executable:
    return _planned_one().values(due_at=bindparam("due"), why=bindparam("why"))


def _settle(backend: str) -> Executable:
    mine = update(table).where(
        table.c.run_id == bindparam("run"),
        table.c.openid == bindparam("who"),
        table.c.claimed_by == bindparam("by"),
        _in(TAKEN, UNSURE),
    )
    return mine.values(
        state=bindparam("to"), why=bindparam("why"), channel=bindparam("how"), exposure_id=bindparam("exposure"),
        due_at=bindparam("due"), sent_at=bindparam("sent"), message_id=bindparam("message"),
    )  # fmt: skip
