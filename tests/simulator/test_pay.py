"""The pay side, driven with signatures made by the test's own few lines."""

import base64
import gzip
import hashlib
import json
from typing import Any

import pytest
from conftest import CHEN, NOON, Control
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from shop import Shop, pay, refund
from tiny_bot import TinyBot

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.pay.merchant import Merchant
from simulator.server import create_app


def test_prepay_is_answered_and_signed(shop: Shop, merchant: Merchant) -> None:
    answer = shop.prepay()
    assert answer.get_json()["prepay_id"].startswith("wx")
    assert answer.headers["Wechatpay-Serial"] == merchant.public_key_id
    assert answer.headers["Wechatpay-Signature-Type"] == "WECHATPAY2-SHA256-RSA2048"
    assert answer.headers["Request-ID"]
    assert shop.verify(answer.headers, answer.get_data())
    assert shop.state() == "NOTPAY"


@pytest.mark.parametrize(
    "change",
    [{"signature": "AAAA"}, {"timestamp": str(int(NOON) - 301)}, {"mchid": "1"}, {"serial_no": "0"}],
)
def test_wrong_signatures(shop: Shop, change: dict[str, str]) -> None:
    answer = shop.call("POST", "/v3/pay/transactions/jsapi", shop.order(), **change)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "SIGN_ERROR")


def test_headers_are_required(shop: Shop, app: Flask) -> None:
    client = app.test_client()
    assert client.get("/v3/certificates", headers={"Accept": "text/html"}).status_code == 406
    answer = client.get("/v3/certificates", headers={"Accept": "application/json", "User-Agent": ""})
    assert answer.status_code == 400
    answer = client.get("/v3/certificates", headers={"Accept": "application/json", "User-Agent": "x"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("jsapi", {"out_trade_no": "short"}, "PARAM_ERROR"),
        ("jsapi", {"description": ""}, "PARAM_ERROR"),
        ("jsapi", {"description": "长" * 128}, "PARAM_ERROR"),
        ("jsapi", {"amount": {"total": 0}}, "PARAM_ERROR"),
        ("jsapi", {"amount": {"total": 9.9}}, "PARAM_ERROR"),
        ("jsapi", {"notify_url": "http://shop.example/n"}, "PARAM_ERROR"),
        ("jsapi", {"notify_url": "https://shop.example/n?a=1"}, "PARAM_ERROR"),
        ("jsapi", {"time_expire": "2025-11-25T12:00:30+08:00"}, "PARAM_ERROR"),
        ("jsapi", {"time_expire": "tomorrow"}, "PARAM_ERROR"),
        ("jsapi", {"payer": {}}, "PARAM_ERROR"),
        ("jsapi", {"payer": {"openid": "oNobody"}}, "PARAM_ERROR"),
        ("jsapi", {"appid": "wxother"}, "APPID_MCHID_NOT_MATCH"),
        ("jsapi", {"mchid": "1"}, "PARAM_ERROR"),
        ("h5", {}, "PARAM_ERROR"),
        ("h5", {"scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Car"}}}, "PARAM_ERROR"),
    ],
)
def test_prepay_rules(shop: Shop, kind: str, more: dict[str, Any], code: str) -> None:
    answer = shop.prepay(kind, **more)
    assert (answer.status_code, answer.get_json()["code"]) == (400, code)


def test_native_h5_and_app(shop: Shop, control: Control) -> None:
    code_url = shop.prepay("native", number="native-1").get_json()["code_url"]
    assert control.post("pay/cashier", {"openid": CHEN, "code_url": code_url})["amount_fen"] == 990
    scene = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}
    h5_url = shop.prepay("h5", number="h5-0001", scene_info=scene).get_json()["h5_url"]
    page = control.client.get("/" + h5_url.split("/", 3)[3])
    assert "postMessage" in page.get_data(as_text=True)
    assert shop.prepay("app", number="app-0001").get_json()["prepay_id"]


def test_numbers_are_used_once(shop: Shop, control: Control) -> None:
    first = shop.prepay().get_json()["prepay_id"]
    again = shop.prepay()
    assert again.status_code == 200
    changed = shop.prepay(amount={"total": 991, "currency": "CNY"})
    assert (changed.status_code, changed.get_json()["code"]) == (400, "OUT_TRADE_NO_USED")
    assert shop.prepay("native", number="order-0001").get_json()["code"] == "OUT_TRADE_NO_USED"
    assert pay(control, first).endswith(":ok")
    assert shop.prepay().get_json()["code"] == "ORDERPAID"


def test_a_payment_is_notified(shop: Shop, control: Control) -> None:
    control("follow")
    prepay_id = shop.prepay().get_json()["prepay_id"]
    assert pay(control, prepay_id) == "get_brand_wcpay_request:ok"
    assert control.chat()[-1]["kind"] == "paid"
    control.post("settle")
    headers, body = shop.notes[0]
    assert shop.verify(headers, body)
    assert json.loads(body)["event_type"] == "TRANSACTION.SUCCESS"
    told = shop.opened()
    assert (told["out_trade_no"], told["amount"]["total"], told["payer"]["openid"]) == (
        "order-0001",
        990,
        CHEN,
    )
    target = f"/v3/pay/transactions/id/{told['transaction_id']}?mchid={shop.merchant.mch_id}"
    assert shop.call("GET", target).get_json()["trade_state"] == "SUCCESS"
    control.post("clock", {"advance": 86400})
    assert len(shop.notes) == 1


def test_the_retry_schedule(shop: Shop, control: Control) -> None:
    prepay_id = shop.prepay().get_json()["prepay_id"]
    pay(control, prepay_id)
    shop.statuses = [500] * 20
    control.post("settle")
    counts = []
    for seconds in (15, 15, 30, 180, 600):
        control.post("clock", {"advance": seconds})
        counts.append(len(shop.notes))
    assert counts == [2, 3, 4, 5, 6]
    control.post("clock", {"advance": 100_000})
    assert len(shop.notes) == 16
    assert len({json.loads(body)["id"] for _, body in shop.notes}) == 1


def test_a_redirect_is_no_success(shop: Shop, control: Control) -> None:
    pay(control, shop.prepay().get_json()["prepay_id"])
    shop.statuses = [302, 204]
    control.post("clock", {"advance": 20})
    assert len(shop.notes) == 2


@pytest.mark.parametrize("trick", ["forged", "signtest", "unknown_serial"])
def test_bad_signatures_come_first_then_the_true_one(shop: Shop, control: Control, trick: str) -> None:
    control.post("pay/notify-tricks", {"tricks": [trick]})
    pay(control, shop.prepay().get_json()["prepay_id"])
    shop.statuses = [401]
    control.post("clock", {"advance": 16})
    good = [shop.verify(headers, body) for headers, body in shop.notes]
    assert good == ([True, True] if trick == "unknown_serial" else [False, True])
    assert control.get("wire?kind=pay")["wire"][-2]["ok"]


def test_accepting_a_forged_notify_is_told(shop: Shop, control: Control) -> None:
    control.post("pay/notify-tricks", {"tricks": ["forged"]})
    pay(control, shop.prepay().get_json()["prepay_id"])
    control.post("settle")
    entry = control.get("wire?kind=pay")["wire"][-1]
    assert (entry["ok"], entry["rule"]) == (False, "accepted_forged")


def test_other_tricks(shop: Shop, control: Control) -> None:
    tricks = ["lost", "late", "repeated", "concurrent", "wrong_amount", "wrong_appid", "future"]
    counts = []
    for at, trick in enumerate(tricks):
        control.post("pay/notify-tricks", {"tricks": [trick]})
        pay(control, shop.prepay(number=f"order-1{at}").get_json()["prepay_id"])
        before = len(shop.notes)
        control.post("settle")
        counts.append(len(shop.notes) - before)
    assert counts == [0, 0, 2, 2, 1, 1, 1]
    assert shop.opened(-3)["amount"]["total"] == 1
    assert shop.opened(-2)["appid"] != shop.account.app_id
    assert int(shop.notes[-1][0]["Wechatpay-Timestamp"]) > NOON + 3000
    assert control.refused("pay/notify-tricks", {"tricks": ["dance"]})[0] == 400


def test_wrong_aad_cannot_be_opened(shop: Shop, control: Control) -> None:
    control.post("pay/notify-tricks", {"tricks": ["wrong_aad"]})
    pay(control, shop.prepay().get_json()["prepay_id"])
    control.post("settle")
    with pytest.raises(InvalidTag):
        shop.opened()


def test_choices_of_the_payer(shop: Shop, control: Control) -> None:
    prepay_id = shop.prepay().get_json()["prepay_id"]
    assert pay(control, prepay_id, "cancel").endswith(":cancel")
    assert pay(control, prepay_id, "late").endswith(":cancel")
    assert shop.state() == "NOTPAY"
    control.post("clock", {"advance": 61})
    assert shop.state() == "SUCCESS"
    assert control.refused("pay/choose", {"openid": CHEN, "prepay_id": prepay_id, "way": "pay"})[0] == 409
    second = shop.prepay(number="order-0002").get_json()["prepay_id"]
    assert pay(control, second, "network").endswith(":fail")
    assert shop.state("order-0002") == "SUCCESS"
    third = shop.prepay(number="order-0003").get_json()["prepay_id"]
    assert pay(control, third, "twice").endswith(":ok")
    assert control.refused("pay/choose", {"openid": CHEN, "prepay_id": third, "way": "beg"})[0] == 409


def test_a_prepay_id_dies(shop: Shop, control: Control) -> None:
    prepay_id = shop.prepay(time_expire="2025-11-25T12:30:00+08:00").get_json()["prepay_id"]
    control.post("clock", {"advance": 1801})
    assert control.refused("pay/choose", {"openid": CHEN, "prepay_id": prepay_id, "way": "pay"})[0] == 409
    assert shop.state() == "NOTPAY", "time_expire does not close the order"


def test_the_bridge_is_checked(shop: Shop, control: Control) -> None:
    package = f"prepay_id={shop.prepay().get_json()['prepay_id']}"
    stamp = str(int(NOON))
    params = {
        "appId": shop.account.app_id,
        "timeStamp": stamp,
        "nonceStr": "n",
        "package": package,
        "signType": "RSA",
        "paySign": shop.sign(f"{shop.account.app_id}\n{stamp}\nn\n{package}\n".encode()),
    }
    sheet = control.post("pay/cashier", {"openid": CHEN, "params": params})
    assert (sheet["amount_fen"], sheet["description"]) == (990, "跑步三十天")
    for spoilt in ({"paySign": "x"}, {"timeStamp": int(NOON)}, {"signType": "MD5"}):
        assert control.refused("pay/cashier", {"openid": CHEN, "params": {**params, **spoilt}})[0] == 409


def test_close(shop: Shop, control: Control) -> None:
    prepay_id = shop.prepay().get_json()["prepay_id"]
    target = "/v3/pay/transactions/out-trade-no/order-0001/close"
    closed = shop.call("POST", target, {"mchid": shop.merchant.mch_id})
    assert (closed.status_code, closed.get_data()) == (204, b"")
    assert shop.state() == "CLOSED"
    assert shop.prepay().get_json()["code"] == "ORDER_CLOSED"
    assert control.refused("pay/choose", {"openid": CHEN, "prepay_id": prepay_id})[0] == 409
    pay(control, shop.prepay(number="order-0002").get_json()["prepay_id"])
    paid = shop.call("POST", target.replace("0001", "0002"), {"mchid": shop.merchant.mch_id})
    assert paid.get_json()["code"] == "ORDERPAID"
    missing = shop.call("POST", target.replace("0001", "0009"), {"mchid": shop.merchant.mch_id})
    assert (missing.status_code, missing.get_json()["code"]) == (404, "ORDER_NOT_EXIST")


def test_refunds(shop: Shop, control: Control) -> None:
    pay_id = shop.prepay().get_json()["prepay_id"]
    assert refund(shop).get_json()["code"] == "INVALID_REQUEST"
    pay(control, pay_id)
    control.post("settle")
    first = refund(shop).get_json()
    assert first["status"] == "PROCESSING"
    assert refund(shop).get_json()["refund_id"] == first["refund_id"]
    assert refund(shop, fen=200).get_json()["code"] == "INVALID_REQUEST"
    assert refund(shop, "refund-002").status_code == 429
    control.post("clock", {"advance": 61})
    assert shop.opened()["refund_status"] == "SUCCESS"
    assert json.loads(shop.notes[-1][1])["event_type"] == "REFUND.SUCCESS"
    assert shop.state() == "REFUND"
    assert refund(shop, "refund-003", 891).get_json()["code"] == "INVALID_REQUEST"
    assert shop.call("GET", "/v3/refund/domestic/refunds/refund-001").get_json()["status"] == "SUCCESS"
    assert shop.call("GET", "/v3/refund/domestic/refunds/refund-009").status_code == 404
    control.post("settings", {"refund_balance_fen": 10})
    assert refund(shop, "refund-005").get_json()["code"] == "NOT_ENOUGH"
    control.post("settings", {"refund_balance_fen": -1})
    control.post("pay/refund-ends", {"statuses": ["ABNORMAL"]})
    refund(shop, "refund-004")
    control.post("clock", {"advance": 61})
    assert shop.opened()["refund_status"] == "ABNORMAL"


def test_bills(shop: Shop, control: Control, clock: PlatformClock) -> None:
    pay(control, shop.prepay().get_json()["prepay_id"])
    refund(shop)
    target = "/v3/bill/tradebill?bill_date=2025-11-25&bill_type=ALL"
    assert shop.call("GET", target).get_json()["code"] == "NO_STATEMENT_EXIST"
    clock.advance(86400)
    told = shop.call("GET", target).get_json()
    path = "/" + told["download_url"].split("/", 3)[3]
    data = shop.call("GET", path).get_data()
    assert hashlib.sha1(data).hexdigest() == told["hash_value"]
    lines = data.decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 5
    assert lines[0].count(",") == lines[1].count(",")
    assert lines[1].startswith("`2025-11-25 12:00:00,`")
    assert lines[-1].startswith("`2,`9.90,`1.00,")
    packed = shop.call("GET", target + "&tar_type=GZIP").get_json()
    zipped = shop.call("GET", "/" + packed["download_url"].split("/", 3)[3]).get_data()
    assert gzip.decompress(zipped) == data
    fund = shop.call("GET", "/v3/bill/fundflowbill?bill_date=2025-11-25&account_type=BASIC")
    assert fund.status_code == 200
    assert shop.app.test_client().get(path).status_code in (401, 406), "the download is a signed GET"


def test_certificate_mode(shop: Shop, control: Control, merchant: Merchant) -> None:
    assert shop.call("GET", "/v3/certificates").status_code == 404
    control.post("settings", {"pay_mode": "certificate"})
    answer = shop.call("GET", "/v3/certificates")
    assert answer.headers["Wechatpay-Serial"] == merchant.platform_serial
    row = answer.get_json()["data"][0]
    sealed = row["encrypt_certificate"]
    pem = AESGCM(merchant.api_v3_key.encode()).decrypt(
        sealed["nonce"].encode(), base64.b64decode(sealed["ciphertext"]), sealed["associated_data"].encode()
    )
    assert pem.startswith(b"-----BEGIN CERTIFICATE-----")
    assert row["serial_no"] == merchant.platform_serial


def test_without_a_merchant(account: Account, bot: TinyBot) -> None:
    app = create_app(account, bot.url)
    assert app.test_client().get("/v3/certificates").get_json()["code"] == "NO_AUTH"
