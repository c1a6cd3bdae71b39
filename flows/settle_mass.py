"""What WeChat took is written down for each person of the job; what it reports later decides whether they got it.

A mass send's report tells how many it reached, not whom: everybody of a job that reached anybody counts as sent, beside
the job's own numbers. Of a job that reached nobody nobody was sent anything: it counts for no cap and no month.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from domain.answer import Exposure
from domain.campaign import FAILED as NOT_SENT
from domain.campaign import GROUPED, POLICY, SENT
from domain.ids import CHANCE_BYTES, handle, new_id
from domain.mass_send import FAILED, FINISHED, SUBMITTED, Outcome, is_refused, outcome
from errors import PlatformError
from storage import campaign_runs, exposures, mass_jobs, mass_people, reports, sends
from storage.mass_jobs import Job
from storage.store import Store
from wechat.outbox import Outbox

log = logging.getLogger(__name__)

EVENT = "masssendjobfinish_event"
EARLY_SECONDS = 3_600
"""A report may come before the answer to the call did, and is kept by WeChat's time."""
ASK_SECONDS = 1_800
"""A job that was not reported on for so long is asked about."""
_STATES = {"SEND_SUCCESS": "send success", "SEND_FAIL": "send fail", "DELETE": "deleted"}


def settle_mass(outbox: Outbox, store: Store, chance: Callable[[int], bytes], now: int) -> Counter[str]:
    """Write down what was taken and what was reported; how many jobs became what. May raise ``StoreBusy``."""
    with store.read() as tx:
        jobs = mass_jobs.in_state(tx, SUBMITTED, now + ASK_SECONDS)
        told = (
            _reports(reports.since(tx, EVENT, min(job.submitted_at or now for job in jobs) - EARLY_SECONDS))
            if jobs
            else {}
        )
    done: Counter[str] = Counter()
    for job in jobs:
        _sent(store, job, chance)
        known = outcome(told[job.message_id]) if job.message_id in told else None
        if known is None and job.due_at <= now:
            known = _asked(outbox, store, job, now)
        if known is not None:
            done[_end(store, job, known, now)] += 1
    return done


def _reports(bodies: list[str]) -> dict[str, Mapping[str, Any]]:
    """msg_id -> what was reported of it."""
    return {str(told.get("MsgID", "")): told for told in map(json.loads, bodies) if isinstance(told, dict)}


def _sent(store: Store, job: Job, chance: Callable[[int], bytes]) -> None:
    """WeChat has the job: each of its people was sent it, and has the link's exposure as their own."""
    at = job.submitted_at or 0
    while True:
        with store.write() as tx:
            page = mass_people.of_job(tx, job.run_id, job.client_id, GROUPED)
            if not page:
                return
            shown = {
                openid: Exposure(handle(openid) + new_id(at, chance(CHANCE_BYTES)), job.slug, 1, POLICY, 1.0, reason)
                for openid, reason in page
            }
            if job.slug:
                exposures.add_many(tx, at, job.run_id, shown.items())
            ids = {openid: one.id if job.slug else "" for openid, one in shown.items()}
            mass_people.sent(tx, job.run_id, job.client_id, ids, at)
            sends.move(tx, shown, job.run_id, at)


def _asked(outbox: Outbox, store: Store, job: Job, now: int) -> Outcome | None:
    """What WeChat's own books say; None while it is under way, or they cannot be read."""
    with store.write() as tx:
        mass_jobs.ask_again(tx, job.client_id, now + ASK_SECONDS)
    try:
        status = _STATES.get(outbox.mass_state(job.message_id), "")
    except PlatformError as trouble:
        log.warning("mass send: %s", trouble)
        return None
    return Outcome(status, job.people if status == "send success" else 0, 0) if status else None


def _end(store: Store, job: Job, known: Outcome, now: int) -> str:
    """It reached somebody, or nobody: then its people have their turn again."""
    if known.reached:
        with store.write() as tx:
            mass_jobs.end(tx, job.client_id, FINISHED, job.people, json.dumps(known._asdict()), now)
        return "finished"
    log.error("%s: a mass send to %d people reached nobody: %s", job.run_id, job.people, known.status)
    while True:
        with store.write() as tx:
            people = [openid for openid, _ in mass_people.of_job(tx, job.run_id, job.client_id, SENT)]
            if people:
                mass_people.turn(tx, job.run_id, job.client_id, people, SENT, NOT_SENT, known.status)
                for openid in people:
                    sends.undo(tx, openid, job.run_id)
                continue
            if is_refused(known) and campaign_runs.pause(tx, job.run_id, f"WeChat refused a mass send: {known.status}"):
                log.error("%s paused itself: WeChat refused a mass send", job.run_id)
            mass_jobs.end(tx, job.client_id, FAILED, job.people, json.dumps(known._asdict()), now)
            return "failed"
