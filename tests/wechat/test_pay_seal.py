"""Nothing of WeChat Pay's is opened before it is verified, and nothing that is not WeChat Pay's is opened at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from shop_at_hand import NOON, merchant, signed

from domain.payment import NOTPAY
from errors import BadSignature
from simulator.pay.signing import encrypt
from wechat.pay_documents import bill_of, fen_of, moment, payment_of, refund_of
from wechat.pay_seal import Seal

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "wechat-samples" / "pay_v3"
PLAIN = {"out_trade_no": "order0001", "trade_state": "SUCCESS"}


def seal(at: float = NOON) -> Seal:
    keys = {merchant().public_key_id: merchant().pay_key.public_key()}
    return Seal(keys.get, merchant().api_v3_key, lambda: at)


def envelope(key: str = "", **change: Any) -> bytes:
    resource = encrypt(key or merchant().api_v3_key, json.dumps(PLAIN).encode(), "transaction") | change
    return json.dumps({"event_type": "TRANSACTION.SUCCESS", "resource": resource}).encode()


def test_a_genuine_notification_is_opened() -> None:
    body = envelope()
    notice = seal().open(signed(body, NOON), body)
    assert (notice.event, notice.document) == ("TRANSACTION.SUCCESS", PLAIN)


@pytest.mark.parametrize(("off", "good"), [(299, True), (-299, True), (300, False), (-300, False), (86_400, False)])
def test_five_minutes_either_way_are_too_many(off: int, good: bool) -> None:
    body = envelope()
    if good:
        seal().verify(signed(body, NOON - off), body)
    else:
        with pytest.raises(BadSignature, match="timestamp"):
            seal().verify(signed(body, NOON - off), body)


STRANGER = rsa.generate_private_key(65537, 2048)

BAD: dict[str, Callable[[bytes], dict[str, str]]] = {
    "forged": lambda body: signed(body, NOON, key=STRANGER),
    "of other bytes": lambda body: signed(body + b" ", NOON),
    "an unknown serial": lambda body: signed(body, NOON, serial="PUB_KEY_ID_0000000000000000"),
    "an odd serial": lambda body: signed(body, NOON, serial="not hex"),
    "a probe": lambda body: (
        (made := signed(body, NOON)) | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + made["Wechatpay-Signature"][19:]}
    ),
    "no base64": lambda body: signed(body, NOON, Signature="%%%"),
    "an odd timestamp": lambda body: signed(body, NOON, Timestamp="²"),
    "a huge timestamp": lambda body: signed(body, NOON, Timestamp="9" * 400),
    "another nonce": lambda body: signed(body, NOON, Nonce="n"),
    "another kind": lambda body: signed(body, NOON, **{"Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}),
    "nothing": lambda body: {},
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_signature_opens_nothing(how: str) -> None:
    body = envelope()
    with pytest.raises(BadSignature):
        seal().open(BAD[how](body), body)


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "Signature", "Serial"])
def test_a_missing_header_opens_nothing(name: str) -> None:
    body = envelope()
    headers = signed(body, NOON)
    del headers[f"Wechatpay-{name}"]
    with pytest.raises(BadSignature, match="missing"):
        seal().open(headers, body)


UNREADABLE = [
        envelope(associated_data="somethingelse"), envelope(nonce="x" * 12), envelope(nonce=5), envelope(nonce=""),
        envelope(ciphertext="AAAA"), envelope(ciphertext="%"), envelope(ciphertext=None), envelope(algorithm="AES"),
        envelope(key="f" * 32), b"", b"[]", b"\xff", b"{}", b'{"event_type":"x","resource":7}', b"[" * 30_000,
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(UNREADABLE)))  # the bodies differ in every process: no names of tests
def test_what_is_signed_and_cannot_be_read_is_refused(number: int) -> None:
    body = UNREADABLE[number]
    with pytest.raises(BadSignature):
        seal().open(signed(body, NOON), body)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(
    st.sampled_from(["out_trade_no", "amount", "total", "currency", "payer", "openid", "success_time", "mchid",
                     "trade_state", "refund_status", "refund"]), inner)))  # fmt: skip
def test_no_document_breaks_the_reader(told: Any) -> None:
    document = told if isinstance(told, dict) else {"amount": told, "payer": told, "success_time": told}
    assert isinstance(payment_of(document).amount_fen, int) and isinstance(refund_of(document).fen, int)


def test_an_amount_that_is_no_whole_number_agrees_with_nothing() -> None:
    for total in (9.9, "990", True, None, -990, 10**30):
        assert payment_of({"amount": {"total": total}}).amount_fen == -1


def test_moments_and_amounts_are_read_exactly() -> None:
    assert moment("2018-06-08T10:34:56+08:00") == 1_528_425_296
    assert [moment(odd) for odd in ("2018-06-08T10:34:56", "x", None, 5, "9999-99-99T00:00:00Z")] == [None] * 5
    assert [fen_of(text) for text in ("9.90", "0.29", "1000000.01", "-1.00")] == [990, 29, 100_000_001, -100]
    for wrong in ("9.999", "", "a", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="no amount"):
            fen_of(wrong)


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the recorded WeChat Pay documents are not beside the repository (../shared/wechat-samples)")
    return SAMPLES


def test_a_recorded_notification_is_verified_and_opened(samples: Path) -> None:
    sample = json.loads((samples / "notify_full_vector.json").read_text("utf-8"))
    pem = samples.parent / sample["platform_certificate_file"]
    certificate = x509.load_pem_x509_certificate(pem.read_bytes())
    key: Any = certificate.public_key()
    serial = sample["http_headers"]["Wechatpay-Serial"]
    one = Seal({serial: key}.get, sample["api_v3_key"], lambda: sample["expect"]["clock_at"])
    notice = one.open(sample["http_headers"], sample["http_body"].encode())
    assert notice.event == sample["expect"]["event_type"]
    assert notice.document == json.loads(sample["expect"]["plaintext"])


def test_recorded_documents_are_read(samples: Path) -> None:
    folder = samples / "documents"
    payment = payment_of(json.loads((folder / "notify_plain_transaction.json").read_text("utf-8")))
    assert payment.order_no and payment.transaction_id and payment.amount_fen > 0 and payment.paid_at
    assert payment.trade_state not in ("", NOTPAY)
    refund = refund_of(json.loads((folder / "notify_plain_refund.json").read_text("utf-8")))
    assert refund.status == "SUCCESS" and refund.fen > 0 and refund.refund_no
    lines = bill_of((folder / "tradebill_ALL.csv").read_bytes())
    assert lines and all(line.order_no for line in lines)
