"""Sign-in in WeChat's browser: silent, once, to a clean address, and never in circles."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from bot_in_process import NOON, PAID_WORDS, Bot, Workshop
from platform_at_hand import PlatformAtHand, platform_at_hand, served
from werkzeug.test import Client, Cookie, TestResponse

from storage import entitlements
from web.places import AT_ONCE
from web.sign_in import local
from wechat.oauth import OAuth, SignedIn

SITE = "https://read.example.cn"
WECHAT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50 NetType/WIFI"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformAtHand]:
    with platform_at_hand() as at_hand:
        yield at_hand


@pytest.fixture
def openid(platform: PlatformAtHand) -> str:
    return str(platform.post("followers", {"name": "读者"})["openid"])


@pytest.fixture
def shop(workshop: Workshop, platform: PlatformAtHand) -> Iterator[Bot]:
    bot = workshop.bot(WECHAT_API_BASE=platform.base, WECHAT_OAUTH_BASE=platform.base)
    yield bot
    bot.close()


class Phone:
    """WeChat's browser of one follower: follows redirects through WeChat's page, keeps the bot's cookies."""

    def __init__(self, bot: Bot, openid: str, keeps_cookies: bool = True) -> None:
        self.openid, self.seen = openid, list[str]()
        self.browser = Client(bot.app, use_cookies=keeps_cookies)

    def ask(self, path: str, agent: str = WECHAT) -> TestResponse:
        """One request, not followed."""
        return self.browser.get(path, base_url=SITE, headers={"User-Agent": agent})

    def cookie(self, name: str) -> Cookie | None:
        """One of the bot's cookies."""
        return self.browser.get_cookie(name, domain="read.example.cn")

    def open(self, path: str) -> TestResponse:
        """Open a page as a person does."""
        for _ in range(12):
            self.seen.append(path)
            answer = self.ask(path)
            if answer.status_code != 302:
                return answer
            path = self.returned(answer.location)
        raise AssertionError(f"in circles: {self.seen}")

    def returned(self, location: str) -> str:
        """Where a redirect ends within the site; WeChat's own page sends back at once."""
        if "/connect/oauth2/authorize" not in location:
            return location
        return back_from_wechat(location, self.openid)


def back_from_wechat(location: str, openid: str) -> str:
    answer = requests.get(location, cookies={"sim_openid": openid}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(SITE)


def test_an_item_page_in_wechat_signs_in_by_itself_and_ends_at_its_own_address(shop: Bot, openid: str) -> None:
    phone = Phone(shop, openid)
    page = phone.open("/a/run-30")
    assert page.status_code == 200 and "从喘到跑" in page.text
    assert phone.seen[-1] == "/a/run-30"
    with shop.store.write() as tx:
        entitlements.grant(tx, openid, "run-30", "buy", NOON)
    assert PAID_WORDS in phone.open("/a/run-30").text
    assert PAID_WORDS not in phone.ask("/a/dumbbell").text


def test_the_openid_is_in_a_signed_cookie_for_the_server_and_nowhere_else(
    shop: Bot, openid: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = Phone(shop, openid)
    page = phone.open("/a/run-30")
    assert not [path for path in phone.seen if openid in path]
    assert openid not in page.text and openid not in caplog.text
    cookie = phone.cookie("shutong_me")
    assert cookie is not None
    assert (cookie.http_only, cookie.secure, cookie.same_site) == (True, True, "Lax")
    phone.browser.set_cookie("shutong_me", cookie.value[:-2] + "xx", domain="read.example.cn", secure=True)
    assert "/oauth/start" in phone.ask("/a/run-30").location


def test_a_cookie_of_another_kind_is_no_identity(shop: Bot, openid: str) -> None:
    """All are signed with one secret, each for its own use."""
    phone = Phone(shop, openid)
    phone.ask("/a/run-30", CHROME)
    browser = phone.cookie("shutong_browser")
    assert browser is not None
    phone.browser.set_cookie("shutong_me", browser.value, domain="read.example.cn", secure=True)
    assert "/oauth/start" in phone.ask("/a/run-30").location


def test_outside_wechat_nobody_is_sent_to_sign_in(shop: Bot) -> None:
    assert shop.get("/a/run-30", headers={"User-Agent": CHROME}).status_code == 200


def test_who_declines_reads_the_free_part_and_is_not_asked_at_the_next_page(shop: Bot, openid: str) -> None:
    phone = Phone(shop, openid)
    asked = urlsplit(phone.ask("/oauth/start?next=/a/run-30").location)
    state = parse_qs(asked.query)["state"][0]
    answer = phone.ask(f"/oauth/callback?next=/a/run-30&state={state}")
    assert (answer.status_code, answer.location) == (302, "/a/run-30?guest=1")
    page = phone.ask(answer.location)
    assert page.status_code == 200 and "免费部分" in page.text and PAID_WORDS not in page.text
    assert phone.ask("/a/dumbbell").status_code == 200


@pytest.mark.parametrize("keeps_cookies", [True, False])
def test_when_wechat_does_not_answer_the_page_still_shows_its_free_part(
    workshop: Workshop, platform: PlatformAtHand, openid: str, keeps_cookies: bool
) -> None:
    bot = workshop.bot(WECHAT_API_BASE="http://127.0.0.1:9", WECHAT_OAUTH_BASE=platform.base)
    page = Phone(bot, openid, keeps_cookies).open("/a/run-30")
    assert page.status_code == 200 and "免费部分" in page.text
    bot.close()


def test_a_browser_that_keeps_no_cookies_does_not_go_in_circles(shop: Bot, openid: str) -> None:
    phone = Phone(shop, openid, keeps_cookies=False)
    assert phone.open("/a/run-30").status_code == 200
    assert sum(path.startswith("/oauth/callback") for path in phone.seen) == 2


def test_a_used_code_begins_anew_and_signs_in(shop: Bot, openid: str) -> None:
    phone = Phone(shop, openid)
    first = phone.returned(phone.ask("/oauth/start?next=/a/run-30").location)
    code = parse_qs(urlsplit(first).query)["code"][0]
    phone.ask(first)
    other = Phone(shop, openid)
    state = parse_qs(urlsplit(other.ask("/oauth/start?next=/a/run-30").location).query)["state"][0]
    assert other.open(f"/oauth/callback?next=/a/run-30&code={code}&state={state}").status_code == 200
    assert other.seen[-1] == "/a/run-30"


def test_the_back_key_to_the_callback_leads_to_the_page(shop: Bot, openid: str) -> None:
    phone = Phone(shop, openid)
    callback = phone.returned(phone.ask("/oauth/start?next=/a/run-30").location)
    assert phone.ask(callback).location == "/a/run-30"
    again = phone.ask(callback)
    assert (again.status_code, again.location) == (302, "/a/run-30")


def test_a_link_made_in_another_browser_signs_nobody_in_as_its_maker(shop: Bot, openid: str, platform: Any) -> None:
    """The state belongs to one browser: a victim who opens the attacker's callback stays who she is."""
    attacker = Phone(shop, openid)
    callback = attacker.returned(attacker.ask("/oauth/start?next=/a/run-30").location)
    victim_openid = str(platform.post("followers", {"name": "另一位"})["openid"])
    with shop.store.write() as tx:
        entitlements.grant(tx, openid, "run-30", "buy", NOON)
    victim = Phone(shop, victim_openid)
    assert PAID_WORDS not in victim.open(callback).text
    assert PAID_WORDS not in victim.open("/a/run-30").text


def test_a_snapshot_user_is_a_reader_only(shop: Bot, openid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OAuth, "exchange", lambda self, code: SignedIn("oSnapVirtual", True))
    phone = Phone(shop, openid)
    page = phone.open("/a/run-30")
    assert page.status_code == 200 and "免费部分" in page.text
    assert phone.cookie("shutong_me") is None
    assert not shop.rows("followers", openid="oSnapVirtual")


def test_while_every_place_is_taken_the_page_waits_and_its_code_is_kept(
    shop: Bot, openid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long WeChat takes, threads are left for its pushes."""
    asked, go = threading.Semaphore(0), threading.Event()
    exchange = OAuth.exchange

    def slow(self: OAuth, code: str) -> SignedIn:
        asked.release()
        go.wait(30)
        return exchange(self, code)

    monkeypatch.setattr(OAuth, "exchange", slow)
    phones = [Phone(shop, openid) for _ in range(AT_ONCE + 1)]
    callbacks = [phone.returned(phone.ask("/oauth/start?next=/a/run-30").location) for phone in phones]
    waiting = [threading.Thread(target=phones[n].ask, args=(callbacks[n],)) for n in range(AT_ONCE)]
    for thread in waiting:
        thread.start()
        assert asked.acquire(timeout=30)
    turned_away = phones[-1].ask(callbacks[-1])
    assert (turned_away.status_code, turned_away.headers["Refresh"]) == (503, "1") and "请稍等" in turned_away.text
    assert "推荐" in shop.say(openid, "帮助").text
    go.set()
    for thread in waiting:
        thread.join(30)
    assert phones[-1].ask(callbacks[-1]).location == "/a/run-30"
    assert phones[-1].ask("/a/run-30").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil.example", "", "/a\\b",
        "javascript:alert(1)", "/\t/evil.example", "/a\r\nSet-Cookie: x=1", " /a", "/a b", "/a#x", "/跑步",
        "/" + "a" * 600, "/oauth/start?next=/a", "///evil.example", "http:/evil.example",
    ],
)  # fmt: skip
def test_sign_in_leads_only_within_the_site(shop: Bot, openid: str, path: str) -> None:
    assert local(path) == ""
    phone = Phone(shop, openid)
    answer = phone.ask("/oauth/start?next=" + quote(path))
    back = phone.ask(phone.returned(answer.location))
    assert back.location == "/me"


@pytest.mark.parametrize("path", ["/a/run-30", "/a/run-30?coupon=NEW", "/me", "/"])
def test_every_page_of_the_site_can_be_returned_to(path: str) -> None:
    assert local(path) == path


@pytest.mark.parametrize(
    "told", [{"errcode": "odd"}, {"errcode": None}, {"errcode": [1]}, {"openid": 7}, {"openid": ""}, []]
)
def test_an_answer_of_wechats_that_makes_no_sense_leaves_a_guest(
    workshop: Workshop, platform: PlatformAtHand, openid: str, told: object
) -> None:
    def odd(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    with served(odd) as base:
        bot = workshop.bot(WECHAT_API_BASE=base, WECHAT_OAUTH_BASE=platform.base)
        page = Phone(bot, openid).open("/a/run-30")
    assert page.status_code == 200 and "免费部分" in page.text
    bot.close()
