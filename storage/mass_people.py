"""The people of mass sends: rows of ``campaign_deliveries`` that are ``grouped``, first for a job, then in one.

``message_id`` names the job of a row, "" = none yet. Rows are changed page by page of ``PAGE`` people, so that whoever
answers a follower never waits for long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Executable, Update, and_, bindparam, exists, func, or_, select, update

from domain.campaign import GROUPED, HELD, MASS, PLANNED, SENDING, SENT, TAKEN
from domain.delivery import VISIT
from storage.schema import campaign_deliveries as table
from storage.schema import campaign_runs as runs
from storage.store import Transaction

PAGE = 500


def group(tx: Transaction, run_id: str, openid: str, now: int) -> bool:
    """It goes by mass send: the planned row waits for a job from now on. False when it is not planned any more."""
    return tx.change(_group, run=run_id, who=openid, now=now) == 1


def waiting(tx: Transaction, run_id: str) -> list[tuple[str, str, int]]:
    """(variant, slug, how many) of the people of a run who wait for a job."""
    return [(variant, slug, int(count)) for variant, slug, count in tx.rows(_waiting, run=run_id)]


def runs_with_people(tx: Transaction) -> list[str]:
    """The runs that are being sent and have somebody who waits for a job, or is in one that is not sent."""
    return [row[0] for row in tx.rows(_runs)]


def waited_too_long(tx: Transaction, run_id: str, since_before: int) -> list[str]:
    """A page of those of a run who wait for a job since before that: what was decided of them is out of date."""
    return [row[0] for row in tx.rows(_waited, run=run_id, before=since_before)]


def who_wait(tx: Transaction, run_id: str, variant: str, slug: str) -> list[str]:
    """A page of those who wait for these words."""
    return [row[0] for row in tx.rows(_who_wait, run=run_id, variant=variant, slug=slug)]


def join(tx: Transaction, run_id: str, openid: str, client_id: str) -> bool:
    """Somebody who waits is in that job now. False when they do not wait any more."""
    return tx.change(_join, run=run_id, who=openid, job=client_id) == 1


def leave(tx: Transaction, run_id: str, openid: str, due_at: int) -> bool:
    """Somebody who waits is decided on anew then."""
    return tx.change(_leave, run=run_id, who=openid, due=due_at) == 1


def give_up(tx: Transaction, run_id: str, openid: str, why: str) -> bool:
    """Somebody waits alone: it waits for their next visit."""
    return tx.change(_give_up, run=run_id, who=openid, reason=why[:64]) == 1


def on_the_way(tx: Transaction, run_id: str, until: int) -> bool:
    """May anybody of the run still come to wait before `until`?"""
    return tx.row(_on_the_way, run=run_id, until=until) is not None


def of_job(tx: Transaction, run_id: str, client_id: str, state: str, after: str = "") -> list[tuple[str, str]]:
    """The next page of a job's people whose rows are in this state: (openid, reason), by openid."""
    found = tx.rows(_of_job, run=run_id, job=client_id, state=state, after=after)
    return [(openid, reason) for openid, reason in found]


def sent(tx: Transaction, run_id: str, client_id: str, exposures: Mapping[str, str], at: int) -> None:
    """WeChat took the job of these people (openid -> id of the exposure)."""
    known = {"run": run_id, "job": client_id, "at": at}
    tx.change_many(_sent, [{**known, "who": who, "exposure": one} for who, one in exposures.items()])


def turn(tx: Transaction, run_id: str, client_id: str, people: Sequence[str], was: str, becomes: str, why: str) -> int:
    """Change the state of that page of a job's people, in order of their openids; return how many were in it."""
    span = {"first": people[0], "last": people[-1]}
    return tx.change(_turn, run=run_id, job=client_id, was=was, becomes=becomes, reason=why[:64], **span)


def release(tx: Transaction, run_id: str, client_id: str, people: Sequence[str], due_at: int) -> int:
    """They are in no job any more: planned, and decided on anew then."""
    return tx.change(_release, run=run_id, job=client_id, first=people[0], last=people[-1], due=due_at)


def hold(tx: Transaction, run_id: str, client_id: str, people: Sequence[str], why: str) -> int:
    """They are in no job any more: it waits for their next visit."""
    return tx.change(_hold, run=run_id, job=client_id, first=people[0], last=people[-1], reason=why[:64])


def _row() -> Update:
    return update(table).where(table.c.run_id == bindparam("run"), table.c.openid == bindparam("who"))


def _waits() -> ColumnElement[bool]:
    return and_(table.c.state == GROUPED, table.c.message_id == "")


def _in_job() -> ColumnElement[bool]:
    return and_(table.c.run_id == bindparam("run"), table.c.message_id == bindparam("job"))


def _page_of_job(state: ColumnElement[bool]) -> Update:
    span = table.c.openid.between(bindparam("first"), bindparam("last"))
    return update(table).where(_in_job(), span, state)


def _group(backend: str) -> Executable:
    return (
        _row()
        .where(table.c.state == PLANNED)
        .values(state=GROUPED, channel=MASS, message_id="", why="", claimed_at=bindparam("now"))
    )


def _runs(backend: str) -> Executable:
    theirs = and_(table.c.run_id == runs.c.id, table.c.state == GROUPED)
    return select(runs.c.id).where(runs.c.state == SENDING, exists().where(theirs)).order_by(runs.c.slot, runs.c.id)


def _waiting(backend: str) -> Executable:
    found = select(table.c.variant, table.c.slug, func.count()).where(table.c.run_id == bindparam("run"), _waits())
    return found.group_by(table.c.variant, table.c.slug).order_by(table.c.variant, table.c.slug)


def _waited(backend: str) -> Executable:
    old = and_(table.c.run_id == bindparam("run"), _waits(), table.c.claimed_at < bindparam("before"))
    return select(table.c.openid).where(old).order_by(table.c.openid).limit(PAGE)


def _who_wait(backend: str) -> Executable:
    alike = and_(table.c.variant == bindparam("variant"), table.c.slug == bindparam("slug"))
    found = select(table.c.openid).where(table.c.run_id == bindparam("run"), _waits(), alike)
    return found.order_by(table.c.openid).limit(PAGE)


def _join(backend: str) -> Executable:
    return _row().where(_waits()).values(message_id=bindparam("job"))


def _leave(backend: str) -> Executable:
    return _row().where(_waits()).values(state=PLANNED, channel="", due_at=bindparam("due"))


def _give_up(backend: str) -> Executable:
    return _row().where(_waits()).values(state=HELD, channel=VISIT, why=bindparam("reason"))


def _on_the_way(backend: str) -> Executable:
    comes = or_(and_(table.c.state == PLANNED, table.c.due_at <= bindparam("until")), table.c.state == TAKEN)
    return select(table.c.openid).where(table.c.run_id == bindparam("run"), comes).limit(1)


def _of_job(backend: str) -> Executable:
    behind = table.c.openid > bindparam("after")
    found = select(table.c.openid, table.c.reason).where(_in_job(), table.c.state == bindparam("state"), behind)
    return found.order_by(table.c.openid).limit(PAGE)


def _sent(backend: str) -> Executable:
    mine = _row().where(table.c.message_id == bindparam("job"), table.c.state == GROUPED)
    return mine.values(state=SENT, sent_at=bindparam("at"), exposure_id=bindparam("exposure"))


def _turn(backend: str) -> Executable:
    return _page_of_job(table.c.state == bindparam("was")).values(state=bindparam("becomes"), why=bindparam("reason"))


def _release(backend: str) -> Executable:
    return _page_of_job(table.c.state == GROUPED).values(
        state=PLANNED, channel="", message_id="", due_at=bindparam("due")
    )


def _hold(backend: str) -> Executable:
    return _page_of_job(table.c.state == GROUPED).values(
        state=HELD, channel=VISIT, message_id="", why=bindparam("reason")
    )
