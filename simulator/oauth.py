"""Web sign-in: codes that work once, and what they are exchanged for (platform.md 5.1)."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from simulator.api.errors import ApiError

CODE_SECONDS, TOKEN_SECONDS, REFRESH_SECONDS = 300, 7200, 30 * 86400
SCOPES = ("snsapi_base", "snsapi_userinfo")


@dataclass(frozen=True)
class Grant:
    """Who signed in, with which scope, until when. `snapshot` marks a virtual user of the snapshot page."""

    openid: str
    scope: str
    until: int
    snapshot: bool = False


def virtual_openid(openid: str) -> str:
    """The openid of a snapshot user: not the real one, and never an account or an order should hang on it."""
    return "oSnap" + hashlib.sha256(openid.encode()).hexdigest()[:23]


@dataclass
class SignIn:
    """Open codes, used codes and tokens."""

    codes: dict[str, Grant] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tokens: dict[str, Grant] = field(default_factory=dict)
    refreshes: dict[str, Grant] = field(default_factory=dict)

    def code(self, openid: str, scope: str, now: int, snapshot: bool) -> str:
        """A code for five minutes and one use."""
        code = "0" + secrets.token_hex(16)[:31]
        shown = virtual_openid(openid) if snapshot else openid
        self.codes[code] = Grant(shown, scope, now + CODE_SECONDS, snapshot)
        return code

    def exchange(self, code: str, now: int) -> dict[str, Any]:
        """40163 for a used code, 40029 for a wrong or old one."""
        if code in self.used:
            raise ApiError(40163, "code been used")
        grant = self.codes.pop(code, None)
        if grant is None or grant.until <= now:
            raise ApiError(40029, "invalid code")
        self.used.add(code)
        return self._issue(grant, now)

    def refresh(self, token: str, now: int) -> dict[str, Any]:
        grant = self.refreshes.get(token)
        if grant is None:
            raise ApiError(40030, "invalid refresh_token")
        if grant.until <= now:
            raise ApiError(42002, "refresh_token expired")
        return self._issue(grant, now)

    def check(self, token: str, openid: str, now: int) -> Grant:
        grant = self.tokens.get(token)
        if grant is None:
            raise ApiError(40001, "invalid credential, access_token is invalid or not latest")
        if grant.until <= now:
            raise ApiError(42001, "access_token expired")
        if grant.openid != openid:
            raise ApiError(40003, "invalid openid")
        return grant

    def _issue(self, grant: Grant, now: int) -> dict[str, Any]:
        token, refresh = "97_" + secrets.token_urlsafe(60), "97_" + secrets.token_urlsafe(60)
        self.tokens[token] = Grant(grant.openid, grant.scope, now + TOKEN_SECONDS, grant.snapshot)
        self.refreshes[refresh] = Grant(grant.openid, grant.scope, now + REFRESH_SECONDS, grant.snapshot)
        answer = {
            "access_token": token,
            "expires_in": TOKEN_SECONDS,
            "refresh_token": refresh,
            "openid": grant.openid,
            "scope": grant.scope,
        }
        return answer | ({"is_snapshotuser": 1} if grant.snapshot else {})
