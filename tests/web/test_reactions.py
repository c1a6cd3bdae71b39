"""Like, share, progress and feedback on an item's page: who did it, what it teaches, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from bot_in_process import Bot

from flows.react_to_item import MOST_A_DAY
from tests.web.signed_in import SITE, Reader


def opened(bot: Bot) -> Reader:
    """A stranger's browser with the page open."""
    reader = Reader(bot)
    reader.get("/a/run-30")
    return reader


@pytest.fixture
def follower(bot: Bot) -> tuple[Bot, Reader]:
    """The browser in which a follower opened the link of an answer."""
    reader = Reader(bot)
    reader.get(bot.say("o1", "夜跑").links[0])
    reader.get("/a/run-30")
    return bot, reader


def test_a_heart_is_kept_and_taught_once_however_often_it_is_given(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    before = bot.weights("o1")["健身"]
    assert reader.post("/a/run-30/like", {"on": True}).json == {"on": True}
    after = bot.weights("o1")["健身"]
    assert after > before
    for on in (True, False, False, True):
        reader.post("/a/run-30/like", {"on": on})
    assert bot.weights("o1")["健身"] == after
    assert [row["form"] for row in bot.rows("behaviours", kind="like", openid="o1")].count("on") == 2
    assert 'aria-pressed="true"' in reader.browser.get("/a/run-30", base_url=SITE).text


def test_a_share_a_finished_read_and_four_stars_teach_too(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    known = bot.weights("o1")["健身"]
    for path, sent in (
        ("share", {"to": "friend"}), ("progress", {"seconds": 60, "percent": 95}), ("feedback", {"stars": 4}),
    ):  # fmt: skip
        assert reader.post(f"/a/run-30/{path}", sent).status_code == 200
        assert bot.weights("o1")["健身"] > known
        known = bot.weights("o1")["健身"]
    for path, sent in (("progress", {"seconds": 5, "percent": 30}), ("feedback", {"stars": 1, "text": "太浅"})):
        assert reader.post(f"/a/run-30/{path}", sent).status_code == 200
    assert bot.weights("o1")["健身"] == known
    (said,) = bot.rows("behaviours", kind="feedback", form="stars_1")
    assert (said["openid"], said["text"], said["detail"]) == ("o1", "太浅", "run-30")


def test_nothing_is_learned_from_who_wants_no_personalisation(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    bot.say("o1", "关闭个性化")
    before = bot.weights("o1")
    reader.post("/a/run-30/like", {"on": True})
    assert bot.weights("o1") == before and bot.rows("behaviours", kind="like")[0]["taught"] == ""


def test_progress_is_one_row_a_quarter_and_day(follower: tuple[Bot, Reader]) -> None:
    bot, reader = follower
    for percent in (3, 10, 26, 30, 49, 60, 95, 100):
        bot.clock.now += 1
        reader.post("/a/run-30/progress", {"seconds": 1.5, "percent": percent})
    kept = sorted(row["form"] for row in bot.rows("behaviours", kind="progress"))
    assert kept == ["26% 3s", "3% 1s", "60% 6s", "95% 7s"]


def test_a_strangers_acts_are_kept_for_the_browser_and_teach_nobody(bot: Bot) -> None:
    reader = opened(bot)
    reader.post("/a/run-30/like", {"on": True})
    (row,) = bot.rows("behaviours", kind="like")
    assert row["openid"].startswith("r:") and row["taught"] == ""
    assert not bot.rows("followers") and not bot.rows("interests")


@pytest.mark.parametrize("path", ["like", "share", "progress", "feedback"])
@pytest.mark.parametrize("token", ["", "x", "0" * 64, "跑"])
def test_without_the_pages_token_nothing_is_taken(bot: Bot, path: str, token: str) -> None:
    reader = opened(bot)
    sent = {"on": True, "to": "friend", "seconds": 1, "percent": 1, "stars": 5}
    answer = reader.browser.post(
        f"/a/run-30/{path}", base_url=SITE, json=sent, headers={"X-CSRFToken": token.encode().decode("latin-1")}
    )
    assert answer.status_code == 403 and set(answer.json) == {"error"} and "刷新" in answer.json["error"]
    assert not [row for row in bot.rows("behaviours") if row["kind"] != "page_view"]


def test_the_token_of_another_browser_is_none(bot: Bot) -> None:
    mine, theirs = opened(bot), opened(bot)
    assert mine.post("/a/run-30/like", {"on": True}, theirs.token).status_code == 403
    mine.browser.delete_cookie("shutong_browser", domain="read.example.cn")
    assert mine.post("/a/run-30/like", {"on": True}).status_code == 403


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("like", {}), ("like", {"on": "yes"}), ("like", {"on": 1}), ("like", []), ("like", "on"), ("like", None),
        ("share", {"to": "everybody"}), ("share", {"to": ["friend"]}), ("share", {}), ("progress", {"percent": 1}),
        ("progress", {"percent": "1", "seconds": 1}), ("progress", {"percent": True, "seconds": 1}), ("feedback", {}),
        ("feedback", {"stars": "5"}), ("feedback", {"text": ["x"]}), ("feedback", {"text": " \u0000 "}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_sentence(bot: Bot, path: str, sent: Any) -> None:
    answer = opened(bot).post(f"/a/run-30/{path}", sent)
    assert answer.status_code == 400 and set(answer.json) == {"error"}
    assert not [row for row in bot.rows("behaviours") if row["kind"] != "page_view"]


def test_odd_numbers_and_words_do_no_harm(bot: Bot) -> None:
    reader = opened(bot)
    headers = {"X-CSRFToken": reader.token}
    for path, raw in (
        ("progress", '{"percent": 1e999, "seconds": -1e999}'), ("progress", '{"percent": 1e300, "seconds": 1}'),
        ("progress", '{"percent": NaN, "seconds": 1}'), ("feedback", '{"text": "a\\ud800\\u0000b"}'),
        ("feedback", '{"stars": 99, "text": "' + "长" * 9_000 + '"}'), ("like", "{" * 5_000), ("like", "\xff"),
    ):  # fmt: skip
        answer = reader.browser.post(f"/a/run-30/{path}", base_url=SITE, data=raw.encode("latin-1", "replace"),
                                     headers=headers)  # fmt: skip
        assert answer.status_code in (200, 400), raw[:40]
    assert max(len(row["text"]) for row in bot.rows("behaviours")) <= 500
    assert [row["text"] for row in bot.rows("behaviours", form="stars_0")] == ["ab"]


def test_an_unknown_item_and_a_huge_form_are_refused_in_one_sentence(bot: Bot) -> None:
    reader = opened(bot)
    gone = reader.post("/a/nothing/like", {"on": True})
    huge = reader.post("/a/run-30/feedback", {"text": "a" * 100_000})
    assert (gone.status_code, huge.status_code) == (404, 413)
    assert set(gone.json) == set(huge.json) == {"error"}


@pytest.mark.parametrize("openid", ["o1", ""])
def test_a_script_fills_no_table_with_hearts_and_words(bot: Bot, openid: str) -> None:
    reader = Reader(bot, openid)
    reader.get("/a/run-30")
    answers = [reader.post("/a/run-30/feedback", {"text": f"第 {n} 遍"}) for n in range(MOST_A_DAY + 5)]
    hearts = [reader.post("/a/run-30/like", {"on": n % 2 == 0 or n > MOST_A_DAY}) for n in range(MOST_A_DAY + 5)]
    for told, kind in ((answers, "feedback"), (hearts, "like")):
        assert [one.status_code for one in told] == [200] * MOST_A_DAY + [429] * 5
        assert set(told[-1].json) == {"error"} and len(bot.rows("behaviours", kind=kind)) == MOST_A_DAY
    bot.clock.now += 86_400 + 1
    reader.get("/a/run-30")
    assert reader.post("/a/run-30/feedback", {"text": "新的一天"}).status_code == 200
