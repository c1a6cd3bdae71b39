"""How often the clock learns: the longer it took, the more rarely, and what takes long at night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.interests import DAY
from errors import StoreBusy
from flows.rest import LONG_SECONDS, when_rested
from storage.store import Store


def taking(seconds: float) -> Callable[[], float]:
    hands = iter((10.0, 10.0 + seconds))
    return lambda: next(hands)


def test_work_rests_the_longer_the_longer_it_took(store: Store, now: int, zone: ZoneInfo) -> None:
    done: list[int] = []

    def work() -> str:
        done.append(1)
        return "done"

    assert when_rested(store, "x", now, zone, work, taking(1.0)) == "done"
    assert when_rested(store, "x", now + 499, zone, work) == ""
    assert when_rested(store, "y", now + 499, zone, work, taking(0.0)) == "done"
    assert when_rested(store, "x", now + 500, zone, work, taking(0.01)) == "done"
    assert when_rested(store, "x", now + 505, zone, work, taking(0.01)) == "done"
    assert len(done) == 4


def test_work_that_takes_long_is_done_at_night(store: Store, zone: ZoneInfo) -> None:
    def at(day: int, hour: int, minute: int = 0) -> int:
        return int(datetime(2026, 11, day, hour, minute, tzinfo=zone).timestamp())

    took = LONG_SECONDS + 1.0
    assert when_rested(store, "x", at(18, 19), zone, lambda: "done", taking(took)) == "done"
    assert when_rested(store, "x", at(19, 2, 59), zone, lambda: "done") == ""
    assert when_rested(store, "x", at(19, 3), zone, lambda: "done", taking(took)) == "done"
    assert when_rested(store, "x", at(19, 3, 1), zone, lambda: "done") == ""
    assert when_rested(store, "x", at(20, 3), zone, lambda: "done", taking(took)) == "done"


def test_work_that_failed_has_no_rest(store: Store, now: int, zone: ZoneInfo) -> None:
    def fail() -> str:
        raise StoreBusy("no")

    with pytest.raises(StoreBusy):
        when_rested(store, "x", now, zone, fail)
    assert when_rested(store, "x", now, zone, lambda: "done") == "done"


def test_a_clock_that_was_years_ahead_does_not_stop_learning(store: Store, now: int, zone: ZoneInfo) -> None:
    when_rested(store, "x", now + 3_000 * DAY, zone, lambda: "done", taking(9.0))
    assert when_rested(store, "x", now, zone, lambda: "done") == "done"
