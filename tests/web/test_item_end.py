"""The end of an item's page: why it was recommended, stars and words, and a way to say "not this"."""

from __future__ import annotations

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


def test_stars_and_words_are_for_who_can_read_all_of_it(bot: Bot) -> None:
    reader = Reader(bot, "o1")
    assert 'id="feedback"' in reader.get("/a/stretch").text and 'id="feedback"' not in reader.get("/a/run-30").text
