"""Batches go from the clock to the workers, and nothing depends on it: rows are the truth, tasks may get lost."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from errors import StoreBusy
from flows.send_campaign import Progress
from scheduler import worker
from scheduler.worker import LANE_ROWS, MOST_LANES, Batches, send_at_once

NOTHING = Progress(Counter())


class Work:
    """What is to be sent: notes who was told to send, and answers what it is told to."""

    def __init__(self, *answers: Progress) -> None:
        self.answers = [*answers]
        self.sent: list[str] = []

    def __call__(self, run_id: str, stop: Callable[[], bool]) -> Progress:
        self.sent.append(run_id)
        return self.answers.pop(0) if self.answers else NOTHING


@contextmanager
def working(batches: Batches, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Its worker runs, in a thread, where signals cannot be heard."""
    monkeypatch.setattr(worker._Worker, "_set_signal_handlers", lambda self: None)
    thread = threading.Thread(target=batches.work)
    thread.start()
    try:
        yield
    finally:
        until(lambda: batches._consumer is not None)
        assert batches._consumer
        batches._consumer._asked_to_stop(signal.SIGTERM, None)
        thread.join(30)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def waiting(batches: Batches) -> list[str]:
    return [task.args[0] for task in batches._huey.pending()]


def test_what_the_clock_hands_over_a_worker_of_another_process_sends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(Progress(Counter(sent=2)))
    clocks, workers = Batches(tmp_path / "tasks.db", Work()), Batches(tmp_path / "tasks.db", work)
    with working(workers, monkeypatch):
        clocks.hand_over("weekend@1", 2)
        until(lambda: bool(work.sent))
    assert work.sent == ["weekend@1"] and waiting(clocks) == []


def test_a_large_run_is_shared_and_what_waits_is_not_handed_over_again(tmp_path: Path) -> None:
    batches = Batches(tmp_path / "tasks.db", Work())
    batches.hand_over("small@1", 1)
    batches.hand_over("large@1", 2 * LANE_ROWS + 1)
    batches.hand_over("huge@1", 10**6)
    before = waiting(batches)
    assert Counter(batch.partition("#")[0] for batch in before) == {"small@1": 1, "large@1": 3, "huge@1": MOST_LANES}
    batches.hand_over("large@1", 2 * LANE_ROWS + 1)
    assert waiting(batches) == before


def test_every_run_has_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = Progress(Counter(sent=5), more=True)
    work = Work(more, NOTHING, Progress(Counter(sent=1), full=True))
    batches = Batches(tmp_path / "tasks.db", work)
    batches.hand_over("large@1", 1)
    batches.hand_over("small@1", 1)
    with working(batches, monkeypatch):
        until(lambda: len(work.sent) == 4)
    assert work.sent == ["large@1", "small@1", "large@1", "large@1"]


def test_a_batch_that_fails_ends_no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def send(run_id: str, stop: Callable[[], bool]) -> Progress:
        sent.append(run_id)
        if run_id.startswith("busy"):
            raise StoreBusy("locked")
        if run_id.startswith("fault"):
            raise KeyError("a fault of ours")
        return NOTHING

    batches = Batches(tmp_path / "tasks.db", send)
    for run_id in ("busy@1", "fault@1", "good@1"):
        batches.hand_over(run_id, 1)
    with working(batches, monkeypatch):
        until(lambda: len(sent) == 3)
    assert sent == ["busy@1", "fault@1", "good@1"]


def test_a_worker_that_is_told_to_stop_finishes_its_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def send(run_id: str, stop: Callable[[], bool]) -> Progress:
        begun.set()
        until(stop)  # as a batch does between two chunks
        ended.set()
        return Progress(Counter(), more=True)

    batches = Batches(tmp_path / "tasks.db", send)
    batches.hand_over("weekend@1", 1)
    with working(batches, monkeypatch):
        assert begun.wait(30) and not ended.is_set()
    assert ended.is_set() and waiting(batches) == []  # the clock hands it over again


def test_a_process_without_workers_sends_all_of_it_at_once() -> None:
    rests: list[float] = []
    work = Work(Progress(Counter(sent=5), more=True), Progress(Counter(sent=5), full=True), NOTHING)
    send_at_once(work, rests.append)("weekend@1", 10)
    assert work.sent == ["weekend@1"] * 3 and len(rests) == 1


def test_a_queue_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreBusy, match=r"the task queue tasks\.db cannot be opened"):
        Batches(tmp_path / "no-folder" / "tasks.db", Work())
