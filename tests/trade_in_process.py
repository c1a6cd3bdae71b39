"""A bot that sells and its WeChat Pay in one process and one thread: no port, the platform's time, crashes on order.

Every call passes both sides' own code, signatures and all; only the wire between them is short. Made once a process
and cleared between uses, so that thousands of short lives are cheap.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot_in_process import ACCOUNT, AES_KEY, APP_ID, APP_SECRET, NOON, TOKEN, Bot, Workshop
from platform_at_hand import PlatformAtHand
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from shop_at_hand import Shop, merchant, merchant_settings
from werkzeug.test import Client

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.server import create_app
from simulator.transport import Answer
from storage.store import Store, Transaction

PLATFORM, SITE = "http://127.0.0.1", "http://127.0.0.1:9"

WATCHED = """
create table made (nth integer primary key, order_no text);
create trigger making after insert on orders begin insert into made (order_no) values (new.order_no); end;
create table edges (order_no text, before text, after text);
create trigger edge after update of state on orders when old.state <> new.state begin
  insert into edges values (old.order_no, old.state, new.state); end;
create table grants (buyer text, source text);
create trigger granted after insert on entitlements begin insert into grants values (new.openid, new.source); end;
"""
"""The database itself notes every order in turn, every change of its state, and every right given."""


class Crash(BaseException):
    """The process ends here. Nothing in the house may catch it, as nothing can catch ``kill -9``."""


@dataclass
class Fuse:
    """Burns down with each step to the outside; at zero the process ends, or something else happens in the middle of
    what is going on. 0 = not lit."""

    left: int = 0
    deed: Callable[[], None] | None = None

    def light(self, steps: int, deed: Callable[[], None] | None = None) -> None:
        self.left, self.deed = steps, deed

    def burn(self, in_transaction: bool = False) -> None:
        if not self.left or (in_transaction and self.deed and self.left == 1):  # others do nothing in our transaction
            return
        self.left -= 1
        if self.left:
            return
        if self.deed is None:
            raise Crash
        self.deed()


class ShortWire(BaseAdapter):
    """What ``requests`` sends goes straight into the platform."""

    def __init__(self, client: Client, fuse: Fuse) -> None:
        super().__init__()
        self._client, self._fuse = client, fuse

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:  # type: ignore[override]
        self._fuse.burn()
        told = self._client.open(
            request.path_url, PLATFORM, method=request.method, data=request.body, headers=dict(request.headers)
        )
        self._fuse.burn()
        answer = Response()
        answer.status_code, answer.raw, answer.url = told.status_code, io.BytesIO(told.data), str(request.url)
        answer.headers.update(told.headers)
        return answer

    def close(self) -> None:
        """There is no connection."""


class PlatformInProcess(PlatformAtHand):
    """The platform's control API without a server."""

    @cached_property
    def client(self) -> Client:
        account = Account(APP_ID, APP_SECRET, TOKEN, AES_KEY, ACCOUNT)
        return Client(create_app(account, f"{SITE}/wechat", clock=self.clock, merchant=merchant()))

    def get(self, path: str) -> Any:
        return self._answered(self.client.get(f"/_control/{path}", base_url=PLATFORM))

    def post(self, path: str, values: Any = None) -> Any:
        return self._answered(self.client.post(f"/_control/{path}", base_url=PLATFORM, json=values or {}))

    def _answered(self, answer: Any) -> Any:
        assert answer.status_code in (200, 409), answer.text
        return answer.json


class Trade(Shop):
    """A shop whose process may crash at any step to the outside, and begins again on the same database."""

    def __init__(self, bot: Bot, platform: PlatformInProcess) -> None:
        self.fuse, self.crashes = Fuse(), 0
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        platform.post("reset")
        platform.clock.set(NOON)
        self.platform, self.bot = platform, bot
        with closing(sqlite3.connect(self.bot.database)) as connection:
            connection.executescript(WATCHED)
        self._books = sqlite3.connect(self.bot.database, check_same_thread=False)
        self._books.row_factory = sqlite3.Row
        self._move_in()

    def _move_in(self) -> None:
        """What a new process of the bot has around it."""
        self.fuse.light(0)
        self.bot.clock.now = self.now
        assert self.bot.house.pay
        self.pay = self.bot.house.pay
        assert isinstance(self.platform, PlatformInProcess)
        self.pay._core._session.mount("http://", ShortWire(self.platform.client, self.fuse))
        self.bot.store.write = self._writes(self.bot.store)  # type: ignore[method-assign]

    def _writes(self, store: Store) -> Any:
        real = store.write

        @contextmanager
        def write(*patience: float) -> Iterator[Transaction]:
            self.fuse.burn()
            with real(*patience) as tx:
                yield tx
                self.fuse.burn(in_transaction=True)
            self.fuse.burn()

        return write

    def restart(self) -> None:
        """Another process on the same database."""
        self.bot.close()
        self.bot.open(pay=self.pay)  # reading its keys takes longer than all else
        self._move_in()

    def crashed(self) -> None:
        self.crashes += 1
        self.restart()

    def deliver(self, _method: str, url: str, body: bytes | None, headers: Any, _timeout: float) -> Answer:
        """A notification arrives, as WeChat Pay's own schedule sends it."""
        self.sent.append((url.removeprefix(SITE), body or b"", dict(headers)))
        status = self.arrive(len(self.sent) - 1)
        return Answer(status, b"") if status else Answer(None, problem="connection", detail="it died")

    def arrive(self, index: int) -> int | None:
        """These very bytes arrive (again): the answer's status, None when the process died over them."""
        path, body, headers = self.sent[index]
        self.bot.clock.now = self.now
        try:
            return self.bot.pages.post(path, data=body, headers=headers).status_code
        except Crash:
            self.crashed()
            return None

    def advance(self, seconds: float) -> None:
        self.platform.post("clock", {"advance": seconds})
        self.platform.post("settle")
        self.bot.clock.now = self.now

    def book(self, question: str) -> list[sqlite3.Row]:
        """Rows of our books."""
        return self._books.execute(question).fetchall()

    def close(self) -> None:
        self._books.close()
        self.bot.close()


class TradeFair:
    """Where trades are held one after the other."""

    def __init__(self, folder: Path) -> None:
        self._workshop = Workshop(folder)
        self._platform = PlatformInProcess(PLATFORM, PlatformClock(at=NOON, speed=0))
        self._bot = self._workshop.bot(PUBLIC_URL=SITE, **merchant_settings(PLATFORM))
        self._bot.close()

    @contextmanager
    def trade(self) -> Iterator[Trade]:
        """A new shop, and WeChat Pay on its first day."""
        self._workshop.empty(self._bot.database)
        self._bot.open(pay=self._bot.house.pay)
        one = Trade(self._bot, self._platform)
        with patch("simulator.pay.notify.exchange", one.deliver):
            yield one
        one.close()
