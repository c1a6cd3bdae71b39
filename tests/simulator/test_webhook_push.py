"""Pushes in the three modes, their retries and what the follower sees of them."""

import re
import threading

import pytest
from conftest import CHEN, NOON, Control
from tiny_bot import TinyBot, reply, text_reply

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.platform import Platform


def hello(control: Control) -> None:
    control("follow")


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_text_arrives_and_its_answer_is_shown(control: Control, bot: TinyBot, mode: str) -> None:
    control.post("settings", {"mode": mode})
    hello(control)
    bot.answer = lambda fields: text_reply(fields, f"你说 {fields['Content']}")
    done = control("say", text="你好]]>书童")
    assert done["delivery"]["rule"] == "reply"
    assert bot.received[-1]["Content"] == "你好]]>书童"
    assert control.chat()[-1]["text"] == "你说 你好]]>书童"
    assert bot.headers[-1]["User-Agent"] == "Mozilla/4.0"


def test_the_query_carries_what_each_mode_sends(control: Control, bot: TinyBot) -> None:
    hello(control)
    assert set(bot.queries[-1]) == {
        "signature",
        "timestamp",
        "nonce",
        "openid",
        "encrypt_type",
        "msg_signature",
    }
    control.post("settings", {"mode": "plain"})
    control("say", text="在吗")
    assert set(bot.queries[-1]) == {"signature", "timestamp", "nonce", "openid"}
    assert bot.queries[-1]["openid"] == CHEN


def test_the_safe_packet_has_the_recorded_shape(control: Control, bot: TinyBot) -> None:
    hello(control)
    shape = (
        r"<xml>\n    <ToUserName><!\[CDATA\[gh_a96a4a619366\]\]></ToUserName>\n"
        r"    <Encrypt><!\[CDATA\[[A-Za-z0-9+/=]+\]\]></Encrypt>\n</xml>\n"
    )
    assert re.fullmatch(shape, bot.raw[-1].decode())


def test_the_compatible_packet_carries_both(control: Control, bot: TinyBot) -> None:
    control.post("settings", {"mode": "compatible"})
    hello(control)
    assert b"<Event>" in bot.raw[-1]
    assert b"<Encrypt>" in bot.raw[-1]


def test_silence_is_tried_three_times_with_the_same_msgid(control: Control, bot: TinyBot, clock: PlatformClock) -> None:
    hello(control)
    control.post("settings", {"timeout_seconds": 0.15})
    bot.delays = [0.4, 0.4]
    bot.answer = lambda fields: text_reply(fields, "终于")
    done = control("say", text="快")
    tries = bot.received[1:]
    assert done["delivery"]["attempts"] == 3
    assert len({fields["MsgId"] for fields in tries}) == 1
    assert {fields["CreateTime"] for fields in tries} == {str(int(NOON))}
    assert len({query["nonce"] for query in bot.queries[1:]}) == 3
    assert control.chat()[-1]["text"] == "终于"
    rules = [entry["rule"] for entry in control.get("wire?kind=push")["wire"][-3:]]
    assert rules == ["timeout", "timeout", "reply"]


def test_silence_to_the_end_shows_the_failure_sentence(control: Control, bot: TinyBot) -> None:
    hello(control)
    control.post("settings", {"timeout_seconds": 0.1, "tries": 2})
    bot.delays = [0.3, 0.3]
    control("say", text="快")
    last = control.chat()[-1]
    assert (last["sender"], last["kind"], last["text"]) == (
        "note",
        "failure",
        "该公众号提供的服务出现故障，请稍后再试",
    )


def test_a_bot_that_is_down_is_tried_again(control: Control, bot: TinyBot) -> None:
    hello(control)
    bot.server.server_close()
    bot.server.socket.close()
    done = control("say", text="在吗")
    assert done["delivery"]["rule"] in {"connection", "timeout"}
    assert done["delivery"]["attempts"] == 3


def test_a_bot_that_comes_back_within_the_tries_is_heard(
    control: Control, account: Account, platform: Platform
) -> None:
    """With a gap between the tries a restart goes unnoticed."""
    gone = TinyBot(account)
    gone.close()
    port = gone.server.server_address[1]
    platform.webhook_url = gone.url
    control.post("settings", {"retry_gap_seconds": 0.3, "tries": 10})
    saying = threading.Thread(target=lambda: control("follow"))
    saying.start()
    while not control.get("wire?kind=push")["wire"]:
        pass
    back = TinyBot(account, port)
    saying.join()
    assert [fields["Event"] for fields in back.received] == ["subscribe"]
    back.close()


def test_an_http_error_fails_at_once_unless_set_otherwise(control: Control, bot: TinyBot) -> None:
    hello(control)
    bot.status = 500
    assert control("say", text="一")["delivery"]["attempts"] == 1
    control.post("settings", {"retry_http_errors": True})
    assert control("say", text="二")["delivery"]["attempts"] == 3
    assert control.chat()[-1]["kind"] == "failure"


def test_success_and_an_empty_body_are_silence(control: Control, bot: TinyBot) -> None:
    hello(control)
    for body in (None, b""):
        bot.answer = lambda fields, body=body: body  # type: ignore[misc]
        assert control("say", text="嗯")["delivery"]["rule"] == "silent"
        assert control.chat()[-1]["kind"] == "success"


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        ("malformed_xml", lambda fields: b"<xml><oops></xml>"),
        ("malformed_xml", lambda fields: b'{"json": true}'),
        ("malformed_xml", lambda fields: b'<!DOCTYPE x [<!ENTITY a "b">]><xml/>'),
        ("not_encrypted", lambda fields: text_reply(fields, "明文").encode()),
        ("names_swapped", lambda fields: text_reply({**fields, "FromUserName": "oElse"}, "错人")),
        ("msgtype", lambda fields: reply(fields, "poem", "")),
        ("missing_field", lambda fields: reply(fields, "text", "")),
        ("missing_field", lambda fields: reply(fields, "image", "<Image></Image>")),
        ("too_long", lambda fields: text_reply(fields, "长" * 683)),
        ("article_count", lambda fields: news(fields, 1, count=2)),
        ("one_article", lambda fields: news(fields, 2, count=2)),
    ],
)
def test_bad_answers_show_the_failure_sentence(control: Control, bot: TinyBot, rule: str, make: object) -> None:
    hello(control)
    bot.answer = make  # type: ignore[assignment]
    assert control("say", text="考")["delivery"]["rule"] == rule
    assert control.chat()[-1]["kind"] == "failure"


def news(fields: dict[str, str], articles: int, count: int) -> str:
    item = "<item><Title>书</Title><Description>好</Description><PicUrl/><Url>http://127.0.0.1/a</Url></item>"
    return reply(fields, "news", f"<ArticleCount>{count}</ArticleCount><Articles>{item * articles}</Articles>")


def test_one_article_is_a_card(control: Control, bot: TinyBot) -> None:
    hello(control)
    bot.answer = lambda fields: news(fields, 1, count=1)
    control("say", text="推荐")
    card = control.chat()[-1]
    assert card["kind"] == "news"
    assert card["content"]["Articles"][0]["Title"] == "书"


def test_several_articles_show_the_first_when_set_so(control: Control, bot: TinyBot) -> None:
    hello(control)
    control.post("settings", {"several_articles": "first"})
    bot.answer = lambda fields: news(fields, 2, count=2)
    control("say", text="推荐")
    assert len(control.chat()[-1]["content"]["Articles"]) == 1


def test_2048_bytes_are_allowed(control: Control, bot: TinyBot) -> None:
    hello(control)
    bot.answer = lambda fields: text_reply(fields, "长" * 682 + "ab")
    assert control("say", text="考")["delivery"]["ok"]


def test_the_url_is_verified(control: Control, bot: TinyBot) -> None:
    assert control.post("verify")["ok"]
    bot.echo = False
    assert not control.post("verify")["ok"]
    assert [entry["ok"] for entry in control.get("wire?kind=verify")["wire"]] == [True, False]
