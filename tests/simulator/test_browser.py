"""The phone's browser: the bot's site with one follower's cookies, WeChat's user agent and bridge."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import pytest
from conftest import CHEN, Control
from flask import Flask

from simulator import browser, jssdk
from simulator.account import Account
from simulator.platform import Platform

LIN = "oSim02LinXiaoYu4Rt8cZp1Hs6dQ"


class Site:
    """A site that greets, sets a cookie, signs in through WeChat and takes a form."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def do_POST(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.seen.append((handler.command, handler.path, dict(handler.headers.items()), body))
        if handler.path == "/sign-in":
            target = quote(f"{self.origin}/back", safe="")
            handler.send_response(302)
            where = f"http://localhost/connect/oauth2/authorize?appid={self.account.app_id}&redirect_uri={target}"
            handler.send_header("Location", where + "&response_type=code&scope=snsapi_base&state=x")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        page = f'<html><head><title>x</title></head><a href="{self.origin}/more">more</a></html>'.encode()
        handler.send_response(200)
        for name, value in (
            ("Content-Type", "text/html"),
            ("Content-Length", str(len(page))),
            ("Set-Cookie", "who=me; HttpOnly; SameSite=Lax; Path=/"),
            ("X-Frame-Options", "DENY"),
        ):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(page)


@pytest.fixture
def site(account: Account, platform: Platform) -> Iterator[Site]:
    one = Site(account)
    platform.settings = platform.settings.changed({"site_url": one.origin})
    platform.base_url = "http://localhost"
    yield one
    one.server.shutdown()
    one.server.server_close()


def phone(app: Flask, number: int, path: str, method: str = "GET", **more: Any) -> Any:
    return app.test_client().open(path, method=method, base_url=f"http://p{number}.localhost", **more)


def test_the_site_opens_in_the_phone(app: Flask, site: Site, control: Control) -> None:
    address = control(f"followers/{CHEN}/address".split("/")[-1], url=f"{site.origin}/a?b=1")["address"]
    assert address == "http://p0.localhost:80/a?b=1"
    page = phone(app, 0, "/a?b=%E4%B8%AD")
    assert b"bridge.js" in page.get_data()
    assert b'href="/more"' in page.get_data()
    assert "X-Frame-Options" not in page.headers
    assert "Set-Cookie" not in page.headers
    method, path, headers, _ = site.seen[0]
    assert (method, path) == ("GET", "/a?b=%E4%B8%AD")
    assert "MicroMessenger" in headers["User-Agent"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (b"<html><head><title>x</title></head>", b"<html><head>BRIDGE<title>x</title></head>"),
        (b'<!doctype html>\n<html lang="zh"><p>x', b'<!doctype html>\n<html lang="zh">BRIDGE<p>x'),
        (b"<!DOCTYPE html><p>x", b"<!DOCTYPE html>BRIDGE<p>x"),
        (b"<p>x", b"BRIDGE<p>x"),
    ],
)
def test_the_bridge_is_in_every_page(source: bytes, shown: bytes) -> None:
    assert browser.bridged(source) == shown.replace(b"BRIDGE", browser.BRIDGE)


def test_each_phone_has_its_own_cookies(app: Flask, site: Site) -> None:
    phone(app, 0, "/one")
    phone(app, 0, "/two")
    phone(app, 1, "/three")
    assert [seen[2].get("Cookie") for seen in site.seen] == [None, "who=me", None]


def test_posts_keep_body_and_origin(app: Flask, site: Site) -> None:
    phone(
        app,
        0,
        "/like",
        "POST",
        json={"on": True},
        headers={"Origin": "http://p0.localhost", "X-CSRFToken": "t"},
    )
    _, _, headers, body = site.seen[0]
    assert body == b'{"on": true}'
    assert (headers["Origin"], headers["X-Csrftoken"]) == (site.origin, "t")


def test_sign_in_knows_whose_phone_it_is(app: Flask, site: Site, platform: Platform) -> None:
    first = phone(app, 1, "/sign-in")
    assert first.headers["Location"].startswith("/connect/oauth2/authorize")
    second = phone(app, 1, first.headers["Location"])
    assert second.headers["Location"].startswith("/back?code=")
    code = second.headers["Location"].split("code=")[1].split("&")[0]
    assert platform.sign_in.codes[code].openid == LIN


def test_other_systems_and_strangers(app: Flask, site: Site, control: Control) -> None:
    control.post("settings", {"phone_system": "desktop"})
    phone(app, 0, "/")
    assert "MicroMessenger" not in site.seen[0][2]["User-Agent"]
    assert phone(app, 99, "/").status_code == 404
    assert control("address", url="https://example.com/x")["address"] == "https://example.com/x"
    control.post("settings", {"site_url": "http://127.0.0.1:9"})
    assert phone(app, 0, "/").status_code == 502


def test_wx_config_is_checked(app: Flask, site: Site, platform: Platform, account: Account) -> None:
    platform.js_ticket = ("ticket", platform.now() + 7200)
    url = f"{site.origin}/a?x=1"
    config = {"appId": account.app_id, "timestamp": 1, "nonceStr": "n"}
    config["signature"] = jssdk.signature("ticket", "n", "1", url)
    ask = {"config": config, "path": "/a?x=1"}
    assert phone(app, 0, "/_sim/js-config", "POST", json=ask).get_json()["error"] == ""
    spoilt = {**ask, "path": "/b"}
    assert phone(app, 0, "/_sim/js-config", "POST", json=spoilt).get_json()["error"] == "invalid signature"
