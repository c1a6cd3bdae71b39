"""A guest in WeChat's browser buys by a code; once they are signed in, what they bought is theirs as a follower."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import PAID_WORDS, SECRET_KEY, Workshop
from flask import Response
from shop_at_hand import CHEN, Shop, an_order, shop_at_hand

from tests.web.signed_in import DOMAIN, WECHAT, Reader
from web.visitor import Visitors


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


@pytest.fixture
def guest(shop: Shop) -> Reader:
    reader = Reader(shop.bot, agent=WECHAT)
    reader.get("/a/run-30?guest=1")
    return reader


def buy(guest: Reader, slug: str = "run-30") -> dict[str, Any]:
    made: dict[str, Any] = guest.post(f"/checkout/{slug}", {}).json
    assert made["method"] == "native"
    return made


def pay(shop: Shop, order: dict[str, Any]) -> None:
    shop.paid_by(an_order(), order["params"]["code_url"])
    shop.settle()


def sign_in(reader: Reader) -> None:
    """As WeChat's sign-in does at its end."""
    given = Response()
    Visitors(SECRET_KEY, True).keep_openid(given, CHEN)
    value = given.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    reader.browser.set_cookie("shutong_me", value, domain=DOMAIN, secure=True)


@pytest.mark.parametrize("first", ["/a/run-30", "/me", "/orders/{no}"])
def test_what_a_guest_bought_is_theirs_wherever_they_look_first(shop: Shop, guest: Reader, first: str) -> None:
    order = buy(guest)
    pay(shop, order)
    assert "领取 " in guest.get("/a/run-30?guest=1").text
    sign_in(guest)
    number = order["order_no"]
    assert guest.get(first.format(no=number)).status_code == 200
    assert guest.get(f"/orders/{number}").json["state"] == "paid"
    page = guest.get("/a/run-30").text
    assert PAID_WORDS in page and "立即购买" not in page and "领取 " not in page
    assert "从喘到跑" in guest.get("/me").text and "从喘到跑" in shop.bot.say(CHEN, "已购").words
    assert shop.owned() == ["run-30"] and [row["buyer"] for row in shop.bot.rows("orders")] == [CHEN]
    assert [row["buyer"] for row in shop.bot.rows("deliveries")] == [CHEN]


@pytest.mark.parametrize("looked", [True, False])
def test_money_for_a_guests_order_that_comes_after_the_sign_in_is_theirs_too(
    shop: Shop, guest: Reader, looked: bool
) -> None:
    order = buy(guest)
    sign_in(guest)
    if looked:
        guest.get("/a/run-30")
    pay(shop, order)
    assert guest.get(f"/orders/{order['order_no']}").json["state"] == "paid"
    assert PAID_WORDS in guest.get("/a/run-30").text and shop.owned() == ["run-30"]


def test_a_signed_in_browser_takes_nothing_of_another_browsers(shop: Shop, guest: Reader) -> None:
    pay(shop, buy(guest))
    other = Reader(shop.bot, CHEN)
    for path in ("/a/run-30", "/me", "/a/run-30"):
        assert PAID_WORDS not in other.get(path).text
    assert not shop.owned()
