"""Followers who write at great length, in faces, in marks nobody sees, or the same word a hundred times: with the
content this repository ships, each gets an answer that was decided, and it is bounded."""

from __future__ import annotations

import pytest
from bot_in_process import SHOP, Bot, Workshop

from catalog.sentences import SENTENCES
from catalog.vocabulary import LONGEST_TEXT

LONG = SENTENCES["long_text"].format(read=LONGEST_TEXT)
HAN = "".join(chr(0x4E00 + (n * 7_919) % 20_000) for n in range(10_000))
MOST_BYTES = 2_048


@pytest.mark.parametrize(
    ("words", "taught"),
    [
        ("跑步" * 5_000, {"跑步", "健身"}), (HAN, None), ("我想学，" * 2_500, set()), ("我是" * 5_000, set()),
        ("a" * 10_000, set()), ("我叫" * 5_000, set()), ("我是30岁的男工程师，" * 900, set()),
        ("，" * 2_001 + "跑步", set()), ("。" * 1_990 + "跑步，" * 100, {"跑步", "健身"}),
    ],
)  # fmt: skip
def test_ten_thousand_characters_are_answered_and_said_to_be_too_many(
    real_bot: Bot, words: str, taught: set[str] | None
) -> None:
    heard = real_bot.say("o1", words)
    assert heard.words.startswith(LONG) and len(heard.text.encode()) <= MOST_BYTES and len(heard.slugs) <= 3
    assert taught is None or set(real_bot.weights("o1")) == taught
    assert len(real_bot.weights("o1")) <= 16


def test_only_what_is_read_of_a_long_text_can_teach(real_bot: Bot) -> None:
    real_bot.say("o1", "啊" * LONGEST_TEXT + "我想学理财")
    assert real_bot.weights("o1") == {}


@pytest.mark.parametrize(
    "words", ["😀", "🏃", "😀😂🥰", "👨‍👩‍👧‍👦" * 300, "[微笑]", "[微笑][OK][强]", "👍🏽", "❤️", "[微笑]！！", "🇨🇳", "☺"]
)
def test_faces_alone_get_a_kind_sentence_and_teach_nothing(real_bot: Bot, words: str) -> None:
    assert real_bot.say("o1", words).words == SENTENCES["faces"]
    assert real_bot.weights("o1") == {} and real_bot.rows("exposures") == [] and real_bot.rows("unanswered") == []


@pytest.mark.parametrize("words", ["跑步😀", "😀 有没有跑步的文章 [微笑]", "[跑步]"])
def test_faces_beside_words_do_not_matter(real_bot: Bot, words: str) -> None:
    assert real_bot.say("o1", words).words.startswith("关于「跑步」")


def test_an_operator_may_answer_a_face(workshop: Workshop) -> None:
    replies = SHOP["replies.yaml"].replace("replies:\n", "replies:\n  - {name: up, when: ['👍'], text: 谢谢夸奖}\n", 1)
    bot = workshop.bot(workshop.catalog({**SHOP, "replies.yaml": replies}))
    assert bot.say("o1", "👍").words == "谢谢夸奖"
    bot.close()


@pytest.mark.parametrize("word", ["跑步", "跑步 ", "跑步，", "我喜欢跑步，", "推荐跑步 "])
def test_the_same_word_a_hundred_times_is_the_word_once(real_bot: Bot, word: str) -> None:
    heard = real_bot.say("o1", word * 100)
    real_bot.clock.now -= 2
    real_bot.say("o2", word.strip(" ，"))
    assert heard.slugs and len(heard.text.encode()) <= MOST_BYTES
    once = real_bot.weights("o2")
    assert real_bot.weights("o1")["跑步"] <= once["跑步"] * 1.000_001


def test_a_refusal_a_hundred_times_is_a_refusal(real_bot: Bot) -> None:
    heard = real_bot.say("o1", "不想学理财，" * 100)
    assert heard.words.startswith("好的，以后不再给你推「理财」")


UNSEEN = ("\u200b", "\ufeff", "\u2060", "\u202e", "\u200f", "\u2066", "\u00ad", "\ufe0f", "\u0336")


@pytest.mark.parametrize("mark", UNSEEN, ids=[f"U+{ord(mark):04X}" for mark in UNSEEN])
def test_marks_nobody_sees_change_nothing(real_bot: Bot, mark: str) -> None:
    assert real_bot.say("o1", mark.join("推荐")).words.startswith("为你挑了")
    assert real_bot.say("o2", mark + mark.join("我喜欢跑步") + mark).words.startswith("记下了，你喜欢「跑步」")
    assert real_bot.say("o3", mark.join("不想学理财")).words.startswith("好的，以后不再给你推「理财」")
    assert mark not in real_bot.say("o4", mark.join("忘记飞碟")).words


@pytest.mark.parametrize("words", ["\u200b\u200b", "\u202e\u200f", "\ufeff", "\u2066\u2069 \u200d"])
def test_marks_alone_are_no_words(real_bot: Bot, words: str) -> None:
    assert real_bot.say("o1", words).words == SENTENCES["unknown"]


@pytest.mark.parametrize(
    "words", ["مرحبا كيف حالك", "שלום", "สวัสดี", "こんにちは", "Привет", "༼ つ ◕_◕ ༽つ", "1" * 500, "…………", "¿?"]
)
def test_other_scripts_get_a_recommendation_or_the_help(real_bot: Bot, words: str) -> None:
    heard = real_bot.say("o1", words)
    assert heard.words and len(heard.text.encode()) <= MOST_BYTES and real_bot.weights("o1") == {}


def test_what_they_wrote_is_kept_as_they_wrote_it(real_bot: Bot) -> None:
    for words in ("推\u200b荐", "😀😀", "\u202e跑步"):
        real_bot.say("o1", words)
    assert [row["text"] for row in sorted(real_bot.rows("behaviours"), key=lambda row: row["at"])] == [
        "推\u200b荐", "😀😀", "\u202e跑步",
    ]  # fmt: skip
