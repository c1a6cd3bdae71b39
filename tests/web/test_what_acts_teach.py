"""What a follower does with an item is summed up for it, counts once, and counts for nobody when nobody read."""

from __future__ import annotations

from typing import Any

import pytest
from bot_in_process import Bot
from werkzeug.test import Client

from domain.follower import Follower
from domain.interests import STRENGTHS, faded
from flows.know_follower import know
from tests.web.signed_in import CHROME, DESKTOP, IPHONE_WECHAT, SITE, WECHAT, Reader
from web.robots import ROBOTS

LINE = "/a/run-30"


@pytest.fixture
def follower(bot: Bot) -> tuple[Bot, Reader]:
    """The browser in which a follower opened the link of an answer, and its page."""
    reader = Reader(bot)
    reader.get(bot.say("o1", "夜跑").links[0])
    reader.get(LINE)
    return bot, reader


def engagement(bot: Bot, who: str = "o1", slug: str = "run-30") -> dict[str, Any]:
    (row,) = bot.rows("engagements", openid=who, slug=slug)
    return {**row, "strength": round(faded(row["strength"], int(bot.clock.now)), 3)}


def known(bot: Bot, who: str = "o1") -> Follower:
    return know(bot.store, who, int(bot.clock.now)).follower


def test_opening_a_link_is_summed_up_with_its_time(follower: tuple[Bot, Reader]) -> None:
    bot, _ = follower
    row = engagement(bot)
    assert row["opened_at"] == row["first_at"] == int(bot.clock.now)
    assert row["strength"] == STRENGTHS["click"]
    (exposure,) = bot.rows("exposures", slug="run-30")
    assert exposure["opened_at"] == row["opened_at"]


def test_a_tap_on_the_link_alone_is_an_opening(bot: Bot) -> None:
    Reader(bot).get(bot.say("o1", "夜跑").links[0])
    row = engagement(bot)
    assert row["opened_at"] == row["read_at"] == int(bot.clock.now)


def test_a_view_without_a_link_opens_too_and_reading_time_runs_from_it(bot: Bot) -> None:
    reader = Reader(bot, "o1")
    reader.get(LINE)
    assert engagement(bot)["opened_at"] == int(bot.clock.now) and engagement(bot)["strength"] == 0
    bot.clock.now += 7
    reader.post(f"{LINE}/progress", {"percent": 20, "seconds": 500})
    assert engagement(bot)["seconds"] == 7


def test_a_link_counts_once_and_the_same_item_offered_anew_counts_anew(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    first = bot.rows("exposures", slug="run-30")[0]["opened_at"]
    link = bot.say("o1", "有没有慢跑的").links[0]
    for _ in range(3):
        bot.clock.now += 61
        reader.get(link)
    assert engagement(bot)["strength"] == pytest.approx(2 * STRENGTHS["click"], abs=0.01)
    opened = [row["opened_at"] for row in bot.rows("exposures", slug="run-30")]
    assert len(opened) == 2 and first in opened and None not in opened


def test_what_was_shown_and_not_opened_is_silence(follower: tuple[Bot, Reader]) -> None:
    bot, _ = follower
    bot.say("o1", "慢跑")
    silent = known(bot).shown
    assert silent["run-30"] == 1, "shown twice, opened once"
    assert len(silent) > 1 and all(count >= 1 for count in silent.values())


def test_reading_counts_half_and_end_once_each(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    for percent, seconds in ((20, 8), (55, 30), (70, 40), (95, 60), (95, 60), (40, 5)):
        bot.clock.now += seconds
        reader.post(f"{LINE}/progress", {"percent": percent, "seconds": seconds})
    row = engagement(bot)
    assert (row["percent"], row["seconds"]) == (95, 203) and row["finished_at"]
    assert row["strength"] == pytest.approx(STRENGTHS["click"] + STRENGTHS["read"] + STRENGTHS["finish"], abs=0.01)
    causes = [row["taught"] for row in bot.rows("behaviours", kind="progress", openid="o1")]
    assert sum('"read"' in one for one in causes) == sum('"finish"' in one for one in causes) == 1


def test_a_minute_is_reading_however_far_it_went(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    for _ in range(3):
        bot.clock.now += 20
        reader.post(f"{LINE}/progress", {"percent": 10, "seconds": 20})
    assert engagement(bot)["strength"] == pytest.approx(STRENGTHS["click"] + STRENGTHS["read"], abs=0.01)


def test_half_of_it_is_reading_though_the_minute_is_not_over_and_no_end(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    bot.clock.now += 20
    reader.post(f"{LINE}/progress", {"percent": 50, "seconds": 20})
    assert engagement(bot)["strength"] == pytest.approx(STRENGTHS["click"] + STRENGTHS["read"], abs=0.01)
    assert engagement(bot)["finished_at"] is None


def test_a_minute_that_did_not_go_by_is_no_reading(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    bot.clock.now += 12
    reader.post(f"{LINE}/progress", {"percent": 10, "seconds": 600})
    assert engagement(bot)["strength"] == pytest.approx(STRENGTHS["click"], abs=0.01)


def test_who_throws_the_page_to_its_end_has_not_read_it_yet(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    bot.clock.now += 3
    reader.post(f"{LINE}/progress", {"percent": 100, "seconds": 3})
    assert engagement(bot)["finished_at"] is None and engagement(bot)["strength"] == STRENGTHS["click"]
    bot.clock.now += 40
    reader.post(f"{LINE}/progress", {"percent": 100, "seconds": 40})
    assert engagement(bot)["finished_at"] == int(bot.clock.now)


@pytest.mark.parametrize("claimed", [10**9, 86_400, 3_000])
def test_nobody_reads_longer_than_the_page_was_open(follower: tuple[Bot, Reader], claimed: int) -> None:
    bot, reader = follower
    for _ in range(4):
        bot.clock.now += 5
        reader.post(f"{LINE}/progress", {"percent": 10, "seconds": claimed})
    assert engagement(bot)["seconds"] <= 20


def test_the_heart_and_the_share_count_once_and_the_heart_can_be_taken_back(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    for on in (True, False, True, False):
        reader.post(f"{LINE}/like", {"on": on})
    for to in ("friend", "moments", "friend"):
        bot.clock.now += 86_400
        reader.post(f"{LINE}/share", {"to": to})
    row = engagement(bot)
    assert (row["liked"], row["shared"]) == (0, 1)
    shares = [row["taught"] for row in bot.rows("behaviours", kind="share")]
    assert len(shares) == 3 and sum(bool(one) for one in shares) == 1


def test_the_first_stars_teach_and_the_last_count(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    before = bot.weights("o1")["健身"]
    reader.post(f"{LINE}/feedback", {"stars": 5})
    taught, liking = bot.weights("o1")["健身"], known(bot).engaged["run-30"]
    assert taught > before and liking > 0
    for stars in (1, 5, 4, 1):
        bot.clock.now += 61
        reader.post(f"{LINE}/feedback", {"stars": stars, "text": f"改主意 {stars}"})
    assert bot.weights("o1")["健身"] == taught
    assert engagement(bot)["stars"] == 1 and known(bot).engaged["run-30"] == pytest.approx(-liking, abs=0.001)


def test_words_without_stars_are_no_rating(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    reader.post(f"{LINE}/feedback", {"text": "写得真细"})
    assert engagement(bot)["strength"] == STRENGTHS["click"] and engagement(bot)["stars"] == 0
    reader.post(f"{LINE}/feedback", {"stars": 5})
    assert engagement(bot)["strength"] == STRENGTHS["click"] + STRENGTHS["stars"]


def test_a_bad_experience_speaks_against_the_item_and_against_nothing_else(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    before = bot.weights("o1")
    reader.post(f"{LINE}/feedback", {"stars": 1, "text": "太浅"})
    assert bot.weights("o1") == before and known(bot).weights["健身"] > 0
    assert known(bot).engaged["run-30"] < 0


def test_of_who_wants_no_personalisation_the_facts_are_kept_and_nothing_is_made_of_them(
    follower: tuple[Bot, Reader],
) -> None:
    bot, reader = follower
    bot.say("o1", "关闭个性化")
    before = engagement(bot)["strength"]
    for path, sent in (("like", {"on": True}), ("feedback", {"stars": 5}), ("share", {"to": "friend"})):
        reader.post(f"{LINE}/{path}", sent)
    row = engagement(bot)
    assert (row["liked"], row["stars"], row["shared"]) == (1, 5, 1) and row["strength"] == before
    seen = known(bot)
    assert not seen.personal and seen.engaged == {} and seen.paid == () and seen.source == "" and seen.weights == {}


def test_a_strangers_acts_are_summed_up_for_the_browser(bot: Bot) -> None:
    reader = Reader(bot)
    reader.get(LINE)
    assert bot.rows("engagements") == [], "a view of somebody unknown makes no row"
    reader.post(f"{LINE}/progress", {"percent": 60, "seconds": 30})
    (row,) = bot.rows("engagements")
    assert row["openid"].startswith("r:") and (row["percent"], row["seconds"]) == (60, 30)
    assert not bot.rows("interests")


# --- nobody is reading ------------------------------------------------------------------------------------------

SPIDER = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"


@pytest.mark.parametrize("word", [word for words in ROBOTS.values() for word in words])
def test_what_a_robot_opens_is_no_click_and_no_view(bot: Bot, word: str) -> None:
    link = bot.say("o1", "夜跑").links[0]
    before = bot.everything()
    reader = Reader(bot, agent=f"Mozilla/5.0 (compatible; {word.title()}1.0)")
    assert reader.get(link).status_code == 302
    assert reader.get(LINE).status_code == 200
    assert bot.everything() == before


def test_a_preview_is_not_taken_for_the_followers_browser(bot: Bot) -> None:
    link = bot.say("o1", "夜跑").links[0]
    Reader(bot, agent="WhatsApp/2.23.20.0").get(link)
    reader = Reader(bot)
    reader.get(link)
    assert "推荐给你" in reader.get(LINE).text and engagement(bot)["opened_at"]


@pytest.mark.parametrize("headers", [{"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}])
def test_a_page_fetched_in_advance_is_no_view(bot: Bot, headers: dict[str, str]) -> None:
    link = bot.say("o1", "夜跑").links[0]
    before = bot.everything()
    for path in (link, LINE):
        Client(bot.app).get(path, base_url=SITE, headers=headers)
    assert bot.everything() == before


@pytest.mark.parametrize("agent", [CHROME, DESKTOP, WECHAT, IPHONE_WECHAT, "Mozilla/5.0 (Linux; Android 9; CUBOT X19)"])
def test_what_people_use_is_no_robot(bot: Bot, agent: str) -> None:
    Reader(bot, agent=agent).get(bot.say("o1", "夜跑").links[0])
    assert len(bot.rows("behaviours", kind="click", openid="o1")) == 1


# --- what is refused --------------------------------------------------------------------------------------------


def test_below_an_item_stands_nothing_that_was_refused(bot: Bot) -> None:
    before = Reader(bot, "o1").get("/a/index-fund").text
    assert "应急金放哪里" in before
    bot.say("o1", "别再推存钱了")
    bot.say("o2", "你好")
    after = {who: Reader(bot, who).get("/a/index-fund").text for who in ("o1", "o2")}
    assert "应急金放哪里" not in after["o1"] and "应急金放哪里" in after["o2"]
