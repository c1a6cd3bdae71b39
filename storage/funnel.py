"""The way to a payment: who saw a price, tapped the button, got an order, saw the cashier, paid. One row a step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Executable, bindparam, func, select

from storage.dialect import insert_once
from storage.schema import funnel_steps as table
from storage.store import Transaction

SEEN, TAPPED, ORDERED, OPENED, PAID = STEPS = ("seen", "tapped", "ordered", "opened", "paid")
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``order_no`` and ``method`` are "" before there is an order, ``scene`` as in the choice of method."""

    step: str
    at: int
    buyer: str
    slug: str
    scene: str
    exposure_id: str = ""
    order_no: str = ""
    method: str = ""


def add(tx: Transaction, step: Step) -> bool:
    """Keep a step once: each of an order's, and those before an order once a day for a buyer and item."""
    which = step.order_no or f"{step.buyer}\n{step.slug}\n{step.at // DAY}"
    key = f"{step.step}:{hashlib.sha256(which.encode()).hexdigest()[:40]}"
    return (
        tx.change(
            _add, id=key, at=step.at, step=step.step, buyer=step.buyer, slug=step.slug, order_no=step.order_no,
            method=step.method, scene=step.scene, exposure_id=step.exposure_id,
        )
        == 1
    )  # fmt: skip


def counts(tx: Transaction, since: int) -> dict[tuple[str, str], int]:
    """(step, method) -> how many since then, in the order of the steps; method is "" before there is an order."""
    found = sorted(tx.rows(_counts, since=since), key=lambda row: (STEPS.index(row[0]), row[1]))
    return {(step, method): int(number) for step, method, number in found}


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _counts(backend: str) -> Executable:
    found = select(table.c.step, table.c.method, func.count()).where(table.c.at >= bindparam("since"))
    return found.group_by(table.c.step, table.c.method)
