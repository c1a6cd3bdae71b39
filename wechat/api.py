"""WeChat's server API, through wechatpy's endpoint wrappers with a transport of our own.

Replaced are its token (ours is shared and stable), its endless retry on 40001, its lack of time limits, its
absolute addresses (a simulator must be reachable), and its exceptions, whose text holds the token.
"""

from __future__ import annotations

import json
import re
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

from errors import PlatformError
from wechat.tokens import TIMEOUT, TokenKeeper

WRONG_TOKEN = (40001, 40014, 42001)
CONNECTIONS = 32
_HOST = re.compile(r"https?://[^/]+")
_RID = re.compile(r"rid: ([0-9a-f-]+)")


class WeChatApi(WeChatClient):  # type: ignore[misc]
    """The account's API. Every call raises ``PlatformError`` on failure."""

    def __init__(self, base: str, app_id: str, keeper: TokenKeeper) -> None:
        super().__init__(app_id, "", timeout=TIMEOUT, auto_retry=False)
        self._base = base
        self._keeper = keeper
        adapter = HTTPAdapter(pool_maxsize=CONNECTIONS)
        self._http.mount("https://", adapter)
        self._http.mount("http://", adapter)

    @property
    def access_token(self) -> str:
        """The shared token."""
        return self._keeper.token()

    def _request(self, method: str, url_or_endpoint: str, **options: Any) -> Any:
        """One call; a refused token is renewed once and the call repeated once."""
        if "://" not in url_or_endpoint:  # some of wechatpy's wrappers (statistics, …) name a base of their own
            url_or_endpoint = (options.get("api_base_url") or str(self.API_BASE_URL)) + url_or_endpoint
        token = self._keeper.token()
        told = self._call(method, url_or_endpoint, token, options)
        if told.get("errcode", 0) in WRONG_TOKEN:
            told = self._call(method, url_or_endpoint, self._keeper.renewed(token), options)
        if told.get("errcode", 0):
            message = str(told.get("errmsg", ""))
            rid = _RID.search(message)
            known_as = str(told.get("msg_id", ""))
            raise PlatformError(
                _name(url_or_endpoint), int(told["errcode"]), message[:200], rid[1] if rid else "", known_as=known_as
            )
        process = options.get("result_processor")
        return process(told) if process else told

    def _call(self, method: str, endpoint: str, token: str, options: dict[str, Any]) -> dict[str, Any]:
        url = self._base + _HOST.sub("", endpoint, count=1)
        data = options.get("data")
        body = json.dumps(data, ensure_ascii=False).encode() if isinstance(data, dict) else data
        query = {**(options.get("params") or {}), "access_token": token}
        try:
            answer = self._http.request(
                method, url, params=query, data=body, files=options.get("files"), timeout=TIMEOUT
            )
            answer.raise_for_status()
            told = json.loads(answer.content.decode("utf-8", "replace"), strict=False)
        except (requests.RequestException, ValueError) as trouble:
            raise PlatformError(_name(endpoint), 0, type(trouble).__name__, unclear=not _unsent(trouble)) from None
        return told if isinstance(told, dict) else {"errcode": 0, "list": told}


def _unsent(trouble: Exception) -> bool:
    """Did the call certainly not leave this machine? A connection that was never made is the one sure case."""
    cause = trouble.args[0] if trouble.args else None
    return isinstance(trouble, requests.ConnectTimeout) or isinstance(
        getattr(cause, "reason", None), urllib3.exceptions.NewConnectionError
    )


def _name(endpoint: str) -> str:
    """The call for messages: its path without a query."""
    return _HOST.sub("", endpoint).partition("?")[0].removeprefix("/cgi-bin/")
