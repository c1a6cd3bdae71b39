"""Sessions of the operator console, and how often somebody tried to begin one."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, bindparam, delete, or_, select, update

from storage.dialect import insert_once
from storage.schema import console_sessions as table
from storage.schema import console_tries as tries
from storage.store import Transaction


class Session(NamedTuple):
    """A row of console_sessions: whose it is, under which password it began, when, and when it was last used."""

    who: str
    mark: str
    began_at: int
    seen_at: int


def begin(tx: Transaction, key: str, who: str, mark: str, now: int) -> None:
    """Begin a session under a hash of what its cookie holds."""
    tx.change(_begin, id=key, who=who, mark=mark, began_at=now, seen_at=now)


def find(tx: Transaction, key: str) -> Session | None:
    """The session, whether it lasts or not."""
    row = tx.row(_find, wanted=key)
    return Session._make(row) if row else None


def seen(tx: Transaction, key: str, now: int) -> None:
    """It was used now."""
    tx.change(_seen, wanted=key, now=now)


def end(tx: Transaction, key: str) -> None:
    """It is over: its cookie opens nothing any more."""
    tx.change(_end, wanted=key)


def forget(tx: Transaction, before: int) -> int:
    """Drop sessions and counts of tries that began before; return how many sessions."""
    tx.change(_forget_tries, before=before)
    return tx.change(_forget, before=before)


# --- tries --------------------------------------------------------------------------------------------------------


def take_try(tx: Transaction, who: str, most: int, now: int, within: int) -> bool:
    """Count one more try; False when `most` were made within so many seconds."""
    if tx.change(_first_try, who=who, began_at=now, tries=1) == 1:
        return True
    if tx.change(_anew, wanted=who, now=now, over=now - within) == 1:
        return True
    return tx.change(_one_more, wanted=who, most=most) == 1


def forgive(tx: Transaction, who: str) -> None:
    """Its tries count no more: the right password came."""
    tx.change(_forgive, wanted=who)


def _begin(backend: str) -> Executable:
    return insert_once(table, backend)


def _find(backend: str) -> Executable:
    return select(*(table.c[name] for name in Session._fields)).where(table.c.id == bindparam("wanted"))


def _seen(backend: str) -> Executable:
    return update(table).where(table.c.id == bindparam("wanted")).values(seen_at=bindparam("now"))


def _end(backend: str) -> Executable:
    return delete(table).where(table.c.id == bindparam("wanted"))


def _forget(backend: str) -> Executable:
    return delete(table).where(table.c.began_at < bindparam("before"))


def _forget_tries(backend: str) -> Executable:
    return delete(tries).where(tries.c.began_at < bindparam("before"))


def _first_try(backend: str) -> Executable:
    return insert_once(tries, backend)


def _anew(backend: str) -> Executable:
    """The time is over, or the clock went back."""
    over = or_(tries.c.began_at <= bindparam("over"), tries.c.began_at > bindparam("now"))
    return update(tries).where(tries.c.who == bindparam("wanted"), over).values(began_at=bindparam("now"), tries=1)


def _one_more(backend: str) -> Executable:
    mine = tries.c.who == bindparam("wanted")
    return update(tries).where(mine, tries.c.tries < bindparam("most")).values(tries=tries.c.tries + 1)


def _forgive(backend: str) -> Executable:
    return delete(tries).where(tries.c.who == bindparam("wanted"))
