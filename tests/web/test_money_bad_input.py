"""Whoever wants an item, a price, an order or a refund that is not theirs: the right status, and nothing changed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bot_in_process import PAID_WORDS, SECRET_KEY, SHOP, Workshop
from click.testing import CliRunner
from itsdangerous import URLSafeTimedSerializer
from shop_at_hand import CHEN, Shop, shop_at_hand, signed

from errors import ShutongError
from flows import check_out
from flows.reconcile import ask_silent_orders
from flows.refund_order import refund_order
from order_commands import order
from tests.web.buyer_at_hand import NOTHING, WHOLE, Buyer
from tests.web.signed_in import CHROME, DESKTOP, DOMAIN, SITE, WECHAT, Reader

COUPONS = (
    "ONCE20: {title: 八折, percent_off: 20}\nTWICE1: {title: 减一元, off: 1.00, per_person: 2}\n"
    "TRAVEL5: {title: 旅行立减, off: 2.00, tags: [旅行]}\nNOW3: {title: 限时, off: 3.00, until: 2026-11-23}\n"
)


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    catalog = workshop.catalog({**SHOP, "coupons.yaml": COUPONS})
    with shop_at_hand(workshop, catalog=catalog) as one:
        yield one


@pytest.fixture
def chen(shop: Shop) -> Buyer:
    return Buyer(shop)


def money(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Every row about money."""
    names = ("orders", "open_orders", "refunds", "payment_evidence", "entitlements", "deliveries", "coupon_uses")
    return {name: shop.bot.rows(name) for name in names}


# --- items, prices, other people's orders -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug", ["nothing", "RUN-30", "run-30%00", "run-30%20", "..%2Frun-30", "run-30/", "%F0%9F%98%80", "a" * 3_000]
)
def test_an_item_that_is_not_there_cannot_be_bought(shop: Shop, chen: Buyer, slug: str) -> None:
    assert chen.post(f"/checkout/{slug}", {}).status_code == 404 and not shop.bot.rows("orders")


@pytest.mark.parametrize("shown", [1, 989, -990, 0, "990", None, [990], {}, True, 990.5, 1e308])
def test_a_tampered_price_makes_no_order(shop: Shop, chen: Buyer, shown: object) -> None:
    assert chen.post("/checkout/run-30", {"shown_fen": shown}).status_code == 409 and not shop.bot.rows("orders")


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b"null", b"[" * 20_000, b"{}" * 40_000])
def test_what_is_no_form_makes_no_order(shop: Shop, chen: Buyer, body: bytes) -> None:
    answer = chen.browser.post(
        "/checkout/run-30", base_url=SITE, data=body, headers={"X-CSRFToken": chen.token, "User-Agent": WECHAT}
    )
    assert answer.status_code in (400, 413) and not shop.bot.rows("orders")


def test_the_form_of_another_browser_buys_nothing(shop: Shop, chen: Buyer) -> None:
    foreign = Buyer(shop, DESKTOP).token
    for token in (foreign, "", "0" * 64, "é" * 64, foreign[:-1]):
        assert chen.post("/checkout/run-30", {}, token=token).status_code == 403
    assert Reader(shop.bot, CHEN).post("/checkout/run-30", {}, token=chen.token).status_code == 403, "no browser cookie"
    assert not shop.bot.rows("orders")


@pytest.mark.parametrize(
    "odd", ["'", '" or 1=1 --', "%00", "%0d%0aX: y", "../me", "a/b", "订单", "%", "*", "a" * 4_000]
)
def test_an_odd_order_number_is_an_order_that_is_not_there(shop: Shop, chen: Buyer, odd: str) -> None:
    chen.tap()
    before = money(shop)
    for answer in (chen.get(f"/orders/{odd}"), chen.post(f"/orders/{odd}/opened", {})):
        assert answer.status_code == 404 and "Traceback" not in answer.text
    assert money(shop) == before


def test_anothers_order_is_seen_and_moved_by_nobody(shop: Shop, chen: Buyer) -> None:
    number = chen.pay()
    shop.settle()
    before = money(shop)
    for other in (Buyer(shop, DESKTOP), Buyer(shop, CHROME), Reader(shop.bot, "oSomebodyElse")):
        other.get("/a/run-30")
        for tried in (number, number.upper(), number[:-1], number + "%20"):
            assert other.get(f"/orders/{tried}").status_code == 404
            assert other.post(f"/orders/{tried}/opened", {}).status_code == 404
        assert PAID_WORDS not in other.get(f"/a/run-30?order_no={number}").text
    assert money(shop) == before


@pytest.mark.parametrize("name", ["shutong_me", "shutong_browser", "shutong_guest", "shutong_from", "shutong_state"])
def test_a_forged_cookie_of_any_kind_gives_nothing(shop: Shop, chen: Buyer, name: str) -> None:
    number = chen.pay()
    shop.settle()
    before, owner = money(shop), chen.browser.get_cookie("shutong_me", domain=DOMAIN)
    assert owner is not None
    forged = [
        CHEN, json.dumps(CHEN), f"{CHEN}.x.y", "e30.x.y", "", "\x7f", "a" * 5_000, owner.value[:-1], owner.value + "x",
        str(URLSafeTimedSerializer("another-secret-of-the-same-length", salt=f"{name}-1").dumps(CHEN)),
        str(URLSafeTimedSerializer(SECRET_KEY, salt="shutong-other-1").dumps(CHEN)),
    ] + ([] if name == "shutong_me" else [owner.value])  # fmt: skip
    for value in forged:
        thief = Reader(shop.bot, agent=CHROME)
        thief.browser.set_cookie(name, value, domain=DOMAIN, secure=True)
        page = thief.get("/a/run-30?guest=1")
        assert page.status_code == 200 and PAID_WORDS not in page.text
        assert thief.get(f"/orders/{number}").status_code == 404
    assert money(shop) == before and chen.sees == WHOLE


# --- notifications -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/pay/notify", "/pay/refund-notify"])
def test_a_body_of_a_megabyte_is_not_read(shop: Shop, path: str) -> None:
    body = b"x" * 1_000_000
    assert shop.bot.pages.post(path, data=body, headers=signed(body, shop.now)).status_code == 413


def test_a_notification_sent_again_changes_nothing_and_a_day_later_is_refused(shop: Shop, chen: Buyer) -> None:
    number = str(chen.tap()["order_no"])
    status, body, headers = shop.tell(out_trade_no=number)
    assert status == 200 and chen.sees == WHOLE
    before = money(shop)
    assert shop.bot.pages.post("/pay/notify", data=body, headers=headers).status_code == 200
    for path in ("/pay/refund-notify", "/pay/notify"):
        shop.bot.clock.now += 86_400
        assert shop.bot.pages.post(path, data=body, headers=headers).status_code == 401
    assert money(shop) == before


def test_a_payments_notification_at_the_refunds_door_changes_nothing(shop: Shop, chen: Buyer) -> None:
    number = str(chen.tap()["order_no"])
    _, body, headers = shop.tell(out_trade_no="nobodymadethis")
    before = money(shop)
    assert shop.bot.pages.post("/pay/refund-notify", data=body, headers=headers).status_code == 200
    assert money(shop) == before and chen.order(number).state == "waiting"


@pytest.mark.parametrize("certificates", [False, True])
def test_unknown_serials_make_wechat_pay_be_asked_once_a_minute_at_most(
    workshop: Workshop, certificates: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with shop_at_hand(workshop, certificates) as shop:
        for number in range(40):
            body = b'{"event_type": "TRANSACTION.SUCCESS"}'
            serial = f"{number:040X}" if number % 2 else f"PUB_KEY_ID_{number}"
            headers = signed(body, shop.now, serial=serial)
            assert shop.bot.pages.post("/pay/notify", data=body, headers=headers).status_code == 401
        calls = [one["what"] for one in shop.platform.get("wire?kind=pay")["wire"]]
        assert calls == ["GET /v3/certificates"]
        assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


# --- coupons -------------------------------------------------------------------------------------------------------


def hold(chen: Reader, code: str) -> None:
    chen.get(f"/a/run-30?coupon={code}")


def test_taps_for_two_items_at_once_share_the_one_use_of_a_coupon(
    shop: Shop, chen: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both prices are worked out before either order is written: the second tap is told the new price."""
    hold(chen, "ONCE20")
    taps = [(Buyer(shop), slug) for slug in ("run-30", "dumbbell")]
    both, start = threading.Barrier(2), check_out.start_order

    def together(*given: Any) -> Any:
        both.wait(20)
        return start(*given)

    monkeypatch.setattr(check_out, "start_order", together)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda tap: tap[0].post(f"/checkout/{tap[1]}", {}), taps))
    assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
    (told,) = [one.json for one in answers if one.status_code == 409]
    assert "价格" in told["error"] and told["amount_fen"] in (990, 1280)
    assert len(shop.bot.rows("coupon_uses")) == 1


def test_a_coupon_of_other_items_or_a_made_up_one_lowers_nothing(shop: Shop, chen: Buyer) -> None:
    for code in ("TRAVEL5", "NONE", "ONCE20'", "once20 ", "%F0%9F%98%80"):
        hold(chen, code)
    assert chen.tap()["amount_fen"] == 792, "ONCE20 was meant, with a blank"


def test_a_coupon_that_ends_between_the_page_and_the_tap_is_not_charged_for(shop: Shop, chen: Buyer) -> None:
    shop.bot.clock.now += 0
    hold(chen, "NOW3")
    assert "6.90" in chen.get("/a/run-30").text
    shop.advance(12 * 3_600)
    answer = chen.post("/checkout/run-30", {"shown_fen": 690})
    assert answer.status_code == 409 and answer.json["amount_fen"] == 990 and not shop.bot.rows("orders")
    assert chen.tap()["amount_fen"] == 990


def test_a_coupon_for_two_serves_two_items_and_no_third(shop: Shop, chen: Buyer) -> None:
    hold(chen, "TWICE1")
    made = [chen.post(f"/checkout/{slug}", {}) for slug in ("run-30", "dumbbell", "ai-ask", "one-bag")]
    assert [one.json["amount_fen"] for one in made] == [890, 1180, 660, 490]


# --- claim codes, refunds ------------------------------------------------------------------------------------------


def test_claim_codes_cannot_be_guessed_or_used_by_a_second_follower(shop: Shop) -> None:
    reader = Buyer(shop, DESKTOP)
    reader.pay()
    shop.settle()
    code = reader.get("/a/run-30").text.partition("领取 ")[2][:8]
    for guess in ("00000000", code[:-1] + ("0" if code[-1] != "0" else "1"), code[::-1], code[:7], code + "0"):
        if guess != code:
            shop.bot.say("oThief", f"领取 {guess}")
    assert not shop.owned("oThief")
    assert "从喘到跑" in shop.bot.say("oFirst", f"领取 {code}").words
    shop.bot.say("oThief", f"领取 {code}")
    shop.bot.say("oFirst", f"领取 {code}")
    assert shop.owned("oFirst") == ["run-30"] and not shop.owned("oThief")
    assert PAID_WORDS not in reader.get("/a/run-30").text and reader.post("/checkout/run-30", {}).status_code == 409


@pytest.fixture
def paid(shop: Shop, chen: Buyer) -> str:
    number = chen.pay()
    shop.settle()
    return number


def run(shop: Shop, *words: str) -> str:
    """A command that is refused with one sentence, or used wrongly."""
    result = CliRunner().invoke(order, [*words], obj=lambda: shop.bot.house)
    if isinstance(result.exception, ShutongError):
        return str(result.exception)
    assert isinstance(result.exception, SystemExit) and result.exit_code == 2, result.exception
    return result.output


@pytest.mark.parametrize("fen", ["991", "0", "-1", "1e3", "9.9", "99999999999999999999", "x", ""])
def test_no_command_returns_more_than_came_or_nothing(shop: Shop, paid: str, fen: str) -> None:
    assert run(shop, "refund", paid, "--fen", fen, "--reason", "x")
    assert not shop.bot.rows("refunds") and shop.orders()[paid]["trade_state"] == "SUCCESS"


@pytest.mark.parametrize("reason", ["", "   ", "退" * 27])
def test_no_command_returns_money_without_a_reason_that_fits(shop: Shop, paid: str, reason: str) -> None:
    assert "80 bytes" in run(shop, "refund", paid, "--reason", reason) and not shop.bot.rows("refunds")


@pytest.mark.parametrize("number", ["nothing", "", "'", "a" * 5_000, "订单", "\x00"])
def test_a_command_about_an_order_that_is_not_there_says_so(shop: Shop, number: str) -> None:
    assert "no order" in run(shop, "show", number)
    assert "no order" in run(shop, "refund", number, "--reason", "x")
    assert run(shop, "trouble", "--seen", number or "x")


@pytest.mark.parametrize("day", ["2026-11-23", "2027-01-01", "9999-12-31", "2026-02-30", "yesterday"])
def test_a_bill_that_cannot_be_is_refused_with_a_sentence(shop: Shop, day: str) -> None:
    assert run(shop, "reconcile", "--date", day)


def test_parts_never_add_up_to_more_than_came(shop: Shop, paid: str) -> None:
    for fen in (600, 390):
        CliRunner().invoke(order, ["refund", paid, "--fen", str(fen), "--reason", "x"], obj=lambda: shop.bot.house)
        shop.advance(61)
    assert "at most 0 fen" in run(shop, "refund", paid, "--fen", "1", "--reason", "x")
    assert sorted(row["fen"] for row in shop.bot.rows("refunds")) == [390, 600]


def test_what_is_on_its_way_back_is_neither_returned_twice_nor_sold_again(shop: Shop, chen: Buyer, paid: str) -> None:
    refund_order(shop.till, paid, None, "x", "lin", shop.now)
    assert "at most 0 fen" in run(shop, "refund", paid, "--reason", "x")
    assert chen.tap(409)["owned"] is True and chen.asks(paid) == "refunding"
    shop.advance(61)
    assert chen.asks(paid) == "refunded" and chen.sees == NOTHING and chen.tap()["order_no"] != paid


def test_an_order_that_is_being_closed_has_nothing_to_return(shop: Shop, chen: Buyer) -> None:
    number = str(chen.tap()["order_no"])
    shop.advance(1_800)
    assert "no money came" in run(shop, "refund", number, "--reason", "x")
    assert ask_silent_orders(shop.till, shop.now) == "1 closed"
    assert "no money came" in run(shop, "refund", number, "--reason", "x") and not shop.bot.rows("refunds")
