"""WeChat's own browser on the phone: the bot's site, seen by one follower.

`http://p<n>.localhost:<port>/…` is the bot's site in the phone of follower n: with WeChat's user agent,
with a cookie jar of that person's own, with WeixinJSBridge in the page, and with WeChat's own pages (sign-in,
payment) answering for that person. Names under localhost lead to this machine in every current browser.
"""

import re
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import requests
from werkzeug.wrappers import Request, Response

from simulator.followers import Follower
from simulator.platform import Platform

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
AGENTS = {
    "android": "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003255) WeChat/arm64 NetType/WIFI "
    "Language/zh_CN ABI/arm64",
    "ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN",
    "browser": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Mobile Safari/537.36",
    "desktop": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
}
"""What `phone_system` makes the page see; `browser` and `desktop` are outside WeChat."""
WECHAT_PATHS = ("/connect/", "/mp/subscribemsg", "/cgi-bin/", "/_sim/", "/_static/", "/_media/", "/s/")
_HOST = re.compile(r"p(\d+)\.localhost(:\d+)?$")
_DROPPED = {
    "content-length",
    "transfer-encoding",
    "connection",
    "content-encoding",
    "set-cookie",
    "x-frame-options",
    "content-security-policy",
    "strict-transport-security",
    "keep-alive",
    "server",
    "date",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
}
_NOT_SENT = {"host", "cookie", "connection", "accept-encoding", "user-agent", "content-length"}
_HEAD = re.compile(rb"<head[^>]*>|\A(?!.*<head)(\s*<!doctype[^>]*>)?(\s*<html[^>]*>)?", re.IGNORECASE | re.DOTALL)
BRIDGE = b'<script src="/_static/js/bridge.js"></script>'
SECONDS = 30


def bridged(page: bytes) -> bytes:
    """A page with the bridge as the first thing in its head, or at its beginning when it has none."""
    return _HEAD.sub(lambda found: found.group(0) + BRIDGE, page, count=1)


class PhoneBrowser:
    """WSGI middleware: phone hosts show the bot's site, every other host the platform itself."""

    def __init__(self, inner: Wsgi, platform: Platform) -> None:
        self.inner, self.platform = inner, platform
        self._jars: dict[tuple[int, str], requests.Session] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        match = _HOST.match(environ.get("HTTP_HOST", ""))
        if match is None:
            return self.inner(environ, start_response)
        person = self.platform.followers.at(int(match.group(1)))
        if person is None:
            return Response("no such phone", 404)(environ, start_response)
        if environ.get("PATH_INFO", "").startswith(WECHAT_PATHS):
            environ["sim.openid"] = person.openid
            return self.inner(environ, self._local(environ, start_response))
        response = self._fetch(Request(environ), person)
        return response(environ, start_response)

    @property
    def site(self) -> str:
        """The origin of the bot's site."""
        parts = urlsplit(self.platform.settings.site_url or self.platform.webhook_url)
        return f"{parts.scheme}://{parts.netloc}"

    def _relative(self, address: str) -> str:
        """An address of the bot's site or of this platform as the phone reaches it."""
        for origin in (self.site, self.platform.base_url):
            if origin and (address == origin or address.startswith((origin + "/", origin + "?"))):
                return address[len(origin) :] or "/"
        return address

    def _local(self, _environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            moved = [(name, self._relative(value) if name.lower() == "location" else value) for name, value in headers]
            return start_response(status, moved, *more)

        return start

    def _session(self, person: Follower) -> requests.Session:
        key = (self.platform.generation, person.openid)
        with self._lock:
            if key not in self._jars:
                self._jars[key] = requests.Session()
                self._jars[key].trust_env = False
            return self._jars[key]

    def _fetch(self, asked: Request, person: Follower) -> Response:
        origin = f"http://{asked.host}"
        headers = {
            name: value.replace(origin, self.site)
            for name, value in asked.headers.items()
            if name.lower() not in _NOT_SENT
        }
        headers["User-Agent"] = AGENTS[self.platform.settings.phone_system]
        headers["Accept-Encoding"] = "identity"
        target = str(asked.environ.get("RAW_URI") or asked.full_path.rstrip("?"))
        try:
            answer = self._session(person).request(
                asked.method,
                self.site + target,
                data=asked.get_data(),
                headers=headers,
                allow_redirects=False,
                timeout=SECONDS,
            )
        except requests.RequestException as error:
            return Response(f"网页打不开：{type(error).__name__}", 502, mimetype="text/plain")
        return self._shown(answer)

    def _shown(self, answer: requests.Response) -> Response:
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _DROPPED]
        moved = [(name, self._relative(value) if name.lower() == "location" else value) for name, value in kept]
        body = answer.content
        if "text/html" in answer.headers.get("Content-Type", ""):
            body = bridged(body.replace(self.site.encode() + b"/", b"/"))
        return Response(body, answer.status_code, moved)


def phone_address(platform: Platform, person: Follower, url: str) -> str:
    """`url` as this follower's phone opens it; foreign addresses stay as they are."""
    site = urlsplit(platform.settings.site_url or platform.webhook_url)
    base = urlsplit(platform.base_url)
    parts = urlsplit(url)
    if (parts.scheme, parts.netloc) not in ((site.scheme, site.netloc), (base.scheme, base.netloc)):
        return url
    rest = parts._replace(scheme="", netloc="").geturl()
    return f"http://p{person.number}.localhost:{base.port or 80}{rest or '/'}"
