"""Deliveries: what we owe a buyer to say (a receipt, a reminder), one row each, said once."""

from __future__ import annotations

from sqlalchemy import Executable

from storage.dialect import insert_once
from storage.schema import deliveries as table
from storage.store import Transaction

OWED = "owed"


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


def _owe(backend: str) -> Executable:
    return insert_once(table, backend)
