"""The access token: one for all processes, from ``stable_token``, renewed before it ends.

``stable_token`` gives every caller the same token until its last five minutes, so that two processes asking at
once do no harm; the former ``/cgi-bin/token`` made each call invalidate the last.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import requests

from errors import PlatformError

MARGIN_SECONDS = 300
"""Renew this long before the end: WeChat makes the next token in the last five minutes of the old one."""
TIMEOUT = (3, 8)


class TokenShelf(Protocol):
    """Where the token lies for all processes."""

    def find(self) -> tuple[str, int]:
        """(token, when it ends), ("", 0) if there is none."""

    def keep(self, token: str, expires_at: int) -> None:
        """Keep the newest."""


class TokenKeeper:
    """Hands out the token of one account."""

    def __init__(self, base: str, app_id: str, secret: str, shelf: TokenShelf, clock: Callable[[], float]) -> None:
        self._url = f"{base}/cgi-bin/stable_token"
        self._app_id, self._secret, self._shelf, self._clock = app_id, secret, shelf, clock
        self._one_at_a_time = threading.Lock()

    def token(self) -> str:
        """A token that is good for at least ``MARGIN_SECONDS``. Raises ``PlatformError``."""
        token, expires_at = self._shelf.find()
        if token and expires_at - MARGIN_SECONDS > self._clock():
            return token
        return self.renewed(token)

    def renewed(self, failed: str) -> str:
        """A token other than the one that `failed`: what another process got meanwhile, else a fresh one."""
        with self._one_at_a_time:
            token, expires_at = self._shelf.find()
            if token and token != failed and expires_at - MARGIN_SECONDS > self._clock():
                return token
            token, lasts = self._fetch()
            self._shelf.keep(token, int(self._clock()) + lasts)
            return token

    def _fetch(self) -> tuple[str, int]:
        asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        try:
            answer = requests.post(self._url, json=asked, timeout=TIMEOUT)
            told = answer.json()
        except (requests.RequestException, ValueError) as trouble:
            # Its text would hold the secret.
            raise PlatformError("stable_token", 0, type(trouble).__name__) from None
        if not isinstance(told, dict):
            raise PlatformError("stable_token", 0, "no JSON object")
        if told.get("errcode", 0) or "access_token" not in told:
            raise PlatformError("stable_token", int(told.get("errcode", 0)), str(told.get("errmsg", ""))[:200])
        return str(told["access_token"]), int(told.get("expires_in", 7200))
