"""The clock learns what all followers together teach, beside everything else it does."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from errors import StoreBusy
from flows import learn_items
from flows.live_learned import read_learned
from scheduler.apart import Apart
from scheduler.clock import Clock
from scheduler.timetable import Round, learning_rounds
from storage import engagements, watermarks
from storage.store import Store


def who_and_what(store: Store, now: int) -> str:
    """Work that says which process did it, and writes."""
    with store.write() as tx:
        watermarks.put(tx, "seen", now)
    return str(os.getpid())


def locked_out(store: Store, now: int) -> str:
    raise StoreBusy("the database is locked")


def dies(store: Store, now: int) -> str:
    os._exit(7)


def never_ends(store: Store, now: int) -> str:
    with store.write() as tx:
        watermarks.put(tx, "begun", now)
    threading.Event().wait()
    return "ended"


def seen(store: Store, name: str) -> int:
    with store.read() as tx:
        return watermarks.at(tx, name)


def wait_for(store: Store, name: str) -> None:
    rest = threading.Event()
    for _ in range(3_000):
        if seen(store, name):
            return
        rest.wait(0.01)
    raise AssertionError(f"{name} did not come")


def test_heavy_work_is_done_in_a_process_of_its_own_that_ends_with_it(store: Store) -> None:
    said = Apart().run(who_and_what, store, 77)
    assert seen(store, "seen") == 77
    assert int(said) != os.getpid() and not Path(f"/proc/{said}").exists()


def test_a_database_in_trouble_there_is_told_here(store: Store) -> None:
    with pytest.raises(StoreBusy, match="the database is locked"):
        Apart().run(locked_out, store, 77)


def test_a_process_that_dies_is_no_success(store: Store) -> None:
    with pytest.raises(RuntimeError, match="code 7"):
        Apart().run(dies, store, 77)


def test_the_clock_does_not_wait_for_heavy_work_when_it_ends(store: Store) -> None:
    apart, stop = Apart(), threading.Event()
    rounds = [Round("heavy", 1, lambda store, now: apart.run(never_ends, store, now), apart.stop)]
    clock = Clock(store, [], ZoneInfo("Asia/Shanghai"), lambda: 1_795_000_000, rounds)
    running = threading.Thread(target=clock.run_until, args=(stop,))
    running.start()
    wait_for(store, "begun")
    stop.set()
    running.join(30)
    assert not running.is_alive()
    assert apart.run(who_and_what, store, 77) == "" and not seen(store, "seen")


@pytest.mark.parametrize("large", [False, True])
def test_accounts_small_and_large_learn_the_same(
    store: Store, now: int, zone: ZoneInfo, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(learn_items, "LARGE", 0)
    with store.write() as tx:
        for n in range(40):
            for slug in ("a", "b") if n % 2 else ("c", "d"):
                engagements.add(tx, f"o{n}", slug, now, 2.0)
    clock = Clock(store, [], zone, lambda: now, learning_rounds(zone))
    said = clock.tick()
    assert said == [
        "count-items: figures of 4 items changed",
        "learn-neighbours: from 80 acts, neighbours of 4 items changed",
    ]
    learned = read_learned(store)
    assert [slug for slug, _ in learned.neighbours["a"]] == ["b"] and len(learned.figures) == 4
    assert clock.tick("learn-neighbours") == ["learn-neighbours: there was nothing to do"]
