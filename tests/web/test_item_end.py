"""The end of an item's page: why it was recommended, stars and words, and a way to say "not this"."""

from __future__ import annotations

import re

import pytest
from bot_in_process import Bot

from tests.web.signed_in import Reader


def test_who_was_sent_the_item_reads_at_its_end_why(bot: Bot) -> None:
    reader = Reader(bot, "o1")
    reader.get(bot.say("o1", "夜跑").links[0])
    end = reader.get("/a/run-30").text.partition('id="react"')[2]
    assert "为什么推荐给你：因为你问到「夜跑」" in end and 'href="/me"' in end and "不想看「健身」" in end


def test_who_was_not_sent_it_is_told_no_reason_and_a_stranger_has_nothing_to_refuse(bot: Bot) -> None:
    bot.say("o1", "夜跑")
    other, stranger = Reader(bot, "o2").get("/a/run-30").text, Reader(bot).get("/a/run-30").text
    assert "为什么推荐给你" not in other and "不想看「健身」" in other
    assert "为什么推荐给你" not in stranger and "不想看" not in stranger


def test_not_this_subject_is_one_tap_and_holds(bot: Bot) -> None:
    reader = Reader(bot, "o1")
    reader.get(bot.say("o1", "夜跑").links[0])
    reader.get("/a/run-30")
    assert reader.post("/me/choose", {"tag": "健身", "wanted": False}).status_code == 200
    assert not {"run-30", "dumbbell", "stretch"} & set(bot.say("o1", "推荐").slugs)


def stars_of(page: str) -> list[str]:
    """The stars that are marked on a page."""
    return re.findall(r'<input type="radio" name="stars"[^>]* value="(\d)" checked>', page)


@pytest.mark.parametrize("openid", ["o1", ""])
def test_a_reader_sees_the_stars_they_gave_and_may_change_them(bot: Bot, openid: str) -> None:
    reader = Reader(bot, openid)
    fresh = reader.get("/a/stretch").text
    assert not stars_of(fresh) and "给这一篇打个分" in fresh
    for stars in (2, 5):
        bot.clock.now += 60
        assert reader.post("/a/stretch/feedback", {"stars": stars}).status_code == 200
        page = reader.get("/a/stretch").text
        assert stars_of(page) == [str(stars)] and f"你给过 {stars} 星" in page
    assert [row["stars"] for row in bot.rows("engagements", slug="stretch")] == [5]
    assert not stars_of(reader.get("/a/pour-over").text), "of this item alone"
    assert not stars_of(Reader(bot, "o2").get("/a/stretch").text), "and nobody else's"


def test_words_alone_leave_the_stars_as_they_are(bot: Bot) -> None:
    reader = Reader(bot, "o1")
    reader.get("/a/stretch")
    reader.post("/a/stretch/feedback", {"stars": 4})
    reader.post("/a/stretch/feedback", {"text": "第三节讲得细"})
    assert stars_of(reader.get("/a/stretch").text) == ["4"]


def test_stars_and_words_are_for_who_can_read_all_of_it(bot: Bot) -> None:
    reader = Reader(bot, "o1")
    assert 'id="feedback"' in reader.get("/a/stretch").text and 'id="feedback"' not in reader.get("/a/run-30").text
