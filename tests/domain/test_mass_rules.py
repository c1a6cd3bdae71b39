"""Mass sends: what WeChat's answers mean, what is left of a person's month, and when a job is large enough."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.mass_send import (
    AGAIN,
    ARRIVES_WITHIN,
    GIVE_UP,
    HOLD,
    KNOWN_SECONDS,
    LATER,
    PAUSE,
    REPEAT_SECONDS,
    TAKEN,
    after_answer,
    closes,
    mass_left,
    may_submit_at,
    outcome,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp())


NOON = at("2026-11-23 12:00")


def verdict(errcode: int, unclear: bool = False, tries: int = 1, maybe_since: int | None = None) -> tuple[str, int]:
    told = after_answer(errcode, unclear, tries, NOON, SHANGHAI, maybe_since)
    return told.do, told.at - NOON


def test_a_job_that_wechat_has_under_our_id_was_taken() -> None:
    assert verdict(45065)[0] == verdict(45065, maybe_since=NOON - 100)[0] == TAKEN


@pytest.mark.parametrize("errcode", [0, -1])
def test_after_silence_the_same_job_is_asked_for_again_no_sooner_than_wechat_hears_of_it(errcode: int) -> None:
    do, wait = verdict(errcode, unclear=True)
    assert do == AGAIN and wait >= REPEAT_SECONDS
    assert verdict(45066) == (AGAIN, REPEAT_SECONDS)


def test_what_wechat_may_have_is_never_made_a_new_job_whatever_it_answers_later() -> None:
    for errcode in (45028, 45009, 45011, 48004, 40001, 40130):
        assert verdict(errcode, maybe_since=NOON - 90)[0] == AGAIN
    assert verdict(0, unclear=True, maybe_since=NOON - KNOWN_SECONDS - 1)[0] == GIVE_UP


def test_a_refused_job_waits_for_the_minute_or_the_next_day_and_a_used_up_quota_gives_it_to_the_next_visit() -> None:
    assert verdict(45011) == (LATER, 30) and verdict(45011, tries=2) == (LATER, 60)
    assert verdict(0) == (LATER, 30)  # no connection was made
    assert verdict(45009) == (LATER, 12 * 3_600)
    assert verdict(45028)[0] == verdict(40130)[0] == verdict(48001)[0] == HOLD
    assert verdict(48004)[0] == PAUSE


def test_a_person_gets_four_in_a_calendar_month_of_china_and_no_more_than_the_campaigns_share_in_a_week() -> None:
    now = at("2026-11-30 20:00")
    days = [at(f"2026-11-{day:02} 10:00") for day in (2, 9, 16, 23)]
    assert [mass_left(days[:used], now, per_week=4) for used in range(5)] == [4, 3, 2, 1, 0]
    assert mass_left(days, at("2026-12-01 00:00"), per_week=4) == 4  # a new month
    late = [at("2026-11-30 10:00")]
    assert mass_left(late, at("2026-12-01 00:00"), per_week=1) == 0  # the seven days go on over its end
    assert mass_left(days[:1], days[0] + 6 * 86_400, per_week=1) == 0
    assert mass_left(days[:1], days[0] + 7 * 86_400, per_week=1) == 1
    assert mass_left([], now, per_week=0) == 0


def test_a_job_is_submitted_so_early_that_it_arrives_before_the_night() -> None:
    nine = at("2026-11-23 21:00")
    assert may_submit_at(nine - ARRIVES_WITHIN - 1, SHANGHAI) == nine - ARRIVES_WITHIN - 1
    morning = at("2026-11-24 09:00")
    assert may_submit_at(nine - ARRIVES_WITHIN, SHANGHAI) == may_submit_at(nine, SHANGHAI) == morning
    assert may_submit_at(morning, SHANGHAI) == morning


def test_two_are_enough_for_a_job_once_nobody_else_comes_and_ten_thousand_are_full() -> None:
    assert not closes(1, still_coming=False) and closes(2, still_coming=False)
    assert not closes(9_999, still_coming=True) and closes(10_000, still_coming=True)


def test_only_a_job_that_reached_somebody_reached_anybody() -> None:
    good = outcome({"Status": "send success", "SentCount": "3", "ErrorCount": 1})
    assert good.reached and (good.sent, good.failed) == (3, 1)
    assert not outcome({"Status": "send success", "SentCount": "0", "ErrorCount": 4}).reached
    assert not outcome({"Status": "err(10001)", "SentCount": 3}).reached
    assert not outcome({"Status": "send success", "SentCount": None}).reached
