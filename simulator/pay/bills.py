"""Trade and fund bills (platform.md 6.7): CSV with a byte-order mark, cells after a back-quote."""

import gzip
import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from simulator.pay.errors import PayError
from simulator.pay.orders import CHINA, TRADE_TYPES, Order, Refund

MONTHS_DAYS = 92
TRADE_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TRADE_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FUND_HEAD = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FUND_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def check_date(value: str, now: float) -> date:
    """The day asked for: not today, ready after 10:00 the next day, three months back."""
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise PayError(400, "PARAM_ERROR", "bill_date: YYYY-MM-DD") from error
    here = datetime.fromtimestamp(now, CHINA)
    yesterday = here.date() - timedelta(days=1)
    if day > yesterday or (day == yesterday and here.hour < 10) or (here.date() - day).days > MONTHS_DAYS:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    return day


def _on(at: float, day: date) -> bool:
    return at > 0 and datetime.fromtimestamp(at, CHINA).date() == day


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def _line(cells: list[Any]) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def trade(orders: list[Order], day: date, kind: str) -> bytes:
    """The trade bill of a day; `kind` is ALL, SUCCESS or REFUND."""
    paid = [order for order in orders if _on(order.paid_at, day)] if kind in ("ALL", "SUCCESS") else []
    back = [(order, one) for order in orders for one in order.refunds.values() if _on(one.at, day)]
    back = back if kind in ("ALL", "REFUND") else []
    lines = [_trade_line(order, None) for order in paid] + [_trade_line(order, one) for order, one in back]
    if not lines:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    income, refunded = sum(order.total for order in paid), sum(one.fen for _, one in back)
    totals = [len(lines), _yuan(income), _yuan(refunded), "0.00", "0.00000", _yuan(income), _yuan(refunded)]
    return _csv([TRADE_HEAD, *lines, TRADE_TOTALS, _line(totals)])


def _trade_line(order: Order, refund: Refund | None) -> str:
    body = order.request
    at = refund.at if refund else order.paid_at
    head = [
        _when(at),
        body["appid"],
        body["mchid"],
        "0",
        "",
        order.transaction_id,
        order.number,
        order.payer,
        TRADE_TYPES[order.kind],
        "REFUND" if refund else "SUCCESS",
        "OTHERS",
        "CNY",
    ]
    total = "0.00" if refund else _yuan(order.total)
    back = _yuan(refund.fen) if refund else "0.00"
    middle = [
        total,
        "0.00",
        refund.refund_id if refund else "0",
        refund.out_refund_no if refund else "0",
        back,
        "0.00",
        "ORIGINAL" if refund else "",
        refund.status if refund else "",
    ]
    tail = [body["description"], body.get("attach", ""), "0.00000", "0.60%", total, back, ""]
    return _line([*head, *middle, *tail])


def fund(orders: list[Order], day: date) -> bytes:
    """The fund flow of a day."""
    moves = [(order.paid_at, order, order.total, "收入") for order in orders if _on(order.paid_at, day)]
    moves += [
        (one.at, order, one.fen, "支出") for order in orders for one in order.refunds.values() if _on(one.at, day)
    ]
    if not moves:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    lines, balance = [], 0
    for at, order, fen, way in sorted(moves, key=lambda move: move[0]):
        balance += fen if way == "收入" else -fen
        name = "交易" if way == "收入" else "退款"
        lines.append(
            _line(
                [
                    _when(at),
                    order.transaction_id,
                    order.transaction_id,
                    name,
                    name,
                    way,
                    _yuan(fen),
                    _yuan(balance),
                    "system",
                    "",
                    order.number,
                ]
            )
        )
    income = [move for move in moves if move[3] == "收入"]
    paid_out = [move for move in moves if move[3] == "支出"]
    totals = [
        len(moves),
        len(income),
        _yuan(sum(m[2] for m in income)),
        len(paid_out),
        _yuan(sum(m[2] for m in paid_out)),
    ]
    return _csv([FUND_HEAD, *lines, FUND_TOTALS, _line(totals)])


def _csv(lines: list[str]) -> bytes:
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def digest(data: bytes) -> str:
    """SHA1 of the uncompressed bytes."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def packed(data: bytes, tar_type: str | None) -> bytes:
    return gzip.compress(data) if tar_type == "GZIP" else data
