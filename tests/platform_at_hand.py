"""The simulated platform on a free port of this machine, for tests of what calls WeChat."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from bot_in_process import ACCOUNT, AES_KEY, APP_ID, APP_SECRET, TOKEN
from werkzeug.serving import make_server

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.pay.merchant import Merchant
from simulator.server import create_app


@dataclass
class PlatformAtHand:
    """Where it listens, and its control API."""

    base: str
    clock: PlatformClock

    def get(self, path: str) -> Any:
        answer = requests.get(f"{self.base}/_control/{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, values: Any = None) -> Any:
        answer = requests.post(f"{self.base}/_control/{path}", json=values or {}, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def calls(self, path: str) -> list[dict[str, Any]]:
        """What reached an address of the server API."""
        found = self.get("wire?kind=api")
        entries = found["wire"] if isinstance(found, dict) else found
        return [entry for entry in entries if entry["what"].partition(" ")[2] == path]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """A WSGI application on a free port of loopback; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def platform_at_hand(clock: PlatformClock | None = None, merchant: Merchant | None = None) -> Iterator[PlatformAtHand]:
    """A platform for the account of ``bot_in_process``, and for a merchant."""
    clock = clock or PlatformClock()
    account = Account(APP_ID, APP_SECRET, TOKEN, AES_KEY, ACCOUNT)
    with served(create_app(account, "http://127.0.0.1:9/wechat", clock=clock, merchant=merchant)) as base:
        yield PlatformAtHand(base, clock)
