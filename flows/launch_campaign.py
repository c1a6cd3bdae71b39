"""Campaigns are launched: by the clock when they are due, or by an operator at once; paused, and resumed.

A due moment is launched once, however many clocks look. A schedule counts from the first look at it, so that a campaign
written on Sunday for Saturdays waits for the next Saturday; what passed while a campaign was paused is not made up.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging

from catalog.load import Catalog
from domain.campaign import LAUNCHING, PAUSED, SCHEDULED, SENDING, Campaign
from domain.schedule import last_due
from errors import Declined
from storage import campaign_runs, watermarks
from storage.campaign_runs import Run
from storage.store import Store, Transaction

log = logging.getLogger(__name__)

DAY, HOUR = 86_400, 3_600
LOOK_BACK_SECONDS = 2 * DAY
"""A moment missed longer ago than this is past making up."""
JUST_SAVED_SECONDS = 60
"""A moment that came so shortly before the first look at its schedule is not missed: the file was saved in time."""
SEEN = "campaign:"
CLOCK = "clock"


def launch_due(catalog: Catalog, store: Store, now: int, zone: dt.tzinfo) -> str:
    """Begin a run of each campaign that is due; "" when none is."""
    due = {
        _seen(one): one for one in catalog.campaigns.values() if one.schedule and not one.trigger and not one.draft
    }  # fmt: skip
    with store.read() as tx:
        seen = watermarks.named(tx, SEEN)
    for name in seen.keys() - due.keys():
        with store.write() as tx:
            watermarks.drop(tx, name)
    done = []
    for name, campaign in due.items():
        if name not in seen:
            with store.write() as tx:
                watermarks.begin(tx, name, now)
        since = seen.get(name, now) - JUST_SAVED_SECONDS
        if said := _launch_if_due(store, campaign, catalog.campaign_texts[campaign.name], since, now, zone):
            done.append(said)
    return ", ".join(done)


def _launch_if_due(store: Store, campaign: Campaign, text: str, since: int, now: int, zone: dt.tzinfo) -> str:
    assert campaign.schedule is not None
    slot = last_due(campaign.schedule, now, zone)
    if slot is None or slot <= since:
        return ""
    with store.read() as tx:  # nearly always there is nothing to do
        if slot <= campaign_runs.newest_slot(tx, campaign.name, now):
            return ""
    with store.write() as tx:
        if campaign_runs.is_paused(tx, campaign.name) or slot <= campaign_runs.newest_slot(tx, campaign.name, now):
            return ""
        if now - slot <= min(LOOK_BACK_SECONDS, campaign.until_hours * HOUR):
            launched = campaign_runs.launch(tx, campaign.name, slot, text, CLOCK, now)
            return f"{campaign.name} launched" if launched else ""
        missed = campaign_runs.miss(tx, campaign.name, slot, now, "nothing ran at its time, and it is past making up")
    if missed:
        log.error("%s: its moment %s was missed, and it is past making up", campaign.name, _moment(slot, zone))
    return f"{campaign.name} missed" if missed else ""


def launch_now(catalog: Catalog, store: Store, name: str, by: str, now: int) -> Run:
    """Begin a run at once, as the operator `by` asks. Raises ``Declined`` with the reason why not."""
    runnable(catalog, name)
    with store.write() as tx:
        if campaign_runs.is_paused(tx, name):
            raise Declined(f"{name} is paused — resume it first: python bot.py campaign resume {name}")
        if (last := campaign_runs.newest(tx, name)) is not None and last.state in (LAUNCHING, SENDING):
            raise Declined(f"{name} is being sent already — wait until it is finished, or pause it")
        campaign_runs.launch(tx, name, now, catalog.campaign_texts[name], by, now)
        run = campaign_runs.find(tx, campaign_runs.run_id(name, now))
    if run is None or run.state != LAUNCHING:
        raise Declined(f"{name} was launched in this very second already")
    return run


def runnable(catalog: Catalog, name: str) -> Campaign:
    """The campaign, if it may be launched at all; else raises ``Declined``."""
    campaign = catalog.campaigns.get(name)
    if campaign is None:
        raise Declined(f"there is no campaign {name!r} — python bot.py campaign list names them")
    if campaign.draft:
        raise Declined(f"{name} is a draft — write status: ready in campaigns/{campaign.series}.yaml")
    if campaign.trigger is not None:
        raise Declined(f"{name} is a series: it goes to each person when their moment has come")
    return campaign


def pause(catalog: Catalog, store: Store, name: str, by: str, now: int) -> int:
    """Stop what runs of it where it is, and launch nothing more; how many runs were stopped. Raises ``Declined`` when
    it is unknown or paused already."""
    stopped, changed = 0, False
    with store.write() as tx:
        for one in _names(catalog, tx, name):
            runs = [run for state in (LAUNCHING, SENDING) for run in campaign_runs.of_state(tx, one, state)]
            stopped += sum(campaign_runs.pause(tx, run.id) for run in runs)
            changed = campaign_runs.hold(tx, one, by, now) or bool(runs) or changed
    if not changed:
        raise Declined(f"{name} is paused already")
    return stopped


def resume(catalog: Catalog, store: Store, name: str, now: int) -> int:
    """Let it go on, and be launched again from now on; how many runs go on. Raises ``Declined`` when it is not
    paused."""
    going, changed = 0, False
    with store.write() as tx:
        for one in _names(catalog, tx, name):
            runs = [run for run in campaign_runs.of_state(tx, one, PAUSED) if run.before_pause != SCHEDULED]
            going += sum(campaign_runs.resume(tx, run.id) for run in runs)
            changed = campaign_runs.release(tx, one) or bool(runs) or changed
            if (campaign := catalog.campaigns.get(one)) and campaign.schedule:
                watermarks.put(tx, _seen(campaign), now + JUST_SAVED_SECONDS)
    if not changed:
        raise Declined(f"{name} is not paused")
    return going


def _names(catalog: Catalog, tx: Transaction, name: str) -> list[str]:
    """The campaign, or every step of the series."""
    names = [one.name for one in catalog.campaigns.values() if name in (one.name, one.series)]
    if not names and campaign_runs.of(tx, name, 1):
        names = [name]  # its file is gone
    if not names:
        raise Declined(f"there is no campaign {name!r} — python bot.py campaign list names them")
    return names


def _seen(campaign: Campaign) -> str:
    """The name under which the first look at a schedule is kept: another schedule is another name."""
    told = f"{campaign.name}\n{campaign.schedule}"
    return SEEN + hashlib.sha256(told.encode()).hexdigest()[:40]


def _moment(at: int, zone: dt.tzinfo) -> str:
    return dt.datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M")
