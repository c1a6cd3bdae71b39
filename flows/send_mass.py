"""Mass sends: people are gathered into jobs, each job is submitted once under our own id, and settled by what WeChat
reports later.

Between the claim and the answer a job is ``submitting``: WeChat may have it, so it is asked for again under the same id
until that is known, and its people get nothing else meanwhile. What WeChat certainly has not is dissolved: its people
are decided on anew.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from catalog.load import Catalog
from domain.campaign import GROUPED, MASS, NO_CHANNEL, SENDING, UNSURE, Campaign, barred
from domain.delivery import BANNED
from domain.mass_send import (
    AGAIN,
    FAILED,
    FRESH_SECONDS,
    GIVE_UP,
    HOLD,
    KNOWN_SECONDS,
    LATER,
    PAUSE,
    READY,
    SUBMITTING,
    TAKEN,
    Verdict,
    after_answer,
    may_submit_at,
)
from domain.quota import MASS_PEOPLE
from errors import PlatformError
from flows.gather_mass import gather
from flows.know_reach import reach
from flows.settle_mass import ASK_SECONDS, settle_mass
from storage import campaign_runs, mass_jobs, mass_people, sends
from storage.campaign_runs import Run
from storage.mass_jobs import Job
from storage.store import Store
from wechat.outbox import Outbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MassSender:
    """Who sends. ``read`` makes the campaign of a run's snapshot; ``write`` the words that everybody of a job reads, ""
    where there are none (any more)."""

    outbox: Outbox
    catalog: Callable[[], Catalog]
    read: Callable[[Run], Campaign]
    write: Callable[[Catalog, Campaign, Job, int], str]
    zone: dt.tzinfo
    owner: str
    chance: Callable[[int], bytes]


def send_mass(sender: MassSender, store: Store, now: int) -> str:
    """Gather, submit what is due, settle what was reported; say what came of it, "" when there was nothing."""
    with store.read() as tx:
        runs = [run for one in mass_people.runs_with_people(tx) if (run := campaign_runs.find(tx, one))]
    for run in runs:
        _recover(store, run.id)
        campaign = sender.read(run)

        def words(job: Job, of: Campaign = campaign) -> str:
            return sender.write(sender.catalog(), of, job, now)

        gather(store, run.id, words, sender.chance, now)
    with store.read() as tx:
        due = [*mass_jobs.in_state(tx, READY, now), *mass_jobs.in_state(tx, SUBMITTING, now)]
    done = Counter(_submit(sender, store, job, now) for job in due)
    done += settle_mass(sender.outbox, store, sender.chance, now)
    return ", ".join(f"{what}: {count}" for what, count in done.items() if what)


def _submit(sender: MassSender, store: Store, job: Job, now: int) -> str:
    """Bring one job as far as it can be brought now; what was done."""
    if refused := _not_now(sender, store, job, now):
        return _follow(store, job, refused, now)
    with store.read() as tx:
        if campaign_runs.state(tx, job.run_id) != SENDING:
            return ""  # paused: nothing is submitted
    if job.state == READY and not _weed(sender, store, job, now):
        return _follow(store, job, Verdict(HOLD, now, NO_CHANNEL), now)
    with store.write() as tx:
        sending = campaign_runs.state(tx, job.run_id) == SENDING
        if not sending or not mass_jobs.claim(tx, job, sender.owner, now):
            return ""  # paused just now, or somebody else has it
    people = _people(store, job)
    tries, maybe_since = job.tries + 1, job.claimed_at if job.state == SUBMITTING else None
    try:
        message_id = sender.outbox.mass(people, job.words, job.client_id)
    except PlatformError as trouble:
        log.log(logging.CRITICAL if trouble.errcode == BANNED else logging.WARNING, "mass send: %s", trouble)
        verdict = after_answer(trouble.errcode, trouble.unclear, tries, now, sender.zone, maybe_since)
        if verdict.do != TAKEN:
            return _follow(store, job, verdict, now)
        message_id = trouble.known_as
    with store.write() as tx:
        mass_jobs.submitted(tx, job.client_id, message_id, now, now + ASK_SECONDS)
    return "submitted"


def _not_now(sender: MassSender, store: Store, job: Job, now: int) -> Verdict | None:
    """Why the job is not submitted as it is; None when it may be."""
    day = may_submit_at(now, sender.zone)
    if job.state == SUBMITTING:
        if now > (job.claimed_at or 0) + KNOWN_SECONDS:
            return Verdict(GIVE_UP, now, "no answer")
        return Verdict(AGAIN, day, "at night") if day > now else None
    if day > now:
        return Verdict(LATER, day, "at night")
    if not job.words:
        return Verdict(LATER, now, "nothing to say")
    return Verdict(LATER, now, "decided too long ago") if now > job.made_at + FRESH_SECONDS else None


def _weed(sender: MassSender, store: Store, job: Job, now: int) -> bool:
    """Take out who left, opted out or bought it since the job was made; are there enough for a job?"""
    with store.read() as tx:
        run = campaign_runs.find(tx, job.run_id)
    campaign = replace(sender.read(run), channels=(MASS,)) if run else None
    item = sender.catalog().items.get(job.slug)
    left, after = 0, ""
    while True:
        with store.write() as tx:
            page = [openid for openid, _ in mass_people.of_job(tx, job.run_id, job.client_id, GROUPED, after)]
            if not page or campaign is None:
                return left >= MASS_PEOPLE[0]
            people = reach(tx, campaign, "", page, now)
            out = [one for one in page if barred(campaign, people[one], job.slug, item.tags if item else ())]
            for openid in out:
                mass_people.release(tx, job.run_id, job.client_id, [openid], now)
                sends.undo(tx, openid, job.run_id)
        left, after = left + len(page) - len(out), page[-1]


def _people(store: Store, job: Job) -> list[str]:
    people: list[str] = []
    while True:
        with store.read() as tx:
            page = mass_people.of_job(tx, job.run_id, job.client_id, GROUPED, people[-1] if people else "")
        if not page:
            return people
        people += [openid for openid, _ in page]


def _follow(store: Store, job: Job, verdict: Verdict, now: int) -> str:
    """Do what a verdict says of a job that WeChat has not, or may have."""
    if verdict.do == AGAIN:
        with store.write() as tx:
            mass_jobs.later(tx, job.client_id, SUBMITTING, verdict.at)
        return "unclear"
    with store.write() as tx:
        if verdict.do == PAUSE and campaign_runs.pause(tx, job.run_id, f"mass send {verdict.why}"):
            log.critical("%s paused itself: mass send %s", job.run_id, verdict.why)
        mass_jobs.end(tx, job.client_id, FAILED, 0, json.dumps(verdict._asdict()), now)
    _empty(store, job.client_id)
    return verdict.do


def _recover(store: Store, run_id: str) -> None:
    """Jobs whose process died while their people were let go."""
    with store.read() as tx:
        over = [job for job in mass_jobs.of_run(tx, run_id) if job.state == FAILED]
    for job in over:
        _empty(store, job.client_id)


def _empty(store: Store, client_id: str) -> None:
    """The job is over: let its people go as its outcome says, page by page."""
    while True:
        with store.write() as tx:
            job = mass_jobs.find(tx, client_id)
            if job is None or job.state != FAILED:
                return
            people = [openid for openid, _ in mass_people.of_job(tx, job.run_id, client_id, GROUPED)]
            if not people:
                return
            told = json.loads(job.outcome)
            if told["do"] == GIVE_UP:
                mass_people.turn(tx, job.run_id, client_id, people, GROUPED, UNSURE, told["why"])
                continue
            if told["do"] == HOLD:
                mass_people.hold(tx, job.run_id, client_id, people, NO_CHANNEL)
            else:
                mass_people.release(tx, job.run_id, client_id, people, told["at"])
            for openid in people:
                sends.undo(tx, openid, job.run_id)
