"""Runs are tended: what dead senders left is decided, what came too late is dropped, what is due is handed to the
workers, and a run of which nothing is left is finished."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from domain.campaign import PAUSED, SENDING, Campaign
from errors import ShutongError
from storage import campaign_runs, leases, send_seconds
from storage import campaign_sending as sending
from storage.campaign_runs import Run
from storage.store import Store

log = logging.getLogger(__name__)


def tend_campaigns(
    store: Store, now: int, alive: int, read: Callable[[Run], Campaign], hand_over: Callable[[str, int], None]
) -> str:
    """Look after every run that is on its way; say what was done, "" when there was nothing. `alive` is the machine's
    time; `hand_over` gets the id of each run of which something is due, and how much, at most
    ``sending.MOST_COUNTED``."""
    with store.read() as tx:
        runs = campaign_runs.in_state(tx, SENDING) + campaign_runs.in_state(tx, PAUSED)
    done: Counter[str] = Counter()
    for run in runs:
        done += _tend(store, run, now, alive, read, hand_over)
    if runs:
        with store.write() as tx:
            send_seconds.forget(tx, now - send_seconds.KEPT_SECONDS)
            leases.forget(tx, sending.LEASES, alive - sending.LEASE_SECONDS)
    return ", ".join(f"{what}: {count}" for what, count in done.items())


def _tend(
    store: Store, run: Run, now: int, alive: int, read: Callable[[Run], Campaign], hand_over: Callable[[str, int], None]
) -> Counter[str]:
    done: Counter[str] = Counter()
    with store.write() as tx:
        done["unsure"] = sending.forsaken(tx, run.id, alive, now)
    if done["unsure"]:
        log.error("%s: %d pushes may or may not have been sent: their sender died", run.id, done["unsure"])
    if run.state != SENDING:
        return done
    try:
        campaign = read(run)
    except ShutongError as trouble:
        log.error("%s is paused, for its snapshot cannot be read: %s", run.id, trouble)
        with store.write() as tx:
            done["paused"] = int(campaign_runs.pause(tx, run.id, f"its snapshot cannot be read: {trouble}"))
        return done
    with store.write() as tx:
        since = now - campaign.until_hours * 3_600
        if campaign.trigger is None and run.slot < since:
            done["too late"] = sending.too_late(tx, run.id)
        if campaign.trigger is None and not sending.is_open(tx, run.id):
            done["finished"] = int(campaign_runs.finish(tx, run.id, now))
    if due := _due(store, run, now):
        hand_over(run.id, due)
    return done


def _due(store: Store, run: Run, now: int) -> int:
    with store.read() as tx:
        return sending.count_due(tx, run.id, now)
