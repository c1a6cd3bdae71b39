"""Through which exposure a browser came: a signed cookie set by a tracked link.

It says to whom the link was *sent*, which is enough to note a view and to show why the item was recommended. It
gives no right to read: a link can be passed on.
"""

from __future__ import annotations

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "shutong_from"
KEPT_SECONDS = 30 * 86_400


class ReaderCookie:
    """Writes and reads the cookie under one secret."""

    def __init__(self, secret: str, secure: bool) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="shutong-from-1")
        self._secure = secure

    def read(self, request: Request) -> str:
        """The exposure id in the cookie, "" when there is none or it is not ours."""
        try:
            kept = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=KEPT_SECONDS)
        except BadSignature:
            return ""
        return kept if isinstance(kept, str) else ""

    def write(self, response: Response, exposure_id: str) -> None:
        """Remember through which exposure this browser came. No personal datum is in it."""
        response.set_cookie(
            COOKIE, self._signer.dumps(exposure_id), max_age=KEPT_SECONDS, httponly=True, samesite="Lax",
            secure=self._secure, path="/",
        )  # fmt: skip
