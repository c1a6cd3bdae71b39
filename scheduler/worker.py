"""The worker: sends campaigns in batches that the clock hands over by a queue.

A task carries the id of a batch and nothing else; what is to be sent stands in the rows. So a task that is lost is
handed over again within seconds, and one that is doubled finds nothing left to do.
"""

from __future__ import annotations

import gc
import logging
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer

from errors import ShutongError, StoreBusy
from flows.send_campaign import Progress

log = logging.getLogger(__name__)

LANE_ROWS, MOST_LANES = 1_000, 8
"""A batch more for every so many rows that are due, so that several workers share a large run."""
NEXT_SECOND = 0.05
"""How long to wait when the rate of this second is used up."""
OBJECTS_BEFORE_A_COLLECTION = 20_000
"""Hundreds of calls in flight hold many objects that are no garbage: looking through them at every 700 new ones, as
Python does, took a quarter of a worker's time."""
LONGEST_SLEEP = 0.5
"""Between two looks at an empty queue."""

Send = Callable[[str, Callable[[], bool]], Progress]
"""Sends one batch of a run, until told to stop."""


class Batches:
    """The queue of batches, in a file of its own, and whoever works it off."""

    def __init__(self, file: Path, send: Send) -> None:
        self._send = send
        try:
            self._huey = SqliteHuey("shutong", filename=str(file), results=False, fsync=False)
        except (sqlite3.Error, OSError) as fault:
            raise StoreBusy(f"the task queue {file.name} cannot be opened: {fault}") from None
        self._task = self._huey.task(name="send_batch")(self._run)
        self._consumer: Consumer | None = None

    def hand_over(self, run_id: str, due: int) -> None:
        """Let the workers know that so many rows of a run are due. Raises ``StoreBusy``."""
        try:
            waiting = {task.args[0] for task in self._huey.pending()}
            for lane in range(min(MOST_LANES, -(-due // LANE_ROWS))):
                batch = f"{run_id}#{lane}"
                if batch not in waiting:
                    self._task(batch)
        except sqlite3.Error as fault:
            raise StoreBusy(f"the task queue cannot be written: {fault}") from None

    def work(self) -> None:
        """Work batches off, one at a time, until SIGTERM or Ctrl-C; what is on its way then is finished."""
        self._consumer = _Worker(
            self._huey, workers=1, periodic=False, max_delay=LONGEST_SLEEP, check_worker_health=True
        )
        gc.set_threshold(OBJECTS_BEFORE_A_COLLECTION)
        self._consumer.run()

    def _run(self, batch: str) -> None:
        try:
            progress = self._send(batch.rpartition("#")[0], self._is_over)
        except ShutongError as trouble:  # the clock hands it over again
            log.error("batch %s: %s", batch, trouble)
            return
        if progress.counts:
            log.info("batch %s: %s", batch, ", ".join(f"{what}: {n}" for what, n in progress.counts.items()))
        if progress.full:
            self._rest()
        if (progress.more or progress.full) and not self._is_over():
            self._task(batch)  # behind the others: every run has its turn

    def _is_over(self) -> bool:
        return self._consumer is not None and bool(self._consumer.stop_flag.is_set())

    def _rest(self) -> None:
        if self._consumer is not None:
            self._consumer.stop_flag.wait(NEXT_SECOND)


class _Worker(Consumer):  # type: ignore[misc]
    """huey's consumer, with both signals asking it to finish what it does."""

    def _set_signal_handlers(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, number: int, _: Any) -> None:
        self._signum, self._restart, self._graceful = number, False, True


def send_at_once(send: Send, rest: Callable[[float], None]) -> Callable[[str, int], None]:
    """In place of a queue, for a process without workers: sends a run's batches as they are handed over."""

    def hand_over(run_id: str, _: int) -> None:
        while (progress := send(run_id, lambda: False)).more or progress.full:
            if progress.full:
                rest(NEXT_SECOND)

    return hand_over
