"""The paid part of an item leaves the server for nobody who does not own it: a stranger walks every public route."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import NOON, PAID_WORDS, SHOP, Bot, Workshop
from shop_at_hand import Desk, desk_at_hand, merchant_settings
from werkzeug.test import TestResponse

from storage import entitlements
from tests.web.signed_in import CHROME, DESKTOP, IPHONE_WECHAT, SITE, WECHAT, Reader

MARK = "私藏标记句"
"""Stands in every sentence of every paid part."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with desk_at_hand() as made:
        yield made


@pytest.fixture
def marked(workshop: Workshop, desk: Desk) -> Iterator[Bot]:
    """A bot that sells, in whose shop each paid sentence carries the mark; o1 owns one item."""
    shop = {
        name: re.sub(re.escape(PAID_WORDS), f"{MARK}甲。{MARK}乙跑步基金。\n\n| {MARK}丙 |\n|---|\n| {MARK}丁 |", text)
        if "price: 0\n" not in text
        else text
        for name, text in SHOP.items()
    }
    base = desk.platform.base
    bot = workshop.bot(workshop.catalog(shop), WECHAT_API_BASE=base, WECHAT_OAUTH_BASE=base, **merchant_settings(base))
    bot.clock.now = desk.now
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "gift", NOON)
    yield bot
    bot.close()


def paths(bot: Bot) -> list[tuple[str, str]]:
    """Every route with every method, filled with every item and with odd values."""
    app: Any = bot.app.__closure__[0].cell_contents  # type: ignore[attr-defined]
    slugs = [*bot.live.current.items, "nothing"]
    link = bot.say("o9", "夜跑").links[0].removeprefix("/go/")
    values = {
        "slug": slugs, "token": [*slugs, link], "order_no": ["abcdefghijklmnopqrstuvwx"],
        "address": ["gAAAAABabcdefghijklmnopqrstuvwx"], "name": ["weekend", "../articles/run-30", "nothing"],
        "filename": ["shutong.css", "item.js", "../pages.py", "../../content/articles/run-30.md"],
    }  # fmt: skip
    found = []
    for rule in app.url_map.iter_rules():
        fills = [""]
        for name in rule.arguments:
            fills = values[name]
        for fill in fills:
            path = re.sub(r"<[^>]+>", fill, rule.rule)
            found += [(method, path) for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")]
    return found


def test_a_walk_over_every_route_meets_no_paid_sentence(marked: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    every = paths(marked)
    assert len({path for _, path in every}) > 60
    strangers = [
        Reader(marked, agent=CHROME), Reader(marked, agent=DESKTOP), Reader(marked, "o2"),
        Reader(marked, "o2", IPHONE_WECHAT), Reader(marked, agent=WECHAT),
    ]  # fmt: skip
    for reader in strangers:
        reader.get("/a/dumbbell?guest=1")
        for method, path in every:
            assert MARK not in answered(ask(reader, method, path)), (method, path)
        for query in ("?guest=1", "?owner=1", "?openid=o1", "?buyer=o1", "?preview=1", "?coupon=x", "?format=json"):
            assert MARK not in answered(ask(reader, "GET", "/a/run-30" + query))
    assert MARK not in caplog.text


def ask(reader: Reader, method: str, path: str) -> TestResponse:
    sent = (
        {"on": True, "to": "friend", "seconds": 9, "percent": 99, "stars": 5, "tag": "健身", "wanted": True}
        if method == "POST"
        else None
    )
    headers = {"X-CSRFToken": reader.token, "User-Agent": reader.agent}
    body = {} if sent is None else {"json": sent}
    return reader.browser.open(path, method=method, base_url=SITE, headers=headers, **body)


def answered(answer: TestResponse) -> str:
    """Everything of an answer: headers and body."""
    assert answer.status_code < 500 or answer.status_code in (502, 503)
    return str(answer.headers) + answer.get_data().decode("utf-8", "replace")


def test_nothing_said_in_the_chat_brings_it_out(marked: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for words in (
        MARK,
        MARK + "甲",
        "跑步",
        "推荐",
        "已购",
        "我的",
        "1",
        "更多",
        "为什么",
        "从喘到跑",
        "帮助",
        "我的数据",
    ):
        assert MARK not in marked.say("o2", words).xml.replace(f"关于「{MARK}", "").replace(f"「{MARK}", "")
    assert f"{MARK}甲" not in caplog.text


def test_words_that_stand_only_in_a_paid_part_find_no_item(marked: Bot) -> None:
    """Else a search, asked often enough, would spell the paid part out."""
    assert not marked.live.current.search.find([f"{MARK}丙", MARK])


def test_a_page_that_fails_does_not_print_it(
    marked: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def fails(*_: object, **__: object) -> str:
        raise RuntimeError("the page cannot be made")

    for where in ("web.pages.render_template", "web.pages.to_html", "web.pages.read_page"):
        with monkeypatch.context() as patched:
            patched.setattr(where, fails)
            answer = Reader(marked, "o1").get("/a/run-30")
        assert answer.status_code == 500 and MARK not in answer.text
    assert MARK not in caplog.text


def test_the_owner_reads_it(marked: Bot) -> None:
    """The walk above can fail: the mark is there for who owns the item."""
    assert MARK in Reader(marked, "o1").get("/a/run-30").text
    assert MARK not in Reader(marked, "o1").get("/a/dumbbell").text
