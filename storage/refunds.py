"""Refunds: asked for once under a number of their own, and finished once."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Executable, bindparam, or_, select, update

from domain.refund import ABNORMAL, ASKED, CLOSED, PROCESSING, Refund
from storage.dialect import insert_once
from storage.schema import refunds as table
from storage.store import Transaction


def add(tx: Transaction, refund: Refund) -> bool:
    """Store a new refund; False when the number is taken."""
    return tx.change(_add, **asdict(refund)) == 1


def find(tx: Transaction, refund_no: str) -> Refund | None:
    """The refund, or None."""
    row = tx.row(_find, wanted=refund_no)
    return Refund(*row) if row else None


def of(tx: Transaction, order_no: str) -> list[Refund]:
    """An order's refunds, the oldest first."""
    return [Refund(*row) for row in tx.rows(_of, which=order_no)]


def abnormal(tx: Transaction, most: int) -> list[Refund]:
    """Refunds an operator must see to."""
    return [Refund(*row) for row in tx.rows(_abnormal, most=most)]


def to_ask(tx: Transaction, now: int, most: int) -> list[Refund]:
    """Refunds WeChat Pay should be called about now, the longest overdue first."""
    return [Refund(*row) for row in tx.rows(_to_ask, now=now, most=most)]


def unfinished(tx: Transaction, most: int) -> list[Refund]:
    """Refunds whose end is not known yet, the oldest first."""
    return [Refund(*row) for row in tx.rows(_unfinished, most=most)]


def asked_between(tx: Transaction, begin: int, end: int) -> list[Refund]:
    """Refunds asked for within [begin, end)."""
    return [Refund(*row) for row in tx.rows(_asked_between, begin=begin, end=end)]


def asking(tx: Transaction, refund: Refund, ask_at: int) -> bool:
    """Take the refund's turn, and set the next; False when another process took it."""
    return tx.change(_asking, wanted=refund.refund_no, asked=refund.asks, asks=refund.asks + 1, ask_at=ask_at) == 1


def note(tx: Transaction, refund_no: str, state: str, refund_id: str, trouble: str, ask_at: int | None) -> bool:
    """What WeChat Pay said of a refund that is not finished. False when it is."""
    return (
        tx.change(_note, wanted=refund_no, state=state, refund_id=refund_id, trouble=trouble[:255], ask_at=ask_at) == 1
    )


def finish(tx: Transaction, refund_no: str, state: str, refund_id: str, trouble: str, at: int) -> bool:
    """It is back, or will not be. False when that was known."""
    return tx.change(_finish, wanted=refund_no, state=state, refund_id=refund_id, trouble=trouble[:255], at=at) == 1


def take_up(tx: Transaction, refund_no: str) -> bool:
    """It was given up, and came back after all: it can be finished again. False unless it was given up."""
    return tx.change(_take_up, wanted=refund_no) == 1


_COLUMNS = [table.c[field.name] for field in fields(Refund)]
_UNFINISHED = or_(*(table.c.state == state for state in (ASKED, PROCESSING, ABNORMAL)))


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.refund_no == bindparam("wanted"))


def _of(backend: str) -> Executable:
    mine = select(*_COLUMNS).where(table.c.order_no == bindparam("which"))
    return mine.order_by(table.c.asked_at, table.c.refund_no)


def _abnormal(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.state == ABNORMAL).order_by(table.c.asked_at).limit(bindparam("most"))


def _to_ask(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.ask_at <= bindparam("now")).order_by(table.c.ask_at).limit(bindparam("most"))


def _unfinished(backend: str) -> Executable:
    return select(*_COLUMNS).where(_UNFINISHED).order_by(table.c.asked_at).limit(bindparam("most"))


def _asked_between(backend: str) -> Executable:
    found = select(*_COLUMNS).where(table.c.asked_at >= bindparam("begin"), table.c.asked_at < bindparam("end"))
    return found.order_by(table.c.refund_no)


def _asking(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.refund_no == bindparam("wanted"), table.c.asks == bindparam("asked"), _UNFINISHED)
        .values(asks=bindparam("asks"), ask_at=bindparam("ask_at"))
    )


def _note(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.refund_no == bindparam("wanted"), _UNFINISHED)
        .values(
            state=bindparam("state"), refund_id=bindparam("refund_id"), trouble=bindparam("trouble"),
            ask_at=bindparam("ask_at"),
        )
    )  # fmt: skip


def _finish(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.refund_no == bindparam("wanted"), _UNFINISHED)
        .values(
            state=bindparam("state"), refund_id=bindparam("refund_id"), trouble=bindparam("trouble"),
            finished_at=bindparam("at"), ask_at=None,
        )
    )  # fmt: skip


def _take_up(backend: str) -> Executable:
    given_up = table.c.refund_no == bindparam("wanted"), table.c.state == CLOSED
    return update(table).where(*given_up).values(state=PROCESSING)
