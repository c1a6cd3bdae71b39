"""Mass jobs: one row for each mass send that we ask WeChat for, from the first who joins it to what became of it.

Its id is the ``clientmsgid`` under which WeChat sends it once, and stands in its link: everybody reads the same words.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, Update, bindparam, or_, select, update

from domain.mass_send import FORMING, READY, REPEAT_SECONDS, SUBMITTED, SUBMITTING
from storage.dialect import insert_once
from storage.schema import mass_jobs as table
from storage.store import Transaction


class Job(NamedTuple):
    """A row. ``outcome`` is short JSON of how it ended, "" before."""

    client_id: str
    run_id: str
    variant: str
    slug: str
    words: str
    state: str
    people: int
    due_at: int
    claimed_by: str
    claimed_at: int | None
    tries: int
    message_id: str
    made_at: int
    submitted_at: int | None
    finished_at: int | None
    outcome: str


def begin(tx: Transaction, client_id: str, run_id: str, variant: str, slug: str, now: int) -> bool:
    """A job that people may join."""
    return (
        tx.change(
            _begin, client_id=client_id, run_id=run_id, variant=variant, slug=slug, exposure_id=client_id, words="",
            state=FORMING, people=0, due_at=now, claimed_by="", claimed_at=None, tries=0, message_id="",
            made_at=now, submitted_at=None, finished_at=None, outcome="",
        )
        == 1
    )  # fmt: skip


def find(tx: Transaction, client_id: str) -> Job | None:
    """One job, or None."""
    row = tx.row(_find, which=client_id)
    return Job._make(row) if row else None


def forming(tx: Transaction, run_id: str, variant: str, slug: str) -> Job | None:
    """The job that people with these words join now, or None."""
    row = tx.row(_forming, run=run_id, variant=variant, slug=slug)
    return Job._make(row) if row else None


def of_run(tx: Transaction, run_id: str) -> list[Job]:
    """Every job of a run, the first made first."""
    return [Job._make(row) for row in tx.rows(_of_run, run=run_id)]


def in_state(tx: Transaction, state: str, now: int) -> list[Job]:
    """Those in this state whose time has come."""
    return [Job._make(row) for row in tx.rows(_in_state, state=state, now=now)]


def joined(tx: Transaction, client_id: str, more: int) -> bool:
    """So many more people are in it. False when nobody may join it any more."""
    return tx.change(_joined, which=client_id, more=more) == 1


def close(tx: Transaction, client_id: str, words: str) -> bool:
    """Nobody joins it any more: it is ready, with its words."""
    return tx.change(_close, which=client_id, words=words) == 1


def claim(tx: Transaction, job: Job, owner: str, now: int) -> bool:
    """Take it to submit it: False when it is no longer as it was read. ``claimed_at`` stays that of the first try that
    WeChat may have taken. Should this process die, it is due again once WeChat hears of the same job again."""
    first = job.claimed_at if job.state == SUBMITTING else now
    which = {"which": job.client_id, "was": job.state, "tried": job.tries}
    return tx.change(_claim, **which, by=owner, first=first, again=now + REPEAT_SECONDS) == 1


def later(tx: Transaction, client_id: str, state: str, due_at: int) -> bool:
    """Try again then: ``ready`` when WeChat has it not, ``submitting`` when it may have it."""
    return tx.change(_later, which=client_id, state=state, due=due_at) == 1


def submitted(tx: Transaction, client_id: str, message_id: str, at: int, ask_at: int) -> bool:
    """WeChat took it; at `ask_at` it is asked about, should it not report by then."""
    return tx.change(_submitted, which=client_id, message=message_id, at=at, ask=ask_at) == 1


def ask_again(tx: Transaction, client_id: str, due_at: int) -> bool:
    """Ask WeChat about a submitted job then."""
    return tx.change(_ask_again, which=client_id, due=due_at) == 1


def end(tx: Transaction, client_id: str, state: str, people: int, outcome: str, at: int) -> bool:
    """It is over: ``finished`` or ``failed``. False when it was already."""
    return tx.change(_end, which=client_id, state=state, people=people, outcome=outcome, at=at) == 1


_COLUMNS = [table.c[name] for name in Job._fields]


def _the(*states: str) -> Update:
    """Change that row while it is in one of the states."""
    return update(table).where(table.c.client_id == bindparam("which"), or_(*(table.c.state == one for one in states)))


def _begin(backend: str) -> Executable:
    return insert_once(table, backend)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.client_id == bindparam("which"))


def _forming(backend: str) -> Executable:
    run = table.c.run_id == bindparam("run")
    alike = (table.c.variant == bindparam("variant"), table.c.slug == bindparam("slug"))
    return select(*_COLUMNS).where(run, *alike, table.c.state == FORMING).order_by(table.c.client_id).limit(1)


def _of_run(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.run_id == bindparam("run")).order_by(table.c.client_id)


def _in_state(backend: str) -> Executable:
    due = (table.c.state == bindparam("state"), table.c.due_at <= bindparam("now"))
    return select(*_COLUMNS).where(*due).order_by(table.c.due_at, table.c.client_id)


def _joined(backend: str) -> Executable:
    return _the(FORMING).values(people=table.c.people + bindparam("more"))


def _close(backend: str) -> Executable:
    return _the(FORMING).values(state=READY, words=bindparam("words"))


def _claim(backend: str) -> Executable:
    as_read = (table.c.state == bindparam("was"), table.c.tries == bindparam("tried"))
    return (
        update(table)
        .where(table.c.client_id == bindparam("which"), *as_read)
        .values(
            state=SUBMITTING, claimed_by=bindparam("by"), claimed_at=bindparam("first"), tries=table.c.tries + 1,
            due_at=bindparam("again"),
        )
    )  # fmt: skip


def _later(backend: str) -> Executable:
    return _the(SUBMITTING).values(state=bindparam("state"), due_at=bindparam("due"))


def _submitted(backend: str) -> Executable:
    return _the(SUBMITTING).values(
        state=SUBMITTED, message_id=bindparam("message"), submitted_at=bindparam("at"), due_at=bindparam("ask")
    )


def _ask_again(backend: str) -> Executable:
    return _the(SUBMITTED).values(due_at=bindparam("due"))


def _end(backend: str) -> Executable:
    return _the(FORMING, READY, SUBMITTING, SUBMITTED).values(
        state=bindparam("state"), finished_at=bindparam("at"), outcome=bindparam("outcome"), people=bindparam("people")
    )
