"""What followers ask and no item answers is kept for the writers; small talk and refusals are not."""

from __future__ import annotations

import pytest
from bot_in_process import Bot, Workshop

from catalog.sentences import SENTENCES


def kept(bot: Bot) -> list[str]:
    return [row["words"] for row in bot.rows("unanswered")]


@pytest.mark.parametrize(
    "words", ["有没有讲法语的文章", "法语", "想学吉他，给我推荐一篇", "红烧肉怎么做才不腻？", "PS抠图"]
)
def test_a_question_that_no_item_answers_is_kept_and_answered_kindly(real_bot: Bot, words: str) -> None:
    heard = real_bot.say("o1", words)
    assert len(heard.slugs) == 3
    (row,) = real_bot.rows("unanswered")
    (asked,) = real_bot.rows("behaviours", kind="message")
    assert (row["openid"], row["words"], row["id"], row["at"]) == ("o1", words, asked["id"], asked["at"])


@pytest.mark.parametrize(
    "words", ["跑步", "跑步怎么入门", "川西自驾攻略", "同一个问题怎样让AI答得好用", "发票怎么开", "想学理财"]
)
def test_what_an_item_or_a_reply_answers_is_not_kept(real_bot: Bot, words: str) -> None:
    real_bot.say("o1", words)
    assert kept(real_bot) == []


def test_a_tag_of_every_subject_does_not_answer_a_question_about_another_subject(real_bot: Bot) -> None:
    assert real_bot.say("o1", "法语怎么入门").slugs
    assert kept(real_bot) == ["法语怎么入门"]


@pytest.mark.parametrize(
    "words",
    ["在吗", "早上好", "谢谢老师", "哈哈哈哈哈", "嗯嗯", "好的收到", "[微笑][强]", "/::)", "😀😀", "13812345678", "?",
     "晚安", "不想学法语", "别再推吉他了", "推荐", "换一披", "帮助", "99", "ok", "你是谁啊", "aaaa", "今天天气不错"],
)  # fmt: skip
def test_small_talk_refusals_and_commands_are_no_questions(real_bot: Bot, words: str) -> None:
    real_bot.say("o1", words)
    assert kept(real_bot) == []


def test_an_empty_shelf_keeps_what_was_asked(workshop: Workshop) -> None:
    bot = workshop.bot(workshop.catalog({}))
    assert bot.say("o1", "有没有跑步的文章").words == SENTENCES["empty_shelf"]
    assert kept(bot) == ["有没有跑步的文章"]
    bot.close()


def test_a_retry_is_one_question(real_bot: Bot) -> None:
    push = real_bot.message("o1", Content="有没有法语的文章")
    assert real_bot.push(push).words == real_bot.push(push).words
    assert len(kept(real_bot)) == 1


def test_what_was_asked_goes_with_the_follower(real_bot: Bot) -> None:
    for words in ("法语", "删除我的数据", "确认删除"):
        real_bot.say("o1", words)
    assert kept(real_bot) == []
