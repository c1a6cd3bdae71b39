"""Writing to many followers at once: hundreds of calls in flight, each with a typed result. None is repeated, but for a
token that WeChat refused.

A result tells what is known: taken, refused with a number, certainly not sent, or unclear.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
import uvloop
from yarl import URL

from domain.campaign import SERVICE
from domain.push_outcome import Told
from errors import PlatformError, ShutongError
from wechat.api import WRONG_TOKEN
from wechat.outbox import Data
from wechat.tokens import TIMEOUT, TokenKeeper

DEADLINE_SECONDS = 25
"""What has no result by then has none: shorter than a sender's lease (``storage/campaign_sending.py``)."""
KEEP_ALIVE_SECONDS = 5
"""A connection idle for longer may be closed by WeChat just as it is used, and then nobody knows what arrived."""
SYSTEM_BUSY = -1
"""May come after the message went out (``docs/platform.md``)."""
_HEADERS = {"Content-Type": "application/json"}


class Letter(NamedTuple):
    """One call: its path and its body."""

    path: str
    body: bytes


def text_letter(openid: str, words: str) -> Letter:
    """A customer-service text; may hold ``<a href>``."""
    return _letter("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": words}})


def notice_letter(openid: str, template_id: str, data: Data, url: str) -> Letter:
    """A 订阅通知, for which the follower consented once."""
    told = {"touser": openid, "template_id": template_id, "page": url, "data": data}
    return _letter("/cgi-bin/message/subscribe/bizsend", told)


def template_letter(purpose: str, openid: str, template_id: str, data: Data, url: str, ours: str) -> Letter:
    """A template message; `ours` is our own id for it, at most 50 characters. Raises ``ValueError`` for anything but
    a service notice: accounts are banned for marketing by template."""
    if purpose != SERVICE:
        raise ValueError("a template message may only carry a service notice")
    told = {"touser": openid, "template_id": template_id, "url": url, "client_msg_id": ours, "data": data}
    return _letter("/cgi-bin/message/template/send", told)


def _letter(path: str, told: Mapping[str, Any]) -> Letter:
    return Letter(path, json.dumps(told, ensure_ascii=False).encode())  # WeChat keeps a \uXXXX as it is written


class OnItsWay:
    """Letters that were handed in together, until their results are taken."""

    def __init__(self, tasks: Sequence[asyncio.Task[Told]], known: Sequence[Told] = ()) -> None:
        self.tasks, self.known, self.until = tasks, known, time.monotonic() + DEADLINE_SECONDS


class FastOutbox:
    """Sends for one account. It works only while one of its functions runs, in the caller's thread: a thread of its own
    would fight with the database's for Python's lock. One thread at a time may use it."""

    def __init__(self, base: str, keeper: TokenKeeper) -> None:
        self._base, self._keeper = base, keeper
        self._proxy = _proxy_for(base)
        self._loop = uvloop.new_event_loop()
        self._session = self._loop.run_until_complete(self._open())
        self._urls: dict[tuple[str, str], URL] = {}

    def send(self, letters: Sequence[Letter]) -> OnItsWay:
        """Hand all of them in; they are on their way when this returns. May raise ``StoreBusy``: nothing was sent."""
        try:
            token = self._keeper.token()
        except PlatformError as trouble:
            return OnItsWay([], [_untold(trouble)] * len(letters))
        handed = OnItsWay([self._loop.create_task(self._send(letter, token)) for letter in letters])
        self._loop.run_until_complete(asyncio.sleep(0))
        return handed

    def results(self, handed: OnItsWay) -> list[Told]:
        """What came of each, in their order, at the latest ``DEADLINE_SECONDS`` after they were handed in."""
        if not handed.tasks:
            return [*handed.known]
        left = max(0.0, handed.until - time.monotonic())
        _, late = self._loop.run_until_complete(asyncio.wait(handed.tasks, timeout=left))
        for task in late:
            task.cancel()
        unknown = Told(False, unclear=True, why="no answer in time")
        return [unknown if task in late or task.exception() else task.result() for task in handed.tasks]

    def give_up(self, handed: OnItsWay) -> None:
        """Nobody will take these results: what has not left yet never does."""
        for task in handed.tasks:
            task.cancel()
        if handed.tasks:
            self._loop.run_until_complete(asyncio.wait(handed.tasks))

    def close(self) -> None:
        """Close the connections."""
        self._loop.run_until_complete(self._session.close())
        self._loop.close()

    async def _open(self) -> aiohttp.ClientSession:
        secure = ssl.create_default_context(cafile=certifi.where())
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=secure)
        connect, read = TIMEOUT
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)
        return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())

    async def _send(self, letter: Letter, token: str) -> Told:
        told = await self._call(letter, token)
        if told.errcode not in WRONG_TOKEN:
            return told
        try:
            return await self._call(letter, self._keeper.renewed(token))  # all wait for the first; the others find it
        except PlatformError as trouble:
            return _untold(trouble)
        except ShutongError as trouble:  # the shelf of the token; a refused message was not sent
            return Told(False, why=type(trouble).__name__)

    async def _call(self, letter: Letter, token: str) -> Told:
        try:
            async with self._session.post(
                self._url(letter.path, token), data=letter.body, headers=_HEADERS, allow_redirects=False,
                proxy=self._proxy,
            ) as answer:  # fmt: skip
                return _told(answer.status, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as trouble:
            return Told(False, why=type(trouble).__name__)  # no connection was made: nothing left this machine
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            return Told(False, unclear=True, why=type(trouble).__name__)

    def _url(self, path: str, token: str) -> URL:
        url = self._urls.get((path, token))
        if url is None:
            if len(self._urls) > 100:  # of tokens long gone
                self._urls.clear()
            url = self._urls[path, token] = URL(f"{self._base}{path}?access_token={token}", encoded=True)
        return url


def _told(status: int, content: bytes) -> Told:
    """What an answer tells. One that cannot be read may stand for a message that went out."""
    try:
        told = json.loads(content.decode("utf-8", "replace"), strict=False)
        errcode = int(told["errcode"])
    except (ValueError, TypeError, KeyError):
        return Told(False, unclear=True, why=f"HTTP {status}, no answer that can be read")
    if status != 200:
        return Told(False, unclear=True, why=f"HTTP {status}")
    if errcode:
        return Told(False, errcode, unclear=errcode == SYSTEM_BUSY, why=str(errcode))
    return Told(True, message_id=str(told.get("msgid", "")))


def _untold(trouble: PlatformError) -> Told:
    """There was no token to send with: nothing was sent."""
    return Told(False, trouble.errcode, why=str(trouble.errcode or "no token"))


def _proxy_for(base: str) -> str | None:
    """The proxy of this machine's environment for that address, as requests would take it; found once, for looking
    costs more than a call."""
    parts = urlsplit(base)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)
