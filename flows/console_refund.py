"""An operator returns money from the console, once, however often the form is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.refund import Refund
from errors import Declined
from flows.refund_order import call_about, owe_back
from flows.till import Till
from storage import console_acts as acts
from storage import orders, refunds


def return_money(till: Till, plan: Mapping[str, Any], who: str, now: int) -> Refund:
    """Do what was confirmed: ``fen`` of ``order_no`` go back for the ``reason``, if still ``left`` fen could.

    The number ``refund_no`` was chosen before: a second form of the same plan finds the refund made. Raises
    ``Declined``."""
    order_no, refund_no, fen = str(plan["order_no"]), str(plan["refund_no"]), int(plan["fen"])
    with till.store.write() as tx:
        made = refunds.find(tx, refund_no)
        if made:
            return made
        order = orders.find(tx, order_no)
        if order is None or order.returnable_fen != plan["left"]:
            raise Declined(f"order {order_no} has changed since the refund was shown")
        if not owe_back(tx, order, refund_no, fen, str(plan["reason"]), who, now):
            raise Declined(f"of order {order_no} so much cannot go back")
        acts.note(tx, now, who, acts.REFUND, order_no, f"¥{fen // 100}.{fen % 100:02d} {plan['reason']}")
    return call_about(till, refund_no, now)
