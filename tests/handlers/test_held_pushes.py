"""What no channel could carry is read under the next answer, or on /me: once, while it is still allowed and of use."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from bot_in_process import LONG_WORDS, Bot, Workshop

from catalog.sentences import SENTENCES
from domain.quota import REPLY_TEXT_BYTES
from flows import show_held
from storage import campaign_deliveries, campaign_runs, campaign_sending, entitlements
from storage.campaign_deliveries import Plan
from tests.web.signed_in import Reader

TEXT = """title: 周末
purpose: marketing
channels: [window]
until_hours: 24
topics: [周末]
message: {text: "{greeting}，动起来：《{title}》{reason} {link}", item: run-30}
"""
PLAIN = """title: 放假
purpose: marketing
channels: [window]
message: {text: "{greeting}，这几天休息，慢慢看。"}
"""
LEAD = "顺便告诉你"
HOUR = 3_600


def held(
    bot: Bot, name: str = "weekend", text: str = TEXT, slug: str = "run-30", openid: str = "o1", reason: str = ""
) -> str:
    """A run that could reach this follower through no channel."""
    slot = int(bot.clock.now)
    with bot.store.write() as tx:
        assert campaign_runs.launch(tx, name, slot, text, "clock", slot)
        run = campaign_runs.run_id(name, slot)
        campaign_deliveries.plan(tx, run, [Plan(openid, "planned", "", "main", slug, reason, slot)], slot)
        assert campaign_sending.hold(tx, run, openid, "no_channel")
    return run


def row(bot: Bot, run: str, openid: str = "o1") -> dict[str, Any]:
    (found,) = bot.rows("campaign_deliveries", run_id=run, openid=openid)
    return found


@pytest.fixture
def here(bot: Bot) -> Bot:
    bot.event("o1", "subscribe", "")
    return bot


def test_it_stands_under_the_next_answer_once_with_a_link_of_its_own(here: Bot) -> None:
    run = held(here, reason="因为你喜欢跑步")
    heard = here.say("o1", "帮助")
    answer, _, push = heard.words.partition(f"\n\n—— {LEAD} ——\n")
    assert answer == SENTENCES["help"] and push.startswith("中午好，动起来：《从喘到跑》因为你喜欢跑步 ")
    found = row(here, run)
    assert (found["state"], found["channel"], found["sent_at"]) == ("shown", "visit", int(here.clock.now))
    (shown,) = here.rows("exposures")
    assert (shown["policy"], shown["behaviour_id"], shown["id"]) == ("campaign", run, found["exposure_id"])
    assert LEAD not in here.say("o1", "帮助").words
    assert here.get(heard.links[-1]).status_code == 302
    assert here.rows("exposures")[0]["opened_at"]


def test_a_retry_hears_the_very_same(here: Bot) -> None:
    held(here)
    here.clock.now += 2
    fields = here.message("o1", Content="推荐")
    first = here.push(fields)
    assert LEAD in first.words and here.push(fields).raw == first.raw
    assert len([one for one in here.rows("exposures") if one["policy"] == "campaign"]) == 1


def test_of_several_the_newest_comes_first_and_one_a_day(here: Bot) -> None:
    held(here)
    here.clock.now += HOUR
    newest = held(here, "holiday", PLAIN, slug="")
    assert "慢慢看" in here.say("o1", "帮助").words and row(here, newest)["exposure_id"] == ""
    assert LEAD not in here.say("o1", "帮助").words
    here.clock.now += 24 * HOUR - 60
    assert LEAD not in here.say("o1", "帮助").words, "the older one is too old by now"


def stop_words(words: str) -> Any:
    return lambda bot: bot.say("o1", words)


def buy(bot: Bot) -> None:
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "order:1", int(bot.clock.now))


def wait(bot: Bot) -> None:
    bot.clock.now += 24 * HOUR


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (stop_words("退订"), "opted_out"), (stop_words("退订 跑步"), "opted_out"),
        (stop_words("退订 周末"), "opted_out"), (stop_words("别再推健身"), "opted_out"),
        (buy, "owned"), (wait, "too_late"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_or_of_no_use_any_more_is_dropped(here: Bot, happens: Any, why: str) -> None:
    run = held(here)
    heard = happens(here)
    assert heard is None or LEAD not in heard.words, "not under the very answer to 退订"
    assert LEAD not in here.say("o1", "帮助").words
    assert (row(here, run)["state"], row(here, run)["why"]) == ("skipped", why)


def test_another_topic_does_not_stop_it(here: Bot) -> None:
    held(here)
    here.say("o1", "退订 理财")
    assert LEAD in here.say("o1", "帮助").words


def test_nothing_of_a_paused_campaign_is_shown(here: Bot) -> None:
    run = held(here)
    with here.store.write() as tx:
        assert campaign_runs.pause(tx, run)
    assert LEAD not in here.say("o1", "帮助").words and row(here, run)["state"] == "held"
    with here.store.write() as tx:
        campaign_runs.resume(tx, run)
    assert LEAD in here.say("o1", "帮助").words


def test_a_long_answer_is_not_cut_for_it(here: Bot) -> None:
    run = held(here)
    heard = here.say("o1", "长文")
    assert LEAD not in heard.words and row(here, run)["state"] == "held"
    assert heard.words.startswith(LONG_WORDS[:20]) and len(heard.text.encode()) <= REPLY_TEXT_BYTES
    assert LEAD in here.say("o1", "帮助").words


def test_what_the_answer_shows_anyway_is_not_told_twice(here: Bot) -> None:
    run = held(here)
    assert "run-30" in here.say("o1", "跑步").slugs
    assert row(here, run)["state"] == "held"


def test_a_number_still_means_the_list_and_why_tells_of_both(here: Bot) -> None:
    held(here, reason="因为你喜欢跑步")
    heard = here.say("o1", "理财")
    assert LEAD in heard.words and len(heard.slugs) == 3
    assert f"/go/{heard.slugs[0]}." in here.say("o1", "1").xml
    here.clock.now += 25 * HOUR
    held(here, reason="因为你喜欢跑步")
    here.say("o1", "理财")
    assert "因为你喜欢跑步" in here.say("o1", "为什么").words


def test_a_name_they_told_greets_them_and_is_kept_encrypted(here: Bot) -> None:
    here.say("o1", "叫我小李")
    held(here)
    assert "小李，中午好" in here.say("o1", "帮助").words
    assert not [one for one in here.rows("replies") if "小李" in one["words"]]


def test_who_wants_nothing_personal_reads_no_reason(here: Bot) -> None:
    here.say("o1", "关闭个性化")
    held(here, reason="因为你喜欢跑步")
    heard = here.say("o1", "帮助").words
    assert LEAD in heard and "因为" not in heard.partition(LEAD)[2]


def test_a_fault_never_takes_the_answer_away(here: Bot, caplog: pytest.LogCaptureFixture) -> None:
    run = held(here, text="message: [broken")
    assert here.say("o1", "帮助").words == SENTENCES["help"]
    assert row(here, run)["state"] == "held" and "o1" not in caplog.text


def test_of_two_messages_at_once_one_shows_it(here: Bot) -> None:
    run = held(here)
    here.clock.now += 2
    messages = [here.message("o1", Content="帮助") for _ in range(6)]
    heard: list[str] = []
    start = threading.Barrier(len(messages))

    def go(fields: dict[str, Any]) -> None:
        start.wait()
        heard.append(here.push(fields).words)

    threads = [threading.Thread(target=go, args=(fields,)) for fields in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(LEAD in words for words in heard) == [False] * 5 + [True]
    assert row(here, run)["state"] == "shown" and len(here.rows("exposures")) == 1


def test_where_nothing_is_held_it_costs_one_read(here: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    held(here, openid="somebody else")
    asked: list[Any] = []
    real = show_held.held_pushes.of
    monkeypatch.setattr(show_held.held_pushes, "of", lambda *told: asked.append(told) or real(*told))
    monkeypatch.setattr(show_held, "_first", lambda *told: pytest.fail("nothing is held"))
    here.say("o1", "帮助")
    assert len(asked) == 1


# --- on /me ------------------------------------------------------------------------------------------------------


def test_on_the_own_page_it_is_read_once_and_not_again_in_the_chat(here: Bot) -> None:
    run = held(here)
    page = Reader(here, "o1").get("/me").text
    assert "动起来：《从喘到跑》" in page and "/go/run-30." in page and "&lt;a" not in page
    assert row(here, run)["state"] == "shown"
    assert "动起来" not in Reader(here, "o1").get("/me").text
    assert LEAD not in here.say("o1", "帮助").words


def test_without_an_item_the_page_tells_it_without_a_link(here: Bot) -> None:
    held(here, "holiday", PLAIN, slug="")
    page = Reader(here, "o1").get("/me").text
    assert "慢慢看" in page and 'href=""' not in page


def test_somebody_else_reads_nothing_of_it(here: Bot, workshop: Workshop) -> None:
    run = held(here)
    assert "动起来" not in Reader(here, "o2").get("/me").text and "动起来" not in Reader(here).get("/me").text
    assert row(here, run)["state"] == "held"
