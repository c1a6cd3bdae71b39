"""A campaign is sent: once to each, only what is allowed at that moment, and whatever WeChat answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from bot_in_process import Workshop
from campaign_at_hand import CUSTOM, NOTICE_ID, SLUG, TEMPLATES, Make, a_campaign, campaigns_at_hand, with_notices

from domain.campaign import SERVICE, Campaign, Caps, drawn_first
from domain.delivery import NOTICE, TEMPLATE, WINDOW
from domain.push_outcome import Told
from domain.shares import FLOOR
from errors import StoreBusy
from flows import claim_pushes
from flows.claim_pushes import Claiming, claim
from storage import campaign_runs, opt_outs
from storage.campaign_sending import LEASE_SECONDS
from wechat.fast_outbox import OnItsWay

HOUR = 3_600


@pytest.fixture
def make(workshop: Workshop) -> Iterator[Make]:
    with campaigns_at_hand(workshop) as at_hand:
        yield at_hand


def test_everybody_gets_it_once_and_each_message_leaves_its_rows(make: Make) -> None:
    at = make(5)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    assert at.send(run_id).counts == {"sent": 5}
    assert at.send(run_id).counts == {}
    assert [len(at.heard(openid)) for openid in at.people] == [1] * 5
    rows = at.bot.rows("campaign_deliveries", run_id=run_id)
    assert {(row["state"], row["channel"], row["sent_at"], row["tries"]) for row in rows} == {
        ("sent", WINDOW, at.now, 1)
    }
    assert {(row["channel"], row["purpose"]) for row in at.bot.rows("sends", id=run_id)} == {(WINDOW, "marketing")}
    shown = at.bot.rows("exposures", behaviour_id=run_id)
    assert {row["id"]: row["openid"] for row in shown} == {row["exposure_id"]: row["openid"] for row in rows}
    assert {(row["slug"], row["policy"], row["propensity"]) for row in shown} == {(SLUG, "campaign", 1.0)}
    assert at.tend() == ("finished: 1", {}) and at.run(run_id)["state"] == "finished"


def test_senders_beside_each_other_share_the_work_and_nobody_gets_it_twice(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_pushes, "CHUNK", 3)
    at = make(24)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    senders = [at.a_sender() for _ in range(4)]
    threads = [threading.Thread(target=at.send, args=(run_id, sender)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert at.states(run_id) == {"sent": 24}
    assert [len(at.heard(openid)) for openid in at.people] == [1] * 24


def test_who_leaves_or_opts_out_after_the_planning_gets_nothing(make: Make) -> None:
    at = make(4)
    at.write_to_us()
    gone, sated, bored, stays = at.people
    run_id = at.launch(a_campaign())
    at.bot.event(gone, "unsubscribe", "")
    with at.store.write() as tx:
        opt_outs.stop(tx, sated, "", at.now)
        opt_outs.stop(tx, bored, "跑步", at.now)  # a tag of the item
    at.send(run_id)
    assert at.states(run_id) == {"skipped not_following": 1, "skipped opted_out": 2, "sent": 1}
    assert [at.heard(one) for one in (gone, sated, bored)] == [[], [], []] and len(at.heard(stays)) == 1


def test_two_campaigns_of_one_day_do_not_both_write_to_the_same_person(make: Make) -> None:
    at = make(3)
    at.write_to_us()
    first, second = at.launch(a_campaign("one")), at.launch(a_campaign("two"))
    at.send(first)
    at.send(second)
    assert at.states(second) == {"skipped enough": 3}
    third = at.launch(a_campaign("three", purpose=SERVICE))
    at.send(third)
    assert at.states(third) == {"sent": 3}  # a service notice is not capped
    fourth = at.launch(a_campaign("four", purpose=SERVICE, names_caps=True))
    at.send(fourth)
    assert at.states(fourth) == {"skipped enough": 3}  # unless its file says so


def test_what_is_due_at_night_is_sent_in_the_morning(make: Make) -> None:
    at = make(2)
    at.advance(9 * HOUR)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    at.send(run_id)
    assert at.states(run_id) == {"planned at night": 2} and at.heard(at.people[0]) == []
    assert at.tend() == ("", {})
    at.advance(12 * HOUR)
    assert at.tend() == ("", {run_id: 2})
    at.send(run_id)
    assert at.states(run_id) == {"sent": 2}


def test_without_an_open_channel_it_waits_for_the_next_visit(make: Make) -> None:
    at = make(2)
    at.write_to_us(at.people[0])
    run_id = at.launch(a_campaign())
    at.send(run_id)
    assert at.states(run_id) == {"sent": 1, "held no_channel": 1}
    assert at.bot.rows("sends", openid=at.people[1]) == []


def test_channels_that_take_turns_are_tried_in_the_order_drawn_for_each(make: Make) -> None:
    at = make(30)
    with_notices(at)
    at.consent(*at.people)
    at.write_to_us()
    campaign = a_campaign(channels=(WINDOW, NOTICE), notice="new-item", adjust=True)
    run_id = at.launch(campaign)
    at.send(run_id)
    shares = {WINDOW: 1 - FLOOR, NOTICE: FLOOR}
    drawn = {openid: drawn_first(campaign, shares, openid) for openid in at.people}
    rows = at.bot.rows("campaign_deliveries", run_id=run_id)
    assert {row["openid"]: row["channel"] for row in rows} == drawn
    assert {*drawn.values()} == {WINDOW, NOTICE}


def test_a_consent_is_used_for_one_notice(make: Make) -> None:
    at = make(2)
    with_notices(at)
    at.consent(at.people[0])
    campaign = a_campaign(channels=(WINDOW, NOTICE), notice="new-item", caps=Caps(3, 7))
    first, second = at.launch(campaign), ""
    at.send(first)
    assert at.states(first) == {"sent": 1, "held no_channel": 1}
    at.advance(60)
    second = at.launch(campaign, at.people[0])
    at.send(second)
    assert at.states(second) == {"held no_channel": 1}
    (used,) = at.bot.rows("consents")
    assert used["spent_on"] == first


def test_a_consent_that_wechat_does_not_know_is_crossed_out_and_the_next_channel_is_taken(make: Make) -> None:
    at = make(1)
    with_notices(at)
    at.consent(at.people[0])
    at.platform.post(f"followers/{at.people[0]}/withdraw", {"template_id": NOTICE_ID})
    at.write_to_us()
    run_id = at.launch(a_campaign(channels=(NOTICE, WINDOW), notice="new-item"))
    at.send(run_id)
    assert at.states(run_id) == {"sent": 1}
    (row,) = at.bot.rows("campaign_deliveries", run_id=run_id)
    assert (row["channel"], row["tries"]) == (WINDOW, 2)
    assert at.bot.rows("consents")[0]["spent_on"] == "none left"
    assert [row["channel"] for row in at.bot.rows("sends", id=run_id)] == [WINDOW]


def test_a_window_that_wechat_calls_closed_is_closed_for_us_too(make: Make) -> None:
    at = make(1)
    at.bot.say(at.people[0], "你好")  # the platform knows nothing of it
    run_id = at.launch(a_campaign())
    at.send(run_id)
    assert at.states(run_id) == {"held refused: 45015": 1}
    assert at.bot.rows("sends", id=run_id) == [] and at.bot.rows("exposures", behaviour_id=run_id) == []
    again = at.launch(a_campaign("again"))
    at.send(again)
    assert at.states(again) == {"held no_channel": 1} and len(at.platform.calls(CUSTOM)) == 1


def test_a_paused_run_sends_nothing_until_it_is_resumed(make: Make) -> None:
    at = make(3)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    with at.store.write() as tx:
        campaign_runs.pause(tx, run_id)
    assert at.send(run_id).counts == {} and at.tend() == ("", {})
    with at.store.write() as tx:
        campaign_runs.resume(tx, run_id)
    assert at.send(run_id).counts == {"sent": 3}


def test_a_pause_in_the_middle_keeps_the_rest_back(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_pushes, "CHUNK", 2)
    at = make(6)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    words = at.sender.write

    def write_and_pause(*given: object) -> object:
        with at.store.write() as tx:
            campaign_runs.pause(tx, run_id)
        return words(*given)  # type: ignore[arg-type]

    at.sender.write = write_and_pause  # type: ignore[assignment]
    at.send(run_id)
    assert at.states(run_id) == {"sent": 2, "planned": 4}


def test_a_ban_pauses_the_run_and_cries_and_nobody_is_lost(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    at = make(3)
    at.write_to_us()
    at.platform.post("settings", {"banned_calls": [CUSTOM]})
    run_id = at.launch(a_campaign())
    at.send(run_id)
    run = at.run(run_id)
    assert (run["state"], run["before_pause"]) == ("paused", "sending") and "48004" in run["trouble"]
    ours = [record for record in caplog.records if record.name.startswith(("flows", "wechat", "storage"))]
    assert any(record.levelno == logging.CRITICAL for record in ours)
    assert not any(openid in record.getMessage() for openid in at.people for record in ours)
    at.platform.post("settings", {"banned_calls": []})
    with at.store.write() as tx:
        campaign_runs.resume(tx, run_id)
    assert at.send(run_id).counts == {"sent": 3} and at.states(run_id) == {"sent": 3}


def test_rising_failures_pause_the_run_before_everybody_is_spoilt(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_pushes, "CHUNK", 5)
    at = make(40)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    at.platform.post("faults", {"next": [{"kind": "http_502", "path": CUSTOM, "count": 40}]})
    at.send(run_id)
    at.platform.post("faults/clear")
    run, states = at.run(run_id), at.states(run_id)
    assert run["state"] == "paused" and "too many of the last" in run["trouble"]
    assert states["unsure no answer"] == 10 and states["planned"] == 40 - states["unsure no answer"]
    with at.store.write() as tx:
        campaign_runs.resume(tx, run_id)
    at.send(run_id)
    assert at.run(run_id)["state"] == "sending" and at.states(run_id)["sent"] == states["planned"]


@pytest.mark.parametrize(("fault", "heard"), [("reset_after", 1), ("reset_before", 0), ("busy", 0)])
def test_what_may_have_been_sent_is_never_sent_again(make: Make, fault: str, heard: int) -> None:
    at = make(1)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    at.platform.post("faults", {"next": [{"kind": fault, "path": CUSTOM}]})
    at.send(run_id)
    at.advance(HOUR)
    assert at.send(run_id).counts == {} and at.states(run_id) == {"unsure no answer": 1}
    assert len(at.heard(at.people[0])) == heard
    assert len(at.bot.rows("sends", id=run_id)) == 1, "it counts as sent"
    assert at.tend()[0] == "finished: 1"


def test_what_a_dead_sender_left_is_unsure_once_its_lease_is_over(make: Make) -> None:
    at = make(3)
    at.write_to_us()
    run_id = at.launch(a_campaign())

    claiming = Claiming(
        at.bot.live.current, at.campaigns["weekend"], run_id, at.now, at.sender.zone, "killed", 10, at.sender.chance
    )
    assert len(claim(claiming, at.store, at.now, int(at.alive)).taken) == 3  # and then it is killed
    assert at.tend() == ("", {}) and at.states(run_id) == {"sending": 3}
    at.alive += LEASE_SECONDS + 1
    assert at.tend()[0] == "unsure: 3, finished: 1"
    assert at.states(run_id) == {"unsure its sender died": 3}


def test_who_was_taken_for_dead_and_could_not_send_brings_the_run_back(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a night's sleep of the whole machine: the clock wakes first and finds the lease long over."""
    at = make(2)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    results = at.sender.outbox.results

    def slept(handed: OnItsWay) -> list[Told]:
        at.alive += LEASE_SECONDS + 1
        at.tend()
        assert at.run(run_id)["state"] == "finished"
        return [Told(False, why="never left") for _ in results(handed)]

    monkeypatch.setattr(at.sender.outbox, "results", slept)
    at.send(run_id)
    assert at.states(run_id) == {"planned WeChat could not be reached": 2} and at.run(run_id)["state"] == "sending"


def test_a_used_up_day_stops_the_sender_until_tomorrow(make: Make) -> None:
    at = make(4)
    at.write_to_us()
    at.platform.post("quotas", {"path": CUSTOM, "limit": 1})
    run_id = at.launch(a_campaign())
    at.send(run_id)
    assert at.states(run_id) == {"sent": 1, "planned refused: 45009": 3}
    calls = len(at.platform.calls(CUSTOM))
    assert at.send(run_id).counts == {} and len(at.platform.calls(CUSTOM)) == calls
    at.advance(21 * HOUR)
    assert at.send(run_id).counts == {"sent": 1, "planned": 2}


def test_no_way_leads_marketing_into_a_template_message(make: Make) -> None:
    at = make(1)
    with_notices(at)
    with pytest.raises(ValueError, match="service notice"):
        a_campaign(channels=(TEMPLATE,), notice="course")
    forged = object.__new__(Campaign)  # as if a later change let one be made
    for name in Campaign.__slots__:
        object.__setattr__(forged, name, getattr(a_campaign(notice="course"), name))
    object.__setattr__(forged, "channels", (TEMPLATE,))
    run_id = at.launch(forged)
    at.send(run_id)
    assert at.states(run_id) == {"held no_channel": 1} and at.platform.calls(TEMPLATES) == []


def test_all_senders_together_keep_the_rate_of_a_second(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_pushes, "CHUNK", 2)
    at = make(8)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    one, other = at.a_sender(rate=3), at.a_sender(rate=3)
    first, second = at.send(run_id, one), at.send(run_id, other)
    assert first.counts == {"sent": 3} and first.full and second.counts == {} and second.full
    at.advance(1)
    assert at.send(run_id, other).counts == {"sent": 3}
    at.advance(1)
    assert at.send(run_id, one).counts == {"sent": 2} and at.states(run_id) == {"sent": 8}


def test_an_item_that_left_the_shelf_is_told_of_to_nobody(make: Make) -> None:
    at = make(2)
    at.write_to_us()
    run_id = at.launch(a_campaign(item="gone"), slug="gone")
    at.send(run_id)
    assert at.states(run_id) == {"skipped no_item": 2} and at.heard(at.people[0]) == []


def test_words_that_cannot_be_written_are_tried_again_until_the_run_pauses_itself(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    at = make(2)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    words = at.sender.write

    def fails(*_: object) -> object:
        raise KeyError("a fault of ours")

    at.sender.write = fails  # type: ignore[assignment]
    at.send(run_id)
    assert at.states(run_id) == {"planned its words could not be written": 2} and "could not be written" in caplog.text
    for _ in range(4):
        at.advance(HOUR)
        at.send(run_id)
    assert at.run(run_id)["state"] == "paused" and "words could not be written" in at.run(run_id)["trouble"]
    at.sender.write = words
    other = at.launch(a_campaign("other"))
    assert at.send(other).counts == {"sent": 2}, "another campaign does not suffer from it"


def test_while_the_database_is_busy_no_words_are_written_and_no_run_is_blamed(make: Make) -> None:
    at = make(2)
    at.write_to_us()
    run_id = at.launch(a_campaign())
    words = at.sender.write

    def busy(*_: object) -> object:
        raise StoreBusy("locked")

    at.sender.write = busy  # type: ignore[assignment]
    for _ in range(8):
        at.send(run_id)
        at.advance(1_000)
    assert at.states(run_id) == {"planned it could not be handed over": 2} and at.run(run_id)["state"] == "sending"
    at.sender.write = words
    at.advance(HOUR)
    assert at.send(run_id).counts == {"sent": 2}


def test_what_was_not_sent_in_its_time_is_dropped_and_the_run_is_over(make: Make) -> None:
    at = make(2)
    at.write_to_us()
    run_id = at.launch(a_campaign(until_hours=2))
    at.advance(2 * HOUR + 1)
    assert at.tend() == ("too late: 2, finished: 1", {})
    assert at.states(run_id) == {"skipped too_late": 2}
