"""Every recorded document of WeChat Pay goes over the wire: requests are taken, answers have the recorded keys."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CHEN, Control
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from shop import Shop, pay

from simulator.pay import signing

NUMBER = "order-0001"


@pytest.fixture
def documents(samples: Path) -> Path:
    return samples / "pay_v3/documents"


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def fitted(shop: Shop, body: Any, **more: Any) -> Any:
    """The recorded request with the names of this merchant."""
    known = {"mchid": shop.merchant.mch_id, "appid": shop.account.app_id, "notify_url": shop.notify_url}
    known |= {"payer": {"openid": CHEN}, "out_trade_no": NUMBER} | more
    return {key: known.get(key, value) for key, value in body.items() if key != "sub_mchid"}


@pytest.mark.parametrize("kind", ["jsapi", "native", "h5", "app"])
def test_prepay(shop: Shop, documents: Path, kind: str) -> None:
    more = {"time_expire": "2025-11-25T12:30:00+08:00"}
    body = fitted(shop, load(documents / f"prepay_{kind}_request.json"), **more)
    answer = shop.call("POST", f"/v3/pay/transactions/{kind}", body)
    assert answer.status_code == 200, answer.data
    assert set(answer.get_json()) == set(load(documents / f"prepay_{kind}_response.json"))
    assert shop.verify(answer.headers, answer.data)


def test_close(shop: Shop, documents: Path) -> None:
    shop.prepay()
    target = f"/v3/pay/transactions/out-trade-no/{NUMBER}/close"
    answer = shop.call("POST", target, fitted(shop, load(documents / "close_request.json")))
    assert (answer.status_code, answer.data) == (204, b"")
    assert shop.verify(answer.headers, b"")


def test_query_by_transaction_and_refund(shop: Shop, control: Control, documents: Path) -> None:
    request = load(documents / "refund_request.json")
    total = request["amount"]["total"]
    pay(control, shop.prepay(amount={"total": total, "currency": "CNY"}).get_json()["prepay_id"])
    number = control.get("pay/orders")["orders"][0]["transaction_id"]
    target = f"/v3/pay/transactions/id/{number}?mchid={shop.merchant.mch_id}"
    assert set(shop.call("GET", target).get_json()) == set(load(documents / "query_id_response.json"))
    answer = shop.call("POST", "/v3/refund/domestic/refunds", fitted(shop, request, transaction_id=number))
    assert (answer.status_code, answer.get_json()["out_refund_no"]) == (200, request["out_refund_no"])


def test_fund_flow_bill(shop: Shop, control: Control, documents: Path) -> None:
    pay(control, shop.prepay().get_json()["prepay_id"])
    control.post("clock", {"advance": 86400})
    answer = shop.call("GET", "/v3/bill/fundflowbill?bill_date=2025-11-25&account_type=BASIC").get_json()
    assert set(answer) == set(load(documents / "bill_fundflowbill_response.json"))


def test_the_recorded_signature_fits_both_forms_of_its_key(samples: Path) -> None:
    vector = load(samples / "pay_v3/rsa_sign_primitive_go.json")
    certificate = load_pem_x509_certificate((samples / "pay_v3/keys/go_platform_certificate.pem").read_bytes())
    bare = load_pem_public_key((samples / "pay_v3/keys/go_public_key.pem").read_bytes())
    for key in (bare, certificate.public_key()):
        assert isinstance(key, rsa.RSAPublicKey)
        assert signing.rsa_verify(key, vector["message"].encode(), vector["expect"]["signature"])
        assert not signing.rsa_verify(key, b"another", vector["expect"]["signature"])
