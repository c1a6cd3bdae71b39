"""The wire between the bot and the simulated platform, cut short: what one calls, the other answers in the same thread.

Everything of both sides is run, signatures and all; only the sockets are left out, which on a busy machine cost more
than what they carry.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from werkzeug.test import Client, TestResponse

from simulator.transport import Answer


class ShortWire(BaseAdapter):
    """Carries what ``requests`` sends, and the platform's pushes: address (host and port) -> application."""

    def __init__(self) -> None:
        super().__init__()
        self._sides: dict[str, Client] = {}

    def connect(self, base: str, app: Any) -> None:
        """Whoever calls that address reaches this application."""
        self._sides[urlsplit(base).netloc] = Client(app, use_cookies=False)

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """As ``requests`` sends it."""
        told = self._ask(str(request.method), str(request.url), request.body, dict(request.headers))
        answer = Response()
        answer.status_code, answer.url, answer.request = told.status_code, str(request.url), request
        answer.raw = _Raw(told)
        answer.headers.update(told.headers)
        return answer

    def push(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], _: float) -> Answer:
        """As the platform pushes it."""
        told = self._ask(method, url, body, headers)
        return Answer(told.status_code, told.data, content_type=told.headers.get("Content-Type", ""))

    def close(self) -> None:
        """There is no connection."""

    def _ask(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> TestResponse:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        base = f"{parts.scheme}://{parts.netloc}"
        return self._sides[parts.netloc].open(path, base, method=method, data=body, headers=dict(headers))


class _Raw(io.BytesIO):
    """The body, with the headers where ``requests`` looks for cookies."""

    def __init__(self, told: TestResponse) -> None:
        super().__init__(told.data)
        headers = Message()
        for name, value in told.headers:
            headers[name] = value
        self._original_response = SimpleNamespace(msg=headers)


@contextmanager
def short_wire() -> Iterator[ShortWire]:
    """Until the block ends, nothing that ``requests`` or the platform sends leaves this process."""
    wire = ShortWire()
    with (
        patch.object(Session, "get_adapter", lambda self, url: wire),
        patch("simulator.webhook.exchange", wire.push),
        patch("simulator.pay.notify.exchange", wire.push),
    ):
        yield wire
