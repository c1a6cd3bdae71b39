"""A follower may switch personalisation off, and ask why something is thought of them (contract, section 5)."""

from __future__ import annotations

import pytest
from bot_in_process import NOON, Bot

from catalog.sentences import SENTENCES
from flows.know_follower import know
from flows.show_follower import show_follower
from storage import engagements

OFF, ON = "关闭个性化", "打开个性化"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (OFF, "personal_off"), ("關閉個性化", "personal_off"), ("请关闭个性化推荐", "personal_off"),
        ("关闭个姓化", "personal_off"), (ON, "personal_on"), ("開啟個性化", "personal_on"),
        ("打开个性化推荐", "personal_on"),
    ],
)  # fmt: skip
def test_it_is_confirmed(bot: Bot, words: str, sentence: str) -> None:
    assert bot.say("o1", words).words == SENTENCES[sentence]


def test_without_it_nothing_known_decides_and_nothing_is_claimed(bot: Bot) -> None:
    bot.say("stranger", OFF)
    assert set(bot.say("stranger", "有没有理财的文章").slugs) == set(bot.say("o1", "我喜欢理财").slugs)
    bot.say("o1", OFF)
    heard = bot.say("o1", "推荐")
    assert heard.slugs == bot.say("stranger", "推荐").slugs
    rows = bot.rows("exposures", policy="popular-2")
    assert len(rows) == 6 and not any("content" in row["terms"] or "together" in row["terms"] for row in rows)
    assert "因为你" not in heard.words and "不知道你的喜好" not in heard.words
    assert "没有在用你的兴趣" in bot.say("o1", "我的").words


def test_without_it_questions_are_answered_and_teach_nothing(bot: Bot) -> None:
    bot.say("o1", OFF)
    heard = bot.say("o1", "有没有跑步的文章")
    assert heard.slugs[0] == "run-30" and "因为你问到「跑步」" in heard.words
    liked = bot.say("o1", "我喜欢旅行")
    assert "记下了" not in liked.words and set(liked.slugs) & {"drive-far", "one-bag"}
    bot.event("o1", "CLICK", "TAG:健身")
    bot.get(heard.links[0])
    assert bot.weights("o1") == {}


def test_without_it_a_refusal_is_still_kept(bot: Bot) -> None:
    bot.say("o1", OFF)
    bot.say("o1", "不喜欢理财")
    for ask in ("推荐", "换一批", "换一批"):
        assert not {"index-fund", "emergency"} & set(bot.say("o1", ask).slugs)


def test_it_comes_back_with_what_was_known_before(bot: Bot) -> None:
    bot.say("o1", "我喜欢理财")
    for words in (OFF, "有没有跑步的文章", ON):
        bot.say("o1", words)
    assert set(bot.weights("o1")) == {"理财"}
    assert "因为你说过喜欢「理财」" in bot.say("o1", "推荐").words


def test_what_is_not_used_can_still_be_forgotten(bot: Bot) -> None:
    bot.say("o1", "我喜欢理财")
    bot.say("o1", OFF)
    assert bot.say("o1", "忘记理财").words == SENTENCES["forgotten"].format(tag="理财")


def test_pushes_and_personalisation_are_switched_apart(bot: Bot) -> None:
    def opted_out() -> list[str]:
        document = show_follower(bot.store, "o1", int(bot.clock.now), bot.settings.timezone, lambda about: {})
        assert document is not None
        return list(document["opted_out"])

    for words in (OFF, "退订", "退订 健身"):
        bot.say("o1", words)
    assert opted_out() == ["", "个性化", "健身"]
    bot.say("o1", "恢复订阅")
    assert opted_out() == ["个性化"]
    bot.say("o1", "退订")
    bot.say("o1", ON)
    assert opted_out() == [""]


@pytest.mark.parametrize(
    "words",
    [
        "为什么觉得我喜欢健身", "你为什么觉得我喜欢健身？", "为什么推健身", "为什么老给我推健身呢", "为什么是健身",
        "為什麼覺得我對健身感興趣",
    ],
)  # fmt: skip
def test_why_a_tag_is_answered_with_what_was_done(bot: Bot, words: str) -> None:
    bot.say("o1", "有没有跑步的文章")
    bot.say("o1", "我喜欢健身")
    before = bot.weights("o1")
    assert bot.say("o1", words).words == (
        "我记着「健身」，因为你说过喜欢「健身」，因为你问过「跑步」，也属于「健身」。不对就回复「忘记健身」。"
    )
    assert bot.weights("o1") == before


def test_why_a_tag_nobody_remembers(bot: Bot) -> None:
    assert bot.say("o1", "为什么觉得我喜欢理财").words == SENTENCES["not_known"].format(tag="理财")
    bot.say("o1", "理财")
    bot.say("o1", "忘记理财")
    assert bot.say("o1", "为什么觉得我喜欢理财").words == SENTENCES["not_known"].format(tag="理财")


@pytest.mark.parametrize("words", ["为什么跑步膝盖疼", "为什么推荐基金定投这种方式"])
def test_a_question_that_begins_with_why_stays_one(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).slugs


def test_several_subjects_at_once_are_liked_refused_and_forgotten(bot: Bot) -> None:
    assert bot.say("o1", "我喜欢跑步、理财和旅行").words.startswith("记下了，你喜欢「跑步、理财、旅行」")
    assert {"跑步", "理财", "旅行"} <= set(bot.weights("o1"))
    assert bot.say("o1", "忘记跑步和理财").words == SENTENCES["forgotten"].format(tag="跑步、理财")
    bot.say("o1", "不喜欢科技、旅行")
    assert (
        "你不想看的：旅行、科技" in bot.say("o1", "我的").words
        or "你不想看的：科技、旅行" in bot.say("o1", "我的").words
    )


@pytest.mark.parametrize("words", ["忘记我的兴趣", "清空我的兴趣", "全部忘记", "忘記所有興趣", "请忘记我的兴趣吧"])
def test_all_interests_are_forgotten_at_once_and_nothing_else(bot: Bot, words: str) -> None:
    bot.say("o1", "我叫小李，我喜欢跑步")
    bot.say("o1", "不喜欢理财")
    assert bot.say("o1", words).words == SENTENCES["forgotten_all"]
    told = bot.say("o1", "我的").words
    assert SENTENCES["mine_empty"] in told and "你不想看的" not in told
    assert bot.say("o1", "为什么觉得我喜欢跑步").words == SENTENCES["not_known"].format(tag="跑步")
    assert "称呼：小李" in bot.say("o1", "我的资料").words


def test_with_the_interests_what_was_done_with_items_is_put_aside_too(bot: Bot) -> None:
    with bot.store.write() as tx:
        engagements.add(tx, "o1", "run-30", NOON, 2.0)
    bot.say("o1", "夜跑")
    assert know(bot.store, "o1", NOON).follower.engaged["run-30"] > 0
    bot.say("o1", "忘记我的兴趣")
    assert not know(bot.store, "o1", NOON).follower.engaged["run-30"]


def test_a_chosen_subject_of_the_welcome_is_told_as_chosen(bot: Bot) -> None:
    tap = bot.event("o1", "subscribe").taps[0]
    assert bot.say("o1", tap).words.startswith("记下了，你喜欢")
    subject = tap.removeprefix("我喜欢")
    assert f"因为你说过喜欢「{subject}」" in bot.say("o1", f"为什么觉得我喜欢{subject}").words
