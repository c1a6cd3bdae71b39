"""The console's door: the session cookie, and what every form must carry.

The cookie holds a signed random id, made anew at each sign-in; the database knows its hash only. Before the sign-in a
cookie of its own binds the form to the browser.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from domain.console import may
from errors import ShutongError
from flows.console_sign_in import signed_in
from storage.console_users import ConsoleUsers
from storage.store import Store
from storage.vault import Vault
from web.shop import payer_address

SESSION, VISIT = "shutong_console", "shutong_console_form"
PATH = "/console"
TICKET_SECONDS = 15 * 60
"""How long what was shown may be confirmed."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who works here; ``key`` names the session in the database, ``token`` is what its forms carry."""

    name: str
    role: str
    key: str
    token: str

    def may(self, right: str) -> bool:
        """Has the operator's role this right?"""
        return may(self.role, right)


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser that is not signed in; ``new`` if it has no cookie yet, ``token`` is what its form carries."""

    id: str
    new: bool
    token: str


class ConsoleDoor:
    """Reads and writes the console's cookies under one secret."""

    def __init__(self, store: Store, users: ConsoleUsers, secret: str, secure: bool) -> None:
        self._store, self._users, self._secure = store, users, secure
        self._signers = {name: URLSafeSerializer(secret, salt=f"{name}-1") for name in (SESSION, VISIT)}
        self._tickets = URLSafeSerializer(secret, salt="shutong-console-ticket-1")
        self._forms = hashlib.sha256(b"shutong console forms 1:" + secret.encode()).digest()
        people = hashlib.sha256(b"shutong console followers 1:" + secret.encode()).digest()
        self._people = Vault([base64.urlsafe_b64encode(people).decode()])

    def operator(self, request: Request, now: int) -> Operator | None:
        """Who asks, None for a stranger."""
        held = self._read(request, SESSION)
        user = signed_in(self._store, self._users, key_of(held), now) if held else None
        return Operator(user.name, user.role, key_of(held), self.blind(f"session {held}")) if user else None

    def visit(self, request: Request) -> Visit:
        """The browser at the sign-in page."""
        held = self._read(request, VISIT)
        known = held or secrets.token_hex(16)
        return Visit(known, not held, self.blind(f"visit {known}"))

    def keep_visit(self, response: Response, visit: Visit) -> None:
        """Give a new browser its id: the sign-in form is bound to it."""
        if visit.new:
            self._write(response, VISIT, visit.id)

    def let_in(self, response: Response, held: str) -> None:
        """The session's cookie; `held` is new for each sign-in."""
        self._write(response, SESSION, held)
        response.delete_cookie(VISIT, path=PATH)

    def let_out(self, response: Response) -> None:
        """No session any more."""
        response.delete_cookie(SESSION, path=PATH)

    def blind(self, text: str) -> str:
        """A keyed hash, 64 hexadecimal digits."""
        return hmac.new(self._forms, text.encode("utf-8", "replace"), "sha256").hexdigest()

    def ticket(self, operator: Operator, values: dict[str, Any], now: int) -> str:
        """What was shown to be confirmed, for this session only and unchangeable."""
        return str(self._tickets.dumps({**values, "of": operator.key, "at": now}))

    def open_ticket(self, operator: Operator, ticket: str, now: int) -> dict[str, Any] | None:
        """The values, None if they are not ours, not this session's, or too old."""
        try:
            values: Any = self._tickets.loads(ticket)
        except BadSignature:
            return None
        return values if values["of"] == operator.key and now < values["at"] + TICKET_SECONDS else None

    def address_of(self, openid: str) -> str:
        """What stands for a follower in an address of the console: the openid, encrypted; another one each time."""
        return self._people.hide(openid)

    def at_address(self, address: str) -> str:
        """The openid, "" for an address that is not ours."""
        try:
            return self._people.show(address) if address.isascii() else ""
        except ShutongError:
            return ""

    def _read(self, request: Request, name: str) -> str:
        try:
            held: Any = self._signers[name].loads(request.cookies.get(name, ""))
        except BadSignature:
            return ""
        return held if isinstance(held, str) else ""

    def _write(self, response: Response, name: str, held: str) -> None:
        response.set_cookie(
            name, self._signers[name].dumps(held), httponly=True, samesite="Strict", secure=self._secure, path=PATH
        )


def same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def network() -> str:
    """Where the request comes from: an address, of version 6 its 64-bit network, which one person has for himself."""
    address = ipaddress.ip_address(payer_address())
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def key_of(held: str) -> str:
    """How the database knows what a session's cookie holds."""
    return hashlib.sha256(held.encode()).hexdigest()
