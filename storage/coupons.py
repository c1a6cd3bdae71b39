"""Coupons of buyers: the codes they hold, and each use of one.

A use is a row whose number runs from 1 to what the coupon allows one buyer: the insert that meets a taken number does
nothing, so that two orders at once cannot both have the last one. An order that closes unpaid gives its use back.
"""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, select

from storage.dialect import insert_once
from storage.schema import coupon_uses as uses
from storage.schema import coupons_held as held_by
from storage.store import Transaction


def hold(tx: Transaction, buyer: str, code: str, at: int) -> bool:
    """The buyer typed the code, or came with it. False when they hold it already."""
    return tx.change(_hold, buyer=buyer, code=code, at=at) == 1


def held(tx: Transaction, buyer: str) -> list[str]:
    """The codes a buyer holds, used or not, the newest first."""
    return [row[0] for row in tx.rows(_held, who=buyer)]


def used_in(tx: Transaction, code: str, buyer: str) -> list[str]:
    """The orders in which a buyer uses the coupon: paid, or waiting for money."""
    return [row[0] for row in tx.rows(_used_in, code=code, who=buyer)]


def use(tx: Transaction, code: str, buyer: str, per_person: int, order_no: str, at: int) -> bool:
    """Use the coupon for an order, once: False when the buyer has used it `per_person` times."""
    if order_no in used_in(tx, code, buyer):
        return True
    return any(
        tx.change(_use, code=code, buyer=buyer, nth=nth, order_no=order_no, at=at) == 1
        for nth in range(1, per_person + 1)
    )


def used_after_all(tx: Transaction, code: str, buyer: str, order_no: str, at: int) -> None:
    """An order that had given its use back was paid late: count it, whatever the limit says by now."""
    use(tx, code, buyer, len(used_in(tx, code, buyer)) + 1, order_no, at)


def give_back(tx: Transaction, order_no: str) -> None:
    """The order will not be paid: its coupon can be used again."""
    tx.change(_give_back, order=order_no)


def move(tx: Transaction, buyer: str, to: str, at: int) -> None:
    """What a reader held and used is a follower's from now on."""
    for code in held(tx, buyer):
        hold(tx, to, code, at)
        theirs = used_in(tx, code, buyer)
        tx.change(_drop_uses, code=code, who=buyer)
        for order_no in theirs:
            used_after_all(tx, code, to, order_no, at)
    tx.change(_drop_held, who=buyer)


def _hold(backend: str) -> Executable:
    return insert_once(held_by, backend)


def _held(backend: str) -> Executable:
    mine = select(held_by.c.code).where(held_by.c.buyer == bindparam("who"))
    return mine.order_by(held_by.c.at.desc(), held_by.c.code)


def _used_in(backend: str) -> Executable:
    return select(uses.c.order_no).where(uses.c.code == bindparam("code"), uses.c.buyer == bindparam("who"))


def _use(backend: str) -> Executable:
    return insert_once(uses, backend)


def _give_back(backend: str) -> Executable:
    return delete(uses).where(uses.c.order_no == bindparam("order"))


def _drop_held(backend: str) -> Executable:
    return delete(held_by).where(held_by.c.buyer == bindparam("who"))


def _drop_uses(backend: str) -> Executable:
    return delete(uses).where(uses.c.code == bindparam("code"), uses.c.buyer == bindparam("who"))
