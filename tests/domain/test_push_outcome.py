"""What WeChat's answer to a push of a campaign means."""

from __future__ import annotations

import datetime as dt

import pytest

from domain.campaign import FAILED, PLANNED, SENT, UNSURE
from domain.delivery import NOTICE, REPEATED_SECONDS, TEMPLATE, WINDOW
from domain.push_outcome import LOOKED_AT, NO_ANSWER, TOO_MANY, Failures, Outcome, Told, after_push

ZONE = dt.timezone(dt.timedelta(hours=8))
NOON = int(dt.datetime(2026, 11, 28, 12, 0, tzinfo=ZONE).timestamp())
MIDNIGHT = NOON + 12 * 3600


def outcome(channel: str, told: Told, tries: int = 1, first_at: int = NOON, now: int = NOON) -> Outcome:
    return after_push(channel, told, tries, first_at, now, ZONE)


def refused(errcode: int) -> Told:
    return Told(False, errcode)


def test_what_is_taken_is_sent() -> None:
    assert outcome(WINDOW, Told(True)) == Outcome(SENT)


@pytest.mark.parametrize("channel", [WINDOW, NOTICE])
def test_a_text_or_notice_without_an_answer_is_unsure_and_so_never_sent_again(channel: str) -> None:
    for told in (Told(False, unclear=True), Told(False, -1, unclear=True)):
        found = outcome(channel, told)
        assert found.state == UNSURE and found.blame


def test_a_template_message_without_an_answer_is_repeated_while_wechat_knows_it_by_our_id() -> None:
    silent = Told(False, unclear=True)
    assert outcome(TEMPLATE, silent) == Outcome(PLANNED, NO_ANSWER, NOON + 30, blame=True)
    assert outcome(TEMPLATE, silent, tries=4).state == UNSURE
    assert outcome(TEMPLATE, silent, now=NOON + REPEATED_SECONDS).state == UNSURE


def test_what_never_left_this_machine_is_sent_later_and_so_is_everything_else() -> None:
    found = outcome(WINDOW, Told(False, why="ClientConnectorError"), tries=2)
    assert (found.state, found.at, found.stop, found.blame) == (PLANNED, NOON + 60, True, False)


@pytest.mark.parametrize(("channel", "errcode"), [(WINDOW, 45015), (WINDOW, 45047), (NOTICE, 43101)])
def test_a_channel_that_is_closed_after_all_is_spent_for_this_person_alone(channel: str, errcode: int) -> None:
    found = outcome(channel, refused(errcode))
    assert (found.state, found.at, found.spent, found.stop, found.blame) == (PLANNED, NOON, True, False, False)


@pytest.mark.parametrize("errcode", [40003, 43004, 43019, 48002, 50005])
def test_who_cannot_be_reached_is_dropped_with_the_number(errcode: int) -> None:
    assert outcome(WINDOW, refused(errcode)) == Outcome(FAILED, f"refused: {errcode}")


@pytest.mark.parametrize("errcode", [48004, 40037])
def test_a_ban_or_an_unknown_template_pauses_the_run_and_keeps_the_person(errcode: int) -> None:
    found = outcome(WINDOW, refused(errcode))
    assert found.state == PLANNED and str(errcode) in found.pause


def test_a_used_up_day_is_over_at_midnight_and_a_used_up_minute_soon() -> None:
    day, minute = outcome(WINDOW, refused(45009)), outcome(WINDOW, refused(45011), tries=3)
    assert (day.state, day.at, day.stop) == (PLANNED, MIDNIGHT, True)
    assert (minute.state, minute.at, minute.stop) == (PLANNED, NOON + 120, True)


def test_any_other_refusal_counts_against_the_run_and_tries_another_channel() -> None:
    found = outcome(TEMPLATE, refused(47003))
    assert (found.state, found.spent, found.blame, found.pause) == (PLANNED, True, True, "")


def test_a_run_fails_too_often_when_a_fifth_of_its_last_pushes_did() -> None:
    failures = Failures()
    for _ in range(TOO_MANY - 1):
        failures.note(True)
    assert not failures.are_rising
    failures.note(True)
    assert failures.are_rising and not failures.are_known
    for _ in range(LOOKED_AT):
        failures.note(False)
    assert not failures.are_rising and failures.are_known
