"""/me: what one owns, what is known and why, and how to have it forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bot_in_process import NOON, Bot, Workshop
from shop_at_hand import CHEN, Shop, an_order, shop_at_hand

from domain.order import REFUNDED
from storage import deliveries, entitlements, orders
from tests.web.signed_in import WECHAT, Reader


@pytest.fixture
def known(bot: Bot) -> tuple[Bot, Reader]:
    """A follower who asked and bought, at /me."""
    bot.say("o1", "夜跑")
    bot.say("o1", "不想学理财")
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "buy", NOON)
    reader = Reader(bot, "o1")
    assert reader.get("/me").status_code == 200
    return bot, reader


def test_it_shows_what_is_owned_and_what_is_known_with_the_reasons(known: tuple[Bot, Reader]) -> None:
    page = known[1].get("/me").text
    assert 'href="/a/run-30"' in page and "从喘到跑" in page
    assert "因为你问过「夜跑」" in page and "你说过不要" in page
    assert "o1" not in page


def test_a_forgotten_interest_is_gone_from_the_page_and_the_answers(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    for tag in ("跑步", "健身"):
        assert reader.post("/me/forget", {"tag": tag}).json == {"tag": tag}
    page = reader.get("/me").text
    assert 'data-tag="跑步"' not in page and "夜跑" not in page and 'data-tag="理财"' in page
    assert "跑步" not in bot.say("o1", "我的").text
    assert reader.post("/me/forget", {"tag": "跑步"}).status_code == 404


def test_the_switch_stops_and_resumes_personalisation(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    assert reader.post("/me/personalisation", {"on": False}).json == {"on": False}
    assert "关闭了个性化" in bot.say("o1", "我的").text
    assert 'id="personal">' in reader.get("/me").text
    reader.post("/me/personalisation", {"on": True})
    assert "关闭了个性化" not in bot.say("o1", "我的").text
    assert 'id="personal" checked>' in reader.get("/me").text


def test_nobody_sees_or_changes_what_is_anothers(known: tuple[Bot, Reader]) -> None:
    bot, _ = known
    for other in (Reader(bot, "o2"), Reader(bot)):
        page = other.get("/me").text
        assert "run-30" not in page and "夜跑" not in page
        assert other.post("/me/forget", {"tag": "跑步"}).status_code in (403, 404)
    assert bot.weights("o1")["跑步"] > 0


@pytest.mark.parametrize("path", ["/me/forget", "/me/personalisation"])
def test_without_the_token_nothing_changes(known: tuple[Bot, Reader], path: str) -> None:
    bot, reader = known
    before = bot.everything()
    answer = reader.post(path, {"tag": "跑步", "on": False}, token="")
    assert answer.status_code == 403 and set(answer.json) == {"error"}
    assert bot.everything() == before


@pytest.mark.parametrize("sent", [{}, {"on": "no"}, {"on": None}, {"tag": 5}, {"tag": ["x"]}])
def test_what_makes_no_sense_is_refused(known: tuple[Bot, Reader], sent: dict[str, object]) -> None:
    bot, reader = known
    before = bot.everything()
    assert reader.post("/me/personalisation", sent).status_code == 400
    assert reader.post("/me/forget", sent).status_code in (400, 404)
    assert bot.everything() == before


def test_in_wechat_it_signs_in_first_and_a_guest_is_told(bot: Bot) -> None:
    guest = Reader(bot, agent=WECHAT)
    assert guest.get("/me").location == "/oauth/start?next=%2Fme"
    assert "没有登录成功" in guest.get("/me?guest=1").text


def test_tags_are_escaped(bot: Bot) -> None:
    bot.say("o1", "夜跑")
    with bot.store.write() as tx:
        from domain.answer import Lesson
        from storage import interests

        interests.learn(tx, "o1", [Lesson("<b>'\"", 3.0, "ask", "<script>")], NOON)
    page = Reader(bot, "o1").get("/me").text
    assert "<b>" not in page and '<script>"' not in page and "&lt;b&gt;" in page


def owed(bot: Bot, buyer: str, title: str) -> None:
    with bot.store.write() as tx:
        assert orders.add(tx, an_order("order0001", buyer=buyer, title=title, state="paid", paid_at=NOON))
        assert deliveries.owe(tx, "receipt", buyer, "order0001", "run-30", NOON, NOON)


def test_a_receipt_that_no_channel_could_carry_is_read_here_once(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    owed(bot, "o1", "从喘到<b>跑")
    other = Reader(bot, "o2").get("/me").text
    first, second = reader.get("/me").text, reader.get("/me").text
    assert "付款成功" not in other
    assert "付款成功：「从喘到＜b＞跑」¥9.90" in first and 'href="https://read.example.cn/a/run-30"' in first
    assert "付款成功" not in second and "付款成功" not in bot.say("o1", "推荐").words
    assert [row["state"] for row in bot.rows("deliveries")] == ["shown"]


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as made:
        yield made


def test_what_is_in_its_cooling_off_time_is_returned_with_two_taps(shop: Shop) -> None:
    order = shop.buy()
    reader, stranger = Reader(shop.bot, CHEN), Reader(shop.bot, "oSomebodyElse")
    assert "st-me__return" not in reader.get("/me").text, "an article has no cooling-off time"
    refused = reader.post("/me/return", {"order_no": order.order_no})
    assert refused.status_code == 409 and "人工" in refused.json["error"]
    with shop.bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update orders set kind = 'course'")
    assert f'data-order="{order.order_no}"' in reader.get("/me").text
    stranger.get("/me")
    assert stranger.post("/me/return", {"order_no": order.order_no}).status_code == 409
    assert reader.post("/me/return", {"order_no": order.order_no}).json == {"ok": True}
    assert reader.post("/me/return", {"order_no": order.order_no}).status_code == 409
    shop.advance(61)
    assert shop.row(order).state == REFUNDED and not shop.owned()
    page = reader.get("/me").text
    assert "st-me__return" not in page and 'href="/a/run-30"' not in page
