"""The recorded WeChat Pay and JS-SDK vectors against the simulator's own signing."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Control
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from shop import Shop, pay, refund

from simulator import jssdk
from simulator.pay import bills, rules, signing
from simulator.pay.errors import PayError


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def public_key(path: Path) -> rsa.RSAPublicKey:
    data = path.read_bytes()
    key = load_pem_x509_certificate(data).public_key() if b"CERTIFICATE" in data else load_pem_public_key(data)
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def test_a_recorded_notification_is_verified_and_opened(samples: Path) -> None:
    vector = load(samples / "pay_v3/notify_full_vector.json")
    headers, body = vector["http_headers"], vector["http_body"].encode()
    message = signing.answer_message(headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"], body)
    assert message.decode() == vector["expect"]["message_verified"]
    key = public_key(samples / vector["platform_certificate_file"])
    assert signing.rsa_verify(key, message, headers["Wechatpay-Signature"])
    assert not signing.rsa_verify(key, message + b" ", headers["Wechatpay-Signature"])
    plain = signing.decrypt(vector["api_v3_key"], json.loads(body)["resource"])
    assert plain.decode() == vector["expect"]["plaintext"]


def test_rsa_verify(samples: Path) -> None:
    vector = load(samples / "pay_v3/rsa_verify_java.json")
    key = public_key(samples / vector["certificate_file"])
    assert signing.rsa_verify(key, vector["message"].encode(), vector["signature"])


def test_encryption_gives_the_recorded_bytes(samples: Path) -> None:
    vector = load(samples / "pay_v3/notify_resource_aes256_transaction.json")
    resource, plain = vector["resource"], vector["expect"]["plaintext"]
    assert signing.decrypt(vector["api_v3_key"], resource).decode() == plain
    sealed = signing.encrypt(vector["api_v3_key"], plain.encode(), resource["associated_data"], resource["nonce"])
    assert sealed["ciphertext"] == resource["ciphertext"]


def test_request_messages(samples: Path) -> None:
    vectors = [
        *load(samples / "pay_v3/request_signing_layout_go.json"),
        load(samples / "pay_v3/request_signing_layout_java_get.json"),
        load(samples / "pay_v3/request_signing_full_wechatpy.json"),
    ]
    for vector in vectors:
        target = vector.get("canonical_url") or "/" + vector["url"].split("/", 3)[3]
        stamp = str(vector["timestamp"])
        message = signing.request_message(vector["method"], target, stamp, vector["nonce"], vector["body"].encode())
        assert message.decode() == vector["expect"]["message_to_sign"]


def test_an_authorization_header_is_read(samples: Path) -> None:
    vector = load(samples / "pay_v3/request_signing_layout_go.json")[0]
    header = vector["expect"]["authorization_with_mock_signature"]
    items = signing.read_authorization(header.replace("WECHATPAY2-Mock", signing.SCHEME))
    assert (items["mchid"], items["serial_no"]) == (vector["mchid"], vector["serial_no"])
    with pytest.raises(signing.SignError):
        signing.read_authorization(header)


def test_an_undecryptable_notification_fails_cleanly(samples: Path) -> None:
    resource = load(samples / "pay_v3/documents/notify_undecryptable.json")["resource"]
    with pytest.raises((InvalidTag, ValueError)):
        signing.decrypt("0" * 32, resource)


@pytest.mark.parametrize("kind", ["jsapi", "native", "h5", "app"])
def test_recorded_prepay_requests_have_the_checked_shape(samples: Path, kind: str) -> None:
    body = load(samples / f"pay_v3/documents/prepay_{kind}_request.json")
    body["notify_url"] = "https://shop.example/notify"
    if "time_expire" in body:
        body["time_expire"] = "2099-01-01T00:00:00+08:00"
    rules.check_prepay(body, kind, 0)
    with pytest.raises(PayError):
        rules.check_prepay({**body, "out_trade_no": "?"}, kind, 0)


def test_the_trade_bill_has_the_recorded_columns(samples: Path) -> None:
    data = (samples / "pay_v3/documents/tradebill_ALL.csv").read_bytes()
    lines = data.decode("utf-8").splitlines()
    assert lines[0].lstrip("\ufeff").split(",")[:18] == bills.TRADE_HEAD.split(",")[:18]
    assert lines[1].startswith("`")


def test_js_signatures(samples: Path) -> None:
    files = sorted((samples / "jsapi").glob("*.json"))
    assert len(files) == 3
    for file in files:
        vector = load(file)
        ticket = vector.get("jsapi_ticket") or vector.get("ticket")
        nonce = vector.get("noncestr") or vector.get("nonceStr")
        signed = jssdk.signature(ticket, nonce, str(vector["timestamp"]), vector["url"])
        assert signed == vector["expect"]["signature"], file.name


def test_recorded_ciphertexts_are_opened(samples: Path) -> None:
    for name in ("aes256_gcm_java", "aes128_gcm_go", "aes256_gcm_platform_certificate"):
        vector = load(samples / f"pay_v3/{name}.json")
        assert signing.decrypt(vector["api_v3_key"], vector).decode() == vector["expect"]["plaintext"], name
        for spoilt in vector.get("negative_cases", []):
            if "ciphertext_bytes" in spoilt:
                spoilt = {"ciphertext": base64.b64encode(bytes(128)).decode()}
            with pytest.raises(InvalidTag):
                signing.decrypt(vector["api_v3_key"], {**vector, **spoilt})


def test_recorded_certificates_are_opened(samples: Path) -> None:
    for name in ("certificates_download_go", "certificates_download_java"):
        vector = load(samples / f"pay_v3/{name}.json")
        row = json.loads(vector["response_body"])["data"][0]
        pem = signing.decrypt(vector["api_v3_key"], row["encrypt_certificate"])
        assert pem.decode() == vector["expect"]["plaintext_pem"]
        serial = load_pem_x509_certificate(pem).serial_number
        assert f"{serial:X}" == vector["expect"]["serial_no"].lstrip("0")


def shape(value: Any) -> Any:
    """The keys of a document, all the way down; of a list its first item's."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value)


def test_our_documents_have_the_recorded_keys(samples: Path, shop: Shop, control: Control) -> None:
    documents = samples / "pay_v3/documents"
    prepay = shop.prepay()
    assert shape(prepay.get_json()) == shape(load(documents / "prepay_jsapi_response.json"))
    pay(control, prepay.get_json()["prepay_id"])
    target = f"/v3/pay/transactions/out-trade-no/order-0001?mchid={shop.merchant.mch_id}"
    assert shape(shop.call("GET", target).get_json()) == shape(load(documents / "query_out_trade_no_response.json"))
    control.post("settle")
    plain = load(documents / "notify_plain_transaction.json")
    assert set(shop.opened()) == set(plain) - {"scene_info"}
    back = load(documents / "refund_response.json")
    ours = refund(shop).get_json()
    assert (set(ours), set(ours["amount"])) == (set(back), set(back["amount"]))
    control.post("clock", {"advance": 10})
    assert shape(shop.opened()) == shape(load(documents / "notify_plain_refund.json"))
    ended = load(documents / "refund_query_response.json")
    assert set(shop.call("GET", "/v3/refund/domestic/refunds/refund-001").get_json()) == set(ended)
    control.post("clock", {"advance": 86400})
    bill = shop.call("GET", "/v3/bill/tradebill?bill_date=2025-11-25&bill_type=ALL").get_json()
    assert shape(bill) == shape(load(documents / "bill_tradebill_response.json"))
    control.post("settings", {"pay_mode": "certificate"})
    listed = shop.call("GET", "/v3/certificates").get_json()
    assert shape(listed) == shape(load(documents / "certificates_response_SCHEMA.json"))
