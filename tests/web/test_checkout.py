"""From the button to the whole item: the order, the cashier, the question whether it is paid, coupons, no leaks."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bot_in_process import PAID_WORDS, Bot, Workshop
from shop_at_hand import CHEN, Desk, desk_at_hand

from domain.order import H5
from domain.payment_method import DOWN_AFTER
from storage import entitlements, pay_calls
from tests.web.checkout_at_hand import buy, outside, pay, refused, selling, steps
from tests.web.signed_in import CHROME, DESKTOP, SITE, WECHAT, Reader
from web.places import AT_ONCE
from wechat.pay import PayApi


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


# --- the three ways -------------------------------------------------------------------------------------------


def test_in_wechat_the_cashier_opens_and_the_page_then_shows_the_whole(shop: Bot, chen: Reader, desk: Desk) -> None:
    order = buy(chen)
    assert set(order) == {"order_no", "amount_fen", "method", "reason", "params"}
    assert (order["amount_fen"], order["method"]) == (990, "jsapi") and order["reason"]
    assert set(order["params"]) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    shown = desk.platform.post("pay/cashier", {"openid": CHEN, "params": order["params"]})
    assert (shown["amount_fen"], shown["out_trade_no"]) == (990, order["order_no"])
    no = order["order_no"]
    assert chen.get(f"/orders/{no}").json == {"order_no": no, "state": "waiting", "slug": "run-30"}
    assert PAID_WORDS not in chen.get("/a/run-30").text
    chen.post(f"/orders/{no}/opened")
    pay(desk, order)
    shop.clock.now += 3
    assert chen.get(f"/orders/{no}").json == {"order_no": no, "state": "paid", "slug": "run-30"}
    page = chen.get("/a/run-30").text
    assert PAID_WORDS in page and "立即购买" not in page and "领取" not in page
    assert "run-30" in chen.get("/me").text
    assert steps(shop) == ["seen", "tapped", "ordered", "opened", "paid"]
    assert {row["method"] for row in shop.rows("funnel_steps")} == {"", "jsapi"}


def test_on_a_computer_a_code_is_shown_and_what_was_bought_can_be_claimed(shop: Bot, desk: Desk) -> None:
    reader = outside(shop, DESKTOP)
    order = buy(reader)
    assert order["method"] == "native" and set(order["params"]) == {"code_url", "qr_svg"}
    assert order["params"]["qr_svg"].startswith("<svg") and "script" not in order["params"]["qr_svg"]
    pay(desk, order)
    shop.clock.now += 3
    assert reader.get(f"/orders/{order['order_no']}").json["state"] == "paid"
    page = reader.get("/a/run-30").text
    assert PAID_WORDS in page and "领取 " in page
    assert PAID_WORDS not in outside(shop, DESKTOP).get("/a/run-30").text
    code = page.partition("领取 ")[2][:8]
    assert reader.get("/a/run-30").text.partition("领取 ")[2][:8] == code


def test_in_a_phones_other_browser_wechat_is_opened_and_leads_back(shop: Bot, desk: Desk) -> None:
    reader = outside(shop, CHROME)
    order = buy(reader)
    assert order["method"] == "h5" and set(order["params"]) == {"h5_url"}
    back = parse_qs(urlsplit(order["params"]["h5_url"]).query)["redirect_url"]
    assert back == ["https://read.example.cn/a/run-30"]
    desk.platform.post("settings", {"phone_system": "browser"})
    pay(desk, order)
    desk.platform.post("settings", {"phone_system": "android"})
    shop.clock.now += 3
    assert reader.get(f"/orders/{order['order_no']}").json["state"] == "paid"


def test_h5_is_opened_with_the_site_it_comes_from_and_nothing_more(shop: Bot) -> None:
    """WeChat Pay opens an h5_url only from the domain it knows, by the Referer; the page's address is nobody's."""
    page = Reader(shop, agent=CHROME).get("/a/run-30")
    assert page.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_a_guest_in_wechat_pays_by_code(shop: Bot) -> None:
    reader = Reader(shop, agent=WECHAT)
    assert "重新登录" in reader.get("/a/run-30?guest=1").text
    assert buy(reader)["method"] == "native"


def test_a_second_tap_gets_the_same_order(chen: Reader, shop: Bot) -> None:
    first, second = buy(chen), buy(chen)
    assert first["order_no"] == second["order_no"] and first["params"]["package"] == second["params"]["package"]
    assert len(shop.rows("orders")) == 1


# --- while it waits -------------------------------------------------------------------------------------------


def test_however_often_the_page_asks_wechat_pay_is_asked_every_few_seconds(shop: Bot, chen: Reader, desk: Desk) -> None:
    no = buy(chen)["order_no"]

    def asked() -> int:
        found = desk.platform.get("wire?kind=pay")
        return sum(no in entry["what"] for entry in (found["wire"] if isinstance(found, dict) else found))

    for _ in range(10):
        chen.get(f"/orders/{no}")
    assert asked() == 1
    for _ in range(10):
        shop.clock.now += 1
        chen.get(f"/orders/{no}")
    assert 3 <= asked() <= 5


def test_while_wechat_pay_does_not_answer_the_order_still_waits(shop: Bot, chen: Reader, desk: Desk) -> None:
    no = buy(chen)["order_no"]
    desk.spoil("pay_502", "pay_502", "pay_502")
    assert chen.get(f"/orders/{no}").json["state"] == "waiting"


def test_while_every_place_is_taken_the_buyer_is_asked_to_wait_and_pushes_are_answered(
    shop: Bot, chen: Reader, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go = threading.Semaphore(0), threading.Event()
    prepay = PayApi.prepay

    def slow(*given: Any) -> str:
        asked.release()
        go.wait(30)
        return prepay(*given)

    monkeypatch.setattr(PayApi, "prepay", slow)
    others = [outside(shop, DESKTOP) for _ in range(AT_ONCE)]
    waiting = [threading.Thread(target=buy, args=(other,)) for other in others]
    for thread in waiting:
        thread.start()
        assert asked.acquire(timeout=30)
    answer = chen.post("/checkout/run-30", {})
    assert refused(answer, 503) and answer.json["again"] is True
    assert "推荐" in shop.say(CHEN, "帮助").text
    go.set()
    for thread in waiting:
        thread.join(30)
    assert buy(chen)["method"] == "jsapi" and len(shop.rows("orders")) == AT_ONCE + 1


# --- coupons --------------------------------------------------------------------------------------------------


def test_a_coupon_in_the_link_lowers_the_price_that_is_shown_and_charged(shop: Bot, desk: Desk) -> None:
    reader = Reader(shop, CHEN)
    link = shop.say(CHEN, "夜跑").links[0]
    went = reader.get(f"{link}?coupon=autumn20")
    assert went.location == "/a/run-30?coupon=autumn20"
    page = reader.get(went.location).text
    assert "¥7.92" in page and '<s class="st-buy__before" aria-label="原价 ¥9.90">' in page
    assert "¥7.92" in reader.get("/a/run-30").text
    order = buy(reader, sent={"shown_fen": 792})
    assert order["amount_fen"] == 792 and desk.orders()[order["order_no"]]["amount"]["total"] == 792
    (row,) = shop.rows("orders")
    assert (row["coupon"], row["price_fen"]) == ("AUTUMN20", 990)


@pytest.mark.parametrize("code", ["NONE", "TRAVEL5", "", "<b>", "%00", "A" * 300])
def test_a_coupon_that_does_not_apply_changes_nothing(shop: Bot, code: str) -> None:
    reader = Reader(shop, CHEN)
    page = reader.get(f"/a/run-30?coupon={code}")
    assert page.status_code == 200 and "¥9.90" in page.text and "原价" not in page.text
    assert buy(reader)["amount_fen"] == 990


# --- afterwards -----------------------------------------------------------------------------------------------


def test_what_a_follower_took_over_is_not_sold_again_in_the_browser(shop: Bot, desk: Desk) -> None:
    reader = outside(shop, DESKTOP)
    pay(desk, buy(reader))
    shop.clock.now += 3
    reader.get(f"/orders/{shop.rows('orders')[0]['order_no']}")
    code = reader.get("/a/run-30").text.partition("领取 ")[2][:8]
    assert "从喘到跑" in shop.say(CHEN, f"领取 {code}").text
    assert PAID_WORDS in Reader(shop, CHEN).get("/a/run-30").text
    page = reader.get("/a/run-30").text
    assert PAID_WORDS not in page and "已经归到你的微信" in page and "立即购买" not in page
    refused(reader.post("/checkout/run-30", {}), 409)
    assert len(shop.rows("orders")) == 1


def test_buying_teaches_once_what_is_liked_when_it_is_paid(shop: Bot, chen: Reader, desk: Desk) -> None:
    pay(desk, buy(chen))
    assert "健身" not in shop.weights(CHEN)
    shop.clock.now += 3
    chen.get(f"/orders/{shop.rows('orders')[0]['order_no']}")
    liked = shop.weights(CHEN)["健身"]
    chen.get("/a/run-30")
    assert liked > 0 and "因为你买过「健身」的内容" in chen.get("/me").text
    chen.get("/a/run-30")
    assert shop.weights(CHEN)["健身"] == liked


def test_a_gift_is_no_purchase(shop: Bot) -> None:
    with shop.store.write() as tx:
        entitlements.grant(tx, CHEN, "run-30", "gift", int(shop.clock.now))
    assert PAID_WORDS in Reader(shop, CHEN).get("/a/run-30").text
    assert "健身" not in shop.weights(CHEN)


# --- nothing leaks --------------------------------------------------------------------------------------------


def test_no_openid_is_in_an_address_a_page_or_the_log(
    shop: Bot, desk: Desk, chen: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = buy(chen)
    pay(desk, order)
    shop.clock.now += 3
    texts = [chen.get(path).text for path in ("/a/run-30", "/me", f"/orders/{order['order_no']}")]
    assert not [text for text in (*texts, json.dumps(order), caplog.text) if CHEN in text]


def test_pages_and_orders_are_kept_by_no_cache(chen: Reader) -> None:
    assert "no-cache" in chen.get("/a/run-30").headers["Cache-Control"]
    order = buy(chen)
    assert "no-store" in chen.get(f"/orders/{order['order_no']}").headers["Cache-Control"]
    assert SITE not in order["params"].values()


def test_where_the_merchant_may_not_use_h5_the_next_phone_gets_a_code_to_scan(shop: Bot) -> None:
    with shop.store.write() as tx:
        for _ in range(DOWN_AFTER):
            pay_calls.count(tx, H5, pay_calls.DECLINED, int(shop.clock.now))
    order = buy(outside(shop, CHROME))
    assert order["method"] == "native"
    (row,) = shop.rows("orders", order_no=order["order_no"])
    assert "手机网页支付近来不顺" in row["reason"] and "全部失败" in json.loads(row["rejected"])["h5"]
