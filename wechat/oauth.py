"""Web sign-in (snsapi_base): WeChat's page that knows whose phone it is, and the exchange of its code for an openid.

Own calls instead of wechatpy's ``WeChatOAuth``: that one keeps the person on the object, has no time limit, and its
errors hold the app secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import requests

from errors import PlatformError
from wechat.tokens import TIMEOUT

CALL = "sns/oauth2/access_token"
SPENT = (40029, 40163)
"""The code is too old, or was exchanged before: double loading, the back key, prefetching."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who opened the page. A ``snapshot`` user is made up by WeChat: no order and no account may hang on it."""

    openid: str
    snapshot: bool


class OAuth:
    """Web sign-in of one account. `oauth_base` shows WeChat's page, `api_base` exchanges the code."""

    def __init__(self, oauth_base: str, api_base: str, app_id: str, secret: str) -> None:
        self._page, self._exchange = f"{oauth_base}/connect/oauth2/authorize", f"{api_base}/{CALL}"
        self._app_id, self._secret = app_id, secret

    def address(self, callback: str, state: str) -> str:
        """Where to send the browser; it comes back to `callback` with ``code`` and `state`. The order matters to
        WeChat, and so does the fragment."""
        asked = {
            "appid": self._app_id, "redirect_uri": callback, "response_type": "code", "scope": "snsapi_base",
            "state": state,
        }  # fmt: skip
        return f"{self._page}?{urlencode(asked)}#wechat_redirect"

    def exchange(self, code: str) -> SignedIn:
        """Who the `code` stands for; it works once. Raises ``PlatformError``, with an errcode of ``SPENT`` for a
        code that was used or is too old."""
        asked = {"appid": self._app_id, "secret": self._secret, "code": code, "grant_type": "authorization_code"}
        try:
            answer = requests.get(self._exchange, params=asked, timeout=TIMEOUT, allow_redirects=False)
            told = answer.json()
        except (requests.RequestException, ValueError) as trouble:
            # Its text would hold the secret and the code.
            raise PlatformError(CALL, 0, type(trouble).__name__) from None
        if not isinstance(told, dict):
            raise PlatformError(CALL, 0, "no JSON object")
        openid = told.get("openid")
        errcode = told.get("errcode", 0)
        if errcode or not isinstance(openid, str) or not 0 < len(openid) <= 64:
            raise PlatformError(CALL, errcode if isinstance(errcode, int) else 0, str(told.get("errmsg", ""))[:200])
        return SignedIn(openid, bool(told.get("is_snapshotuser", 0)))
