"""Rules of the pay side that a merchant learns late."""

import json
import time
from typing import Any

import pytest
from conftest import CHEN, Control
from shop import Shop, pay, refund


def paid(shop: Shop, control: Control, number: str = "order-0001") -> None:
    pay(control, shop.prepay(number=number).get_json()["prepay_id"])
    control.post("clock", {"advance": 1})


def test_a_refund_number_is_unique_per_merchant(shop: Shop, control: Control) -> None:
    paid(shop, control)
    paid(shop, control, "order-0002")
    assert refund(shop).status_code == 200
    other = refund(shop, out_trade_no="order-0002")
    assert (other.status_code, other.get_json()["code"]) == (400, "INVALID_REQUEST")


def test_a_repeated_refund_is_found_before_the_balance_counts(shop: Shop, control: Control) -> None:
    paid(shop, control)
    assert refund(shop).status_code == 200
    control.post("settings", {"refund_balance_fen": 0})
    assert refund(shop).status_code == 200
    control.post("clock", {"advance": 61})
    assert refund(shop, "refund-002").get_json()["code"] == "NOT_ENOUGH"


def test_a_gateway_page_is_not_signed(shop: Shop, control: Control) -> None:
    control.post("faults", {"next": [{"kind": "pay_502"}]})
    answer = shop.prepay()
    assert answer.status_code == 502
    assert not [name for name in dict(answer.headers) if name.startswith("Wechatpay-")]


@pytest.mark.parametrize(("system", "status"), [("android", 409), ("ios", 409), ("browser", 200), ("desktop", 200)])
def test_h5_is_paid_outside_wechat(shop: Shop, control: Control, system: str, status: int) -> None:
    control.post("settings", {"phone_system": system})
    scene = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}
    url = shop.prepay("h5", scene_info=scene).get_json()["h5_url"]
    prepay_id = url.split("prepay_id=")[1].split("&")[0]
    values = {"openid": CHEN, "prepay_id": prepay_id}
    answer = control.post("pay/cashier", values, status)
    assert status == 200 or answer["error"] == "请在微信外打开订单，进行支付"
    control.post("pay/choose", values, status)


@pytest.mark.parametrize("trick", ["wrong_amount", "wrong_appid", "wrong_mchid", "unknown_order"])
def test_refusing_a_foreign_notification_is_right(shop: Shop, control: Control, trick: str) -> None:
    control.post("pay/notify-tricks", {"tricks": [trick]})
    shop.statuses = [500]
    paid(shop, control)
    entry: dict[str, Any] = control.get("wire?kind=pay")["wire"][-1]
    assert (entry["rule"], entry["ok"]) == (trick, True)
    told = shop.opened()
    assert {
        "wrong_amount": told["amount"]["total"] != 990,
        "wrong_appid": told["appid"] != shop.account.app_id,
        "wrong_mchid": told["mchid"] != shop.merchant.mch_id,
        "unknown_order": told["out_trade_no"] != "order-0001",
    }[trick]
    control.post("clock", {"advance": 15})
    assert shop.opened()["out_trade_no"] == "order-0001", "the honest one follows"


@pytest.mark.parametrize("address", ["http://[", 3, {"a": 1}])
def test_a_strange_notify_url_is_a_parameter_error(shop: Shop, address: Any) -> None:
    answer = shop.call("POST", "/v3/pay/transactions/native", shop.order("native", notify_url=address))
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "PARAM_ERROR")


def test_an_answer_may_be_a_signature_probe(shop: Shop, control: Control) -> None:
    """The effect took place; only the answer cannot be believed."""
    control.post("faults", {"next": [{"kind": "pay_signtest"}]})
    answer = shop.prepay()
    assert answer.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert not shop.verify(answer.headers, answer.data)
    assert shop.state() == "NOTPAY"
    honest = shop.prepay()
    assert shop.verify(honest.headers, honest.data)


def test_a_coupon_lowers_what_the_payer_pays(shop: Shop, control: Control) -> None:
    control.post("settings", {"coupon_fen": 90})
    paid(shop, control)
    told = shop.opened()
    assert (told["amount"]["total"], told["amount"]["payer_total"]) == (990, 900)
    assert told["promotion_detail"][0]["amount"] == 90
    assert refund(shop).get_json()["amount"]["payer_total"] == 900


def test_a_refund_names_its_currency(shop: Shop, control: Control) -> None:
    paid(shop, control)
    for amount in ({"refund": 1, "total": 990}, {"refund": 1, "total": 990, "currency": "USD"}):
        answer = refund(shop, amount=amount)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize(("status", "has_time"), [("SUCCESS", True), ("ABNORMAL", False), ("CLOSED", False)])
def test_only_a_refund_that_arrived_has_a_time(shop: Shop, control: Control, status: str, has_time: bool) -> None:
    paid(shop, control)
    control.post("pay/refund-ends", {"statuses": [status]})
    refund(shop)
    control.post("clock", {"advance": 10})
    assert ("success_time" in shop.opened()) is has_time
    assert shop.opened()["refund_status"] == status


def test_a_client_that_cannot_follow_the_clock_signs_with_the_machines(shop: Shop) -> None:
    target = f"/v3/pay/transactions/out-trade-no/order-0001?mchid={shop.merchant.mch_id}"
    assert shop.call("GET", target, timestamp=str(int(time.time()))).status_code == 404
    assert shop.call("GET", target, timestamp=str(int(time.time()) - 400)).status_code == 401
