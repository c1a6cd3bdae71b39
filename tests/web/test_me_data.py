"""/me: a copy of everything held about a follower, and having it erased, without asking anybody."""

from __future__ import annotations

import json

import pytest
from bot_in_process import DATA_KEY, NOON, Bot
from shop_at_hand import an_order

from domain.ids import handle
from flows.own_data import MOST_A_DAY
from storage import entitlements, evidence, orders
from storage.vault import Vault
from tests.web.signed_in import SITE, Reader


@pytest.fixture
def known(bot: Bot) -> tuple[Bot, Reader]:
    """A follower who asked, told of themselves and owns something, at /me."""
    bot.say("o1", "夜跑")
    bot.say("o1", "我是30岁的男工程师")
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "buy", NOON)
    reader = Reader(bot, "o1")
    reader.get("/me")
    return bot, reader


def test_a_copy_of_everything_held_is_downloaded_by_who_is_signed_in_alone(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    answer = reader.get("/me/export")
    held = json.loads(answer.text)
    assert answer.headers["Content-Disposition"] == "attachment; filename=shutong-my-data.json"
    assert answer.mimetype == "application/json" and answer.headers["Cache-Control"] == "no-store"
    assert held["openid"] == "o1" and held["summary"]["about"]["age"] == 30 and "夜跑" in answer.text
    assert {row["openid"] for row in held["tables"]["behaviours"]} == {"o1"}
    assert [row["who"] for row in bot.rows("console_acts", act="follower_exported")] == ["读者本人"]
    assert Reader(bot).get("/me/export").location == "/me"
    other = Reader(bot, "o2").get("/me/export")
    assert other.status_code == 404 and "夜跑" not in other.text and set(other.json) == {"error"}
    assert reader.browser.post("/me/export", base_url=SITE).status_code == 405


def test_a_copy_holds_nothing_of_whoever_else_paid(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    hidden = Vault([DATA_KEY]).hide('{"payer": "oSomebodyElse"}')
    with bot.store.write() as tx:
        orders.add(tx, an_order("order0001", buyer="o1"))
        evidence.keep(tx, "e1", hidden, NOON, "order0001", "notify", "wrong_payer", "4200001", 990)
    text = reader.get("/me/export").text
    assert "order0001" in text and "oSomebodyElse" not in text


def test_copies_are_not_made_without_end(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    answers = [reader.get("/me/export").status_code for _ in range(MOST_A_DAY + 2)]
    assert answers == [200] * MOST_A_DAY + [429] * 2
    bot.clock.now += 86_401
    assert reader.get("/me/export").status_code == 200


def test_a_copy_that_no_key_reads_is_told_so(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    with bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update followers set about = 'not encrypted by us'")
    answer = reader.get("/me/export")
    assert answer.status_code == 503 and "人工" in answer.json["error"]


def test_all_is_erased_when_they_are_sure_and_what_was_bought_stays(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    for sent in ({}, {"sure": False}, {"sure": "true"}, {"sure": 1}):
        assert reader.post("/me/erase", sent).status_code == 400
    assert bot.rows("interests", openid="o1")
    assert reader.post("/me/erase", {"sure": True}).json == {"ok": True}
    assert not bot.rows("interests", openid="o1") and not bot.rows("behaviours", openid="o1")
    page = reader.get("/me").text
    assert 'href="/a/run-30"' in page and "工程师" not in page and "还不知道你喜欢什么" in page
    acts = bot.rows("console_acts", act="follower_erased")
    assert [(row["who"], row["about"]) for row in acts] == [("读者本人", handle("o1"))]


def test_nobody_erases_another_and_no_other_site_erases_anybody(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    before = bot.rows("behaviours", openid="o1")
    for other in (Reader(bot, "o2"), Reader(bot)):
        other.get("/me")
        other.post("/me/erase", {"sure": True})
    assert reader.post("/me/erase", {"sure": True}, token="").status_code == 403
    assert reader.post("/me/erase", {"sure": True}, token="0" * 64).status_code == 403
    assert bot.rows("behaviours", openid="o1") == before
