"""Answers of a bot that fit no rule still get a verdict."""

import pytest
from conftest import Control
from tiny_bot import TinyBot, reply, text_reply

from simulator.platform import Platform


@pytest.mark.parametrize(
    "inner",
    [
        "<Content>a</Content><Content>b</Content>",
        "<Content><b>a</b></Content>",
    ],
)
def test_a_content_that_is_no_text_is_malformed(control: Control, bot: TinyBot, inner: str) -> None:
    control("follow")
    bot.answer = lambda fields: reply(fields, "text", inner)
    assert control("say", text="问")["delivery"]["rule"] == "malformed"
    assert control.chat()[-1]["kind"] == "failure"


def test_articles_that_are_no_articles_are_malformed(control: Control, bot: TinyBot) -> None:
    control("follow")
    items = "<ArticleCount>1</ArticleCount><Articles><item><Title><b>x</b></Title></item></Articles>"
    bot.answer = lambda fields: reply(fields, "news", items)
    assert control("say", text="问")["delivery"]["rule"] == "malformed"


def test_a_tower_of_elements_is_malformed(control: Control, bot: TinyBot) -> None:
    control("follow")
    bot.seal = False
    bot.answer = lambda fields: "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>"
    assert control("say", text="问")["delivery"]["rule"] == "malformed_xml"


@pytest.mark.parametrize("seal", [True, False])
def test_compatible_mode_takes_both_kinds_of_answer(control: Control, bot: TinyBot, seal: bool) -> None:
    control.post("settings", {"mode": "compatible"})
    control("follow")
    bot.seal = seal
    bot.answer = lambda fields: text_reply(fields, "好")
    assert control("say", text="问")["delivery"]["rule"] == "reply"


def test_plain_mode_takes_no_sealed_answer(control: Control, bot: TinyBot) -> None:
    control.post("settings", {"mode": "plain"})
    control("follow")
    bot.answer = lambda fields: bot._crypto().encrypt_message(text_reply(fields, "好"), "1", "1700000000")
    assert not control("say", text="问")["delivery"]["ok"]
    assert control.chat()[-1]["kind"] == "failure"


def test_a_medium_nobody_has_fails(control: Control, bot: TinyBot, platform: Platform) -> None:
    control("follow")
    bot.answer = lambda fields: reply(fields, "image", "<Image><MediaId>none</MediaId></Image>")
    assert control("say", text="图")["delivery"]["rule"] == "media_id"
    bot.answer = lambda fields: reply(fields, "image", f"<Image><MediaId>{fields['MediaId']}</MediaId></Image>")
    assert control("send", kind="image")["delivery"]["ok"], "what the follower sent may be sent back"
