"""WeChat Pay API v3 through wechatpayv3, with a transport of our own.

Used of it: which calls there are and what stands in them, and the signing of requests. Replaced: one connection for
each call, no time limits, answers checked after a re-decoding and never for their age, network calls in the
constructor and for any unknown serial, and bare exceptions. The names with an underscore below are wechatpayv3's own;
its version is pinned and ``tests/wechat/test_pay_calls.py`` holds them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from requests.adapters import HTTPAdapter
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType
from wechatpayv3.utils import build_authorization

from domain.order import H5, JSAPI, NATIVE, Order
from domain.payment import YUAN, BillLine, Merchant, Payment, RefundNotice
from domain.refund import Refund
from errors import BadSignature, PayDeclined, PayUnclear
from wechat.pay_documents import bill_of, payment_of, refund_of, rfc3339
from wechat.pay_seal import Headers, Notice, Seal

TIMEOUT = (3, 8)
CONNECTIONS = 16
CERTIFICATES_APART_SECONDS = 60
"""Whoever names an unknown serial can make us ask for certificates: once a minute at most."""
DESCRIPTION_CHARACTERS = 127
PREPAY_SECONDS = {JSAPI: 7200, NATIVE: 7200, H5: 300}
"""How long a prepay_id, a code_url, an h5_url can be paid with."""
NO_ORDER, NO_REFUND, NO_BILL = ("ORDER_NOT_EXIST", "ORDERNOTEXIST"), ("RESOURCE_NOT_EXISTS",), ("NO_STATEMENT_EXIST",)
ORDER_PAID = ("ORDERPAID", "ORDER_PAID")
NOT_SIGNED = ("/v3/certificates", "/v3/billdownload/file")
"""Answers without a signature that could be checked before: certificates are sealed with the APIv3 key, a bill is
known by the hash that was told in a signed answer."""
_TYPES = {JSAPI: WeChatPayType.JSAPI, NATIVE: WeChatPayType.NATIVE, H5: WeChatPayType.H5}
_PREPAY = {JSAPI: "prepay_id", NATIVE: "code_url", H5: "h5_url"}


class _Counter(Core):  # type: ignore[misc]
    """Where wechatpayv3's calls leave the house."""

    def __init__(self, merchant: Merchant, serial: str, keys: dict[str, str], base: str, clock: Callable[[], float]):
        private = load_pem_private_key(keys["private"].encode(), None)
        pkcs8 = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        super().__init__(merchant.mch_id, serial, pkcs8, keys["api_v3"])
        self._gate_way, self._clock = base, clock
        self._public_key_id = keys["public_id"]
        self._public = load_pem_public_key(keys["public"].encode()) if keys["public"] else None
        self._by_serial: dict[str, x509.Certificate] = {}
        self._fetched_at, self._one_at_a_time = 0.0, threading.Lock()
        self.seal = Seal(self.key_of, keys["api_v3"], clock)
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))

    def _init_certificates(self) -> None:
        """Not in a constructor: certificates are fetched when one is needed."""

    def request(  # type: ignore[no-untyped-def]
        self, path, method=RequestType.GET, data=None, skip_verify=False, **_options
    ) -> tuple[int, bytes]:
        """One signed call; returns a verified answer of success. `skip_verify` has no effect: ``NOT_SIGNED`` has."""
        call = path.partition("?")[0]
        body = json.dumps(data, ensure_ascii=False) if data is not None else ""
        headers = {
            "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "shutong",
            "Authorization": build_authorization(
                path, method.value, self._mchid, self._cert_serial_no, self._private_key, data=body
            ),
        }  # fmt: skip
        if self._public_key_id:
            headers["Wechatpay-Serial"] = self._public_key_id
        try:
            answer = self._session.request(
                method.value, self._gate_way + path, data=body.encode() or None, headers=headers, timeout=TIMEOUT,
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as trouble:  # its text holds an address
            raise PayUnclear(call, type(trouble).__name__) from None
        self._judge(call, answer)
        return answer.status_code, answer.content

    def _judge(self, call: str, answer: requests.Response) -> None:
        """Raise unless it is a success that WeChat Pay signed."""
        refused = 400 <= answer.status_code < 500 and answer.status_code != 429
        if call not in NOT_SIGNED and (not refused or "Wechatpay-Signature" in answer.headers):
            try:
                self.seal.verify(answer.headers, answer.content)
            except BadSignature as bad:
                raise PayUnclear(call, f"HTTP {answer.status_code}, {bad}") from None
        if answer.status_code in (200, 204):
            return
        code, message = _error(answer.content)
        if refused:
            raise PayDeclined(call, code or f"HTTP {answer.status_code}", message)
        raise PayUnclear(call, f"HTTP {answer.status_code} {code}")

    def key_of(self, serial: str) -> RSAPublicKey | None:
        """WeChat Pay's public key of this serial."""
        if self._public_key_id and serial == self._public_key_id:
            return self._public if isinstance(self._public, RSAPublicKey) else None
        if not re.fullmatch("[0-9A-Fa-f]{1,64}", serial):
            return None
        wanted = serial.upper().lstrip("0")
        if wanted not in self._by_serial:
            self._fetch_certificates()
        found = self._by_serial.get(wanted)
        if found is None or self._clock() >= found.not_valid_after_utc.timestamp():
            return None
        key = found.public_key()
        return key if isinstance(key, RSAPublicKey) else None

    def _fetch_certificates(self) -> None:
        """Ask for the platform certificates, not more often than once a minute."""
        nothing_works_without = not self._by_serial and not self._public_key_id
        if not self._one_at_a_time.acquire(blocking=nothing_works_without):
            return
        try:
            if 0 <= self._clock() - self._fetched_at < CERTIFICATES_APART_SECONDS:
                return
            self._fetched_at = self._clock()
            _, raw = self.request("/v3/certificates")
            for row in json.loads(raw)["data"]:
                found = x509.load_pem_x509_certificate(self.seal.decrypt(row["encrypt_certificate"]))
                self._by_serial[f"{found.serial_number:X}"] = found
        except (PayDeclined, PayUnclear, BadSignature, ValueError, KeyError, TypeError):
            return  # a merchant with a public key has none; the serial stays unknown
        finally:
            self._one_at_a_time.release()


class PayApi(WeChatPay):  # type: ignore[misc]
    """The merchant's calls. Each raises ``PayDeclined`` (nothing came of it) or ``PayUnclear`` (something may have).

    `keys` are PEM texts and the APIv3 key: private, public, public_id ("" and "" = platform certificates), api_v3.
    """

    def __init__(
        self, merchant: Merchant, cert_serial: str, keys: dict[str, str], base: str, site: str,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.merchant = merchant
        self._type, self._partner_mode = WeChatPayType.JSAPI, False
        self._mchid, self._appid, self._notify_url = merchant.mch_id, merchant.app_id, f"{site}/pay/notify"
        self._refund_notify_url = f"{site}/pay/refund-notify"
        self._core = _Counter(merchant, cert_serial, keys, base, clock)

    def open(self, headers: Headers, raw: bytes) -> Notice:
        """A notification. Raises ``BadSignature``."""
        return self._core.seal.open(headers, raw)

    def prepay(self, order: Order, client_ip: str = "", h5_type: str = "Wap") -> str:
        """What calls up the payment: a prepay_id, code_url or h5_url. After an unclear answer the very same call is
        made once more: WeChat Pay then gives the same order again."""
        more: dict[str, Any] = {"payer": {"openid": order.payer}} if order.method == JSAPI else {}
        if order.method == H5:
            more["scene_info"] = {"payer_client_ip": client_ip, "h5_info": {"type": h5_type}}

        def call() -> str:
            answer = self.pay(
                order.title[:DESCRIPTION_CHARACTERS], order.order_no, {"total": order.amount_fen, "currency": YUAN},
                time_expire=rfc3339(order.expires_at), pay_type=_TYPES[order.method], **more,
            )  # fmt: skip
            found = _json(order.method, answer).get(_PREPAY[order.method])
            if not isinstance(found, str) or not 0 < len(found) <= 512:
                raise PayUnclear(order.method, f"no {_PREPAY[order.method]} in the answer")
            return found

        try:
            return call()
        except PayUnclear:
            return call()

    def bridge(self, prepay_id: str, now: int) -> dict[str, str]:
        """What ``getBrandWCPayRequest`` of WeChat's browser wants (``docs/platform.md``, 6.5)."""
        nonce, package = secrets.token_hex(16), f"prepay_id={prepay_id}"
        signed = self.sign([self._appid, str(now), nonce, package])
        return {
            "appId": self._appid, "timeStamp": str(now), "nonceStr": nonce, "package": package, "signType": "RSA",
            "paySign": str(signed),
        }  # fmt: skip

    def ask(self, order_no: str) -> Payment | None:
        """How an order stands, None when WeChat Pay never heard of it."""
        try:
            return payment_of(_json("query", self.query(out_trade_no=quote(order_no, safe=""))))
        except PayDeclined as declined:
            if declined.code in NO_ORDER:
                return None
            raise

    def close_order(self, order_no: str) -> bool:
        """Nobody can pay it any more; False when somebody has paid already."""
        try:
            self.close(quote(order_no, safe=""))
        except PayDeclined as declined:
            if declined.code in ORDER_PAID:
                return False
            if declined.code not in (*NO_ORDER, "ORDER_CLOSED"):
                raise
        return True

    def send_back(self, refund: Refund, order: Order) -> RefundNotice:
        """Ask for a refund; with the same number it is asked for once, however often this is called."""
        amount = {"refund": refund.fen, "total": order.amount_fen, "currency": YUAN}
        answer = self.refund(
            refund.refund_no, amount, out_trade_no=order.order_no, reason=refund.reason or None,
            notify_url=self._refund_notify_url,
        )  # fmt: skip
        return refund_of(_json("refund", answer))

    def ask_refund(self, refund_no: str) -> RefundNotice | None:
        """How a refund stands, None when WeChat Pay never heard of it."""
        try:
            return refund_of(_json("refund query", self.query_refund(quote(refund_no, safe=""))))
        except PayDeclined as declined:
            if declined.code in NO_REFUND:
                return None
            raise

    def bill(self, day: str) -> list[BillLine]:
        """The trade bill of a day (YYYY-MM-DD, China's time); empty when nothing was paid. Ready after ten o'clock of
        the next day."""
        try:
            told = _json("bill", self.trade_bill(day))
        except PayDeclined as declined:
            if declined.code in NO_BILL:
                return []
            raise
        address = urlsplit(str(told.get("download_url", "")))
        raw = self._core.request(f"{address.path}?{address.query}")[1]
        try:
            plain = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
            if hashlib.sha1(plain).hexdigest() != str(told.get("hash_value", "")).lower():  # noqa: S324 - WeChat Pay's
                raise ValueError("its hash is another")
            return bill_of(plain)
        except (ValueError, KeyError, OSError, EOFError) as wrong:
            raise PayUnclear("bill", str(wrong)[:80]) from None


def _json(call: str, answer: tuple[int, bytes]) -> dict[str, Any]:
    try:
        told = json.loads(answer[1])
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise PayUnclear(call, "the answer is no JSON object")
    return told


def _error(raw: bytes) -> tuple[str, str]:
    """(code, message) of a refusal. Both go into the log: cut, and without what could begin a line there."""
    try:
        told = json.loads(raw)
        code, message = str(told["code"]), str(told.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
    return re.sub(r"\W", "", code)[:40], " ".join(message.split())[:120]
