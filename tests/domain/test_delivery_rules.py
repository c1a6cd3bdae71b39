"""Through which channel something may be said now, and what each refusal of WeChat's means."""

from __future__ import annotations

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain import delivery as rules
from domain.delivery import (
    DROP,
    LATER,
    NOTICE,
    OTHER,
    REMINDER,
    SEND,
    TEMPLATE,
    WAIT,
    WINDOW,
    Facts,
    Step,
    after_refusal,
    after_silence,
    next_step,
    quiet_until,
)

ZONE = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0, day: int = 23) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=ZONE).timestamp())


NOON = at(12)


def test_a_receipt_goes_through_the_open_window_first_then_by_template_else_it_waits_for_a_visit() -> None:
    open_window = Facts("receipt", True, 1, TEMPLATE)
    assert next_step(open_window, NOON, ZONE) == Step(SEND, WINDOW)
    assert next_step(open_window, NOON, ZONE, {WINDOW}) == Step(SEND, TEMPLATE)
    assert next_step(open_window, NOON, ZONE, {WINDOW, TEMPLATE}).do == WAIT
    assert next_step(Facts("receipt", True, 0, NOTICE), NOON, ZONE) == Step(SEND, NOTICE)
    assert next_step(Facts("refunded", True, 0), NOON, ZONE).do == WAIT
    assert next_step(Facts("receipt", False, 0, TEMPLATE), NOON, ZONE).do == WAIT


def test_a_receipt_is_said_at_night_and_to_somebody_who_wants_no_pushes() -> None:
    assert next_step(Facts("receipt", True, 1, opted_out=True), at(3), ZONE) == Step(SEND, WINDOW)


def test_a_reminder_goes_through_the_open_window_by_day_or_not_at_all() -> None:
    assert next_step(Facts(REMINDER, True, 1), NOON, ZONE) == Step(SEND, WINDOW)
    assert next_step(Facts(REMINDER, True, 0), NOON, ZONE).do == DROP
    assert next_step(Facts(REMINDER, True, 1, opted_out=True), NOON, ZONE) == Step(DROP, why="opted out")
    assert next_step(Facts(REMINDER, True, 1, useless="paid meanwhile"), NOON, ZONE).why == "paid meanwhile"


@pytest.mark.parametrize(
    ("now", "ends"),
    [(at(20, 59), 0), (at(21), at(9, day=24)), (at(23, 59), at(9, day=24)), (at(0), at(9)), (at(8, 59), at(9)),
     (at(9), 0)],
)  # fmt: skip
def test_nobody_is_reminded_between_nine_in_the_evening_and_nine_in_the_morning(now: int, ends: int) -> None:
    assert quiet_until(now, ZONE) == ends
    step = next_step(Facts(REMINDER, True, 5), now, ZONE)
    assert step == (Step(LATER, at=ends, why="at night") if ends else Step(SEND, WINDOW))


def test_nothing_but_a_service_notice_is_ever_sent_by_template_or_notice() -> None:
    for kind, notice, left, spent in itertools.product(
        (REMINDER, "campaign", "marketing", ""), (TEMPLATE, NOTICE, ""), (0, 5), ((), (WINDOW,))
    ):
        step = next_step(Facts(kind, True, left, notice), NOON, ZONE, spent)
        assert step.do == DROP or step == Step(SEND, WINDOW), (kind, step)


@pytest.mark.parametrize(
    ("code", "do", "stop"),
    [
        (45015, OTHER, False), (45047, OTHER, False), (40037, OTHER, False), (47003, OTHER, False),
        (48001, OTHER, False), (45002, OTHER, False), (43004, WAIT, False), (43019, WAIT, False),
        (43101, WAIT, False), (48002, WAIT, False), (50005, WAIT, False), (40003, WAIT, False),
        (45009, LATER, True), (45011, LATER, True), (40001, LATER, True), (42001, LATER, True), (48004, WAIT, True),
    ],
)  # fmt: skip
def test_each_refusal_has_its_meaning(code: int, do: str, stop: bool) -> None:
    step = after_refusal(code, 1, NOON, ZONE)
    assert (step.do, step.stop) == (do, stop)
    assert not stop or step.at > NOON
    assert do != LATER or step.at > NOON


def test_a_daily_limit_ends_at_midnight_and_trouble_backs_off_twice_as_long_each_time() -> None:
    assert after_refusal(45009, 1, NOON, ZONE).at == at(0, day=24)
    waits = [after_refusal(45011, tries, NOON, ZONE).at - NOON for tries in range(1, 9)]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600]


def test_silence_is_repeated_only_where_wechat_knows_the_message_by_our_id() -> None:
    repeated = after_silence(TEMPLATE, NOON, 1, NOON + 5)
    assert repeated is not None and repeated.do == LATER
    assert after_silence(TEMPLATE, NOON, 9, NOON + rules.REPEATED_SECONDS) is None
    assert after_silence(WINDOW, NOON, 1, NOON) is None and after_silence(NOTICE, NOON, 1, NOON) is None
