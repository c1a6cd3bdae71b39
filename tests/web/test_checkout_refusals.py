"""What the button of an item's page refuses: strangers, forgeries, other prices, devices, a missing merchant."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from bot_in_process import SECRET_KEY, Bot, Workshop
from flask import Response
from shop_at_hand import CHEN, Desk, desk_at_hand, merchant_settings

from storage import entitlements
from tests.web.checkout_at_hand import buy, outside, refused, selling, steps
from tests.web.signed_in import CHROME, DESKTOP, DOMAIN, IPHONE_WECHAT, WECHAT, Reader
from web.visitor import SNAPSHOT, Visitors


@pytest.fixture(scope="module")
def platform() -> Iterator[Desk]:
    with desk_at_hand() as desk:
        yield desk


@pytest.fixture
def desk(platform: Desk) -> Iterator[Desk]:
    yield platform
    platform.platform.post("faults/clear")


@pytest.fixture
def shop(workshop: Workshop, desk: Desk) -> Iterator[Bot]:
    """A bot that sells, its clock with the platform's."""
    bot = selling(workshop, desk)
    bot.clock.now = desk.now
    yield bot
    bot.close()


@pytest.fixture
def chen(shop: Bot) -> Reader:
    """A follower in WeChat's browser with the item open."""
    reader = Reader(shop, CHEN)
    assert "立即购买" in reader.get("/a/run-30").text
    return reader


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_without_the_pages_token_there_is_no_order(shop: Bot, chen: Reader, token: str) -> None:
    answer = chen.post("/checkout/run-30", {}, token=token)
    assert refused(answer, 403) and set(answer.json) == {"error"}
    assert not shop.rows("orders") and steps(shop) == ["seen"]


def test_what_the_browser_says_of_price_and_item_counts_for_nothing(shop: Bot, chen: Reader, desk: Desk) -> None:
    order = buy(chen, sent={"amount_fen": 1, "price_fen": 1, "slug": "emergency", "buyer": "o2", "order_no": "x" * 20})
    (row,) = shop.rows("orders")
    assert (order["amount_fen"], row["amount_fen"], row["slug"], row["buyer"]) == (990, 990, "run-30", CHEN)
    assert desk.orders()[order["order_no"]]["amount"]["total"] == 990


def test_a_price_that_changed_since_it_was_shown_is_not_charged(shop: Bot, chen: Reader) -> None:
    answer = chen.post("/checkout/run-30", {"shown_fen": 790})
    assert "价格" in refused(answer, 409) and answer.json["amount_fen"] == 990
    assert not shop.rows("orders")
    assert buy(chen, sent={"shown_fen": 990})["amount_fen"] == 990


@pytest.mark.parametrize(("slug", "status"), [("nothing", 404), ("RUN-30", 404), ("stretch", 409)])
def test_what_is_not_for_sale_is_told(shop: Bot, chen: Reader, slug: str, status: int) -> None:
    refused(chen.post(f"/checkout/{slug}", {}), status)
    assert not shop.rows("orders")


def test_what_one_owns_is_not_sold_again(shop: Bot, chen: Reader) -> None:
    with shop.store.write() as tx:
        entitlements.grant(tx, CHEN, "run-30", "gift", int(shop.clock.now))
    answer = chen.post("/checkout/run-30", {})
    refused(answer, 409)
    assert answer.json["owned"] is True and not shop.rows("orders")


@pytest.mark.parametrize(("goods", "sold"), [("allow", True), ("hide_price", False), ("block", False)])
def test_on_an_iphone_nothing_is_sold_unless_it_is_allowed(
    workshop: Workshop, desk: Desk, goods: str, sold: bool
) -> None:
    bot = selling(workshop, desk, IOS_VIRTUAL_GOODS=goods)
    bot.clock.now = desk.now
    reader = Reader(bot, CHEN, IPHONE_WECHAT)
    page = reader.get("/a/run-30").text
    assert ("立即购买" in page, "¥" in page) == (sold, sold)
    if sold:
        assert buy(reader)["method"] == "jsapi"
    else:
        assert "苹果" in refused(reader.post("/checkout/run-30", {}), 403) and not bot.rows("orders")
    bot.close()


def test_before_there_is_a_merchant_the_page_says_so(bot: Bot) -> None:
    reader = Reader(bot, CHEN)
    assert "即将开放购买" in reader.get("/a/run-30").text
    assert "开通" in refused(reader.post("/checkout/run-30", {}), 503)


def test_a_snapshot_user_gets_no_order(shop: Bot) -> None:
    reader = Reader(shop, agent=WECHAT)
    given = Response()
    Visitors(SECRET_KEY, True).keep_guest(given, SNAPSHOT)
    value = given.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    reader.browser.set_cookie("shutong_guest", value, domain=DOMAIN, secure=True)
    assert "使用完整服务" in reader.get("/a/run-30").text
    assert "使用完整服务" in refused(reader.post("/checkout/run-30", {}), 403)
    assert not shop.rows("orders")


def test_when_wechat_pay_declines_or_is_silent_a_sentence_says_what_to_do(
    shop: Bot, desk: Desk, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Reader(shop, "oNobodyAtThePlatformKnows0001")
    stranger.get("/a/run-30")
    assert "微信支付" in refused(stranger.post("/checkout/run-30", {}), 502)
    base = desk.platform.base
    silent = workshop.bot(
        WECHAT_API_BASE=base, **{**merchant_settings(base), "WECHATPAY_API_BASE": "http://127.0.0.1:9"}
    )
    reader = Reader(silent, CHEN)
    reader.get("/a/run-30")
    assert "没有回应" in refused(reader.post("/checkout/run-30", {}), 502)
    assert not silent.rows("entitlements") and CHEN not in caplog.text
    silent.close()


def test_anothers_order_is_not_there(shop: Bot, chen: Reader) -> None:
    no = buy(chen)["order_no"]
    unknown = chen.get("/orders/abcdefghijklmnopqrstuvwx")
    for other in (Reader(shop, "o2"), outside(shop, CHROME), outside(shop, DESKTOP)):
        other.get("/a/run-30")
        answer = other.get(f"/orders/{no}")
        assert refused(answer, 404) == refused(unknown, 404)
        refused(other.post(f"/orders/{no}/opened"), 404)
    for odd in ("x", "%00", "..", "a" * 2_000, "订单"):
        assert chen.get(f"/orders/{odd}").status_code == 404
    assert "opened" not in steps(shop)


def test_forged_cookies_own_nothing(shop: Bot, chen: Reader) -> None:
    no = buy(chen)["order_no"]
    forger = Reader(shop, agent=CHROME)
    for name in ("shutong_me", "shutong_browser"):
        for value in (CHEN, json.dumps(CHEN), f'"{CHEN}".x.y', "e30.x.y"):
            forger.browser.set_cookie(name, value, domain=DOMAIN, secure=True)
            assert forger.get(f"/orders/{no}").status_code == 404
