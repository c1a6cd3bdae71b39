"""The JS-SDK of our pages: the account's ``jsapi_ticket``, kept for all processes as the token is, and signatures.

WeChat's browser checks that a page's ``wx.config`` is signed for the very address it was opened at
(``docs/platform.md``). A ticket never leaves the server.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from typing import Any

from errors import PlatformError
from wechat.api import WeChatApi
from wechat.tokens import MARGIN_SECONDS, TokenShelf

NONCE_BYTES = 12


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """What ``wx.config`` wants for a page's address before its ``#``: SHA-1 in hex over these four, in this order."""
    told = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()


class TicketKeeper:
    """Hands out the ticket of one account."""

    def __init__(self, api: WeChatApi, shelf: TokenShelf, clock: Callable[[], float]) -> None:
        self._api, self._shelf, self._clock = api, shelf, clock
        self._one_at_a_time = threading.Lock()

    def ticket(self) -> str:
        """A ticket that is good for at least ``MARGIN_SECONDS``. Raises ``PlatformError``."""
        return self._kept() or self._renewed()

    def _kept(self) -> str:
        ticket, expires_at = self._shelf.find()
        return ticket if ticket and expires_at - MARGIN_SECONDS > self._clock() else ""

    def _renewed(self) -> str:
        with self._one_at_a_time:
            if ticket := self._kept():  # another thread was first
                return ticket
            told = self._api.get("ticket/getticket", params={"type": "jsapi"})
            if not told.get("ticket"):
                raise PlatformError("ticket/getticket", 0, "no ticket in the answer")
            self._shelf.keep(str(told["ticket"]), int(self._clock()) + int(told.get("expires_in", 7200)))
            return str(told["ticket"])


class PageSigner:
    """Signs addresses of one site's pages for the JS-SDK."""

    def __init__(self, app_id: str, keeper: TicketKeeper, site: str, clock: Callable[[], float]) -> None:
        self._app_id, self._keeper, self._site, self._clock = app_id, keeper, site, clock

    def config(self, path: str) -> dict[str, Any]:
        """What ``wx.config`` wants for the page at this path (with its query) of our site. Raises
        ``PlatformError``."""
        nonce, timestamp = secrets.token_hex(NONCE_BYTES), int(self._clock())
        signed = signature(self._keeper.ticket(), nonce, timestamp, self._site + path)
        return {"appId": self._app_id, "timestamp": timestamp, "nonceStr": nonce, "signature": signed}
