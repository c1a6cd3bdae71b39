"""Everything kept about one order, and what an operator must look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from domain.moment import rfc3339
from domain.order import Order
from domain.refund import Refund
from storage import entitlements, evidence, orders, refunds
from storage.evidence import Evidence
from storage.store import Store

MOST = 1_000


def show_order(store: Store, order_no: str, zone: ZoneInfo, show: Callable[[str], str]) -> dict[str, Any] | None:
    """The document of ``order show``, None when nothing is known of such a number. `show` decrypts."""
    with store.read() as tx:
        order = orders.find(tx, order_no)
        kept = evidence.of(tx, order_no)
        back = refunds.of(tx, order_no)
        holder = entitlements.holder(tx, order.slug, order.source) if order else ""
    if order is None and not kept:
        return None
    return {
        **(_order(order, zone) if order else {"order_no": order_no, "state": None}),
        "held_by": holder,
        "refunds": [_refund(one, zone) for one in back],
        "evidence": [_evidence(one, zone, show) for one in kept],
    }


def list_orders(store: Store, most: int, state: str, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The newest orders, of a state or of all."""
    with store.read() as tx:
        return [_order(one, zone) for one in orders.lately(tx, most, state)]


def money_trouble(store: Store, zone: ZoneInfo, show: Callable[[str], str]) -> dict[str, Any]:
    """What does not agree and was not looked at, and refunds that the payer's bank refused."""
    with store.read() as tx:
        odd, stuck = evidence.unresolved(tx, MOST), refunds.abnormal(tx, MOST)
    return {
        "evidence": [_evidence(one, zone, show) for one in odd],
        "refunds": [_refund(one, zone) for one in stuck],
    }


def _order(order: Order, zone: ZoneInfo) -> dict[str, Any]:
    plain = {
        name: getattr(order, name)
        for name in (
            "order_no", "state", "slug", "title", "buyer", "price_fen", "amount_fen", "refunded_fen", "coupon",
            "method", "reason", "transaction_id",
        )
    }  # fmt: skip
    times = {name: rfc3339(getattr(order, name), zone) for name in ("created_at", "expires_at", "paid_at", "closed_at")}
    return {**plain, "rejected": json.loads(order.rejected or "{}"), **times}


def _refund(one: Refund, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "refund_no": one.refund_no, "order_no": one.order_no, "fen": one.fen, "state": one.state,
        "reason": one.reason, "asked_by": one.asked_by, "asked_at": rfc3339(one.asked_at, zone),
        "finished_at": rfc3339(one.finished_at, zone), "trouble": one.trouble,
    }  # fmt: skip


def _evidence(one: Evidence, zone: ZoneInfo, show: Callable[[str], str]) -> dict[str, Any]:
    return {
        "at": rfc3339(one.at, zone), "order_no": one.order_no, "heard_by": one.heard_by, "wrong": one.wrong,
        "fen": one.fen, "said": json.loads(show(one.body)), "seen_at": rfc3339(one.resolved_at, zone),
    }  # fmt: skip
