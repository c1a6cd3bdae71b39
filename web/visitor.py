"""Who looks at a page: the openid that WeChat's sign-in gave, and a random id of the browser, both in signed cookies.

Neither ever stands in an address or a page. The browser's id is who buys where nobody is signed in, and what forms
are bound to.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from domain.order import READER

DAY = 86_400
ME, BROWSER, GUEST = "shutong_me", "shutong_browser", "shutong_guest"
KEPT_SECONDS = {ME: 30 * DAY, BROWSER: 400 * DAY, GUEST: 600}
"""Browsers cut what lasts longer than 400 days. A sign-in that did not work is not tried again for ten minutes."""
SNAPSHOT, FAILED = "snapshot", "failed"

_WECHAT = re.compile(r"MicroMessenger", re.IGNORECASE)
_WORK = re.compile(r"wxwork", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """``openid`` is "" for who is not signed in; ``browser`` the browser's id, ``new`` if it has no cookie yet;
    ``guest`` why sign-in is not tried: "", ``SNAPSHOT`` or ``FAILED``."""

    openid: str
    browser: str
    new: bool
    guest: str
    in_wechat: bool

    @property
    def buyer(self) -> str:
        """Who owns what is bought here: the openid, or the browser."""
        return self.openid or READER + self.browser

    @property
    def must_sign_in(self) -> bool:
        """In WeChat's browser, and it was not tried yet."""
        return self.in_wechat and not self.openid and not self.guest


class Visitors:
    """Reads and writes the cookies under one secret."""

    def __init__(self, secret: str, secure: bool) -> None:
        self._signers = {name: URLSafeTimedSerializer(secret, salt=f"{name}-1") for name in KEPT_SECONDS}
        self._forms = hashlib.sha256(b"shutong forms 1:" + secret.encode()).digest()
        self._secure = secure

    def of(self, request: Request) -> Visitor:
        """Who asks. What is not signed by us counts for nothing."""
        browser = self._read(request, BROWSER)
        agent = request.user_agent.string or ""
        return Visitor(
            self._read(request, ME), browser or secrets.token_hex(12), not browser, self._read(request, GUEST),
            bool(_WECHAT.search(agent)) and not _WORK.search(agent),
        )  # fmt: skip

    def keep_browser(self, response: Response, visitor: Visitor) -> None:
        """Give a new browser its id: its forms are bound to it."""
        if visitor.new:
            self._write(response, BROWSER, visitor.browser)

    def keep_openid(self, response: Response, openid: str) -> None:
        """They are signed in."""
        self._write(response, ME, openid)
        response.delete_cookie(GUEST, path="/")

    def keep_guest(self, response: Response, why: str) -> None:
        """They stay a reader: sign-in did not work (``FAILED``), or is not for buying (``SNAPSHOT``)."""
        self._write(response, GUEST, why)

    def form_token(self, visitor: Visitor) -> str:
        """What the forms of this browser must carry."""
        return hmac.new(self._forms, visitor.browser.encode(), "sha256").hexdigest()

    def is_from_our_page(self, visitor: Visitor, token: str) -> bool:
        """Does a form carry the token of this very browser?"""
        genuine = self.form_token(visitor).encode()
        return not visitor.new and hmac.compare_digest(genuine, token.encode("utf-8", "replace"))

    def _read(self, request: Request, name: str) -> str:
        try:
            kept: Any = self._signers[name].loads(request.cookies.get(name, ""), max_age=KEPT_SECONDS[name])
        except BadSignature:
            return ""
        return kept if isinstance(kept, str) else ""

    def _write(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name, self._signers[name].dumps(value), max_age=KEPT_SECONDS[name], httponly=True, samesite="Lax",
            secure=self._secure, path="/",
        )  # fmt: skip
