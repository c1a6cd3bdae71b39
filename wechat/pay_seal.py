"""What comes from WeChat Pay: verified first, opened then, and there is no other way to open it.

Signatures are RSA with SHA-256 over the bytes as they came (``docs/platform.md``, 6.3). The key is WeChat Pay's public
key of the account, or a platform certificate: both kinds arrive while an account is moved from the one to the other.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from errors import BadSignature

MAX_SKEW_SECONDS = 300
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
ALGORITHM = "AEAD_AES_256_GCM"
_SECONDS = re.compile("[0-9]{1,12}")


Headers = Mapping[str, str]
"""Of a request or an answer, named as ``Wechatpay-Nonce`` is."""


class Notice(NamedTuple):
    """An opened notification: ``event`` such as TRANSACTION.SUCCESS, and the document that was sealed in it."""

    event: str
    document: dict[str, Any]


class Seal:
    """Verifies and opens. `find_key` gives the public key of a serial, None for one that is not WeChat Pay's."""

    def __init__(
        self, find_key: Callable[[str], RSAPublicKey | None], api_v3_key: str, clock: Callable[[], float]
    ) -> None:
        self._find_key, self._aes, self._clock = find_key, AESGCM(api_v3_key.encode()), clock

    def verify(self, headers: Headers, raw: bytes) -> None:
        """Raise ``BadSignature`` unless WeChat Pay signed these bytes within the last five minutes."""
        stamp, nonce, signature, serial = (
            headers.get(f"Wechatpay-{name}", "") for name in ("Timestamp", "Nonce", "Signature", "Serial")
        )
        if not (stamp and nonce and signature and serial):
            raise BadSignature("a header of the signature is missing")
        if headers.get("Wechatpay-Signature-Type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
            raise BadSignature("the signature is of a kind we do not know")
        if not _SECONDS.fullmatch(stamp) or abs(self._clock() - int(stamp)) >= MAX_SKEW_SECONDS:
            raise BadSignature("the timestamp is five minutes off or more: is this machine's clock right?")
        key = self._find_key(serial)
        if key is None:
            raise BadSignature("the serial is of no key of WeChat Pay's: is WECHATPAY_PUBLIC_KEY_ID the right one?")
        try:
            signed = base64.b64decode(signature, validate=True)
            key.verify(signed, f"{stamp}\n{nonce}\n".encode() + raw + b"\n", PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            raise BadSignature("the signature is wrong") from None

    def open(self, headers: Headers, raw: bytes) -> Notice:
        """The notification in these bytes. Raises ``BadSignature``."""
        self.verify(headers, raw)
        try:
            told = json.loads(raw)
            resource = told["resource"]
            return Notice(str(told["event_type"]), self.decrypt_json(resource))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadSignature("the notification has no shape we know") from None

    def decrypt_json(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object sealed in a resource. Raises ``BadSignature``, and KeyError or TypeError for no resource."""
        document = json.loads(self.decrypt(resource))
        if not isinstance(document, dict):
            raise BadSignature("what was sealed is no JSON object")
        return document

    def decrypt(self, resource: Mapping[str, Any]) -> bytes:
        """What is sealed in a resource with the APIv3 key (AES-256-GCM, ``docs/platform.md``, 6.6)."""
        if resource["algorithm"] != ALGORITHM:
            raise BadSignature("the notification is sealed in a way we do not know")
        try:
            sealed = base64.b64decode(resource["ciphertext"], validate=True)
            bound = str(resource.get("associated_data") or "").encode()
            return self._aes.decrypt(str(resource["nonce"]).encode(), sealed, bound)
        except (InvalidTag, binascii.Error, ValueError):
            raise BadSignature("it cannot be decrypted: is WECHATPAY_API_V3_KEY the merchant's?") from None
