"""When a campaign is due: a cron line read as cron reads it, or one moment.

Five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Each is ``*``, a number, a
range ``1-5``, a step ``*/15`` or ``9-21/3``, or a list of these; months and weekdays also by name (``sat``). Where both
days are restricted, either may fit (crontab(5)).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from domain.campaign import Schedule

LONGEST_GAP_DAYS = 8 * 366
"""Between two 29ths of February lie at most eight years: what does not come in that time never comes."""
_NAMES = {
    "month": {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
    "weekday": {name: n for n, name in enumerate("sun mon tue wed thu fri sat".split())},
}
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_PART = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?")


class Cron(NamedTuple):
    """The values each field allows; ``weekdays`` with Sunday as 0. ``either``: one of the two days is enough."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def falls_on(self, day: dt.date) -> bool:
        """Is it due on this day?"""
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (in_month or in_week if self.either else in_month and in_week)


@lru_cache(maxsize=256)
def read_cron(line: str) -> Cron:
    """The line as sets of numbers. Raises ``ValueError`` with what is wrong."""
    words = line.split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"has {len(words)} fields — five: minute hour day month weekday")
    minutes, hours, days, months, weekdays = (
        _values(word, *field) for word, field in zip(words, _FIELDS, strict=True)
    )  # fmt: skip
    return Cron(
        minutes, hours, days, months, frozenset(day % 7 for day in weekdays),
        not words[2].startswith("*") and not words[4].startswith("*"),
    )  # fmt: skip


def never_comes(cron: Cron) -> bool:
    """Does no day fit, as for the 30th of February?"""
    return next(_days(cron, dt.date(2000, 1, 1), 1), None) is None


def last_due(schedule: Schedule, now: int, zone: dt.tzinfo) -> int | None:
    """The newest moment, in seconds since 1970, at which it was due up to `now`; None = not yet."""
    if schedule.at is not None:
        return schedule.at if schedule.at <= now else None
    return max((at for at in _moments(read_cron(schedule.cron), now, zone, -1) if at <= now), default=None)


def next_due(schedule: Schedule, now: int, zone: dt.tzinfo) -> int | None:
    """The first moment after `now`; None = never again."""
    if schedule.at is not None:
        return schedule.at if schedule.at > now else None
    return min((at for at in _moments(read_cron(schedule.cron), now, zone, 1) if at > now), default=None)


def _moments(cron: Cron, now: int, zone: dt.tzinfo, way: int) -> list[int]:
    """Those of the two nearest days that fit, ahead (1) or back (-1): today's may all lie on the other side."""
    today = dt.datetime.fromtimestamp(now, zone).date()
    nearest = [day for day, _ in zip(_days(cron, today, way), range(2), strict=False)]
    return [
        int(dt.datetime.combine(day, dt.time(hour, minute), zone).timestamp())
        for day in nearest for hour in cron.hours for minute in cron.minutes
    ]  # fmt: skip


def _days(cron: Cron, first: dt.date, way: int) -> Iterator[dt.date]:
    days = (first + dt.timedelta(way * n) for n in range(LONGEST_GAP_DAYS))
    return (day for day in days if cron.falls_on(day))


def _values(word: str, name: str, least: int, most: int) -> frozenset[int]:
    values: set[int] = set()
    for part in word.split(","):
        shape = _PART.fullmatch(part)
        if not shape:
            raise ValueError(f'"{part}" is no {name} — from {least} to {most}, *, 1-5, */2, or a list')
        first, last, step = shape[1], shape[2], int(shape[3] or 1)
        begin = least if first == "*" else _number(first, name, least, most)
        end = _number(last, name, least, most) if last else most if first == "*" or shape[3] else begin
        if step == 0 or end < begin or (first == "*" and last):
            raise ValueError(f'"{part}" is no {name}: a range goes upwards, a step is at least 1')
        values.update(range(begin, end + 1, step))
    return frozenset(values)


def _number(word: str, name: str, least: int, most: int) -> int:
    number = _NAMES.get(name, {}).get(word.lower(), int(word) if word.isascii() and word.isdigit() else -1)
    if not least <= number <= most:
        raise ValueError(f'"{word}" is no {name} — from {least} to {most}')
    return number
