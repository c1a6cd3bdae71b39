"""A due moment is launched once, and a run changes its state only from the state it is in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.campaign import FINISHED, LAUNCHING, MISSED, PAUSED, SCHEDULED, SENDING
from storage import campaign_runs as runs
from storage.store import Store

HOUR = 3_600


@pytest.fixture
def run(store: Store, now: int) -> str:
    with store.write() as tx:
        assert runs.launch(tx, "weekend", now, "title: 周末", "clock", now)
    return runs.run_id("weekend", now)


def test_of_clocks_at_once_one_launches_a_due_moment(store: Store, now: int) -> None:
    def launch(number: int) -> bool:
        with store.write() as tx:
            return runs.launch(tx, "weekend", now, "title: 周末", f"clock {number}", now)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(launch, range(8))) == 1
    with store.read() as tx:
        assert [one.state for one in runs.of(tx, "weekend", 10)] == [LAUNCHING]


def test_a_later_save_of_the_file_changes_nothing_of_what_was_launched(store: Store, run: str, now: int) -> None:
    with store.write() as tx:
        assert not runs.launch(tx, "weekend", now, "title: 别的", "clock", now + 9)
        found = runs.find(tx, run)
    assert found is not None and found.snapshot == "title: 周末"


def test_the_audience_is_written_down_by_one_owner_page_by_page(store: Store, run: str, now: int) -> None:
    until = now + 60
    with store.write() as tx:
        assert runs.claim(tx, run, "a", now, until) and not runs.claim(tx, run, "b", now, until)
        assert runs.planned(tx, run, "a", "", "o5", until)
        assert not runs.planned(tx, run, "a", "", "o5", until), "the same page is written once"
        assert not runs.planned(tx, run, "b", "o5", "o9", until), "another has it"
        assert runs.launched(tx, run, "a", "o5", now + 5)
        assert not runs.launched(tx, run, "a", "o5", now + 5)
        assert runs.state(tx, run) == SENDING


def test_who_is_silent_loses_the_audience_to_another(store: Store, run: str, now: int) -> None:
    with store.write() as tx:
        runs.claim(tx, run, "a", now, now + 60)
        runs.planned(tx, run, "a", "", "o5", now + 60)
        assert not runs.claim(tx, run, "b", now + 59, now + 119) and runs.claim(tx, run, "b", now + 60, now + 120)
        assert not runs.planned(tx, run, "a", "o5", "o9", now + 120)
        assert runs.planned(tx, run, "b", "o5", "o9", now + 120)


def test_a_clock_that_was_ahead_keeps_nobody_from_going_on(store: Store, run: str, now: int) -> None:
    with store.write() as tx:
        runs.claim(tx, run, "a", now + 9 * HOUR, now + 9 * HOUR + 60)
        assert runs.claim(tx, run, "b", now, now + 60)


@pytest.mark.parametrize("until_sending", [False, True])
def test_a_paused_run_goes_on_where_it_was(until_sending: bool, store: Store, run: str, now: int) -> None:
    with store.write() as tx:
        runs.claim(tx, run, "a", now, now + 60)
        if until_sending:
            runs.launched(tx, run, "a", "", now)
        assert runs.pause(tx, run, "WeChat banned the call") and not runs.pause(tx, run)
        assert runs.is_paused(tx, "weekend") and not runs.is_paused(tx, "another")
        assert not runs.planned(tx, run, "a", "", "o5", now + 60), "a paused run writes nothing down"
        assert not runs.finish(tx, run, now)
        found = runs.find(tx, run)
        assert found is not None
        assert (found.state, found.trouble) == (PAUSED, "WeChat banned the call")
        assert runs.resume(tx, run) and not runs.resume(tx, run)
        found = runs.find(tx, run)
        assert found is not None
        assert (found.state, found.before_pause, found.trouble) == ((SENDING if until_sending else LAUNCHING), "", "")


def test_what_is_finished_is_neither_paused_nor_finished_again(store: Store, run: str, now: int) -> None:
    with store.write() as tx:
        assert not runs.finish(tx, run, now), "its audience is not written down"
        runs.claim(tx, run, "a", now, now + 60)
        runs.launched(tx, run, "a", "", now)
        assert runs.finish(tx, run, now) and not runs.finish(tx, run, now) and not runs.pause(tx, run)
        assert runs.state(tx, run) == FINISHED


def test_a_campaign_of_which_nothing_runs_is_held_and_released(store: Store, now: int) -> None:
    with store.write() as tx:
        assert runs.hold(tx, "weekend", "shell:anna", now) and not runs.hold(tx, "weekend", "clock", now)
        assert runs.is_paused(tx, "weekend") and runs.newest(tx, "weekend") is None and runs.of(tx, "weekend", 9) == []
        held = runs.in_state(tx, PAUSED)
        assert [(one.campaign, one.before_pause) for one in held] == [("weekend", SCHEDULED)]
        assert not runs.resume(tx, held[0].id), "it is released, not resumed"
        assert runs.release(tx, "weekend") and not runs.release(tx, "weekend")
        assert not runs.is_paused(tx, "weekend")


def test_a_missed_moment_is_told_once_and_was_no_run(store: Store, run: str, now: int) -> None:
    with store.write() as tx:
        late = now - 5 * 24 * HOUR
        assert runs.miss(tx, "weekend", late, now, "nothing ran") and not runs.miss(tx, "weekend", late, now, "")
        assert [(one.slot, one.state) for one in runs.of(tx, "weekend", 9)] == [(now, LAUNCHING), (late, MISSED)]
        assert runs.newest_slot(tx, "weekend", now - 1) == late and runs.newest_slot(tx, "weekend", now) == now
        runs.miss(tx, "weekend", now + HOUR, now + 99 * HOUR, "nothing ran")
        last = runs.newest(tx, "weekend")
        assert last is not None and last.id == run
