"""别再推理财了: from then on no item of that subject is shown, whatever is asked, until they say that they like it."""

from __future__ import annotations

import pytest
from bot_in_process import Bot, Heard

WISH = "别再推理财了"
WAYS = (
    "推荐", "换一批", "换一批", "换一批", "换一批", "MENU:RECOMMEND", "MENU:MORE", "TAG:健身", "TAG:科技", "TAG:旅行",
    "TAG:理财", "怎么理财", "有没有基金的文章", "存钱有什么办法", "想学记账", "保险怎么买", "理财入门", "贷款划算吗",
    "今天随便聊聊", "看懂指数基金", "我喜欢旅行", "推荐", "SCAN", "FOLLOW", "推荐",
)  # fmt: skip


@pytest.fixture
def money(real_bot: Bot) -> set[str]:
    """The slugs of everything tagged 理财 in the content this program ships."""
    found = {slug for slug, item in real_bot.live.current.items.items() if "理财" in item.tags}
    assert len(found) >= 5
    return found


def act(bot: Bot, way: str) -> Heard:
    """Say it, tap it, scan, or leave and follow again."""
    if way == "SCAN":
        return bot.event("o1", "SCAN", "7")
    if way == "FOLLOW":
        bot.event("o1", "unsubscribe")
        return bot.event("o1", "subscribe")
    if way.isascii() or way.startswith("TAG:"):
        return bot.event("o1", "CLICK", way.removeprefix("MENU:"))
    return bot.say("o1", way)


@pytest.mark.parametrize("before", [(), ("理财", "我喜欢理财", "基金怎么买")])
@pytest.mark.parametrize("days", [0, 400])
def test_none_of_it_is_shown_whatever_is_asked(
    real_bot: Bot, money: set[str], before: tuple[str, ...], days: int
) -> None:
    for words in before:
        real_bot.say("o1", words)
    assert not money & set(real_bot.say("o1", WISH).slugs)
    real_bot.clock.now += days * 86_400
    seen: set[str] = set()
    for way in WAYS:
        heard = act(real_bot, way)
        assert heard.words and not money & set(heard.slugs), way
        seen |= set(heard.slugs)
        real_bot.clock.now += 61
    assert len(seen) > 10, "other subjects were shown meanwhile"


def test_it_holds_without_personalisation_too_and_can_be_taken_back_there(real_bot: Bot, money: set[str]) -> None:
    real_bot.say("o1", WISH)
    real_bot.say("o1", "关闭个性化")
    for way in WAYS:
        assert not money & set(act(real_bot, way).slugs), way
    assert money & set(real_bot.say("o1", "我喜欢理财").slugs)
    assert money & set(real_bot.say("o1", "怎么理财").slugs)
    assert not real_bot.rows("interests", openid="o1", tag="理财")[0]["score"], "nothing else was learned of it"


@pytest.mark.parametrize("words", ["我喜欢理财", "忘记理财"])
def test_it_ends_when_they_say_so(real_bot: Bot, money: set[str], words: str) -> None:
    real_bot.say("o1", WISH)
    real_bot.say("o1", words)
    assert money & set(real_bot.say("o1", "怎么理财").slugs)


@pytest.mark.parametrize("way", ["怎么理财", "TAG:理财"])
def test_who_asks_for_it_all_the_same_is_told_why_there_is_none(real_bot: Bot, way: str) -> None:
    real_bot.say("o1", WISH)
    heard = act(real_bot, way)
    assert "你说过不要再推「理财」" in heard.words and "我喜欢理财" in heard.words


@pytest.mark.parametrize("way", ["基金", "有没有保险的文章", "我喜欢基金"])
def test_who_asks_for_a_part_of_it_is_told_why_there_is_none(real_bot: Bot, money: set[str], way: str) -> None:
    real_bot.say("o1", WISH)
    heard = real_bot.say("o1", way)
    assert "你说过不要再推「理财」" in heard.words and not money & set(heard.slugs)


def test_of_two_messages_at_the_same_moment_the_refusal_stands(real_bot: Bot, money: set[str]) -> None:
    real_bot.push(real_bot.message("o1", Content="我喜欢理财"))
    real_bot.push(real_bot.message("o1", Content=WISH))
    assert not money & set(real_bot.say("o1", "推荐").slugs)


def test_a_double_tap_on_the_menu_teaches_once(real_bot: Bot) -> None:
    fields = real_bot.event_fields("o1", "CLICK", "TAG:健身")
    real_bot.push(fields)
    once = real_bot.weights("o1")["健身"]
    for later in (0, 1, 2):
        real_bot.clock.now += 1
        real_bot.push(real_bot.event_fields("o1", "CLICK", "TAG:健身") | {"CreateTime": fields["CreateTime"] + later})
    assert real_bot.weights("o1")["健身"] == once
    assert [bool(row["taught"]) for row in real_bot.rows("behaviours", openid="o1")].count(True) == 1
    real_bot.clock.now += 61
    real_bot.push(real_bot.event_fields("o1", "CLICK", "TAG:健身"))
    assert real_bot.weights("o1")["健身"] > once


def test_the_same_question_a_hundred_times_teaches_once(real_bot: Bot) -> None:
    real_bot.say("o1", "有没有跑步的文章")
    once = real_bot.weights("o1")
    for _ in range(99):
        real_bot.clock.now -= 2  # every one at the same moment
        real_bot.say("o1", "有没有跑步的文章")
    assert real_bot.weights("o1") == once


def test_a_liking_said_twice_is_confirmed_twice_and_taught_once(real_bot: Bot) -> None:
    for _ in range(2):
        assert real_bot.say("o1", "我喜欢旅行").words.startswith("记下了，你喜欢「旅行」")
    assert sum(bool(row["taught"]) for row in real_bot.rows("behaviours", openid="o1")) == 1
