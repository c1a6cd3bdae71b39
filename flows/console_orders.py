"""What operators see of orders, and of what needs their attention."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.order import Order
from domain.refund import Refund
from errors import ShutongError
from storage import console_acts as acts
from storage import entitlements, evidence, funnel, order_pages, orders, refunds
from storage.evidence import Evidence
from storage.order_pages import Said, Taken
from storage.store import Store

MOST = 100
"""So much of each kind is listed; who has more has another problem."""
DAY = funnel.DAY


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one order number. ``order`` is None for a number WeChat Pay named and we do not know; ``holder``
    is who may read because of it, "" for nobody; ``rejected`` maps the methods not chosen to the reasons."""

    order_no: str
    order: Order | None
    evidence: list[Told]
    holder: str = ""
    rejected: Mapping[str, str] = field(default_factory=dict)
    refunds: list[Refund] = field(default_factory=list)
    steps: list[Taken] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def unresolved(self) -> bool:
        """Does something wait to be looked at?"""
        return any(one.kept.resolved_at is None for one in self.evidence)


@dataclass(frozen=True, slots=True)
class Told:
    """What WeChat Pay said; ``said`` is {} when no key reads it."""

    kept: Evidence
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs an operator."""

    evidence: list[Evidence]
    refunds: list[Refund]
    unsaid: list[Said]


def needs_attention(store: Store, now: int) -> Attention:
    """Money that does not agree, refunds that do not get through, messages that may not have arrived."""
    with store.read() as tx:
        return Attention(
            evidence.unresolved(tx, MOST), refunds.abnormal(tx, MOST), order_pages.unsaid(tx, now, MOST),
        )  # fmt: skip


def order_sheet(store: Store, order_no: str, show: Callable[[str], str]) -> Sheet | None:
    """The sheet of an order, None when nothing is known of such a number. `show` decrypts."""
    with store.read() as tx:
        order = orders.find(tx, order_no)
        kept = [Told(one, _said(one, show)) for one in evidence.of(tx, order_no)]
        if order is None:
            return Sheet(order_no, None, kept) if kept else None
        return Sheet(
            order_no, order, kept, entitlements.holder(tx, order.slug, order.source),
            json.loads(order.rejected or "{}"), refunds.of(tx, order_no), order_pages.steps(tx, order_no),
            order_pages.said(tx, order_no),
        )  # fmt: skip


def _said(one: Evidence, show: Callable[[str], str]) -> Mapping[str, Any]:
    try:
        said = json.loads(show(one.body) or "{}")
    except (ShutongError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def settle_evidence(store: Store, order_no: str, who: str, note: str, now: int) -> int:
    """An operator looked at everything about a number; return how much it was."""
    with store.write() as tx:
        settled = evidence.resolve(tx, order_no, now)
        if settled:
            acts.note(tx, now, who, acts.EVIDENCE_SETTLED, order_no, note)
        return settled


def note_seen(store: Store, order_no: str, who: str, now: int) -> None:
    """An operator saw the whole openid of an order's buyer."""
    with store.write() as tx:
        acts.note(tx, now, who, acts.ORDER_SEEN, order_no)


@dataclass(frozen=True, slots=True)
class Way:
    """One method's part of the funnel; ``share`` is of the orders, in 0..1."""

    method: str
    ordered: int
    opened: int
    paid: int

    @property
    def share(self) -> float:
        """Paid of ordered."""
        return self.paid / self.ordered if self.ordered else 0.0


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many saw a price and tapped, and what came of the orders by method, the most used first."""

    seen: int
    tapped: int
    ways: list[Way]

    @property
    def whole(self) -> Way:
        """All methods together."""
        ways = self.ways
        return Way("", sum(w.ordered for w in ways), sum(w.opened for w in ways), sum(w.paid for w in ways))


def funnel_of(store: Store, days: int, now: int) -> Funnel:
    """The steps of the last days."""
    with store.read() as tx:
        counts = funnel.counts(tx, now - days * DAY)
    methods = {method for step, method in counts if method}
    ways = [
        Way(method, *(counts.get((step, method), 0) for step in (funnel.ORDERED, funnel.OPENED, funnel.PAID)))
        for method in methods
    ]
    before = {step: sum(n for (one, _), n in counts.items() if one == step) for step in (funnel.SEEN, funnel.TAPPED)}
    return Funnel(before[funnel.SEEN], before[funnel.TAPPED], sorted(ways, key=lambda w: (-w.ordered, w.method)))
