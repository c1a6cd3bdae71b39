"""Campaign runs: one row each time a campaign was launched. A run is made once and changes its state only from the
state it is in: the row count decides.

A campaign that is paused while nothing of it runs has a row that holds it (``before_pause`` is scheduled).
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, Update, and_, bindparam, delete, func, or_, select, update

from domain.campaign import FINISHED, LAUNCHING, MISSED, PAUSED, SCHEDULED, SENDING
from storage.dialect import insert_once
from storage.schema import campaign_runs as table
from storage.store import Transaction

ACTIVE = (LAUNCHING, SENDING)


class Run(NamedTuple):
    """A row of ``campaign_runs``; ``storage/campaign_schema.py`` tells its columns."""

    id: str
    campaign: str
    slot: int
    state: str
    before_pause: str
    snapshot: str
    launched_by: str
    made_at: int
    planned_to: str
    claimed_by: str
    claimed_until: int
    launched_at: int | None
    finished_at: int | None
    trouble: str


def run_id(campaign: str, slot: int) -> str:
    """The id of the run of a due moment."""
    return f"{campaign}@{slot}"


def launch(tx: Transaction, campaign: str, slot: int, snapshot: str, by: str, now: int) -> bool:
    """Begin a run of a due moment; False when it was launched or missed already."""
    return _add(tx, campaign, slot, LAUNCHING, snapshot, by, now)


def begin(tx: Transaction, campaign: str, slot: int, snapshot: str, by: str, now: int) -> bool:
    """Begin a run whose people come one by one: it sends at once; False when it was begun already."""
    return _add(tx, campaign, slot, SENDING, snapshot, by, now, launched_at=now)


def reopen(tx: Transaction, which: str) -> bool:
    """More people came: a finished run sends again; False when it is not finished."""
    return tx.change(_reopen, which=which) == 1


def miss(tx: Transaction, campaign: str, slot: int, now: int, trouble: str) -> bool:
    """Nothing ran at a due moment and it is past making up; False when that is known."""
    return _add(tx, campaign, slot, MISSED, "", "clock", now, finished_at=now, trouble=trouble)


def hold(tx: Transaction, campaign: str, by: str, now: int) -> bool:
    """Launch nothing of it until it is resumed; False when it is held already."""
    return _add(tx, campaign, 0, PAUSED, "", by, now, before_pause=SCHEDULED)


def release(tx: Transaction, campaign: str) -> bool:
    """It may be launched again; False when it was not held."""
    return tx.change(_release, which=run_id(campaign, 0)) == 1


def find(tx: Transaction, which: str) -> Run | None:
    """The run of this id, or None."""
    row = tx.row(_find, which=which)
    return Run._make(row) if row else None


def newest(tx: Transaction, campaign: str) -> Run | None:
    """The run that was launched last, or None."""
    row = tx.row(_newest, name=campaign)
    return Run._make(row) if row else None


def of(tx: Transaction, campaign: str, most: int) -> list[Run]:
    """What was launched of a campaign or missed, the newest first."""
    return [Run._make(row) for row in tx.rows(_of, name=campaign, most=most)]


def in_state(tx: Transaction, state: str) -> list[Run]:
    """The runs of all campaigns in this state, the oldest first."""
    return [Run._make(row) for row in tx.rows(_in_state, state=state)]


def of_state(tx: Transaction, campaign: str, state: str) -> list[Run]:
    """The runs of one campaign in this state, the oldest first."""
    return [one for one in in_state(tx, state) if one.campaign == campaign]


def state(tx: Transaction, which: str) -> str:
    """Of one run, "" when there is none."""
    row = tx.row(_state, which=which)
    return str(row[0]) if row else ""


def is_paused(tx: Transaction, campaign: str) -> bool:
    """Is any run of it paused, or is it held? Then nothing new of it is launched."""
    return tx.row(_paused_of, name=campaign) is not None


def newest_slot(tx: Transaction, campaign: str, now: int) -> int:
    """The newest due moment up to `now` that was launched or missed, 0 for none."""
    row = tx.row(_newest_slot, name=campaign, now=now)
    return int(row[0] or 0) if row else 0


def campaigns_since(tx: Transaction, since: int) -> dict[str, int]:
    """Campaign -> its newest due moment, of those that were launched for one since then."""
    return {str(name): int(slot) for name, slot in tx.rows(_campaigns_since, since=since)}


def pause(tx: Transaction, which: str, trouble: str = "") -> bool:
    """Stop a run where it is; False when it is not on its way. `trouble`: why it paused itself."""
    return tx.change(_pause, which=which, trouble=trouble[:255]) == 1


def resume(tx: Transaction, which: str) -> bool:
    """Go on where it was paused; False when it was not."""
    return tx.change(_resume, which=which) == 1


def claim(tx: Transaction, which: str, owner: str, now: int, until: int) -> bool:
    """Be the one who writes its audience down, until then; False when another is, or it is not launching."""
    return tx.change(_claim, which=which, by=owner, now=now, then=until) == 1


def planned(tx: Transaction, which: str, owner: str, before: str, to: str, until: int) -> bool:
    """The audience is written down up to the openid `to`, it was up to `before`: False when the run is not launching
    any more, or another took it over. The claim lasts on until `until`."""
    return tx.change(_planned, which=which, by=owner, before=before, to=to, then=until) == 1


def launched(tx: Transaction, which: str, owner: str, before: str, now: int) -> bool:
    """The whole audience is written down: begin to send. False as for ``planned``."""
    return tx.change(_launched, which=which, by=owner, before=before, now=now) == 1


def finish(tx: Transaction, which: str, now: int) -> bool:
    """Nothing more will be sent; False when it is not sending."""
    return tx.change(_finish, which=which, now=now) == 1


def _add(
    tx: Transaction, campaign: str, slot: int, state: str, snapshot: str, by: str, now: int, before_pause: str = "",
    finished_at: int | None = None, trouble: str = "", launched_at: int | None = None,
) -> bool:  # fmt: skip
    return (
        tx.change(
            _insert, id=run_id(campaign, slot), campaign=campaign, slot=slot, state=state, before_pause=before_pause,
            snapshot=snapshot, launched_by=by[:64], made_at=now, planned_to="", claimed_by="", claimed_until=0,
            launched_at=launched_at, finished_at=finished_at, trouble=trouble[:255],
        )
        == 1
    )  # fmt: skip


_COLUMNS = [table.c[name] for name in Run._fields]


def _insert(backend: str) -> Executable:
    return insert_once(table, backend)


def _release(backend: str) -> Executable:
    return delete(table).where(table.c.id == bindparam("which"), table.c.before_pause == SCHEDULED)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.id == bindparam("which"))


def _state(backend: str) -> Executable:
    return select(table.c.state).where(table.c.id == bindparam("which"))


def _named() -> ColumnElement[bool]:
    """Of that campaign, the row that holds it aside."""
    return and_(table.c.campaign == bindparam("name"), table.c.slot > 0)


def _newest(backend: str) -> Executable:
    found = select(*_COLUMNS).where(_named(), table.c.state != MISSED)
    return found.order_by(table.c.slot.desc(), table.c.id.desc()).limit(1)


def _of(backend: str) -> Executable:
    return select(*_COLUMNS).where(_named()).order_by(table.c.slot.desc(), table.c.id.desc()).limit(bindparam("most"))


def _in_state(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.state == bindparam("state")).order_by(table.c.slot, table.c.id)


def _paused_of(backend: str) -> Executable:
    return select(table.c.id).where(table.c.campaign == bindparam("name"), table.c.state == PAUSED).limit(1)


def _newest_slot(backend: str) -> Executable:
    return select(func.max(table.c.slot)).where(_named(), table.c.slot <= bindparam("now"))


def _campaigns_since(backend: str) -> Executable:
    found = select(table.c.campaign, func.max(table.c.slot)).where(table.c.state != MISSED, table.c.slot > 0)
    return found.where(table.c.slot >= bindparam("since")).group_by(table.c.campaign).order_by(table.c.campaign)


def _one() -> Update:
    return update(table).where(table.c.id == bindparam("which"))


def _pause(backend: str) -> Executable:
    # MySQL sets one after the other: what it was is kept first.
    return (
        _one()
        .where(or_(*(table.c.state == one for one in ACTIVE)))
        .ordered_values(
            (table.c.before_pause, table.c.state), (table.c.state, PAUSED), (table.c.trouble, bindparam("trouble"))
        )
    )


def _resume(backend: str) -> Executable:
    return (
        _one()
        .where(table.c.state == PAUSED, table.c.before_pause != SCHEDULED)
        .ordered_values((table.c.state, table.c.before_pause), (table.c.before_pause, ""), (table.c.trouble, ""))
    )


def _claim(backend: str) -> Executable:
    free = or_(
        table.c.claimed_by == bindparam("by"),
        table.c.claimed_until <= bindparam("now"),
        table.c.claimed_until > bindparam("then"),  # taken by a clock that was ahead
    )
    taken = _one().where(table.c.state == LAUNCHING, free)
    return taken.values(claimed_by=bindparam("by"), claimed_until=bindparam("then"))


def _mine() -> Update:
    return _one().where(
        table.c.state == LAUNCHING, table.c.claimed_by == bindparam("by"), table.c.planned_to == bindparam("before")
    )


def _planned(backend: str) -> Executable:
    return _mine().values(planned_to=bindparam("to"), claimed_until=bindparam("then"))


def _launched(backend: str) -> Executable:
    return _mine().values(state=SENDING, launched_at=bindparam("now"), claimed_by="", claimed_until=0)


def _reopen(backend: str) -> Executable:
    return _one().where(table.c.state == FINISHED).values(state=SENDING, finished_at=None)


def _finish(backend: str) -> Executable:
    return _one().where(table.c.state == SENDING).values(state=FINISHED, finished_at=bindparam("now"))
