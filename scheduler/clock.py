"""The clock: runs what is due, once, however many clocks there are.

A job's due moment is a slot, and a slot is claimed by inserting its row: the second clock finds it there. One
lease says which clock may run at all, so that the others wait. A time missed while nothing ran is made up once.
Rounds come every few seconds beside the jobs, so that a long job does not hold them up.
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
from scheduler.timetable import Job, Round
from storage import job_runs, leases
from storage.store import Store

log = logging.getLogger(__name__)

LEASE = "clock"
LEASE_SECONDS = 30
RENEW_SECONDS = 10
LOOK_BACK = dt.timedelta(days=2)
"""A time missed longer ago than this is past making up."""


class Clock:
    """One clock over a timetable and its rounds."""

    def __init__(
        self, store: Store, jobs: Sequence[Job], zone: ZoneInfo, now: Callable[[], float], rounds: Sequence[Round] = ()
    ) -> None:
        self._store, self._zone, self._now = store, zone, now
        self._jobs = {job.name: job for job in jobs}
        self._rounds = {one.name: one for one in rounds}
        self._is_the_one = False
        self._owner = f"{os.getpid()}-{secrets.token_hex(6)}"

    def tick(self, name: str = "") -> list[str]:
        """Run every job that is due and every round, or the named one whether due or not; return what each said."""
        if name and name not in {*self._jobs, *self._rounds}:
            raise Declined(f'there is no job "{name}" — one of {", ".join([*self._jobs, *self._rounds])}')
        if name in self._rounds:
            return [self._go_round(self._rounds[name]) or f"{name}: there was nothing to do"]
        if name:
            return [self._run(self._jobs[name], int(self._now())) or f"{name}: ran in this very second already"]
        return self._run_due() + [said for one in self._rounds.values() for said in [self._go_round(one)] if said]

    def _run_due(self) -> list[str]:
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
            self._is_the_one = leases.take(tx, LEASE, self._owner, now, now + LEASE_SECONDS)
        return self._is_the_one

    def let_go(self) -> None:
        """Let another clock take over at once."""
        self._is_the_one = False
        with self._store.write() as tx:
            leases.give_back(tx, LEASE, self._owner)

    def run_until(self, stop: threading.Event) -> None:
        """Tick every few seconds until `stop`; a running job is finished first, a long round cut short."""
        scheduler = BackgroundScheduler(
            timezone=self._zone, job_defaults={"coalesce": True},
            executors={"default": ThreadPoolExecutor(1), "beside": ThreadPoolExecutor(1 + len(self._rounds))},
        )  # fmt: skip
        scheduler.add_job(self._beat, "interval", seconds=RENEW_SECONDS, next_run_time=dt.datetime.now(self._zone))
        scheduler.add_job(self._renew, "interval", seconds=RENEW_SECONDS, executor="beside")
        for one in self._rounds.values():
            scheduler.add_job(self._round, "interval", [one], seconds=one.every, executor="beside")
        scheduler.start()
        stop.wait()
        for one in self._rounds.values():
            one.stop()
        scheduler.shutdown(wait=True)
        self.let_go()

    def _beat(self) -> None:
        try:
            if self.hold():
                self._run_due()
        except ShutongError as trouble:
            self._is_the_one = False  # the lease may run out meanwhile
            log.error("the clock could not work: %s", trouble)

    def _renew(self) -> None:
        """Keep the lease while a job takes longer than it lasts."""
        try:
            if self._is_the_one:
                self.hold()
        except ShutongError as trouble:
            log.error("the clock could not renew its lease: %s", trouble)

    def _round(self, one: Round) -> None:
        if self._is_the_one:
            self._go_round(one)

    def _go_round(self, one: Round) -> str:
        try:
            said = one.run(self._store, int(self._now()))
        except ShutongError as trouble:
            log.error("round %s could not work: %s", one.name, trouble)
            return f"{one.name}: failed: {type(trouble).__name__}"
        except Exception as trouble:
            log.exception("round %s failed", one.name)
            return f"{one.name}: failed: {type(trouble).__name__}"
        if said:
            log.info("round %s: %s", one.name, said)
        return f"{one.name}: {said}" if said else ""

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
