"""How one of the crowd reads a page of the bot's site: opens, likes, shares, buys.

It knows of the site what a browser would: pages under /a/<slug>, the csrf token in a meta element, and the
buttons' addresses /a/<slug>/like, /a/<slug>/share, /a/<slug>/progress, /checkout/<slug>.
"""

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from werkzeug.test import Client, TestResponse

_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_CSRF = re.compile(r'<meta[^>]*name="csrf-token"[^>]*content="([^"]*)"')
_PRICE = re.compile(r"[¥￥]\s*(\d+(?:\.\d{1,2})?)")
_SLUG = re.compile(r"/a/([a-z0-9-]+)$")
REDIRECTS = 6


@dataclass
class Page:
    """An opened page: its own path, readable text, price in fen (0 when it names none), csrf token."""

    path: str
    slug: str
    text: str
    price_fen: int
    csrf: str


class Phone:
    """The browser of one person's phone; `host` is its name under localhost."""

    def __init__(self, client: Client, host: str, site: str, base: str) -> None:
        self.client, self.host, self.site, self.base = client, host, site, base

    def open(self, url: str) -> Page | None:
        """Follow a link of the site to its page; None when it is foreign or does not open."""
        path = self._path(url)
        for _ in range(REDIRECTS):
            if path is None:
                return None
            answer = self._ask("GET", path)
            if answer.status_code in (301, 302, 303, 307, 308):
                path = self._path(urljoin(f"http://{self.host}{path}", answer.headers["Location"]))
                continue
            return _page(path, answer) if answer.status_code == 200 else None
        return None

    def post(self, page: Page, path: str, body: dict[str, Any]) -> TestResponse:
        headers = {"X-CSRFToken": page.csrf, "Referer": f"http://{self.host}{page.path}"}
        return self._ask("POST", path, json.dumps(body), headers)

    def _ask(self, method: str, path: str, data: str = "", headers: dict[str, str] | None = None) -> TestResponse:
        kind = "application/json" if data else None
        return self.client.open(
            path,
            method=method,
            data=data or None,
            content_type=kind,
            headers=headers,
            base_url=f"http://{self.host}",
        )

    def _path(self, url: str) -> str | None:
        parts = urlsplit(url)
        origins = {urlsplit(self.site).netloc, urlsplit(self.base).netloc, self.host, ""}
        if parts.netloc not in origins:
            return None
        return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


def _page(path: str, answer: TestResponse) -> Page:
    source = answer.get_data(as_text=True)
    csrf, price = _CSRF.search(source), _PRICE.search(source)
    slug = _SLUG.search(urlsplit(path).path)
    text = html.unescape(_TAG.sub(" ", source))
    fen = round(float(price.group(1)) * 100) if price else 0
    return Page(path, slug.group(1) if slug else "", text, fen, html.unescape(csrf.group(1)) if csrf else "")
