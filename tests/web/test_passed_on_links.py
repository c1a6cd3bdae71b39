"""A link that a follower passes on: who opens it elsewhere is somebody else."""

import pytest
from bot_in_process import Bot
from werkzeug.test import Client, TestResponse

SITE = "https://read.example.cn"


@pytest.fixture
def opened(bot: Bot) -> tuple[Bot, str]:
    """The follower has opened the link of an answer."""
    link = bot.say("o1", "夜跑").links[0]
    bot.clock.now += 2
    assert bot.get(link).status_code == 302
    return bot, link


def stranger_opens(bot: Bot, link: str) -> tuple[TestResponse, TestResponse]:
    """A browser without cookies: the link, then the page."""
    browser = Client(bot.app)
    first = browser.get(link, base_url=SITE)
    return first, browser.get(first.location, base_url=SITE)


def test_a_stranger_reads_the_item_without_the_reason(opened: tuple[Bot, str]) -> None:
    bot, link = opened
    assert "推荐给你" in bot.get("/a/run-30").text
    first, page = stranger_opens(bot, link)
    assert (first.status_code, first.location, page.status_code) == (302, "/a/run-30", 200)
    assert "推荐给你" not in page.text and "夜跑" not in page.text
    assert "从喘到跑" in page.text


def test_a_strangers_cookie_says_nothing_of_the_follower(opened: tuple[Bot, str]) -> None:
    first, page = stranger_opens(*opened)
    assert "Set-Cookie" not in first.headers
    assert [cookie.partition("=")[0] for cookie in page.headers.getlist("Set-Cookie")] == ["shutong_browser"]


def test_a_strangers_click_is_nobodys_and_teaches_nothing(opened: tuple[Bot, str]) -> None:
    bot, link = opened
    before = bot.weights("o1")
    for later in (0, 61, 3_600):
        bot.clock.now += later
        stranger_opens(bot, link)
    assert bot.weights("o1") == before
    strangers = bot.rows("behaviours", kind="click", openid="")
    assert len(strangers) == 3 and {row["taught"] for row in strangers} == {""}
    assert len(bot.rows("behaviours", kind="click", openid="o1")) == 1
    assert {row["openid"] for row in bot.rows("behaviours", kind="page_view")} == {""}
    assert {row["openid"] for row in bot.rows("followers")} == {"o1"}
    assert not bot.rows("interests", openid="")


def test_the_followers_own_browser_counts_again_a_minute_later(opened: tuple[Bot, str]) -> None:
    bot, link = opened
    stranger_opens(bot, link)
    learned = bot.weights("o1")
    bot.clock.now += 61
    answer = bot.get(link)
    assert answer.status_code == 302
    assert len(bot.rows("behaviours", kind="click", openid="o1")) == 2
    assert bot.weights("o1") == learned, "one exposure, one lesson"
    assert "推荐给你" in bot.get("/a/run-30").text


def test_a_stranger_with_a_link_of_their_own_stays_a_stranger_here(opened: tuple[Bot, str]) -> None:
    bot, link = opened
    own = bot.say("o2", "理财").links[0]
    browser = Client(bot.app)
    browser.get(own, base_url=SITE)
    before = bot.weights("o1"), bot.weights("o2")
    browser.get(link, base_url=SITE)
    assert "推荐给你" not in browser.get("/a/run-30", base_url=SITE).text
    assert (bot.weights("o1"), bot.weights("o2")) == before
