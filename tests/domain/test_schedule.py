"""A cron line means what cron means by it, in the account's zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from domain.campaign import Schedule
from domain.schedule import last_due, never_comes, next_due, read_cron

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return int(dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone).timestamp())


def told(moment: int | None, zone: ZoneInfo = SHANGHAI) -> str:
    return "never" if moment is None else f"{dt.datetime.fromtimestamp(moment, zone):%Y-%m-%d %H:%M %a}"


NOW = at("2026-11-25 12:00")  # a Wednesday


@pytest.mark.parametrize(
    ("line", "last", "following"),
    [
        ("0 10 * * 6", "2026-11-21 10:00 Sat", "2026-11-28 10:00 Sat"),
        ("0 10 * * sat", "2026-11-21 10:00 Sat", "2026-11-28 10:00 Sat"),
        ("0 10 * * 0", "2026-11-22 10:00 Sun", "2026-11-29 10:00 Sun"),
        ("0 10 * * 7", "2026-11-22 10:00 Sun", "2026-11-29 10:00 Sun"),
        ("30 9-21/6 * * *", "2026-11-25 09:30 Wed", "2026-11-25 15:30 Wed"),
        ("0 12 * * *", "2026-11-25 12:00 Wed", "2026-11-26 12:00 Thu"),
        ("0 20 31 * *", "2026-10-31 20:00 Sat", "2026-12-31 20:00 Thu"),
        ("0 10 29 2 *", "2024-02-29 10:00 Thu", "2028-02-29 10:00 Tue"),
        ("0 10 1 jan,jul *", "2026-07-01 10:00 Wed", "2027-01-01 10:00 Fri"),
        ("0 10 1 * 5", "2026-11-20 10:00 Fri", "2026-11-27 10:00 Fri"),
        ("0 10 26 * 5", "2026-11-20 10:00 Fri", "2026-11-26 10:00 Thu"),
    ],
)
def test_a_line_is_due_when_cron_would_start_it(line: str, last: str, following: str) -> None:
    schedule = Schedule(cron=line)
    assert told(last_due(schedule, NOW, SHANGHAI)) == last
    assert told(next_due(schedule, NOW, SHANGHAI)) == following


def test_one_moment_is_due_once() -> None:
    schedule = Schedule(at=NOW)
    assert (last_due(schedule, NOW - 1, SHANGHAI), next_due(schedule, NOW - 1, SHANGHAI)) == (None, NOW)
    assert (last_due(schedule, NOW, SHANGHAI), next_due(schedule, NOW, SHANGHAI)) == (NOW, None)


def test_where_clocks_are_changed_each_day_still_has_its_moment() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    daily = Schedule(cron="30 2 * * *")  # does not exist on the last Sunday of March
    moment, days = at("2026-03-27 12:00", berlin), set()
    for _ in range(4):
        found = next_due(daily, moment, berlin)
        assert found is not None and found > moment
        moment = found
        days.add(dt.datetime.fromtimestamp(moment, berlin).date())
    assert len(days) == 4


@pytest.mark.parametrize("line", ["0 10 30 2 *", "0 10 31 4,6,9,11 *", "0 10 30,31 feb *"])
def test_a_day_that_is_in_no_month_never_comes(line: str) -> None:
    assert never_comes(read_cron(line)) and next_due(Schedule(cron=line), NOW, SHANGHAI) is None
    assert not never_comes(read_cron("0 10 30 2 1")), "its Mondays come"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 10 * *", "has 4 fields"), ("60 10 * * *", '"60" is no minute — from 0 to 59'), ("0 24 * * *", "is no hour"),
        ("0 10 0 * *", "is no day"), ("0 10 * 13 *", "is no month"), ("0 10 * * 8", "is no weekday"),
        ("0 10 * * mo", '"mo" is no weekday'), ("0 10 * mon *", '"mon" is no month'), ("0 9-8 * * *", "goes upwards"),
        ("*/0 10 * * *", "at least 1"),
        ("0 10 * * 1,", '"" is no weekday'), ("0 １０ * * *", "is no hour"), ("", "0 fields"),
        ("0 *-9 * * *", "is no hour"), ("@daily", "has 1 fields"),
    ],
)  # fmt: skip
def test_what_is_no_cron_line_is_told_by_its_field(line: str, said: str) -> None:
    with pytest.raises(ValueError) as wrong:
        read_cron(line)
    assert said in str(wrong.value)
