"""A retry of WeChat, a concurrent one and one after a restart hear the same words and leave one row."""

import threading
from typing import Any

import pytest
from bot_in_process import AES_KEY, NOON, Bot

from flows.tidy_up import forget_old_replies

ALONE = [
    pytest.param(lambda bot: bot.message("o1", Content="跑步"), id="question"),
    pytest.param(lambda bot: bot.message("o1", Content="不想学理财"), id="refusal"),
    pytest.param(lambda bot: bot.message("o1", "image", PicUrl="http://p", MediaId="1"), id="picture"),
    pytest.param(lambda bot: bot.event_fields("o1", "CLICK", "RECOMMEND"), id="tap"),
    pytest.param(lambda bot: bot.event_fields("o1", "subscribe", "qrscene_7"), id="follow"),
    pytest.param(lambda bot: bot.event_fields("o1", "unsubscribe"), id="unfollow"),
    pytest.param(lambda bot: bot.event_fields("o1", "SCAN", "7"), id="scan"),
    pytest.param(lambda bot: bot.message("o1", Content="人工"), id="hand-over"),
    pytest.param(lambda bot: bot.message("o1", "notsure"), id="unknown"),
]


@pytest.mark.parametrize("make", ALONE)
def test_three_times_one_after_the_other(bot: Bot, make: Any) -> None:
    fields = make(bot)
    heard = []
    for n in range(3):
        heard.append(bot.push(fields, nonce=f"nonce{n}").raw)  # a retry with fresh timestamp and nonce too
        bot.clock.now += 5
    assert len(set(heard)) == 1
    assert len(bot.rows("behaviours")) == 1
    scores = bot.weights("o1")
    other = bot.event("o2", "CLICK", "RECOMMEND")
    assert other.status == 200 and bot.weights("o1") == scores


@pytest.mark.parametrize("make", ALONE)
def test_from_eight_threads_at_once(bot: Bot, make: Any) -> None:
    fields, heard, start = make(bot), [], threading.Barrier(8)

    def push(n: int) -> None:
        start.wait()
        heard.append(bot.push(fields, nonce=str(n)).raw)

    threads = [threading.Thread(target=push, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 8 and len(set(heard)) == 1
    assert len(bot.rows("behaviours")) == 1
    assert len({row["behaviour_id"] for row in bot.rows("exposures")}) <= 1
    assert len(bot.rows("exposures")) in (0, 1, 3)


@pytest.mark.parametrize("make", ALONE)
def test_after_a_restart(bot: Bot, make: Any) -> None:
    fields = make(bot)
    first = bot.push(fields)
    again = bot.restarted()
    again.clock.now += 5
    assert again.push(fields).raw == first.raw
    assert len(again.rows("behaviours")) == 1


def test_a_sealed_retry_holds_the_same_words(workshop: Any) -> None:
    bot = workshop.bot(WECHAT_AES_KEY=AES_KEY)
    fields = bot.message("o1", Content="跑步")
    first, second = bot.push(fields), bot.push(fields)
    assert first.xml == second.xml and first.raw != second.raw
    assert len(bot.rows("behaviours")) == 1


def test_a_lesson_is_learned_once(bot: Bot, workshop: Any) -> None:
    once, fields = workshop.bot(), bot.message("o1", Content="跑步")
    once.push(fields)
    for _ in range(3):
        bot.push(fields)
    assert bot.weights("o1") == pytest.approx(once.weights("o1"))


def test_two_different_events_in_one_second_are_two(bot: Bot) -> None:
    for event, key in (("CLICK", "RECOMMEND"), ("CLICK", "MINE"), ("VIEW", "https://a"), ("VIEW", "https://b")):
        bot.push(bot.event_fields("o1", event, key))
    bot.push(bot.event_fields("o2", "CLICK", "MINE"))
    assert len(bot.rows("behaviours")) == 5


def test_the_same_event_a_second_later_is_another(bot: Bot) -> None:
    assert bot.event("o1", "CLICK", "MINE").status == bot.event("o1", "CLICK", "MINE").status == 200
    assert len(bot.rows("behaviours")) == 2


def test_two_reports_in_one_second_are_two(bot: Bot) -> None:
    for number in ("1", "2", "2"):
        bot.push(bot.event_fields("o1", "TEMPLATESENDJOBFINISH", MsgID=number, Status="success"))
    assert len(bot.rows("platform_reports")) == 2


def test_a_number_of_a_message_is_one_followers(bot: Bot) -> None:
    """The same MsgId from two followers is no retry."""
    fields = bot.message("o1", Content="跑步")
    first = bot.push(fields)
    second = bot.push({**fields, "FromUserName": "o2", "Content": "在吗"})
    assert second.words == "一直在" and first.fields["ToUserName"] == "o1"
    assert [row["openid"] for row in bot.rows("behaviours")] == ["o1", "o2"]


@pytest.mark.parametrize("number", ["9" * 39, "9" * 40, "9" * 4_000, "abc", "0"])
def test_strange_numbers_of_messages(bot: Bot, number: str) -> None:
    fields = {**bot.message("o1", Content="在吗"), "MsgId": number}
    assert bot.push(fields).raw == bot.push(fields).raw
    (kept,) = bot.rows("behaviours")
    assert len(kept["id"]) <= 64


def test_videos_without_a_number_are_told_apart_by_their_media(bot: Bot) -> None:
    for media in ("a", "b", "b"):
        fields = bot.message("o1", "video", MediaId=media)
        del fields["MsgId"]
        bot.push(fields)
    assert len(bot.rows("behaviours")) == 2


def test_the_words_are_kept_for_a_day_and_the_row_for_good(bot: Bot) -> None:
    fields = bot.message("o1", Content="在吗")
    first = bot.push(fields)
    forget_old_replies(bot.store, NOON + 86_399)
    assert bot.push(fields).raw == first.raw
    forget_old_replies(bot.store, NOON + 86_401)
    bot.clock.now += 86_401
    assert bot.push(fields).silent
    assert len(bot.rows("behaviours")) == 1


def test_confirming_an_erasure_from_eight_threads(bot: Bot) -> None:
    bot.say("o1", "跑步")
    bot.say("o1", "删除我的数据")
    fields, heard, start = bot.message("o1", Content="确认删除"), [], threading.Barrier(8)

    def push() -> None:
        start.wait()
        heard.append(bot.push(fields).words)

    threads = [threading.Thread(target=push) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(heard) == {"已全部删除。以后我们就像第一次见面。"}
    assert [row["text"] for row in bot.rows("behaviours")] == ["确认删除"]
