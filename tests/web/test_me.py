"""/me: what one owns, what is known and why, and how to have it forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bot_in_process import NOON, Bot, Workshop
from shop_at_hand import CHEN, Shop, an_order, shop_at_hand

from domain.answer import Lesson
from domain.interests import STRENGTHS, grown
from domain.order import REFUNDED
from flows import react_to_item
from flows.choose_interests import MOST_A_DAY
from flows.know_follower import know
from storage import deliveries, entitlements, interests, orders
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
        other.post("/me/choose", {"tag": "跑步", "wanted": False})
        other.post("/me/forget-all")
        other.post("/me/erase", {"sure": True})
    assert bot.weights("o1")["跑步"] > 0


def likings(page: str) -> list[str]:
    """The tags under 我记得你感兴趣的, those refused last."""
    return re.findall(r'st-me__interest" data-tag="([^"]*)"', page)


def test_a_subject_chosen_by_a_tap_is_liked_with_its_reason_and_offered_no_more(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    before = reader.get("/me").text
    assert 'class="st-me__choice" type="button" aria-pressed="false" data-tag="美食"' in before
    assert 'st-me__choice" type="button" aria-pressed="false" data-tag="健身"' not in before, "known already"
    for _ in range(3):  # a double tap is one tap
        assert reader.post("/me/choose", {"tag": "美食", "wanted": True}).json == {"tag": "美食", "wanted": True}
    page = reader.get("/me").text
    assert "因为你说过喜欢「美食」" in page and "美食" in likings(page)
    assert 'st-me__choice" type="button" aria-pressed="false" data-tag="美食"' not in page
    assert bot.weights("o1")["美食"] == pytest.approx(grown(STRENGTHS["like"], int(bot.clock.now)))
    assert len(bot.rows("behaviours", kind="choice")) == 1
    assert "手冲咖啡" in bot.say("o1", "推荐").words


def test_a_refusal_by_a_tap_holds_whatever_was_liked_before_and_a_choice_turns_it_back(
    known: tuple[Bot, Reader],
) -> None:
    bot, reader = known
    for _ in range(5):
        bot.say("o1", "夜跑")
    assert reader.post("/me/choose", {"tag": "跑步", "wanted": False}).status_code == 200
    page = reader.get("/me").text
    assert bot.weights("o1")["跑步"] < 0 and page.count("你说过不要") == 2 and "跑步" in likings(page)[-2:]
    bot.say("o1", "夜跑")
    assert bot.weights("o1")["跑步"] < 0, "no question outweighs it"
    bot.clock.now += 1
    assert reader.post("/me/choose", {"tag": "跑步", "wanted": True}).status_code == 200
    assert bot.weights("o1")["跑步"] > 0 and "因为你说过喜欢「跑步」" in reader.get("/me").text


def test_all_forgotten_is_like_the_first_day_but_what_was_bought_stays(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    react_to_item.like(bot.store, "o1", bot.live.current.items["stretch"], True, int(bot.clock.now))
    assert reader.post("/me/forget-all").json == {"ok": True}
    page = reader.get("/me").text
    assert not likings(page) and "还不知道你喜欢什么" in page and 'href="/a/run-30"' in page
    assert not any(bot.weights("o1").values()) and not know(bot.store, "o1", int(bot.clock.now)).follower.engaged.get(
        "stretch"
    )
    bot.clock.now += 1
    bot.say("o1", "夜跑")
    assert likings(reader.get("/me").text)[0] == "跑步", "and it learns anew"


def test_with_personalisation_off_nothing_liked_is_learned_but_a_refusal_is_taken(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    reader.post("/me/personalisation", {"on": False})
    before = bot.everything()
    answer = reader.post("/me/choose", {"tag": "美食", "wanted": True})
    assert answer.status_code == 409 and "按我的兴趣" in answer.json["error"] and bot.everything() == before
    assert reader.post("/me/choose", {"tag": "美食", "wanted": False}).status_code == 200
    assert bot.weights("o1")["美食"] < 0


def test_only_subjects_there_are_can_be_chosen_and_not_without_end(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    for tag in ("没有的主题", "", "<b>", "x" * 5_000):
        assert reader.post("/me/choose", {"tag": tag, "wanted": True}).status_code == 404
    answers = []
    for number in range(70):
        bot.clock.now += 1
        answers.append(reader.post("/me/choose", {"tag": "美食", "wanted": number % 2 == 0}).status_code)
    assert answers == [200] * MOST_A_DAY + [429, 200] * 5, "what is so already is no change"
    assert len(bot.rows("behaviours", kind="choice")) == MOST_A_DAY
    bot.clock.now += 86_401
    assert reader.post("/me/choose", {"tag": "美食", "wanted": True}).status_code == 200


def test_of_many_interests_the_weaker_are_folded_away(bot: Bot) -> None:
    with bot.store.write() as tx:
        interests.learn(tx, "o1", [Lesson(f"标签{n:02d}", 3.0 - n / 10, "ask", "词") for n in range(14)], NOON)
    page = Reader(bot, "o1").get("/me").text
    assert "还有 4 个" in page.partition("<details")[2] and page.index("标签09") < page.index("<details")
    assert page.index("<details") < page.index("标签10")


def test_what_they_told_of_themselves_is_shown_and_forgotten_one_by_one_or_all(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    assert "你告诉过我的" not in reader.get("/me").text
    bot.say("o1", "我是30岁的男工程师，我在成都")
    page = reader.get("/me").text
    assert all(words in page for words in ("30 岁", "工程师", "成都", "你告诉过我的"))
    assert reader.post("/me/facts/forget", {"name": "age"}).json == {"name": "age"}
    page = reader.get("/me").text
    assert "30 岁" not in page and "工程师" in page
    for name in ("age", "name", "", "x" * 999, "__class__"):
        assert reader.post("/me/facts/forget", {"name": name}).status_code == 404
    assert reader.post("/me/facts/forget-all").json == {"ok": True}
    assert "你告诉过我的" not in reader.get("/me").text and not bot.rows("followers", openid="o1")[0]["about"]
    assert reader.post("/me/facts/forget-all").json == {"ok": True}


def test_what_one_told_is_nobody_elses_to_see_or_forget(known: tuple[Bot, Reader]) -> None:
    bot, _ = known
    bot.say("o1", "我是30岁的男工程师")
    for other in (Reader(bot, "o2"), Reader(bot), Reader(bot, agent=WECHAT)):
        assert "工程师" not in other.get("/me?guest=1").text
        other.post("/me/facts/forget", {"name": "occupation"})
        other.post("/me/facts/forget-all")
    assert "工程师" in Reader(bot, "o1").get("/me").text


def test_facts_that_no_key_reads_do_not_take_the_page_away(known: tuple[Bot, Reader]) -> None:
    bot, reader = known
    with bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update followers set about = 'not encrypted by us'")
    page = reader.get("/me")
    assert page.status_code == 200 and "夜跑" in page.text


@pytest.mark.parametrize(
    "path",
    ["/me/facts/forget", "/me/facts/forget-all", "/me/forget", "/me/choose", "/me/forget-all", "/me/personalisation"],
)
def test_without_the_token_nothing_changes(known: tuple[Bot, Reader], path: str) -> None:
    bot, reader = known
    before = bot.everything()
    answer = reader.post(path, {"tag": "跑步", "on": False, "wanted": True, "sure": True}, token="")
    assert answer.status_code == 403 and set(answer.json) == {"error"}
    assert bot.everything() == before


@pytest.mark.parametrize("sent", [{}, {"on": "no"}, {"on": None}, {"tag": 5}, {"tag": ["x"]}])
def test_what_makes_no_sense_is_refused(known: tuple[Bot, Reader], sent: dict[str, object]) -> None:
    bot, reader = known
    before = bot.everything()
    assert reader.post("/me/personalisation", sent).status_code == 400
    assert reader.post("/me/forget", sent).status_code in (400, 404)
    assert reader.post("/me/choose", sent).status_code == 400
    assert bot.everything() == before


def test_in_wechat_it_signs_in_first_and_a_guest_is_told(bot: Bot) -> None:
    guest = Reader(bot, agent=WECHAT)
    assert guest.get("/me").location == "/oauth/start?next=%2Fme"
    assert "没有登录成功" in guest.get("/me?guest=1").text


def test_tags_are_escaped(bot: Bot) -> None:
    bot.say("o1", "夜跑")
    with bot.store.write() as tx:
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
