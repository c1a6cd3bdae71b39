"""Sign-in in WeChat's browser: there and back, with a state that only this browser has, to a clean address.

Whatever goes wrong ends at the page one wanted, as a guest: never in an error page and never in a circle.
"""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from errors import PlatformError
from web.places import NoPlace, Places
from web.visitor import FAILED, SNAPSHOT, Visitors
from wechat.oauth import SPENT, OAuth

log = logging.getLogger(__name__)

STATE = "shutong_state"
STATE_SECONDS = 600
HOME = "/me"
LONGEST_NEXT = 500
_PATH = re.compile(r"/(?!/)[!\"$-\[\]-~]*")
"""A path of this site in printable ASCII: no second slash, no backslash, no blank, no fragment."""


def local(path: str) -> str:
    """`path` if it leads to a page of this site, else "" — nobody may be sent elsewhere through us."""
    inside = len(path) <= LONGEST_NEXT and _PATH.fullmatch(path) and not path.startswith("/oauth/")
    return path if inside else ""


def start_address(path: str) -> str:
    """Where sign-in begins that ends at `path`."""
    return "/oauth/start?" + urlencode({"next": path})


class _State:
    """The cookie of a sign-in under way."""

    def __init__(self, secret: str, secure: bool) -> None:
        self._signer, self._secure = URLSafeTimedSerializer(secret, salt="shutong-state-1"), secure

    def write(self, response: Response) -> str:
        nonce = secrets.token_hex(16)
        response.set_cookie(
            STATE, self._signer.dumps(nonce), max_age=STATE_SECONDS, httponly=True, samesite="Lax",
            secure=self._secure, path="/oauth/",
        )  # fmt: skip
        return nonce

    def fits(self, state: str) -> bool:
        try:
            nonce: Any = self._signer.loads(request.cookies.get(STATE, ""), max_age=STATE_SECONDS)
        except BadSignature:
            return False
        return isinstance(nonce, str) and secrets.compare_digest(nonce.encode(), state.encode("utf-8", "replace"))

    @staticmethod
    def clear(response: Response) -> Response:
        response.delete_cookie(STATE, path="/oauth/")
        return response


def make_sign_in(oauth: OAuth, visitors: Visitors, places: Places, public_url: str, secret: str) -> Blueprint:
    """The blueprint with /oauth/start and /oauth/callback."""
    sign_in = Blueprint("sign_in", __name__)
    states = _State(secret, public_url.startswith("https:"))

    @sign_in.get("/oauth/start")
    def start() -> Response:
        after = {"next": local(request.args.get("next", "")) or HOME}
        if request.args.get("again"):
            after["again"] = "1"
        response = make_response("", 302)
        nonce = states.write(response)
        response.location = oauth.address(f"{public_url}/oauth/callback?{urlencode(after)}", nonce)
        return response

    @sign_in.get("/oauth/callback")
    def callback() -> Response:
        after = local(request.args.get("next", "")) or HOME
        if not states.fits(request.args.get("state", "")):
            return _used_up(after)
        code = request.args.get("code", "")
        if not code:
            return _as_guest(after, FAILED)  # they declined
        try:
            with places.one():
                found = oauth.exchange(code)
        except NoPlace:
            busy = make_response(render_template("waiting.html"), 503)
            busy.headers["Refresh"] = busy.headers["Retry-After"] = "1"
            return busy
        except PlatformError as trouble:
            log.warning("sign-in: %s", trouble)
            return _used_up(after) if trouble.errcode in SPENT else _as_guest(after, FAILED)
        if found.snapshot:
            return _as_guest(after, SNAPSHOT)
        response = states.clear(make_response(redirect(after, 302)))
        visitors.keep_openid(response, found.openid)
        return response

    def _used_up(after: str) -> Response:
        """An answer of WeChat's that was used before, or is not for this browser: begin anew, once."""
        if visitors.of(request).openid:
            return states.clear(make_response(redirect(after, 302)))
        if request.args.get("again"):
            return _as_guest(after, FAILED)
        return states.clear(make_response(redirect(start_address(after) + "&again=1", 302)))

    def _as_guest(after: str, why: str) -> Response:
        """The mark in the address stops a browser that keeps no cookies from going in circles."""
        response = states.clear(make_response(redirect(after + ("&" if "?" in after else "?") + "guest=1", 302)))
        visitors.keep_guest(response, why)
        return response

    return sign_in
