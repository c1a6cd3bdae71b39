"""Signatures and encryption of WeChat Pay v3 (platform.md 6.2, 6.3, 6.6)."""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEME = "WECHATPAY2-SHA256-RSA2048"
MAX_SKEW = 300
PROBE = "WECHATPAY/SIGNTEST/"
_ITEM = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = re.compile("[0-9]{1,12}")
_ITEMS = frozenset({"mchid", "nonce_str", "timestamp", "serial_no", "signature"})


class SignError(ValueError):
    """A request whose signature is not right; the sentence says where."""


def rsa_sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """Base64 of SHA256withRSA, PKCS1v15."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def rsa_verify(key: rsa.RSAPublicKey, message: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a request signs: `target` is path and query exactly as sent, `body` the exact bytes."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What an answer or a notification signs."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def bridge_message(app_id: str, timestamp: str, nonce: str, package: str) -> bytes:
    """What paySign covers; signType is no part of it (platform.md 6.5)."""
    return f"{app_id}\n{timestamp}\n{nonce}\n{package}\n".encode()


def read_authorization(header: str) -> dict[str, str]:
    """The five items of an Authorization header, in any order."""
    scheme, _, rest = header.partition(" ")
    if scheme != SCHEME:
        raise SignError(f"Authorization must begin with {SCHEME}")
    items = dict(_ITEM.findall(rest))
    missing = _ITEMS - set(items)
    if missing:
        raise SignError(f"Authorization lacks {', '.join(sorted(missing))}")
    return items


def check_age(timestamp: str, *clocks: float) -> None:
    """Raise SignError unless the timestamp fits one of the clocks."""
    if not _SECONDS.fullmatch(timestamp) or all(abs(now - int(timestamp)) > MAX_SKEW for now in clocks):
        raise SignError("timestamp is more than five minutes off")


def signature_headers(key: rsa.RSAPrivateKey, serial: str, now: float, body: bytes) -> dict[str, str]:
    """The headers of a signed answer or notification."""
    timestamp, nonce = str(int(now)), secrets.token_hex(16)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": SCHEME,
        "Wechatpay-Signature": rsa_sign(key, answer_message(timestamp, nonce, body)),
    }


def probe(headers: Mapping[str, str]) -> dict[str, str]:
    """The same headers as a signature probe: marked, and wrong on purpose (platform.md 6.3)."""
    return {**headers, "Wechatpay-Signature": PROBE + headers["Wechatpay-Signature"][len(PROBE) :]}


def encrypt(api_v3_key: str, plain: bytes, associated_data: str, nonce: str | None = None) -> dict[str, str]:
    """AES-GCM with the APIv3 key: Base64 of cipher and tag, with its nonce and associated data."""
    used = nonce or secrets.token_hex(6)
    sealed = AESGCM(api_v3_key.encode()).encrypt(used.encode(), plain, associated_data.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": associated_data,
        "nonce": used,
    }


def decrypt(api_v3_key: str, resource: Mapping[str, str]) -> bytes:
    """The plaintext of a resource; raises cryptography's InvalidTag when it was touched."""
    sealed = base64.b64decode(resource["ciphertext"])
    data = str(resource.get("associated_data") or "")
    return AESGCM(api_v3_key.encode()).decrypt(resource["nonce"].encode(), sealed, data.encode())
