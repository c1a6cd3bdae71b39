"""A browser that is signed in already, without going through WeChat's page."""

from __future__ import annotations

import re
from typing import Any

from bot_in_process import SECRET_KEY, Bot
from flask import Response
from werkzeug.test import Client, TestResponse

from web.visitor import Visitors

SITE, DOMAIN = "https://read.example.cn", "read.example.cn"
WECHAT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50 NetType/WIFI"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
IPHONE_WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"


class Reader:
    """A browser with a page open. With an `openid` it is WeChat's, signed in; without one any other."""

    def __init__(self, bot: Bot, openid: str = "", agent: str = "") -> None:
        self.bot, self.browser = bot, Client(bot.app)
        self.agent = agent or (WECHAT if openid else CHROME)
        if openid:
            given = Response()
            Visitors(SECRET_KEY, True).keep_openid(given, openid)
            value = given.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
            self.browser.set_cookie("shutong_me", value, domain=DOMAIN, secure=True)
        self.token = ""

    def get(self, path: str) -> TestResponse:
        """Open a page; its token is used from now on."""
        answer = self.browser.get(path, base_url=SITE, headers={"User-Agent": self.agent})
        found = re.search(r'<meta name="csrf-token" content="([0-9a-f]+)">', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, sent: Any = None, token: str | None = None) -> TestResponse:
        """Send a form as the page's script does."""
        headers = {"X-CSRFToken": self.token if token is None else token, "User-Agent": self.agent}
        body = {} if sent is None else {"json": sent}
        return self.browser.post(path, base_url=SITE, headers=headers, **body)
