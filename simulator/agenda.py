"""What the platform will do later: result events, retried notifies, expiries."""

import heapq
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from simulator.clock import LAST, PlatformClock

log = logging.getLogger("simulator")
Job = Callable[[], None]
_POLL_SECONDS = 0.02


class Agenda:
    """Jobs by platform time. Nothing runs before `start`; `advance` runs them in order."""

    def __init__(self, clock: PlatformClock) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._heap: list[tuple[float, int, Job]] = []
        self._seq = 0
        self._stopped = threading.Event()

    def after(self, seconds: float, job: Job) -> None:
        """Run `job` when `seconds` of platform time have gone by."""
        with self._lock:
            self._seq += 1
            heapq.heappush(self._heap, (self.clock.now() + seconds, self._seq, job))

    def clear(self) -> None:
        with self._lock:
            self._heap.clear()

    @property
    def waiting(self) -> int:
        return len(self._heap)

    def _due(self, until: float) -> tuple[float, Job] | None:
        with self._lock:
            if not self._heap or self._heap[0][0] > until:
                return None
            when, _, job = heapq.heappop(self._heap)
            return when, job

    def run_due(self) -> int:
        """Run everything due now, one after the other; how many there were."""
        count = 0
        while (found := self._due(self.clock.now())) is not None:
            _guarded(found[1])
            count += 1
        return count

    def advance(self, seconds: float) -> int:
        """Move the clock on, stopping at each job on the way so that it sees its own time."""
        return self.advance_to(self.clock.now() + seconds)

    def advance_to(self, end: float) -> int:
        """The same up to `end`, at most the last time the clock knows."""
        end, count = min(end, LAST), 0
        while (found := self._due(end)) is not None:
            self.clock.set(max(found[0], self.clock.now()))
            _guarded(found[1])
            count += 1
        self.clock.set(max(end, self.clock.now()))
        return count

    def start(self, workers: int = 8) -> None:
        """Run due jobs in the background until `stop`."""
        pool = ThreadPoolExecutor(workers, thread_name_prefix="agenda")

        def loop() -> None:
            while not self._stopped.wait(_POLL_SECONDS):
                while (found := self._due(self.clock.now())) is not None:
                    pool.submit(_guarded, found[1])
            pool.shutdown(wait=False, cancel_futures=True)

        threading.Thread(target=loop, name="agenda", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()


def _guarded(job: Job) -> None:
    try:
        job()
    except Exception:
        log.exception("a job of the platform failed")
