"""WeChat Pay tells of a payment or a refund. Answered once it is safely stored, and not before.

200: stored (or nothing to store). 401: not signed by WeChat Pay, or unreadable. 413: too long. 503: it could not be
stored, WeChat Pay shall tell it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from errors import BadSignature, StoreBusy
from flows.refund_order import apply_refund
from flows.settle_payment import NOTIFY, settle
from flows.till import Till
from wechat.pay_documents import payment_of, refund_of
from wechat.pay_seal import Notice

log = logging.getLogger(__name__)

PAID = "TRANSACTION.SUCCESS"
REFUNDS = "REFUND."
Count = Callable[[str, str], None]


def make_pay_notify(till: Till | None, clock: Callable[[], float], count: Count) -> Blueprint:
    """The blueprint with /pay/notify and /pay/refund-notify; `count` gets (payment or refund, outcome)."""
    notify = Blueprint("pay_notify", __name__)

    @notify.post("/pay/notify")
    def payment() -> tuple[Response, int]:
        return _answer("payment", _settled)

    @notify.post("/pay/refund-notify")
    def refund() -> tuple[Response, int]:
        return _answer("refund", _refunded)

    def _answer(kind: str, act: Callable[[Till, Notice], str]) -> tuple[Response, int]:
        try:
            if till is None:
                return _said(kind, "no_merchant", 503)
            notice = till.pay.open(dict(request.headers), request.get_data())
            return _said(kind, act(till, notice), 200)
        except BadSignature as bad:
            log.warning("a %s notification is refused: %s", kind, bad)
            return _said(kind, "refused", 401)
        except StoreBusy as busy:
            log.error("a %s notification was not stored: %s", kind, busy)
            return _said(kind, "not_stored", 503)

    def _settled(desk: Till, notice: Notice) -> str:
        if notice.event != PAID:
            return "ignored"
        return settle(desk, payment_of(notice.document), NOTIFY, int(clock()))

    def _refunded(desk: Till, notice: Notice) -> str:
        if not notice.event.startswith(REFUNDS):
            return "ignored"
        return apply_refund(desk, refund_of(notice.document), int(clock())) or "wrong"

    def _said(kind: str, outcome: str, status: int) -> tuple[Response, int]:
        count(kind, outcome)
        good = status == 200
        return jsonify(code="SUCCESS" if good else "FAIL", message="成功" if good else "失败"), status

    return notify
