"""What we write must be read by WeChat, whatever followers and operators put into it."""

import pytest
from bot_in_process import Bot
from hypothesis import given
from hypothesis import strategies as st
from wechat_side import read_fields

from domain.message import Message
from domain.reply import Card, HandOver, Text
from wechat.replies import clean, render

MESSAGE = Message("m1", "o1", "gh_1", 0, "message", "text")
evil_text = st.lists(
    st.one_of(
        st.text(),
        st.characters(),
        st.sampled_from(["]]>", "]]", ">", "]", "<![CDATA[", "</Content>", "\x00", "\x0b", "\x1f", "\ud800", "\udfff",
                         "\ufffe", "\uffff", "😀", "👨‍👩‍👧", "&amp;", "&", "{target}", "{", "}", "%s"]),
    ),
    max_size=12,
).map("".join)  # fmt: skip


def allowed(text: str) -> str:
    """What XML 1.0 lets through (its section 2.2), line ends as every parser reads them."""
    kept = "".join(
        one for one in text
        if one in "\t\n\r" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" or one >= "\U00010000"
    )  # fmt: skip
    return kept.replace("\r\n", "\n").replace("\r", "\n")


@given(evil_text)
def test_any_text_comes_back_cleaned_and_nothing_more(text: str) -> None:
    fields = read_fields(render(Text(text), MESSAGE, 7))
    assert fields == {
        "ToUserName": "o1", "FromUserName": "gh_1", "CreateTime": "7", "MsgType": "text", "Content": allowed(text),
    }  # fmt: skip


@given(evil_text, evil_text, evil_text)
def test_any_card_has_exactly_one_article(title: str, description: str, url: str) -> None:
    fields = read_fields(render(Card(title, description, url, url), MESSAGE, 7))
    assert fields.keys() == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "ArticleCount", "Articles"}
    assert fields["ArticleCount"] == "1"
    article = fields["Articles"]["item"]
    assert article["Title"] == allowed(title[:64])
    assert article["Description"] == allowed(description[:120])
    assert article["Url"] == article["PicUrl"] == allowed(url)


@given(evil_text, evil_text)
def test_names_cannot_break_out_either(openid: str, account: str) -> None:
    message = Message("m1", openid, account, 0, "message", "text")
    fields = read_fields(render(HandOver(), message, 7))
    assert (fields["ToUserName"], fields["FromUserName"]) == (allowed(openid), allowed(account))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a]]>b", "a]]]]><![CDATA[>b"),
        ("]\x00]>", "]]]]><![CDATA[>"),
        ("a\x0bb", "ab"),
        ("\ud83d", ""),
        ("换行\n", "换行\n"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_follower_cannot_write_elements_into_an_answer(bot: Bot) -> None:
    """W1: the words come back in an answer, as words."""
    bot.say("o1", "跑步")
    heard = bot.say("o1", "忘记]]></Content><Injected>x</Injected>")
    assert "Injected" not in heard.fields
    assert set(heard.fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    heard = bot.say("o1", '忘记<a href="http://evil.example">点我</a>')
    assert "<a" not in heard.text.replace('<a href="https://read.', "").replace('<a href="weixin:', "")
