"""WeChat's side of the wire, for tests: signs, seals and reads as the platform page says (docs/platform.md 1.1-1.3).

Written from that page and not from ``wechat/envelope.py``: two equal mistakes would cancel out.
(Not named ``platform``: that would hide Python's own module of that name.)
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from typing import Any
from urllib.parse import urlencode
from xml.dom import minidom

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 over the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def field_xml(fields: dict[str, Any]) -> str:
    """A push's body: text in CDATA, nested elements for dicts, repeated ones for lists."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(*pair) for pair in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"


def read_fields(xml: str | bytes) -> dict[str, Any]:
    """What WeChat's parser would read of an answer; raises on XML that is not well-formed."""
    root = minidom.parseString(xml.encode() if isinstance(xml, str) else xml).documentElement
    assert root is not None and root.tagName == "xml"
    return _children(root)


def _children(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element.childNodes:
        if child.nodeType != child.ELEMENT_NODE:
            continue
        inner = [one for one in child.childNodes if one.nodeType == one.ELEMENT_NODE]
        value: Any = _children(child) if inner else "".join(one.data for one in child.childNodes)
        if child.tagName in found:
            before = found[child.tagName]
            value = [*before, value] if isinstance(before, list) else [before, value]
        found[child.tagName] = value
    return found


class Account:
    """One account as WeChat's servers know it."""

    def __init__(self, token: str, app_id: str, aes_key: str = "") -> None:
        self.token, self.app_id, self.aes_key = token, app_id, aes_key
        self._key = base64.b64decode(aes_key + "=") if aes_key else b""

    def query(self, at: int | str, nonce: str = "1372623149", **more: str) -> dict[str, str]:
        """The query of a push in plaintext mode, or of the address check."""
        return {"signature": sign(self.token, str(at), nonce), "timestamp": str(at), "nonce": nonce, **more}

    def sealed_query(self, at: int | str, encrypted: str, nonce: str = "1372623149") -> dict[str, str]:
        """The query of a push in safe mode: both signatures, as they are really sent."""
        more = {"encrypt_type": "aes", "msg_signature": sign(self.token, str(at), nonce, encrypted)}
        return self.query(at, nonce, **more)

    def seal(self, message: str | bytes, prefix: bytes | None = None, app_id: str | None = None) -> str:
        """Base64 of the AES-256-CBC of random(16) + length + message + app id, padded to 32 bytes."""
        raw = message.encode() if isinstance(message, str) else message
        trailer = (self.app_id if app_id is None else app_id).encode()
        return self.seal_bytes(pad((prefix or os.urandom(16)) + struct.pack(">I", len(raw)) + raw + trailer))

    def seal_bytes(self, padded: bytes) -> str:
        """Base64 of the AES-256-CBC of bytes that are already padded, rightly or wrongly."""
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def unseal(self, encrypted: str) -> tuple[bytes, bytes, str]:
        """(random prefix, message, app id) of what an answer holds."""
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        raw = base64.b64decode(encrypted, validate=True)
        plain = decryptor.update(raw) + decryptor.finalize()
        number = plain[-1]
        assert len(plain) % 32 == 0 and 1 <= number <= 32 and plain[-number:] == bytes([number]) * number
        plain = plain[:-number]
        (length,) = struct.unpack(">I", plain[16:20])
        return plain[:16], plain[20 : 20 + length], plain[20 + length :].decode()

    def open_answer(self, xml: str | bytes) -> str:
        """The reply inside a sealed answer, its signature and its app id checked."""
        outer = read_fields(xml)
        signed = sign(self.token, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
        assert outer["MsgSignature"] == signed, "the answer's own signature is wrong"
        _, message, app_id = self.unseal(outer["Encrypt"])
        assert app_id == self.app_id
        return message.decode()


def pad(plain: bytes) -> bytes:
    """PKCS#7 to a block of 32 bytes."""
    number = 32 - len(plain) % 32
    return plain + bytes([number]) * number


def body_of(encrypted: str, to: str = "gh_1") -> bytes:
    """The body of a push in safe mode."""
    receiver = f"<ToUserName><![CDATA[{to}]]></ToUserName>"
    return f"<xml>\n    {receiver}\n    <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>\n".encode()


def query_string(query: dict[str, str]) -> str:
    """As it stands in a request line."""
    return urlencode(query)
