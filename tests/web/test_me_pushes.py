"""/me: whether the account may write first, and about what."""

from __future__ import annotations

from typing import Any

import pytest
from bot_in_process import Bot

from tests.web.signed_in import Reader


def stopped(bot: Bot) -> set[str]:
    return {row["topic"] for row in bot.rows("opt_outs", openid="o1")}


@pytest.fixture
def reader(bot: Bot) -> Reader:
    bot.say("o1", "退订 理财")
    bot.say("o1", "退订 健身")
    opened = Reader(bot, "o1")
    assert opened.get("/me").status_code == 200
    return opened


def test_it_shows_what_was_stopped_in_the_chat(reader: Reader) -> None:
    page = reader.get("/me").text
    assert 'data-topic="理财"' in page and 'data-topic="健身"' in page and 'id="pushes" checked>' in page


def test_a_topic_comes_back_by_a_tap(reader: Reader) -> None:
    assert reader.post("/me/pushes", {"topic": "理财", "on": True}).json == {"topic": "理财", "on": True}
    assert stopped(reader.bot) == {"健身"}
    assert 'data-topic="理财"' not in reader.get("/me").text


def test_the_switch_stops_everything_and_brings_back_all_but_the_topics(reader: Reader) -> None:
    assert reader.post("/me/pushes", {"topic": "", "on": False}).json == {"topic": "", "on": False}
    assert stopped(reader.bot) == {"", "理财", "健身"} and 'id="pushes">' in reader.get("/me").text
    reader.post("/me/pushes", {"on": True})
    assert stopped(reader.bot) == {"理财", "健身"}


def test_the_switch_of_pushes_is_not_that_of_personalisation(reader: Reader) -> None:
    reader.bot.say("o1", "关闭个性化")
    assert 'data-topic="个性化"' not in reader.get("/me").text
    assert reader.post("/me/pushes", {"topic": "个性化", "on": True}).status_code == 400
    reader.post("/me/pushes", {"on": True})
    assert "个性化" in stopped(reader.bot)


@pytest.mark.parametrize(
    "sent",
    [{}, {"on": "yes"}, {"topic": 5, "on": True}, {"topic": "健" * 65, "on": True}, {"topic": "旅行", "on": False}],
)
def test_odd_wishes_are_refused(reader: Reader, sent: dict[str, Any]) -> None:
    assert reader.post("/me/pushes", sent).status_code == 400
    assert stopped(reader.bot) == {"理财", "健身"}


def test_nobody_decides_for_somebody_else(reader: Reader) -> None:
    stranger = Reader(reader.bot)
    stranger.get("/me")
    assert stranger.post("/me/pushes", {"on": False}).status_code == 403
    assert reader.post("/me/pushes", {"on": False}, token="0" * 64).status_code == 403
    assert stopped(reader.bot) == {"理财", "健身"}
