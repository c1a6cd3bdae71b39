"""Coupons, claim codes and questions about paying, as a follower types them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from bot_in_process import NOON, SECRET_KEY, SHOP, Bot, Workshop

from catalog.load import Catalog
from domain.claim import ClaimCodes
from domain.order import WAITING, Order
from flows.claim_purchase import claim_code
from storage import coupons, entitlements, orders

COUPONS = """EIGHTY: {title: 全场八折, percent_off: 20}
RUN3: {title: 跑步立减, off: 3.00, tags: [跑步], until: 2026-11-30}
PAST1: {title: 去年的券, off: 1.00, until: 2025-12-31}
"""
READER = "r:0123456789abcdef"


@pytest.fixture(scope="module")
def shop(workshop: Workshop) -> Catalog:
    return workshop.catalog({**SHOP, "coupons.yaml": COUPONS})


@pytest.fixture
def bot(workshop: Workshop, shop: Catalog) -> Iterator[Bot]:
    made = workshop.bot(shop)
    yield made
    made.store.close()


def order(bot: Bot, number: str, buyer: str, slug: str, **more: object) -> Order:
    made = Order(
        number, buyer, "", slug, "article", slug, 990, 990, "", "jsapi", "", "{}", "", WAITING, NOON, NOON + 1800
    )
    made = dataclasses.replace(made, **more)  # type: ignore[arg-type]
    with bot.store.write() as tx:
        assert orders.add(tx, made)
    return made


@pytest.mark.parametrize("said", ["EIGHTY", "eighty", "优惠券 EIGHTY", "优惠券：eighty", "ＥＩＧＨＴＹ"])
def test_a_typed_code_is_kept_and_prices_are_shown_after_it(said: str, bot: Bot) -> None:
    if not said.isascii() and "优惠" not in said:
        said = "优惠券EIGHTY"
    heard = bot.say("o1", said)
    assert "全场八折」收好了：减 20%" in heard.words
    assert len(heard.slugs) == 3 and heard.words.count("（券后，原价 ¥") == 3
    assert [row["code"] for row in bot.rows("coupons_held", buyer="o1")] == ["EIGHTY"]


def test_later_lists_show_the_price_that_will_be_charged_and_others_see_the_shelf_s(bot: Bot) -> None:
    bot.say("o1", "RUN3")
    assert "¥6.90（券后，原价 ¥9.90）" in bot.say("o1", "跑步").words
    assert "¥9.90" in bot.say("o2", "跑步").words and "券后" not in bot.say("o2", "推荐").words


def test_a_coupon_for_running_offers_running(bot: Bot) -> None:
    heard = bot.say("o1", "RUN3")
    assert heard.slugs == ["run-30"] and "11 月 30 日为止" in heard.words


def test_a_code_typed_twice_is_held_once_and_a_retry_counts_once(bot: Bot) -> None:
    first, second = bot.say("o1", "EIGHTY"), bot.say("o1", "EIGHTY")
    assert "收好了" in first.words and "收好了" in second.words
    assert len(bot.rows("coupons_held")) == 1


def test_a_code_that_is_over_used_up_or_unknown_is_told_so(bot: Bot) -> None:
    assert "已经过期" in bot.say("o1", "PAST1").words
    assert "没有「NOPE77」这张券" in bot.say("o1", "优惠券 NOPE77").words
    with bot.store.write() as tx:
        coupons.use(tx, "EIGHTY", "o1", 1, "N1", NOON)
    assert "已经用过" in bot.say("o1", "eighty").words
    assert bot.rows("coupons_held") == []


def test_other_words_in_letters_are_searched_as_ever(bot: Bot) -> None:
    assert "没有「" not in bot.say("o1", "python").words
    assert bot.say("o1", "NOPE77").status == 200


def test_the_coupons_that_can_be_used_are_listed(bot: Bot) -> None:
    assert "没有能用的优惠券" in bot.say("o1", "优惠券").words
    for code in ("EIGHTY", "RUN3"):
        bot.say("o1", code)
    heard = bot.say("o1", "我的优惠券").words
    assert "全场八折（减 20%）" in heard and "跑步立减（减 ¥3.00，11 月 30 日为止）" in heard
    with bot.store.write() as tx:
        coupons.use(tx, "EIGHTY", "o1", 1, "N1", NOON)
    assert "全场八折" not in bot.say("o1", "优惠券").words


def test_what_is_owned_is_listed_with_links_and_what_waits_for_money_beneath(bot: Bot) -> None:
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "order:N0", NOON)
    order(bot, "N1", "o1", "ai-ask")
    order(bot, "N2", "o1", "one-bag", expires_at=NOON - 1)
    order(bot, "N3", "o1", "dumbbell", superseded=True)
    heard = bot.say("o1", "已购")
    assert '<a href="https://read.example.cn/a/run-30">从喘到跑</a>' in heard.text
    assert "还没付款" in heard.words and '/a/ai-ask">怎样向机器提问</a>' in heard.text
    assert "one-bag" not in heard.text and "dumbbell" not in heard.text
    assert "还没付款" not in bot.say("o2", "已购").words


@pytest.mark.parametrize("said", ["怎么付款", "付款失败", "付了款看不了", "怎么买"])
def test_questions_about_paying_are_answered_with_where_one_stands(said: str, bot: Bot) -> None:
    order(bot, "N1", "o1", "ai-ask")
    heard = bot.say("o1", said)
    assert "微信支付" in heard.words and "怎样向机器提问" in heard.words


def test_money_back_is_a_matter_for_a_person(bot: Bot) -> None:
    assert "人工" in bot.say("o1", "我要退款").words


def bought_elsewhere(bot: Bot) -> str:
    with bot.store.write() as tx:
        entitlements.grant(tx, READER, "run-30", "order:N1", NOON)
        coupons.hold(tx, READER, "EIGHTY", NOON)
        coupons.use(tx, "EIGHTY", READER, 1, "N1", NOON)
    order(bot, "N1", READER, "run-30")
    return claim_code(bot.store, ClaimCodes(SECRET_KEY), READER, NOON)


@pytest.mark.parametrize("how", ["{}", "领取 {}", "领取码{}"])
def test_a_claim_code_moves_what_was_bought_in_another_browser(how: str, bot: Bot) -> None:
    code = bought_elsewhere(bot)
    heard = bot.say("o1", how.format(code) if how != "领取码{}" else f"领取：{code}")
    assert "这些现在是你的" in heard.words and "从喘到跑" in heard.words
    assert "从喘到跑" in bot.say("o1", "已购").words
    assert [row["buyer"] for row in bot.rows("orders")] == ["o1"]
    assert "已经用过" in bot.say("o1", "EIGHTY").words, "the coupon's use moved too"


def test_a_claim_code_works_once_and_for_one(bot: Bot) -> None:
    code = bought_elsewhere(bot)
    bot.say("o1", code)
    assert "用过了" in bot.say("o2", f"领取 {code}").words
    assert "还没有买过" in bot.say("o2", "已购").words
    assert "不对" in bot.say("o2", "领取 ABCD2345").words


def test_a_claim_code_typed_before_the_money_is_known_is_not_used_up(bot: Bot) -> None:
    code = claim_code(bot.store, ClaimCodes(SECRET_KEY), READER, NOON)
    assert "还没有付过款" in bot.say("o1", f"领取 {code}").words
    with bot.store.write() as tx:
        entitlements.grant(tx, READER, "run-30", "order:N1", NOON)
    assert "这些现在是你的" in bot.say("o1", code).words
