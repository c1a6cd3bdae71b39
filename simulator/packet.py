"""One push as it stands on the wire: query and body in each of the three modes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from simulator import envelope, xmltext
from simulator.account import Account

HEADERS = {"User-Agent": "Mozilla/4.0", "Content-Type": "text/xml", "Pragma": "no-cache"}


@dataclass(frozen=True)
class Packet:
    """`url` carries the signatures; `plain` is what a correct bot reads out of `body`."""

    url: str
    body: bytes
    plain: str
    nonce: str


def _nonce() -> str:
    return str(secrets.randbelow(9 * 10**8) + 10**8)


def _address(webhook_url: str, query: Mapping[str, str]) -> str:
    return f"{webhook_url}{'&' if '?' in webhook_url else '?'}{urlencode(query)}"


def compose(account: Account, webhook_url: str, mode: str, fields: Mapping[str, Any], now: int) -> Packet:
    """A fresh packet of the same fields: new timestamp and nonce, therefore new signatures."""
    timestamp, nonce = str(now), _nonce()
    plain = xmltext.write(fields)
    query = {
        "signature": envelope.sign(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    if mode == "plain":
        return Packet(_address(webhook_url, query), plain.encode(), plain, nonce)
    encrypted = envelope.seal(plain.encode(), account.aes_key, account.app_id)
    query |= {
        "encrypt_type": "aes",
        "msg_signature": envelope.sign(account.token, timestamp, nonce, encrypted),
    }
    outside = {"ToUserName": fields["ToUserName"]} if mode == "safe" else dict(fields)
    body = xmltext.write({**outside, "Encrypt": encrypted}, indent="    ") + "\n"
    return Packet(_address(webhook_url, query), body.encode(), plain, nonce)


def verification(account: Account, webhook_url: str, now: int) -> tuple[str, str]:
    """The address of the GET that verifies the URL, and the `echostr` that must come back."""
    timestamp, nonce = str(now), _nonce()
    echostr = str(secrets.randbelow(9 * 10**18) + 10**18)
    query = {
        "signature": envelope.sign(account.token, timestamp, nonce),
        "echostr": echostr,
        "timestamp": timestamp,
        "nonce": nonce,
    }
    return _address(webhook_url, query), echostr
