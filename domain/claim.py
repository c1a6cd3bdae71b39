"""Claim codes: what a reader outside WeChat types in the chat to have what they bought there moved to their openid.

A code is 8 of Crockford's 32 characters (40 bits), made from the secret and the browser's id, so that a page can show
it again and the database need not hold it: what is stored is a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_LIKE = str.maketrans("OILU", "011V")
"""Characters that are not in the alphabet, and those they are taken for."""
_TYPED = re.compile(r"(?:领取|领)?[\s:：]*([0-9A-Z]{4})[\s-]?([0-9A-Z]{4})")


class ClaimCodes:
    """Makes codes and what is stored of them, under one secret."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"shutong claim 1:" + secret.encode()).digest()

    def code(self, buyer: str, nth: int) -> str:
        """The `nth` code of a buyer (0 is the first); each works once."""
        number = int.from_bytes(self._mac(f"code:{nth}:{buyer}")[:LENGTH], "big")
        return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))

    def stored(self, code: str) -> str:
        """What the database holds of a code: 64 hexadecimal digits."""
        return self._mac(f"stored:{code}").hex()

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")


def read_code(said: str) -> str:
    """The code in a text that is nothing but a code (领取 may stand before it), "" in any other. An eight-letter word
    without a digit is no code unless 领取 says so."""
    shape = _TYPED.fullmatch(said.strip().upper())
    if not shape:
        return ""
    code = (shape[1] + shape[2]).translate(_LIKE)
    asked = said.strip().startswith("领")
    return code if asked or any(one.isdigit() for one in shape[1] + shape[2]) else ""
