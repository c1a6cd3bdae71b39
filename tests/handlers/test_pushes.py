"""退订 and 恢复订阅: what is stopped, what stays, and what is only a question."""

from __future__ import annotations

import pytest
from bot_in_process import Bot

from catalog.sentences import SENTENCES


def stopped(bot: Bot) -> set[str]:
    return {row["topic"] for row in bot.rows("opt_outs", openid="o1")}


@pytest.mark.parametrize(
    "words",
    [
        "退订", "退订！", "TD", "t", "退定", "退訂", "我要退订", "取消订阅", "别推送了", "不要再给我推送了",
        "不要再给我发消息了", "别打扰我", "请不要再打扰我了！", "不想再收到你们的消息", "别再发垃圾广告了",
        "停止发送消息", "能不能别给我发消息", "别烦我", "不要骚扰我", "不想收到推送", "不要发广告",
        "退订全部", "全部退订",
    ],
)  # fmt: skip
def test_who_wants_no_pushes_is_understood_and_told_what_stays(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).words == SENTENCES["stopped_all"]
    assert stopped(bot) == {""}
    assert "收据" in SENTENCES["stopped_all"] and "恢复订阅" in SENTENCES["stopped_all"]


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        ("退订 理财", {"理财"}), ("退订理财", {"理财"}), ("退订 投资", {"理财"}), ("TD 健身", {"健身"}),
        ("取消订阅 健身", {"健身"}), ("退订健身和理财", {"健身", "理财"}), ("退订健身、跑步", {"健身", "跑步"}),
        ("退订理财的内容", {"理财"}), ("退订理财方面的推送", {"理财"}), ("退订理财了", {"理财"}),
        ("退订 星座", {"星座"}), ("退订人工智能", {"人工智能"}),
    ],
)  # fmt: skip
def test_one_topic_is_stopped_and_the_others_stay(bot: Bot, words: str, topics: set[str]) -> None:
    told = bot.say("o1", words).words
    assert stopped(bot) == topics
    assert "别的照旧" in told and all(f"{topic}" in told for topic in topics)


@pytest.mark.parametrize("words", ["退订投资怎么收费", "退订拿铁", "退订健身和别的", "退订的", "怎样才能退订机票"])
def test_what_names_no_topic_of_ours_is_a_question(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).words
    assert stopped(bot) == set()


@pytest.mark.parametrize(
    "words",
    [
        "不要打扰孩子睡觉", "怎么不打扰别人", "别发火", "不要发朋友圈", "不发消息给他", "我不发消息",
        "别给我发理财的消息", "不想收到骚扰电话怎么办", "手机总收到广告", "不想看到他", "别人打扰我怎么办",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_stops_nothing(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).words != SENTENCES["stopped_all"]
    assert stopped(bot) == set()


@pytest.mark.parametrize("words", ["怎么退订", "如何退订？", "怎么取消推送", "怎么关闭推送"])
def test_who_asks_how_is_told_and_nothing_is_stopped(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).words == SENTENCES["how_to_stop"]
    assert stopped(bot) == set()


def test_everything_comes_back_at_once(bot: Bot) -> None:
    for words in ("退订", "退订 理财", "退订 健身"):
        bot.say("o1", words)
    assert stopped(bot) == {"", "理财", "健身"}
    assert bot.say("o1", "恢复订阅").words == SENTENCES["resumed"]
    assert stopped(bot) == set()


@pytest.mark.parametrize(
    "words", ["恢复 理财", "恢复理财", "恢复订阅 理财", "恢复订阅理财", "重新订阅理财", "恢复理财的推送"]
)
def test_one_topic_comes_back_alone(bot: Bot, words: str) -> None:
    bot.say("o1", "退订 理财")
    bot.say("o1", "退订 健身")
    assert "已恢复「理财」" in bot.say("o1", words).words
    assert stopped(bot) == {"健身"}


def test_a_topic_that_comes_back_while_everything_is_stopped_is_told_so(bot: Bot) -> None:
    bot.say("o1", "退订")
    told = bot.say("o1", "恢复订阅 理财").words
    assert "你退订的是全部推送" in told and stopped(bot) == {""}
    assert bot.say("o1", "退订 理财").words == SENTENCES["stopped_all"]
    assert "你退订的是全部推送" in bot.say("o1", "恢复 理财").words
    assert stopped(bot) == {""}


def test_to_recover_is_no_resuming_for_who_opted_out_of_nothing(bot: Bot) -> None:
    heard = bot.say("o1", "恢复 健身")
    assert heard.slugs and "已恢复" not in heard.words
