"""Voices, pictures, places, and words no one expects: always an answer, always bounded."""

import pytest
from bot_in_process import Bot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.sentences import SENTENCES


def test_a_voice_with_its_words_is_a_message(bot: Bot) -> None:
    heard = bot.media("o1", "voice", MediaId="1", Format="amr", Recognition="最近想夜跑。")
    assert heard.slugs[0] == "run-30"
    (row,) = bot.rows("behaviours")
    assert (row["kind"], row["form"], row["text"]) == ("message", "voice", "最近想夜跑。")
    assert bot.weights("o1")["跑步"] > 0
    assert bot.media("o1", "voice", MediaId="2", Recognition="推荐").words.startswith("为你挑了")


@pytest.mark.parametrize("recognition", [{}, {"Recognition": ""}, {"Recognition": "  "}])
def test_a_voice_without_words(bot: Bot, recognition: dict[str, str]) -> None:
    assert bot.media("o1", "voice", MediaId="1", Format="amr", **recognition).words == SENTENCES["voice"]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("image", "image"),
        ("video", "video"),
        ("shortvideo", "video"),
        ("location", "location"),
        ("link", "link"),
        ("file", "file"),
    ],
)
def test_media_get_a_kind_sentence(bot: Bot, kind: str, sentence: str) -> None:
    assert bot.media("o1", kind).words == SENTENCES[sentence]
    assert bot.rows("behaviours")[0]["kind"] == "media"
    assert bot.weights("o1") == {}


@pytest.mark.parametrize("words", ["", " ", "\n\t", "\u3000"])
def test_a_text_without_words(bot: Bot, words: str) -> None:
    heard = bot.say("o1", words)
    assert heard.status == 200 and heard.words


def test_a_text_without_an_element_for_words(bot: Bot) -> None:
    assert bot.media("o1", "text").words == SENTENCES["unknown"]


ODD = [
    "跑步" * 5_000,
    "跑步 " * 100,
    "？" * 10_000,
    "😀",
    "👨‍👩‍👧‍👦" * 300,
    "a" * 10_000,
    "1" * 500,
    "我喜欢" * 50,
    "忘记" * 15,
    "退订" * 15,
    "<a href='http://evil.example'>x</a>",
    "{0}{welcome}{}",
    "%s%n",
    "'; drop table behaviours; --",
    "\u202e反",
    "\x7f\x80",
    '-- * " OR items_fts MATCH',
    '"',
    "NEAR(",
    "*",
    "我喜欢",
    "忘记",
    "退订 ",
    "第个",
    "0",
    "10",
    "第0个",
    "٣",
    "²",
    "不不不不不想学理财",
    "http://example.cn/" + "x" * 3_000,
]


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_odd_words_get_a_bounded_answer(bot: Bot, words: str, caplog: pytest.LogCaptureFixture) -> None:
    heard = bot.say("o1", words)
    assert heard.status == 200 and heard.words
    assert len(heard.text.encode()) <= 2_048
    assert heard.words.startswith("书童刚才走神") is False
    assert not [one for one in caplog.records if one.levelname == "ERROR"]
    assert "evil.example" not in heard.text.replace("＜a href='http://evil.example'＞", "")
    assert bot.rows("behaviours")[0]["text"] == words.strip()


def test_a_word_a_hundred_times_teaches_once(bot: Bot) -> None:
    bot.say("o1", "跑步 " * 100)
    bot.clock.now -= 2
    bot.say("o2", "跑步")
    assert bot.weights("o1")["跑步"] == pytest.approx(bot.weights("o2")["跑步"])


def test_a_pasted_article_teaches_a_handful(real_bot: Bot) -> None:
    pasted = "，".join(tag for tag in real_bot.live.current.synonyms) * 20
    assert real_bot.say("o1", pasted[:10_000]).words
    assert len(real_bot.weights("o1")) <= 16


words_of_people = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20),
        st.sampled_from(
            [
                "跑步",
                "不想",
                "理财",
                "推荐",
                "忘记",
                "我喜欢",
                "退订",
                "1",
                "第",
                "个",
                "{tag}",
                "]]>",
                "<a>",
                "\n",
                " ",
                "😀",
            ]
        ),
    ),
    max_size=8,
).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words_of_people)
def test_whatever_is_said_is_answered(bot: Bot, words: str) -> None:
    heard = bot.say("o1", "".join(one for one in words if one.isprintable() or one == "\n"))
    assert heard.status == 200
    assert heard.fields["MsgType"] in ("text", "news", "transfer_customer_service")
    assert not heard.words.startswith("书童")
    assert len(heard.text.encode()) <= 2_048


def test_of_an_openid_that_is_too_long_no_more_than_fits_is_kept(bot: Bot) -> None:
    assert bot.say("o" * 5_000, "在吗").status == 200
    assert [len(row["openid"]) for row in bot.rows("followers")] == [64]
