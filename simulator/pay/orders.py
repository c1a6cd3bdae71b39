"""Orders and refunds: their states and rules (platform.md 6.4, 6.7)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from simulator.pay import rules
from simulator.pay.errors import PayError

CHINA = timezone(timedelta(hours=8))
LIVES = {"jsapi": 7200, "native": 7200, "app": 7200, "h5": 300}
"""Seconds a prepay_id, code_url or h5_url can be paid."""
PAYABLE_SECONDS = 7 * 86400
REFUNDS_MAX, REFUND_APART, REFUND_YEAR = 50, 60, 365 * 86400
TRADE_TYPES = {"jsapi": "JSAPI", "native": "NATIVE", "h5": "MWEB", "app": "APP"}
_STATES = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "PAYERROR": "支付失败",
}


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).astimezone(CHINA).isoformat()


@dataclass
class Refund:
    """One refund; `status` is PROCESSING, SUCCESS, CLOSED or ABNORMAL."""

    refund_id: str
    out_refund_no: str
    fen: int
    at: float
    request: str
    notify_url: str
    status: str = "PROCESSING"
    done_at: float = 0.0


@dataclass
class Order:
    """One out_trade_no. `prepays` maps each prepay id to the platform second it dies at."""

    kind: str
    request: dict[str, Any]
    created_at: float
    state: str = "NOTPAY"
    prepays: dict[str, float] = field(default_factory=dict)
    transaction_id: str = ""
    paid_at: float = 0.0
    payer: str = ""
    coupon: int = 0
    refunds: dict[str, Refund] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return str(self.request["out_trade_no"])

    @property
    def total(self) -> int:
        return int(self.request["amount"]["total"])

    @property
    def payer_total(self) -> int:
        """What the payer paid: with a coupon less than `total`."""
        return self.total - self.coupon

    @property
    def payable_until(self) -> float:
        wanted = self.request.get("time_expire")
        return rules.moment(wanted, "time_expire") if wanted else self.created_at + PAYABLE_SECONDS

    @property
    def refunded(self) -> int:
        return sum(one.fen for one in self.refunds.values() if one.status in ("PROCESSING", "SUCCESS"))

    def transaction(self) -> dict[str, Any]:
        """The order as query and notification tell it."""
        amount = {"total": self.total, "currency": "CNY"}
        told: dict[str, Any] = {
            "appid": self.request["appid"],
            "mchid": self.request["mchid"],
            "out_trade_no": self.number,
            "trade_state": self.state,
            "trade_state_desc": _STATES[self.state],
            "amount": amount,
            "attach": self.request.get("attach", ""),
        }
        if self.transaction_id:
            told |= {
                "transaction_id": self.transaction_id,
                "trade_type": TRADE_TYPES[self.kind],
                "bank_type": "OTHERS",
                "success_time": rfc3339(self.paid_at),
                "payer": {"openid": self.payer},
                "promotion_detail": self._promotions(),
                "amount": {**amount, "payer_total": self.payer_total, "payer_currency": "CNY"},
            }
        return told

    def _promotions(self) -> list[dict[str, Any]]:
        row = {"coupon_id": "1", "name": "立减", "scope": "GLOBAL", "type": "CASH", "currency": "CNY"}
        return [{**row, "amount": self.coupon}] if self.coupon else []

    def refund_told(self, refund: Refund) -> dict[str, Any]:
        """A refund as the refund calls answer it."""
        amount = {
            "total": self.total,
            "refund": refund.fen,
            "payer_total": self.payer_total,
            "currency": "CNY",
            "payer_refund": refund.fen,
            "settlement_refund": refund.fen,
            "settlement_total": self.total,
            "discount_refund": 0,
            "from": [],
        }
        told = {
            "refund_id": refund.refund_id,
            "out_refund_no": refund.out_refund_no,
            "transaction_id": self.transaction_id,
            "out_trade_no": self.number,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": rfc3339(refund.at),
            "status": refund.status,
            "funds_account": "AVAILABLE",
            "amount": amount,
            "promotion_detail": [],
        }
        return told | ({"success_time": rfc3339(refund.done_at)} if refund.status == "SUCCESS" else {})


@dataclass
class Orders:
    """All orders by out_trade_no."""

    kept: dict[str, Order] = field(default_factory=dict)

    def get(self, number: str) -> Order:
        found = self.kept.get(number)
        if found is None:
            raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
        return found

    def by_transaction(self, transaction_id: str) -> Order:
        for order in list(self.kept.values()):
            if transaction_id and order.transaction_id == transaction_id:
                return order
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")

    def by_prepay(self, prepay_id: str) -> Order:
        for order in list(self.kept.values()):
            if prepay_id in order.prepays:
                return order
        raise PayError(404, "ORDER_NOT_EXIST", "预支付交易会话标识不存在")

    def prepay(self, kind: str, body: dict[str, Any], now: float, used_status: int = 400) -> str:
        """A prepay id: for a new number, or for the very same request repeated."""
        known = self.kept.get(str(body["out_trade_no"]))
        if known is not None:
            _check_same(known, kind, body, used_status)
        else:
            known = self.kept[str(body["out_trade_no"])] = Order(kind, body, now)
        stamp = datetime.fromtimestamp(now, CHINA).strftime("%d%H%M%S")
        prepay_id = f"wx{stamp}{secrets.token_hex(13)}"
        known.prepays[prepay_id] = now + LIVES[kind]
        return prepay_id

    def pay(self, prepay_id: str, openid: str, now: float, coupon: int = 0) -> Order:
        """The payer pays. Once, while the prepay id lives and the order may be paid; `coupon` fen are taken off."""
        order = self.by_prepay(prepay_id)
        if order.state in ("SUCCESS", "REFUND"):
            raise PayError(400, "ORDERPAID", "该订单已支付")
        if order.state != "NOTPAY":
            raise PayError(400, "ORDER_CLOSED", "订单已关闭")
        if now > min(order.prepays[prepay_id], order.payable_until):
            raise PayError(400, "ORDER_CLOSED", "订单已超过支付时间")
        wanted = order.request.get("payer", {}).get("openid")
        if wanted and wanted != openid:
            raise PayError(400, "PARAM_ERROR", "支付者不是下单时的 openid")
        order.state, order.paid_at, order.payer = "SUCCESS", now, openid
        order.coupon = min(coupon, order.total - 1)
        order.transaction_id = "4200" + f"{secrets.randbelow(10**24):024d}"
        return order

    def close(self, number: str, created_until: float) -> None:
        """Close an unpaid order that was made at `created_until` or before."""
        order = self.get(number)
        if order.state in ("SUCCESS", "REFUND"):
            raise PayError(400, "ORDERPAID", "该订单已支付")
        if order.created_at > created_until:
            raise PayError(400, "INVALID_REQUEST", "订单创建后不能马上关闭")
        order.state = "CLOSED"

    def refund(self, body: Mapping[str, Any], now: float, balance: int = -1) -> tuple[Order, Refund, bool]:
        """The refund, and whether it is new: a repeated request finds the same one.

        A new one may not be more than `balance` fen, when that is not negative.
        """
        number = rules.out_number(body, "out_refund_no")
        order = self._refunded_order(body)
        request = json.dumps(body, sort_keys=True)
        known = order.refunds.get(number)
        if known is not None:
            if known.request != request:
                raise PayError(400, "INVALID_REQUEST", "退款单号已存在，参数与原请求不一致")
            return order, known, False
        if any(number in other.refunds for other in self.kept.values()):
            raise PayError(400, "INVALID_REQUEST", "退款单号已用于另一订单")
        _check_refund(order, body, now)
        if 0 <= balance < rules.fen(body.get("amount"), "refund"):
            raise PayError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
        refund = Refund(
            "503" + f"{secrets.randbelow(10**25):025d}",
            number,
            int(body["amount"]["refund"]),
            now,
            request,
            str(body.get("notify_url") or ""),
        )
        order.refunds[number] = refund
        order.state = "REFUND"
        return order, refund, True

    def find_refund(self, number: str) -> tuple[Order, Refund]:
        for order in list(self.kept.values()):
            if number in order.refunds:
                return order, order.refunds[number]
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")

    def _refunded_order(self, body: Mapping[str, Any]) -> Order:
        try:
            if body.get("transaction_id"):
                return self.by_transaction(str(body["transaction_id"]))
            return self.get(str(body.get("out_trade_no", "")))
        except PayError as error:
            raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在") from error


def _check_same(known: Order, kind: str, body: Mapping[str, Any], used_status: int) -> None:
    if known.state in ("SUCCESS", "REFUND"):
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if known.state == "CLOSED":
        raise PayError(400, "ORDER_CLOSED", "订单已关闭")
    if known.kind != kind or known.request != body:
        raise PayError(used_status, "OUT_TRADE_NO_USED", "201 商户订单号重复")


def _check_refund(order: Order, body: Mapping[str, Any], now: float) -> None:
    amount = body.get("amount")
    wanted, total = rules.fen(amount, "refund"), rules.fen(amount, "total")
    if not isinstance(amount, Mapping) or amount.get("currency") != "CNY":
        raise rules.bad("amount.currency: CNY")
    if not order.transaction_id:
        raise PayError(400, "INVALID_REQUEST", "订单未支付，不能退款")
    if total != order.total:
        raise PayError(400, "INVALID_REQUEST", "订单金额与支付时不一致")
    if order.refunded + wanted > order.total:
        raise PayError(400, "INVALID_REQUEST", "累计退款金额大于订单金额")
    if now - order.paid_at > REFUND_YEAR:
        raise PayError(400, "INVALID_REQUEST", "交易已超过一年，不能退款")
    if len(order.refunds) >= REFUNDS_MAX:
        raise PayError(400, "INVALID_REQUEST", "退款次数已达上限")
    if order.refunds and now - max(one.at for one in order.refunds.values()) < REFUND_APART:
        raise PayError(429, "FREQUENCY_LIMITED", "同一订单两次退款须间隔一分钟")
