"""WeChat's side of a measurement: signed, encrypted pushes, made beforehand. Shares no code with the bot."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "benchmarktoken"
APP_ID = "wxbenchmark000001"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
_KEY = base64.b64decode(AES_KEY + "=")


@dataclass(frozen=True)
class Push:
    """One HTTP request: the path with its query, and the body."""

    path: str
    body: str


def sign(*parts: str) -> str:
    """WeChat's signature."""
    return hashlib.sha1("".join(sorted((TOKEN, *parts))).encode()).hexdigest()


def sealed(xml: str, path: str = "/wechat") -> Push:
    """A push in safe mode."""
    message = xml.encode()
    plain = os.urandom(8).hex().encode() + len(message).to_bytes(4, "big") + message + APP_ID.encode()
    pad = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(_KEY), modes.CBC(_KEY[:16])).encryptor()
    encrypted = base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
    stamp, nonce = str(int(time.time())), str(random.randrange(10**9))
    query = (
        f"signature={sign(stamp, nonce)}&timestamp={stamp}&nonce={nonce}&openid=o"
        f"&encrypt_type=aes&msg_signature={sign(stamp, nonce, encrypted)}"
    )
    body = (
        "<xml>\n    <ToUserName><![CDATA[gh_b]]></ToUserName>\n"
        f"    <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>\n"
    )
    return Push(f"{path}?{query}", body)


def text(openid: str, words: str, number: int) -> str:
    """A follower's words."""
    return (
        f"<xml><ToUserName><![CDATA[gh_b]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{number}</MsgId></xml>"
    )


def write_for_wrk(pushes: list[Push], file: Path) -> None:
    """One request a line pair, as ``wrk.lua`` reads it."""
    with file.open("w") as out:
        for push in pushes:
            out.write(push.path + "\n" + push.body.replace("\n", "\v") + "\n")
