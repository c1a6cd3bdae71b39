"""Evidence: what WeChat Pay said of money that does not agree with what we sold. Kept encrypted, until looked at."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, func, select, update

from storage.dialect import insert_once
from storage.schema import payment_evidence as table
from storage.store import Transaction


class Evidence(NamedTuple):
    """One thing that does not agree; ``body`` is still encrypted."""

    id: str
    at: int
    order_no: str
    heard_by: str
    wrong: str
    transaction_id: str
    fen: int
    body: str
    resolved_at: int | None


def keep(
    tx: Transaction, said: str, hidden: str, at: int, order_no: str, heard_by: str, wrong: str, transaction_id: str,
    fen: int,
) -> bool:  # fmt: skip
    """Keep it once, however often the same is `said`; `hidden` is the same encrypted. False when it was there."""
    key = hashlib.sha256(f"{wrong}\n{said}".encode()).hexdigest()[:48]
    return (
        tx.change(
            _keep, id=key, at=at, order_no=order_no, heard_by=heard_by, wrong=wrong, transaction_id=transaction_id,
            fen=fen, body=hidden, resolved_at=None,
        )
        == 1
    )  # fmt: skip


def of(tx: Transaction, order_no: str) -> list[Evidence]:
    """Everything kept about an order, the oldest first."""
    return [Evidence._make(row) for row in tx.rows(_of, which=order_no)]


def unresolved(tx: Transaction, most: int) -> list[Evidence]:
    """What nobody looked at yet, the oldest first."""
    return [Evidence._make(row) for row in tx.rows(_unresolved, most=most)]


def count_unresolved(tx: Transaction) -> int:
    """How much nobody looked at yet."""
    return int(tx.row(_count)[0])


def resolve(tx: Transaction, order_no: str, at: int) -> int:
    """An operator looked at everything about an order; return how much it was."""
    return tx.change(_resolve, which=order_no, at=at)


_COLUMNS = [table.c[name] for name in Evidence._fields]


def _keep(backend: str) -> Executable:
    return insert_once(table, backend)


def _of(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.order_no == bindparam("which")).order_by(table.c.at, table.c.id)


def _unresolved(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.resolved_at.is_(None)).order_by(table.c.at).limit(bindparam("most"))


def _count(backend: str) -> Executable:
    return select(func.count()).select_from(table).where(table.c.resolved_at.is_(None))


def _resolve(backend: str) -> Executable:
    return (
        update(table)
        .where(table.c.order_no == bindparam("which"), table.c.resolved_at.is_(None))
        .values(resolved_at=bindparam("at"))
    )
