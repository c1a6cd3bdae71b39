"""The envelope of a push: opening is verifying. There is no other way in, and no flag that weakens it.

The layouts (signature, AES-256-CBC with 32-byte padding, the app id as trailer) are those of WeChat's message
encryption; see ``docs/platform.md``. Three modes arrive here: plaintext, compatible (clear and encrypted, only
the encrypted half is believed) and safe. With an AES key set a body that is not encrypted is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from errors import Refused
from wechat.xmltree import Tree, read_xml

_ECHO = re.compile(r"[0-9A-Za-z_-]{1,64}")
_BLOCK = 32
"""WeChat pads to 32 bytes, twice the cipher's block."""

# Of the outer XML only this is looked at, and msg_signature vouches for it.
_ENCRYPTED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")

# What WeChat calls its fields: a capital first, and these. Others would shadow attributes of message classes.
_LOWER_CASE_FIELDS = ("bizmsgmenuid",)


@dataclass(frozen=True, slots=True)
class Opened:
    """A genuine push: its fields, and whether the answer must be sealed."""

    fields: Tree
    sealed: bool


class Envelope:
    """Opens and seals for one account.

    `token` must not be empty. `aes_key` has 43 characters, or is empty for plaintext mode. `max_skew` is how many
    seconds a push's timestamp may differ from ours, either way.
    """

    def __init__(self, token: str, app_id: str, aes_key: str, max_skew: int) -> None:
        if not token:
            raise ValueError("an empty token would let anyone in")
        self._token = token
        self._app_id = app_id.encode()
        self._max_skew = max_skew
        # The last of the 43 characters carries two spare bits that need not be zero: strict decoders refuse it.
        self._key = base64.b64decode(aes_key + "=") if aes_key else b""
        self._cipher = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])) if aes_key else None

    def verify_url(self, query: Mapping[str, str], now: int) -> str:
        """The ``echostr`` to answer to WeChat's one-time check of the address.

        It comes in clear under ``signature``; accounts of other kinds seal it and sign it with ``msg_signature``.
        """
        self._require_fresh(query, now)
        echo = query.get("echostr", "")
        if self._cipher is not None and "signature" not in query:
            self._require_signature(query, "msg_signature", echo)
            echo = self._decrypt(echo).decode("utf-8", "replace")
        else:
            self._require_signature(query, "signature")
        if not _ECHO.fullmatch(echo):
            raise Refused("no echostr")
        return echo

    def admit(self, query: Mapping[str, str], now: int) -> None:
        """Refuse, before a byte of the body is waited for, whoever cannot sign the query."""
        self._require_fresh(query, now)
        if "signature" in query or self._cipher is None:
            self._require_signature(query, "signature")

    def open(self, query: Mapping[str, str], body: bytes, now: int) -> Opened:
        """Verify and read one push; raises ``Refused`` unless everything agrees."""
        self.admit(query, now)
        if self._cipher is None:
            fields = _wechat_fields(read_xml(body))
            if not isinstance(fields.get("MsgType"), str) or not isinstance(fields.get("FromUserName"), str):
                raise Refused("no MsgType or FromUserName")
            return Opened(fields, sealed=False)
        found = _ENCRYPTED.findall(body)
        if len(found) != 1:
            raise Refused("not encrypted once, although an AES key is set")
        encrypted = found[0].decode()
        self._require_signature(query, "msg_signature", encrypted)
        return Opened(_wechat_fields(read_xml(self._decrypt(encrypted))), sealed=True)

    def seal(self, xml: str, now: int) -> str:
        """The reply XML, encrypted and signed."""
        if self._cipher is None:
            raise ValueError("no AES key")
        message = xml.encode()
        plain = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + self._app_id
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        encrypted = base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
        timestamp, nonce = str(now), secrets.token_hex(8)
        signature = self._sign(timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _decrypt(self, encrypted: str) -> bytes:
        assert self._cipher is not None
        try:
            raw = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher.decryptor()
            plain = decryptor.update(raw) + decryptor.finalize()
        except (binascii.Error, ValueError):
            raise Refused("not decryptable") from None
        pad = plain[-1] if plain else 0
        length = int.from_bytes(plain[16:20], "big")
        end = len(plain) - pad
        if not 1 <= pad <= _BLOCK or end < 20 or 20 + length > end:
            raise Refused("wrong padding or length")
        if not hmac.compare_digest(plain[20 + length : end], self._app_id):
            raise Refused("meant for another app id")
        return plain[20 : 20 + length]

    def _require_fresh(self, query: Mapping[str, str], now: int) -> None:
        stamp = query.get("timestamp", "")
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            raise Refused("no timestamp")
        if abs(now - int(stamp)) > self._max_skew:
            raise Refused(f"timestamp off by {abs(now - int(stamp))} s: a replay, or this machine's clock is wrong")

    def _require_signature(self, query: Mapping[str, str], name: str, *more: str) -> None:
        expected = self._sign(query.get("timestamp", ""), query.get("nonce", ""), *more)
        given = query.get(name, "")
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            raise Refused(f"wrong {name}")

    def _sign(self, *parts: str) -> str:
        joined = "".join(sorted((self._token, *parts)))
        return hashlib.sha1(joined.encode("utf-8", "replace")).hexdigest()  # noqa: S324 - WeChat's choice


def _wechat_fields(tree: Tree) -> Tree:
    """Only WeChat's own names; a field that must be single and is not makes the push refused."""
    fields = {name: value for name, value in tree.items() if name[:1].isupper() or name in _LOWER_CASE_FIELDS}
    for name in (
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "MsgId",
        "Event",
        "EventKey",
        "Content",
    ):
        if not isinstance(fields.get(name, ""), str):
            raise Refused(f"{name} is given more than once")
    return fields
