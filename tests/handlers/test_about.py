"""What followers tell of themselves in the chat: kept encrypted, listed, forgotten, asked for once."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bot_in_process import SHOP, Bot, Workshop

from catalog.sentences import SENTENCES
from flows.show_follower import show_follower

ENGINEER = "我是30岁的男工程师"


def about(bot: Bot, openid: str = "o1") -> dict[str, Any]:
    vault = bot.house.vault
    assert vault is not None
    document = show_follower(bot.store, openid, int(bot.clock.now), bot.settings.timezone, vault.show_facts)
    assert document is not None
    return dict(document["about"])


def test_facts_are_kept_and_the_follower_is_told_which(bot: Bot) -> None:
    heard = bot.say("o1", ENGINEER)
    assert heard.words.startswith("记下了你的年龄、性别、职业，")
    assert about(bot) == {"age": 30, "gender": "male", "occupation": "工程师"}


def test_a_wish_beside_the_facts_is_answered(bot: Bot) -> None:
    heard = bot.say("o1", "我是30岁的男工程师，想学理财")
    assert heard.words.startswith("记下了你的年龄、性别、职业。\n\n关于「理财」")
    assert {"index-fund", "emergency"} & set(heard.slugs)
    assert about(bot)["age"] == 30 and bot.weights("o1")["理财"] > 0


@pytest.mark.parametrize(
    ("words", "slug"),
    [("我叫小李，推荐", ""), ("我在成都，我喜欢跑步", "run-30"), ("有没有跑步的文章，本人是护士", "run-30")],
)
def test_the_wish_may_be_a_command_or_a_liking(bot: Bot, words: str, slug: str) -> None:
    heard = bot.say("o1", words)
    assert heard.words.startswith("记下了") and heard.slugs and slug in ("", *heard.slugs)


def test_no_word_of_a_fact_lies_readable_in_the_database(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = ("小明", "工程师", "30岁", "30 岁", "西宁", "青霉素")
    for words in (
        "我叫小明，30岁，是工程师，在西宁，想学理财", "记住我对青霉素过敏", "我的数据", "我的资料", "推荐",
        "忘记青霉素", "记住我对青霉素过敏", "我叫小明，怎么炒股票", "我是西宁的工程师",
    ):  # fmt: skip
        assert bot.say("o1", words).words
    bot.event("o1", "subscribe")
    stored = repr(bot.everything()) + caplog.text
    assert [word for word in secret if word in stored] == []
    assert about(bot) == {
        "name": "小明", "age": 30, "occupation": "工程师", "city": "西宁", "notes": ["我对青霉素过敏"],
    }  # fmt: skip


def test_what_was_told_is_no_longer_in_the_words_that_are_kept(bot: Bot) -> None:
    bot.say("o1", ENGINEER)
    bot.say("o1", "我是30岁的男工程师，想学理财")
    assert [(row["text"], row["detail"]) for row in bot.rows("behaviours")] == [("", "told"), ("想学理财", "told")]


def test_a_retry_gets_the_same_answer_though_facts_are_in_it(bot: Bot) -> None:
    bot.say("o1", "叫我小李")
    fields = bot.message("o1", Content="我的资料")
    first = bot.push(fields)
    assert "称呼：小李" in first.words
    assert bot.push(fields).text == first.text
    assert bot.restarted().push(fields).text == first.text


def test_the_newer_replaces(bot: Bot) -> None:
    for words in (ENGINEER, "我今年31岁", "我是老师", "叫我小李", "叫我老李"):
        bot.say("o1", words)
    assert about(bot) == {"age": 31, "gender": "male", "occupation": "老师", "name": "老李"}


def test_an_age_grows(bot: Bot) -> None:
    bot.say("o1", ENGINEER)
    bot.clock.now += 2 * 366 * 86_400
    assert about(bot)["age"] == 32
    assert "年龄：32 岁" in bot.say("o1", "我的资料").words


@pytest.mark.parametrize("words", ["我的资料", "我是谁", "我叫什么名字？", "我的數據", "我的数据"])
def test_facts_are_listed(bot: Bot, words: str) -> None:
    bot.say("o1", "我叫小李，女，95后")
    heard = bot.say("o1", words).words
    assert "称呼：小李\n年龄：95后（约 29 岁）\n性别：女" in heard


def test_nothing_told_is_nothing_listed(bot: Bot) -> None:
    assert bot.say("o1", "我的资料").words == SENTENCES["about_empty"]
    assert "你告诉过我" not in bot.say("o1", "我的数据").words


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("忘记我的年龄", {"gender", "occupation", "city"}), ("忘记我的職業和城市", {"age", "gender"}),
        ("请忘掉我的性别吧", {"age", "occupation", "city"}), ("忘记我的信息", set()), ("删除我的资料", set()),
    ],
)  # fmt: skip
def test_facts_are_forgotten(bot: Bot, words: str, left: set[str]) -> None:
    bot.say("o1", "我是30岁的男工程师，在成都")
    assert "我已经忘了" in bot.say("o1", words).words
    assert set(about(bot)) == left
    assert bot.rows("followers")[0]["about"] == "" if not left else bot.rows("followers")[0]["about"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("我不是工程师", {"age", "gender", "city"}), ("我不在成都了。", {"age", "gender", "occupation"}),
        ("我不是男的", {"age", "occupation", "city"}), ("我没有30岁", {"age", "gender", "occupation", "city"}),
        ("我不是30岁", {"gender", "occupation", "city"}), ("我不是医生", {"age", "gender", "occupation", "city"}),
        ("我不是工程师，我是老师", {"age", "gender", "occupation", "city"}),
    ],
)  # fmt: skip
def test_what_they_say_is_not_so_is_forgotten(bot: Bot, words: str, left: set[str]) -> None:
    bot.say("o1", ENGINEER)
    bot.say("o1", "我在成都")
    bot.say("o1", words)
    assert {*about(bot)} == left
    assert about(bot).get("occupation") != "工程师" or "工程师" not in words


def test_saying_what_one_is_not_is_answered_where_nothing_is_held(bot: Bot) -> None:
    assert "index-fund" in bot.say("o1", "我不是理财高手，想学基金").slugs


def test_what_is_not_held_cannot_be_forgotten(bot: Bot) -> None:
    assert bot.say("o1", "忘记我的年龄").words == SENTENCES["fact_not_held"].format(facts="年龄")
    bot.say("o1", ENGINEER)
    assert bot.say("o1", "忘记我的城市").words == SENTENCES["fact_not_held"].format(facts="城市")
    assert bot.say("o1", "忘记我的密码怎么办").slugs, "a question"


def test_a_note_is_forgotten_by_a_word_of_it(bot: Bot) -> None:
    bot.say("o1", "记住我对花生过敏")
    bot.say("o1", "记住我周末有空")
    assert "我已经忘了" in bot.say("o1", "忘记花生").words
    assert about(bot) == {"notes": ["我周末有空"]}


def test_erasing_everything_erases_the_facts(bot: Bot) -> None:
    bot.say("o1", ENGINEER)
    bot.say("o1", "删除我的数据")
    bot.say("o1", "确认删除")
    assert about(bot) == {}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("我今年200岁", "age_odd"), ("我0岁", "age_odd"), ("记住我的密码是abc", "note_secret"),
     ("记住我的身份证号 110101199003070000", "note_secret"), ("记住我" + "很忙" * 30, "note_long")],
)  # fmt: skip
def test_what_is_not_kept_is_said(bot: Bot, words: str, sentence: str) -> None:
    assert bot.say("o1", words).words == SENTENCES[sentence]
    assert about(bot) == {} and bot.rows("behaviours")[0]["text"] == ""


def test_an_impossible_age_takes_nothing_else_along(bot: Bot) -> None:
    heard = bot.say("o1", "我叫小李，今年300岁").words
    assert heard.startswith("记下了你的称呼") and SENTENCES["age_odd"] in heard
    assert about(bot) == {"name": "小李"}


def test_without_keys_nothing_is_kept_and_it_is_said(workshop: Workshop) -> None:
    bot = workshop.bot(DATA_KEYS="")
    assert bot.say("o1", ENGINEER).words == SENTENCES["told_no_keys"]
    heard = bot.say("o1", "我是30岁的男工程师，想学理财")
    assert heard.words.startswith(SENTENCES["told_no_keys"]) and heard.slugs
    assert bot.say("o1", "我的资料").words == SENTENCES["about_empty"]
    assert bot.say("o1", "忘记我的年龄").words == SENTENCES["fact_not_held"].format(facts="年龄")
    assert bot.rows("followers")[0]["about"] == "" and "工程师" not in repr(bot.everything())
    bot.close()


def test_who_wants_no_personalisation_is_not_remembered(bot: Bot) -> None:
    bot.say("o1", "关闭个性化")
    assert bot.say("o1", ENGINEER).words == SENTENCES["told_not_personal"]
    assert about(bot) == {} and bot.weights("o1") == {}


def test_an_occupation_that_names_a_subject_teaches_it_with_a_true_reason(workshop: Workshop) -> None:
    tags = SHOP["tags.yaml"].replace("编程: [写代码]", "编程: [写代码, 程序员]")
    bot = workshop.bot(workshop.catalog({**SHOP, "tags.yaml": tags}))
    bot.say("o1", "我是程序员")
    (row,) = bot.rows("interests")
    assert (row["tag"], row["cause"], row["word"]) == ("编程", "told", "编程")
    score = row["score"]
    assert "因为你说起过自己，和「编程」有关" in bot.say("o1", "推荐").words
    assert "因为你说起过自己" in bot.say("o1", "为什么觉得我喜欢编程").words
    bot.say("o1", "我是程序员")
    assert bot.rows("interests")[0]["score"] == score, "said twice it teaches once"
    bot.say("o1", "忘记我的职业")
    assert "编程" not in bot.say("o1", "我的").words
    bot.close()


def test_a_name_that_is_a_subject_is_no_name(bot: Bot) -> None:
    assert bot.say("o1", "叫我跑步").slugs
    assert about(bot) == {}


def test_an_operators_words_for_the_message_are_said(workshop: Workshop) -> None:
    replies = SHOP["replies.yaml"].replace(
        "replies:\n", "replies:\n  - {name: nurse, when: [护士], text: 白衣天使}\n", 1
    )
    bot = workshop.bot(workshop.catalog({**SHOP, "replies.yaml": replies}))
    assert bot.say("o1", "我是护士").words.endswith("白衣天使")
    assert about(bot) == {"occupation": "护士"}
    bot.close()


def test_who_comes_back_is_greeted_by_name(bot: Bot) -> None:
    bot.say("o1", "叫我小李，我喜欢跑步")
    bot.event("o1", "unsubscribe")
    assert bot.event("o1", "subscribe").words.startswith("欢迎回来，小李！")


def lists(bot: Bot, times: int, openid: str = "o1") -> list[str]:
    return [bot.say(openid, "推荐").words for _ in range(times)]


def test_they_are_asked_once_with_the_third_recommendation_and_never_again(bot: Bot) -> None:
    asked = [SENTENCES["ask_about"] in words for words in lists(bot, 6)]
    assert asked == [False, False, True, False, False, False]
    assert bot.rows("followers")[0]["asked_at"]


def test_who_has_told_something_or_wants_no_personalisation_is_not_asked(bot: Bot) -> None:
    bot.say("o1", ENGINEER)
    bot.say("o2", "关闭个性化")
    assert not any(SENTENCES["ask_about"] in words for who in ("o1", "o2") for words in lists(bot, 5, who))


def test_operators_may_never_ask(workshop: Workshop) -> None:
    replies = SHOP["replies.yaml"] + "sentences: {ask_about: ''}\n"
    bot = workshop.bot(workshop.catalog({**SHOP, "replies.yaml": replies}))
    assert not any("顺便问一句" in words for words in lists(bot, 5))
    assert bot.rows("followers")[0]["asked_at"] is None
    bot.close()


def test_the_answer_to_the_question_needs_no_subject(bot: Bot) -> None:
    for words in ("30岁，男，成都", "28岁"):
        bot.say("o1", words)
    assert about(bot) == {}
    lists(bot, 3)
    bot.say("o1", "30岁，男，程序员，成都")
    assert about(bot) == {"age": 30, "gender": "male", "occupation": "程序员", "city": "成都"}
    lists(bot, 3, "o2")
    bot.clock.now += 700
    bot.say("o2", "30岁，男")
    assert about(bot, "o2") == {}


def test_keys_that_were_lost_stop_no_greeting_and_destroy_nothing(workshop: Workshop, bot: Bot) -> None:
    bot.say("o1", "叫我小李，我喜欢跑步")
    before = bot.rows("followers")
    other = workshop.bot(DATA_KEYS="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    bot.house.__dict__["vault"] = other.house.vault
    bot.open(vault=other.house.vault)
    assert bot.event("o1", "subscribe").words.startswith("欢迎回来！")
    assert bot.say("o1", "叫我老李").words.startswith("书童")
    assert [row["about"] for row in bot.rows("followers")] == [row["about"] for row in before]
    other.close()


def test_the_engineer_tells_of_himself_once_and_is_known_from_then_on(real_bot: Bot) -> None:
    """The source document's reader: 30, male, an engineer, with a taste for 科技, 健身 and 旅行."""
    real_bot.event("chen", "subscribe", "qrscene_meetup")
    heard = real_bot.say("chen", "我是30岁的男工程师，喜欢科技、健身和旅行")
    assert heard.words.startswith("记下了你的年龄、性别、职业。\n\n记下了，你喜欢「科技、健身、旅行」")
    assert about(real_bot, "chen") == {"age": 30, "gender": "male", "occupation": "工程师"}
    subjects = {"科技", "健身", "旅行"}
    items = real_bot.live.current.items
    for words in ("推荐", "换一批", "推荐"):
        heard = real_bot.say("chen", words)
        fitting = [slug for slug in heard.slugs if subjects & set(items[slug].tags)]
        assert len(fitting) >= 2, "one of three may be a try at something else"
    assert SENTENCES["ask_about"] not in heard.words, "who has told is not asked"
    assert "不再给你推「理财」" in real_bot.say("chen", "别再推理财了").words
    for words in ("推荐", "换一批", "今天随便聊聊", "我今年31岁，推荐", "换一批"):
        assert not any("理财" in items[slug].tags for slug in real_bot.say("chen", words).slugs)
    assert about(real_bot, "chen")["age"] == 31


def test_two_facts_told_at_the_same_moment_are_both_kept(bot: Bot) -> None:
    bot.say("o1", "在吗")
    pushes = [bot.message("o1", Content=words) for words in ("叫我小李", "我在成都")]
    with ThreadPoolExecutor(2) as threads:
        heard = list(threads.map(bot.push, pushes))
    assert all(one.words.startswith("记下了") for one in heard)
    assert about(bot) == {"name": "小李", "city": "成都"}
