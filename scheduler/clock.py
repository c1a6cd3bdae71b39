"""The clock: runs what is due, once, however many clocks there are.

A job's due moment is a slot, and a slot is claimed by inserting its row: the second clock finds it there. One
lease says which clock may run at all, so that the others wait. A time missed while nothing ran is made up once.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import signal
import threading
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from errors import Declined, ShutongError
from scheduler.timetable import Job
from storage import job_runs, leases
from storage.store import Store

log = logging.getLogger(__name__)

LEASE = "clock"
LEASE_SECONDS = 30
RENEW_SECONDS = 10
LOOK_BACK = dt.timedelta(days=2)
"""A time missed longer ago than this is past making up."""


class Clock:
    """One clock over a timetable."""

    def __init__(self, store: Store, jobs: Sequence[Job], zone: ZoneInfo, now: Callable[[], float]) -> None:
        self._store, self._zone, self._now = store, zone, now
        self._jobs = {job.name: job for job in jobs}
        self._owner = f"{os.getpid()}-{secrets.token_hex(6)}"

    def tick(self, name: str = "") -> list[str]:
        """Run every job that is due, or the named one whether due or not; return what each said."""
        if name and name not in self._jobs:
            raise Declined(f'there is no job "{name}" — one of {", ".join(self._jobs)}')
        if name:
            return [self._run(self._jobs[name], int(self._now())) or f"{name}: ran in this very second already"]
        due = ((job, self.due_slot(job)) for job in self._jobs.values())
        return [said for job, slot in due if slot for said in [self._run(job, slot)] if said]

    def due_slot(self, job: Job) -> int:
        """The newest moment at which the job was due and has not run, 0 if there is none."""
        now = dt.datetime.fromtimestamp(int(self._now()), self._zone)
        with self._store.read() as tx:
            last = job_runs.last_slot(tx, job.name, int(self._now()))
        since = max(dt.datetime.fromtimestamp(last + 1, self._zone), now - LOOK_BACK)
        trigger = CronTrigger.from_crontab(job.when, timezone=self._zone)
        newest = 0
        moment = trigger.get_next_fire_time(None, since)
        while moment is not None and moment <= now:
            newest = int(moment.timestamp())
            moment = trigger.get_next_fire_time(None, moment + dt.timedelta(seconds=1))
        return newest

    def hold(self) -> bool:
        """Take or renew the lease; True while this clock is the one."""
        now = int(self._now())
        with self._store.write() as tx:
            return leases.take(tx, LEASE, self._owner, now, now + LEASE_SECONDS)

    def let_go(self) -> None:
        """Let another clock take over at once."""
        with self._store.write() as tx:
            leases.give_back(tx, LEASE, self._owner)

    def run_until(self, stop: threading.Event) -> None:
        """Tick every few seconds until `stop`; a running job is finished first."""
        scheduler = BackgroundScheduler(
            timezone=self._zone, executors={"default": ThreadPoolExecutor(1)}, job_defaults={"coalesce": True}
        )
        scheduler.add_job(self._beat, "interval", seconds=RENEW_SECONDS, next_run_time=dt.datetime.now(self._zone))
        scheduler.start()
        stop.wait()
        scheduler.shutdown(wait=True)
        self.let_go()

    def _beat(self) -> None:
        try:
            if self.hold():
                self.tick()
        except ShutongError as trouble:
            log.error("the clock could not work: %s", trouble)

    def _run(self, job: Job, slot: int) -> str:
        with self._store.write() as tx:
            if not job_runs.claim(tx, job.name, slot):
                return ""
        try:
            said = job.run(self._store, int(self._now()))
        except Exception as trouble:
            log.exception("job %s failed", job.name)
            said = f"failed: {type(trouble).__name__}"
        with self._store.write() as tx:
            job_runs.finish(tx, job.name, slot, int(self._now()), said)
        log.info("job %s: %s", job.name, said)
        return f"{job.name}: {said}"


def stop_on_signal() -> threading.Event:
    """An event that is set by SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
