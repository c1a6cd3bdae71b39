"""Everything that happens by the clock, on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.tidy_up import forget_old_replies, forget_old_reports, forget_who_left
from storage.store import Store

Run = Callable[[Store, int], str]
"""Does the job at a time (seconds since 1970) and says in a few words what was done."""


@dataclass(frozen=True, slots=True)
class Job:
    """``when`` is a cron line (minute hour day month weekday) in the account's time zone."""

    name: str
    when: str
    run: Run


@dataclass(frozen=True, slots=True)
class Round:
    """Done again and again, ``every`` so many seconds, while this clock is the one. What it has to do it finds in the
    database, so a missed round is no loss; it says "" when there was nothing."""

    name: str
    every: int
    run: Run


TIMETABLE: tuple[Job, ...] = (
    Job("forget-old-replies", "7 * * * *", forget_old_replies),
    Job("forget-old-reports", "50 4 * * *", forget_old_reports),
    Job("forget-who-left", "30 4 * * *", forget_who_left),
)
