"""The item page asks for a 订阅通知: whom, for what, and with a signature that WeChat's browser believes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bot_in_process import APP_ID, NOON, SHOP, Bot, Workshop
from platform_at_hand import PlatformAtHand, platform_at_hand

import wiring
from catalog.load import Catalog
from flows.ask_consent import ENOUGH
from simulator import jssdk
from simulator.clock import PlatformClock
from storage import consents, secrets_held
from tests.web.signed_in import DESKTOP, Reader

CONTENT = {
    **SHOP,
    "templates.yaml": 'news: {kind: notice, template_id: "News0123456789", fields: {thing1: "{title}"}}\n'
    'receipt: {kind: notice, template_id: "Receipt0123456789", fields: {thing1: "{title}"}}\n'
    'later: {kind: notice, template_id: "Later0123456789", fields: {thing1: "{title}"}}\n',
    "campaigns/weekend.yaml": "title: 周末\npurpose: marketing\nchannels: [window, notice]\nnotice: news\n"
    "message: {item: recommend}\n",
    "campaigns/later.yaml": "title: 以后\npurpose: marketing\nstatus: draft\nchannels: [window, notice]\n"
    "notice: later\nmessage: {item: recommend}\n",
}


@pytest.fixture(scope="module")
def content(workshop: Workshop) -> Catalog:
    return workshop.catalog(CONTENT)


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformAtHand]:
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        yield made


@pytest.fixture
def bot(workshop: Workshop, content: Catalog, platform: PlatformAtHand) -> Iterator[Bot]:
    made = workshop.bot(content, WECHAT_API_BASE=platform.base)
    yield made
    made.close()


def asked(page: str) -> str:
    """The templates the page asks for."""
    found = re.search(r'id="ask" data-templates="([^"]*)"', page)
    return found[1] if found else ""


def agree(bot: Bot, openid: str, times: int = 1) -> None:
    with bot.store.write() as tx:
        for nth in range(times):
            consents.answered(tx, f"e{nth}", openid, "News0123456789", "accept", "page", NOON)


def test_who_is_signed_in_is_asked_for_the_notices_of_campaigns(bot: Bot) -> None:
    answer = Reader(bot, "o1").get("/a/run-30")
    assert asked(answer.text) == "News0123456789"
    assert "ask.js" in answer.text and 'id="ask-title" ' not in answer.text.partition("hidden>")[0]
    assert "frame-src https://*.qq.com" in answer.headers["Content-Security-Policy"]


def test_nobody_else_is_asked(bot: Bot) -> None:
    for page in (Reader(bot).get("/a/run-30"), Reader(bot, "o1", DESKTOP).get("/a/run-30")):
        assert not asked(page.text) and "ask.js" not in page.text
        assert "frame-src" not in page.headers["Content-Security-Policy"]


def test_who_wants_no_pushes_is_not_asked(bot: Bot) -> None:
    bot.say("o1", "退订")
    assert not asked(Reader(bot, "o1").get("/a/run-30").text)
    bot.say("o1", "恢复订阅")
    assert asked(Reader(bot, "o1").get("/a/run-30").text)


def test_how_often_they_will_be_told_is_told_and_enough_is_enough(bot: Bot) -> None:
    agree(bot, "o1", ENOUGH - 1)
    assert f"还会提醒 {ENOUGH - 1} 次" in Reader(bot, "o1").get("/a/run-30").text
    agree(bot, "o1", ENOUGH)
    assert not asked(Reader(bot, "o1").get("/a/run-30").text)


def test_without_such_a_campaign_nothing_is_asked(workshop: Workshop, platform: PlatformAtHand) -> None:
    bot = workshop.bot(WECHAT_API_BASE=platform.base)
    assert not asked(Reader(bot, "o1").get("/a/run-30").text)
    bot.close()


def test_the_operator_can_turn_it_off(workshop: Workshop, content: Catalog) -> None:
    bot = workshop.bot(content, WECHAT_SUBSCRIBE_BUTTON="no")
    reader = Reader(bot, "o1")
    assert not asked(reader.get("/a/run-30").text)
    assert reader.get("/js-config?path=/a/run-30").status_code == 400
    bot.close()


def test_the_page_is_signed_for_the_address_it_was_opened_at(bot: Bot) -> None:
    answer = Reader(bot, "o1").get("/js-config?path=%2Fa%2Frun-30%3Fcoupon%3DX")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    with bot.store.read() as tx:
        ticket = wiring.vault(bot.settings).show(secrets_held.find(tx, "jsapi_ticket")[0])
    assert jssdk.check(answer.json or {}, APP_ID, ticket, "https://read.example.cn/a/run-30?coupon=X") == ""
    assert ticket not in answer.text


@pytest.mark.parametrize(
    "path", ["", "a/run-30", "//evil.example/a", "https://evil.example/", "/a\\b", "/a b", "/" + "a" * 600]
)
def test_no_address_but_ours_is_signed(bot: Bot, path: str) -> None:
    assert Reader(bot, "o1").get(f"/js-config?path={path}").status_code == 400


def test_strangers_get_no_signature(bot: Bot) -> None:
    assert Reader(bot).get("/js-config?path=/a/run-30").status_code == 403


def test_while_wechat_cannot_be_reached_the_page_is_told_so(workshop: Workshop, content: Catalog) -> None:
    bot = workshop.bot(content, WECHAT_API_BASE="http://127.0.0.1:1")
    reader = Reader(bot, "o1")
    assert reader.get("/a/run-30").status_code == 200
    assert reader.get("/js-config?path=/a/run-30").status_code == 503
    bot.close()
