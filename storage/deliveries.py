"""Deliveries: what we owe a buyer to say (a receipt, a reminder), one row each, said once.

Who wants to say it claims the row by a conditional update; whoever comes second finds it claimed. The call to WeChat is
made between the claim and the next change, outside any transaction.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, Update, and_, bindparam, or_, select, update

from domain.delivery import DROPPED, OWED, SENDING, SENT, SERVICE, SHOWN, UNSURE, VISIT, WAITING
from storage.dialect import insert_once
from storage.schema import deliveries as table
from storage.store import Transaction


class Delivery(NamedTuple):
    """A row, as far as it decides anything."""

    id: str
    kind: str
    buyer: str
    order_no: str
    slug: str
    state: str
    channel: str
    owed_at: int
    until: int | None
    tries: int

    @property
    def about(self) -> str:
        """What it is about: the number of an order, or of a refund."""
        return self.id.partition(":")[2]


def owe(
    tx: Transaction, kind: str, buyer: str, order_no: str, slug: str, at: int, due_at: int, until: int | None = None,
    about: str = "",
) -> bool:  # fmt: skip
    """Owe it, once for each kind and order (or `about`, a refund's number): False when it is owed or said already.
    Useless after `until`."""
    return (
        tx.change(
            _owe, id=f"{kind}:{about or order_no}", kind=kind, buyer=buyer, order_no=order_no, slug=slug, state=OWED,
            channel="", owed_at=at, due_at=due_at, until=until, claimed_by="", claimed_at=None, sent_at=None,
            tries=0, message_id="", trouble="",
        )
        == 1
    )  # fmt: skip


def due(tx: Transaction, now: int, most: int) -> list[Delivery]:
    """What should be said now, the longest overdue first."""
    return [Delivery._make(row) for row in tx.rows(_due, now=now, most=most)]


def unsaid(tx: Transaction, buyer: str, now: int) -> list[Delivery]:
    """What the buyer should read at a visit: service notices that are not known to have reached them, the oldest
    first."""
    return [Delivery._make(row) for row in tx.rows(_unsaid, who=buyer, now=now)]


def reminded_of(tx: Transaction, kind: str, buyer: str, slug: str) -> bool:
    """Was the buyer ever owed this kind about this item?"""
    return tx.row(_reminded_of, kind=kind, who=buyer, slug=slug) is not None


def claim(tx: Transaction, delivery_id: str, channel: str, owner: str, now: int) -> bool:
    """Take it to send it: False when somebody else has."""
    return tx.change(_claim, which=delivery_id, how=channel, by=owner, now=now) == 1


def sent(tx: Transaction, delivery_id: str, owner: str, message_id: str, at: int) -> bool:
    """WeChat took it. False when it was given up for unsure meanwhile."""
    return tx.change(_sent, which=delivery_id, by=owner, message=message_id, at=at) == 1


def unclaim(tx: Transaction, delivery_id: str, owner: str, due_at: int, trouble: str) -> bool:
    """It was not sent: try again at `due_at`."""
    return tx.change(_unclaim, which=delivery_id, by=owner, due=due_at, trouble=trouble[:255]) == 1


def unsure(tx: Transaction, delivery_id: str, owner: str, trouble: str) -> bool:
    """It may have been sent: never again by itself."""
    return tx.change(_unsure, which=delivery_id, by=owner, trouble=trouble[:255]) == 1


def forsaken(tx: Transaction, claimed_before: int) -> int:
    """What a process took and never came back about is unsure: how many."""
    return tx.change(_forsaken, before=claimed_before)


def later(tx: Transaction, delivery_id: str, due_at: int, trouble: str) -> bool:
    """Not now."""
    return tx.change(_later, which=delivery_id, due=due_at, trouble=trouble[:255]) == 1


def wait(tx: Transaction, delivery_id: str, trouble: str) -> bool:
    """No channel may carry it: it is shown at the next visit."""
    return tx.change(_wait, which=delivery_id, trouble=trouble[:255]) == 1


def drop(tx: Transaction, delivery_id: str, trouble: str) -> bool:
    """It need not be said any more."""
    return tx.change(_drop, which=delivery_id, trouble=trouble[:255]) == 1


def show(tx: Transaction, delivery_id: str, at: int) -> bool:
    """The buyer reads it at a visit: False when it is being sent, or was said."""
    return tx.change(_show, which=delivery_id, at=at) == 1


def came_back(tx: Transaction, buyer: str, message_id: str, trouble: str) -> bool:
    """WeChat reports that the message did not reach the person: it is shown at the next visit."""
    return bool(message_id) and tx.change(_came_back, who=buyer, message=message_id, trouble=trouble[:255]) == 1


def move(tx: Transaction, buyer: str, to: str, now: int) -> None:
    """What was not said to a reader is said to the follower who claimed the purchase."""
    tx.change(_move, who=buyer, to=to, now=now)


_COLUMNS = [table.c[name] for name in Delivery._fields]
_UNSAID = (OWED, WAITING, UNSURE)


def _one_of(column: ColumnElement[str], values: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(column == value for value in values))


def _the(*states: str) -> Update:
    """Change that row while it is in one of the states."""
    return update(table).where(table.c.id == bindparam("which"), _one_of(table.c.state, states))


def _mine() -> Update:
    """Change that row while this owner is sending it."""
    return _the(SENDING).where(table.c.claimed_by == bindparam("by"))


def _owe(backend: str) -> Executable:
    return insert_once(table, backend)


def _due(backend: str) -> Executable:
    found = select(*_COLUMNS).where(table.c.state == OWED, table.c.due_at <= bindparam("now"))
    return found.order_by(table.c.due_at, table.c.id).limit(bindparam("most"))


def _unsaid(backend: str) -> Executable:
    of_use = or_(table.c.until.is_(None), table.c.until > bindparam("now"))
    mine = and_(table.c.buyer == bindparam("who"), _one_of(table.c.state, _UNSAID), _one_of(table.c.kind, SERVICE))
    return select(*_COLUMNS).where(mine, of_use).order_by(table.c.owed_at, table.c.id)


def _reminded_of(backend: str) -> Executable:
    mine = and_(table.c.buyer == bindparam("who"), table.c.slug == bindparam("slug"))
    return select(table.c.id).where(mine, table.c.kind == bindparam("kind")).limit(1)


def _claim(backend: str) -> Executable:
    return _the(OWED).values(
        state=SENDING, channel=bindparam("how"), claimed_by=bindparam("by"), claimed_at=bindparam("now"),
        tries=table.c.tries + 1,
    )  # fmt: skip


def _sent(backend: str) -> Executable:
    return _mine().values(state=SENT, message_id=bindparam("message"), sent_at=bindparam("at"), trouble="")


def _unclaim(backend: str) -> Executable:
    return _mine().values(state=OWED, due_at=bindparam("due"), trouble=bindparam("trouble"))


def _unsure(backend: str) -> Executable:
    return _mine().values(state=UNSURE, trouble=bindparam("trouble"))


def _forsaken(backend: str) -> Executable:
    old = and_(table.c.state == SENDING, table.c.claimed_at < bindparam("before"))
    return update(table).where(old).values(state=UNSURE, trouble="the sender died between sending and writing")


def _later(backend: str) -> Executable:
    return _the(OWED).values(due_at=bindparam("due"), trouble=bindparam("trouble"))


def _wait(backend: str) -> Executable:
    return _the(OWED).values(state=WAITING, channel=VISIT, trouble=bindparam("trouble"))


def _drop(backend: str) -> Executable:
    return _the(OWED).values(state=DROPPED, trouble=bindparam("trouble"))


def _show(backend: str) -> Executable:
    return _the(*_UNSAID).values(state=SHOWN, channel=VISIT, sent_at=bindparam("at"))


def _came_back(backend: str) -> Executable:
    mine = and_(table.c.buyer == bindparam("who"), table.c.message_id == bindparam("message"))
    return (
        update(table)
        .where(mine, table.c.state == SENT)
        .values(state=WAITING, channel=VISIT, trouble=bindparam("trouble"))
    )


def _move(backend: str) -> Executable:
    theirs = and_(table.c.buyer == bindparam("who"), _one_of(table.c.state, _UNSAID))
    return update(table).where(theirs).values(buyer=bindparam("to"), state=OWED, due_at=bindparam("now"))
