"""WeChat Pay's documents as our own types. What is missing or misshapen becomes a value that agrees with nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from domain.payment import BillLine, Payment, RefundNotice

CHINA = ZoneInfo("Asia/Shanghai")
NO_AMOUNT = -1


def payment_of(told: Mapping[str, Any]) -> Payment:
    """A transaction: of a notification or a query."""
    amount, payer = _object(told, "amount"), _object(told, "payer")
    return Payment(
        _text(told, "out_trade_no"), _text(told, "transaction_id"), _text(told, "trade_state"),
        _fen(amount, "total"), _text(amount, "currency"), _text(payer, "openid"), _text(told, "appid"),
        _text(told, "mchid"), _text(told, "trade_type"), moment(told.get("success_time")),
    )  # fmt: skip


def refund_of(told: Mapping[str, Any]) -> RefundNotice:
    """A refund: of a notification (``refund_status``) or of the answer to a call (``status``)."""
    amount = _object(told, "amount")
    return RefundNotice(
        _text(told, "out_refund_no"), _text(told, "out_trade_no"), _text(told, "refund_id"),
        _text(told, "refund_status") or _text(told, "status"), _fen(amount, "refund"), _fen(amount, "total"),
        _text(told, "mchid"),
    )  # fmt: skip


def bill_of(raw: bytes) -> list[BillLine]:
    """The lines of a trade bill of all kinds: CSV in UTF-8 with a mark, a back-quote before every cell, two lines of
    totals at the end. Raises ValueError when it is not one."""
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    if len(rows) < 3 or "商户订单号" not in rows[0]:
        raise ValueError("no trade bill")
    lines = []
    for cells in rows[1:-2]:
        row = dict(zip(rows[0], (cell.removeprefix("`") for cell in cells), strict=True))
        refund_no = row["商户退款单号"] if row["交易状态"] == "REFUND" else ""
        amount = row["申请退款金额"] if refund_no else row["订单金额"]
        lines.append(BillLine(row["商户订单号"], row["微信订单号"], refund_no, fen_of(amount)))
    return lines


def fen_of(yuan: str) -> int:
    """Whole fen of an amount in yuan with two decimals. Raises ValueError."""
    try:
        fen = Decimal(yuan) * 100
    except InvalidOperation:
        raise ValueError(f"{yuan} is no amount") from None
    if not fen.is_finite() or fen != int(fen):
        raise ValueError(f"{yuan} is no amount in whole fen")
    return int(fen)


def moment(told: object) -> int | None:
    """Seconds since 1970 of an RFC 3339 time, None for what is none."""
    try:
        at = dt.datetime.fromisoformat(told) if isinstance(told, str) else None
        return int(at.timestamp()) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def rfc3339(at: int) -> str:
    """A moment as WeChat Pay writes it, in China's time."""
    return dt.datetime.fromtimestamp(at, CHINA).isoformat()


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(told: Mapping[str, Any], name: str) -> str:
    """A text of at most 64 characters, as all of WeChat Pay's names and numbers are."""
    found = told.get(name)
    return found if isinstance(found, str) and re.fullmatch(r"[ -~]{1,64}", found) else ""


def _fen(told: Mapping[str, Any], name: str) -> int:
    found = told.get(name)
    return found if type(found) is int and 0 <= found < 1 << 53 else NO_AMOUNT
