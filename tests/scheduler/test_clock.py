"""The clock: each due moment once, however many clocks there are; one clock at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from errors import Declined
from scheduler import clock as clock_room
from scheduler.clock import LEASE_SECONDS, Clock
from scheduler.timetable import TIMETABLE, Job, Round
from storage.schema import job_runs, leases
from storage.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
NOON = int(datetime(2026, 11, 23, 12, 0, 30, tzinfo=ZONE).timestamp())
HOUR = 3_600


class Times:
    """A job that notes when it ran, and a clock's hands."""

    def __init__(self) -> None:
        self.now: float = NOON
        self.ran: list[int] = []

    def __call__(self) -> float:
        return self.now

    def run(self, store: Store, now: int) -> str:
        self.ran.append(now)
        return "done"


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def open_store(migrated_file: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens one database again and again, as processes do."""
    file = tmp_path / "shared.db"
    file.write_bytes(migrated_file.read_bytes())
    stores: list[Store] = []

    def open_it() -> Store:
        stores.append(Store(f"sqlite:///{file}"))
        return stores[-1]

    yield open_it
    for one in stores:
        one.close()


def runs(store: Store) -> list[dict[str, Any]]:
    with store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(job_runs.select())]


def lease_until(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(leases.select()).one().until)


def at(hour: int, minute: int = 0, day: int = 23) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=ZONE).timestamp())


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def test_two_clocks_run_a_slot_once(open_store: Callable[[], Store], times: Times) -> None:
    hourly = [Job("hourly", "0 * * * *", times.run)]
    clocks = [Clock(open_store(), hourly, ZONE, times) for _ in range(2)]
    together = threading.Barrier(2)
    said: list[list[str]] = []

    def strike(one: Clock) -> None:
        together.wait(10)
        said.append(one.tick())

    threads = [threading.Thread(target=strike, args=(one,)) for one in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(said) == [[], ["hourly: done"]]
    assert times.ran == [NOON]


def test_missed_times_are_made_up_once(store: Store, times: Times) -> None:
    clock = Clock(store, [Job("hourly", "0 * * * *", times.run)], ZONE, times)
    clock.tick()
    times.now += 5 * HOUR + 60
    assert clock.tick() == ["hourly: done"] and clock.tick() == []
    assert [row["slot"] for row in runs(store)] == [at(12), at(17)]
    times.now = at(17, 59)
    assert clock.tick() == []
    times.now = at(18)
    assert clock.tick() == ["hourly: done"]


def test_what_was_missed_too_long_ago_is_let_be(store: Store, times: Times) -> None:
    clock = Clock(store, [Job("friday", "0 4 * * fri", times.run)], ZONE, times)
    assert clock.tick() == []  # Monday noon: Friday was three days ago
    times.now = at(4, 0, 27)
    assert clock.tick() == ["friday: done"]


def test_times_are_those_of_the_accounts_zone(store: Store, times: Times) -> None:
    clock = Clock(store, [Job("early", "30 4 * * *", times.run)], ZONE, times)
    assert clock.due_slot(Job("early", "30 4 * * *", times.run)) == at(4, 30)


def test_a_failing_job_is_recorded_and_the_others_run(store: Store, times: Times) -> None:
    def fail(store: Store, now: int) -> str:
        raise RuntimeError("o1 said 秘密")

    clock = Clock(store, [Job("bad", "0 * * * *", fail), Job("good", "0 * * * *", times.run)], ZONE, times)
    assert clock.tick() == ["bad: failed: RuntimeError", "good: done"]
    assert {row["job"]: (row["outcome"], row["finished_at"]) for row in runs(store)} == {
        "bad": ("failed: RuntimeError", NOON), "good": ("done", NOON),
    }  # fmt: skip
    assert clock.tick() == []


def test_a_job_that_holds_the_store_busy_long_says_only_what_fits(store: Store, times: Times) -> None:
    clock = Clock(store, [Job("wordy", "0 * * * *", lambda store, now: "话" * 1_000)], ZONE, times)
    clock.tick()
    assert len(runs(store)[0]["outcome"]) == 255


def test_a_named_job_runs_when_it_is_not_due(store: Store, times: Times) -> None:
    clock = Clock(store, [Job("hourly", "0 * * * *", times.run)], ZONE, times)
    clock.tick()
    times.now += 60
    assert clock.tick("hourly") == ["hourly: done"]
    with pytest.raises(Declined, match='no job "daily" — one of hourly'):
        clock.tick("daily")


def test_the_second_clock_waits_until_the_first_is_silent(open_store: Callable[[], Store], times: Times) -> None:
    first, second = (Clock(open_store(), [], ZONE, times) for _ in range(2))
    assert first.hold() and not second.hold()
    times.now += LEASE_SECONDS - 1
    assert first.hold() and not second.hold()
    times.now += LEASE_SECONDS - 1
    assert not second.hold()
    times.now += 1
    assert second.hold() and not first.hold()


def test_the_second_clock_takes_over_when_let(open_store: Callable[[], Store], times: Times) -> None:
    first, second = (Clock(open_store(), [], ZONE, times) for _ in range(2))
    assert first.hold()
    second.let_go()  # what is not one's own cannot be given away
    assert not second.hold()
    first.let_go()
    assert second.hold() and not first.hold()


def test_it_runs_until_it_is_told_to_stop(
    open_store: Callable[[], Store], times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_room, "RENEW_SECONDS", 0.05)
    first = Clock(open_store(), [Job("hourly", "0 * * * *", times.run)], ZONE, times)
    stop = threading.Event()
    thread = threading.Thread(target=first.run_until, args=(stop,), daemon=True)
    thread.start()
    until(lambda: len(times.ran) == 1)
    times.now += HOUR
    until(lambda: len(times.ran) == 2)
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert Clock(open_store(), [], ZONE, times).hold()
    times.now += HOUR
    assert len(times.ran) == 2


def test_a_running_job_is_finished_before_it_stops(open_store: Callable[[], Store], times: Times) -> None:
    begun, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def slow(store: Store, now: int) -> str:
        begun.set()
        assert go_on.wait(10)
        return "slow"

    store = open_store()
    clock = Clock(store, [Job("slow", "0 * * * *", slow)], ZONE, times)
    thread = threading.Thread(target=clock.run_until, args=(stop,), daemon=True)
    thread.start()
    assert begun.wait(10)
    stop.set()
    assert not Clock(open_store(), [], ZONE, times).hold()
    go_on.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [row["outcome"] for row in runs(store)] == ["slow"]


def test_every_job_of_the_timetable_has_a_time_and_does_its_work(store: Store, times: Times) -> None:
    assert len(Clock(store, TIMETABLE, ZONE, times).tick()) == len(TIMETABLE)
    assert not [row for row in runs(store) if row["outcome"].startswith("failed")]


def test_rounds_come_while_a_long_job_runs_and_only_with_the_clock_that_holds_the_lease(
    open_store: Callable[[], Store], times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_room, "RENEW_SECONDS", 0.05)
    begun, go_on, stop, rounds = threading.Event(), threading.Event(), threading.Event(), Times()

    def slow(store: Store, now: int) -> str:
        begun.set()
        assert go_on.wait(10)
        return "slow"

    often: Any = Round("often", 0.02, rounds.run)  # type: ignore[arg-type]
    other = Clock(open_store(), [], ZONE, times)
    assert other.hold()
    clock = Clock(open_store(), [Job("slow", "0 * * * *", slow)], ZONE, times, [often])
    thread = threading.Thread(target=clock.run_until, args=(stop,), daemon=True)
    thread.start()
    try:
        assert not begun.wait(0.2) and rounds.ran == [], "the other clock is the one"
        other.let_go()
        assert begun.wait(10)
        before = len(rounds.ran)
        until(lambda: len(rounds.ran) > before + 3)
        times.now += LEASE_SECONDS - 1
        watching = open_store()
        until(lambda: lease_until(watching) == times.now + LEASE_SECONDS)
        times.now += LEASE_SECONDS - 1
        assert not other.hold(), "the lease is kept while the job runs"
    finally:
        go_on.set()
        stop.set()
        thread.join(10)


def test_a_round_that_fails_comes_again_and_one_without_work_says_nothing(store: Store, times: Times) -> None:
    def fail(store: Store, now: int) -> str:
        times.ran.append(now)
        raise OSError("the disk is away")

    clock = Clock(store, [], ZONE, times, [Round("bad", 5, fail), Round("idle", 5, lambda store, now: "")])
    assert clock.tick() == ["bad: failed: OSError"] and clock.tick("bad") == ["bad: failed: OSError"]
    assert len(times.ran) == 2 and clock.tick("idle") == ["idle: there was nothing to do"]
    assert runs(store) == []
    with pytest.raises(Declined, match="one of bad, idle"):
        clock.tick("daily")
