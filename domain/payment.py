"""What WeChat Pay says about money, and whether it agrees with what we sold."""

from __future__ import annotations

from dataclasses import dataclass

from domain.order import Order

SUCCESS, REFUND, NOTPAY, CLOSED, REVOKED = "SUCCESS", "REFUND", "NOTPAY", "CLOSED", "REVOKED"
USERPAYING, PAYERROR, ACCEPT = "USERPAYING", "PAYERROR", "ACCEPT"
"""Trade states. REFUND: it was paid, and some of it went back."""
PROCESSING, ABNORMAL = "PROCESSING", "ABNORMAL"
"""Refund states beside SUCCESS and CLOSED. ABNORMAL: the payer's bank refused it, an operator must act."""
YUAN = "CNY"


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who sells: the account's app id and the merchant's number."""

    app_id: str
    mch_id: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One order as WeChat Pay tells it, by a notify, a query or a bill.

    ``amount_fen`` is ``amount.total``: with a coupon of WeChat Pay's the payer gave less and we still get this.
    ``payer`` is the openid for this app id, "" where none is told; ``paid_at`` seconds since 1970.
    """

    order_no: str
    transaction_id: str
    trade_state: str
    amount_fen: int
    currency: str
    payer: str
    app_id: str
    mch_id: str
    trade_type: str
    paid_at: int | None


@dataclass(frozen=True, slots=True)
class RefundNotice:
    """One refund as WeChat Pay tells it; ``status`` is SUCCESS, PROCESSING, ABNORMAL or CLOSED.

    ``mch_id`` is "" where none is told: an answer to our own signed call names no merchant.
    """

    refund_no: str
    order_no: str
    refund_id: str
    status: str
    fen: int
    total_fen: int
    mch_id: str


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of WeChat Pay's bill of a day: money that came, or, with a ``refund_no``, was asked back."""

    order_no: str
    transaction_id: str
    refund_no: str
    fen: int


def disagreement(payment: Payment, order: Order | None, merchant: Merchant) -> str:
    """What of a payment that was made does not agree with what was sold, "" when everything does."""
    if order is None:
        return "unknown_order"
    checks = {
        "wrong_merchant": payment.mch_id == merchant.mch_id,
        "wrong_app": payment.app_id == merchant.app_id,
        "wrong_currency": payment.currency == YUAN,
        "wrong_amount": payment.amount_fen == order.amount_fen,
        "wrong_payer": not order.payer or payment.payer == order.payer,
        "paid_twice": order.transaction_id in ("", payment.transaction_id),
        "no_transaction": bool(payment.transaction_id),
    }
    return next((name for name, agrees in checks.items() if not agrees), "")
