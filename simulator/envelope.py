"""Signatures and encryption of the webhook (platform.md 1.1 and 1.3)."""

import base64
import binascii
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32  # WeChat pads to 32 bytes although the AES block has 16


class EnvelopeError(ValueError):
    """Something sealed that cannot be opened; `rule` names the check that failed."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def sign(*parts: str) -> str:
    """SHA-1 hex of the sorted, joined parts: `signature` without, `msg_signature` with the Encrypt text."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    # A real EncodingAESKey is 43 random characters: the last may carry spare bits, which b64decode ignores.
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def seal(plain: bytes, aes_key: str, app_id: str, random16: bytes | None = None) -> str:
    """The Encrypt text for `plain`."""
    head = secrets.token_hex(8).encode() if random16 is None else random16
    body = head + struct.pack(">I", len(plain)) + plain + app_id.encode()
    pad = _BLOCK - len(body) % _BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(body + bytes([pad]) * pad) + encryptor.finalize()).decode()


def unseal(encrypted: str, aes_key: str, app_id: str) -> bytes:
    """The plaintext of an Encrypt text; raises EnvelopeError when padding, length or app id is wrong."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError("not_base64", "Encrypt is not Base64.") from error
    if not sealed or len(sealed) % 16:
        raise EnvelopeError("bad_length", "The ciphertext is not a whole number of AES blocks.")
    decryptor = _cipher(aes_key).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    pad = padded[-1]
    if not 1 <= pad <= _BLOCK:
        raise EnvelopeError("bad_padding", f"The padding byte is {pad}, not 1 to 32: wrong AES key?")
    body = padded[:-pad]
    length = int.from_bytes(body[16:20], "big")
    if len(body) < 20 or 20 + length > len(body):
        raise EnvelopeError("bad_length", "The length field runs past the end.")
    if body[20 + length :] != app_id.encode():
        raise EnvelopeError("foreign_appid", "The trailer is not this account's app id.")
    return body[20 : 20 + length]
