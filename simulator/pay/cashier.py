"""The cashier on the phone: what the payer sees and what her or his choice does."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from simulator.pay import notify, signing
from simulator.pay.errors import PayError
from simulator.pay.orders import Order
from simulator.platform import Platform

WAYS = ("pay", "cancel", "late", "twice", "network")
"""`late` pays a minute after closing the sheet; `network` pays but the page hears of a failure."""
LATE_SECONDS = 60
OK, CANCEL, FAIL = (f"get_brand_wcpay_request:{end}" for end in ("ok", "cancel", "fail"))


def called_up(platform: Platform, openid: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the sheet shows for the bridge's parameters: paySign, prepay id, life and payer are checked."""
    prepay_id = str(params.get("package", "")).removeprefix("prepay_id=")
    _check_bridge(platform, params)
    return shown(platform, openid, prepay_id)


def _check_bridge(platform: Platform, params: Mapping[str, Any]) -> None:
    merchant = platform.merchant
    if merchant is None:
        raise PayError(403, "NO_AUTH", "This simulator was started without a merchant")
    timestamp = params.get("timeStamp", params.get("timestamp"))
    if not isinstance(timestamp, str):
        raise PayError(400, "PARAM_ERROR", "timeStamp 必须是字符串")
    if params.get("signType") != "RSA":
        raise PayError(400, "PARAM_ERROR", "signType 必须是 RSA")
    app_id = str(params.get("appId") or platform.account.app_id)
    message = signing.bridge_message(app_id, timestamp, str(params.get("nonceStr", "")), str(params.get("package", "")))
    if not signing.rsa_verify(merchant.private_key.public_key(), message, str(params.get("paySign", ""))):
        raise PayError(401, "SIGN_ERROR", "支付验证签名失败")


def shown(platform: Platform, openid: str, prepay_id: str) -> dict[str, Any]:
    """Amount, words and state of an order that is about to be paid."""
    order = platform.orders.by_prepay(prepay_id)
    _check_place(platform, order)
    merchant = platform.merchant
    return {
        "prepay_id": prepay_id,
        "out_trade_no": order.number,
        "amount_fen": order.total,
        "state": order.state,
        "description": order.request["description"],
        "merchant": merchant.name if merchant else "",
        "openid": openid,
    }


def _check_place(platform: Platform, order: Order) -> None:
    """An H5 order is paid outside WeChat only."""
    if order.kind == "h5" and platform.settings.phone_system in ("android", "ios"):
        raise PayError(403, "NO_AUTH", "请在微信外打开订单，进行支付")


def choose(platform: Platform, openid: str, prepay_id: str, way: str) -> str:
    """The err_msg that the page gets after the payer's choice."""
    if way not in WAYS:
        raise PayError(400, "PARAM_ERROR", f"way: one of {', '.join(WAYS)}")
    _check_place(platform, platform.orders.by_prepay(prepay_id))
    if way == "cancel":
        platform.orders.by_prepay(prepay_id)
        return CANCEL
    if way == "late":
        platform.orders.by_prepay(prepay_id)
        platform.agenda.after(LATE_SECONDS, partial(_pay_late, platform, openid, prepay_id))
        return CANCEL
    pay(platform, openid, prepay_id)
    if way == "twice":
        try:
            pay(platform, openid, prepay_id)
        except PayError:
            return OK
    return FAIL if way == "network" else OK


def pay(platform: Platform, openid: str, prepay_id: str) -> Order:
    """Pay, write the receipt into the chat, and begin the notification."""
    with platform.lock:
        order = platform.orders.pay(prepay_id, openid, platform.clock.now(), platform.settings.coupon_fen)
        person = platform.followers.find(openid)
        if person is not None:
            words = f"微信支付：已支付 ¥{order.payer_total / 100:.2f}（{order.request['description']}）"
            person.write(platform.clock.now(), "note", "paid", words)
    notify.announce(
        platform, str(order.request["notify_url"]), "TRANSACTION.SUCCESS", "transaction", order.transaction()
    )
    platform.touch()
    return order


def _pay_late(platform: Platform, openid: str, prepay_id: str) -> None:
    try:
        pay(platform, openid, prepay_id)
    except PayError:
        return
