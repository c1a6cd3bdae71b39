"""A run's audience is written down: one row for each person, page by page, with what is already known to forbid it.

A page and how far the audience is written down are one transaction, so whoever goes on, after a crash or a pause, goes
on behind it. The same causes are asked of those who are held out, so that both sides can be compared.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.load import Catalog
from domain.campaign import (
    HELD_OUT,
    ITS_OWN,
    LAUNCHING,
    NO_ITEM,
    PLANNED,
    SKIPPED,
    Campaign,
    Person,
    first_push,
    is_held_out,
    variant_for,
)
from domain.delivery import DROP
from errors import ShutongError, StoreBusy
from flows.choose_push import item_for
from flows.know_reach import reach
from storage import audience, campaign_deliveries, campaign_runs
from storage.audience import Show
from storage.campaign_deliveries import Plan
from storage.campaign_runs import Run
from storage.store import Store, Transaction

log = logging.getLogger(__name__)

PAGE = 100
"""Rows of one transaction: some 3 ms with the write lock, and then everybody else's turn."""
LEASE_SECONDS = 60
"""Who is silent so long is taken to be dead, and another goes on."""

Shares = Callable[[Store, Campaign], Mapping[str, float]]
"""The shares of a campaign's variants as they are now: name -> share."""


def written_shares(store: Store, campaign: Campaign) -> Mapping[str, float]:
    """As the file says."""
    return {one.name: one.share for one in campaign.variants if one.audience is None}


@dataclass(frozen=True, slots=True)
class Planner:
    """Who writes audiences down: one a process. ``read`` makes the campaign of a run's snapshot, ``show`` decrypts what
    followers told of themselves. Once ``stopped`` it begins no other page."""

    catalog: Callable[[], Catalog]
    read: Callable[[Run], Campaign]
    show: Show
    zone: dt.tzinfo
    clock: Callable[[], float]
    shares: Shares = written_shares
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    stopped: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Deciding:
    """What decides about the people of one run. ``slot`` is its moment, ``asked_at`` that of which its audience is.
    ``moments`` are those of a series: openid -> (the item its event was about, when it was due)."""

    catalog: Catalog
    campaign: Campaign
    shares: Mapping[str, float]
    slot: int
    asked_at: int
    zone: dt.tzinfo
    show: Show
    moments: Mapping[str, tuple[str, int]] = field(default_factory=dict)


def plan_campaigns(planner: Planner, store: Store, now: int) -> str:
    """Write down the audience of every run that is launching; "" when there is none."""
    with store.read() as tx:
        runs = campaign_runs.in_state(tx, LAUNCHING)
    launched = [run.id for run in runs if not planner.stopped.is_set() and plan_run(planner, store, run)]
    return f"launched {', '.join(launched)}" if launched else ""


def plan_run(
    planner: Planner, store: Store, run: Run, report: Callable[[int], None] = lambda people: None
) -> bool:  # fmt: skip
    """Write down the audience of a run, or what is left of it; `report` is told how many people each page had. False
    when it was not finished: paused, stopped, or another's."""
    now = int(planner.clock())
    with store.write() as tx:
        mine = campaign_runs.claim(tx, run.id, planner.owner, now, now + LEASE_SECONDS)
        found = campaign_runs.find(tx, run.id)
    if not mine or found is None:
        return False
    try:
        return _plan_pages(planner, store, found, report)
    except StoreBusy:
        raise  # it goes on another time
    except ShutongError as trouble:
        log.error("%s: its audience cannot be written down, so it is paused: %s", run.id, trouble)
        with store.write() as tx:
            campaign_runs.pause(tx, run.id, str(trouble))
        return False


def _plan_pages(planner: Planner, store: Store, run: Run, report: Callable[[int], None]) -> bool:
    campaign, behind = planner.read(run), run.planned_to
    shares = planner.shares(store, campaign)
    while not planner.stopped.is_set():
        now = int(planner.clock())
        deciding = Deciding(planner.catalog(), campaign, shares, run.slot, run.made_at, planner.zone, planner.show)
        with store.read() as tx:
            page = audience.page(tx, campaign.audience, run.made_at, behind, PAGE, planner.show)
        plans = plans_of(store, deciding, page.openids, now)
        with store.write() as tx:
            if not _keep(tx, run.id, planner.owner, behind, page.to, plans, now):
                return False
        report(len(plans))
        if not page.to:
            return True
        behind = page.to
    return False


def _keep(
    tx: Transaction, run_id: str, owner: str, behind: str, to: str, plans: Sequence[Plan], now: int
) -> bool:  # fmt: skip
    """Keep a page if the run still stands where it was read; the last one launches it."""
    if to:
        stands = campaign_runs.planned(tx, run_id, owner, behind, to, now + LEASE_SECONDS)
    else:
        stands = campaign_runs.launched(tx, run_id, owner, behind, now)
    if stands:
        campaign_deliveries.plan(tx, run_id, plans, now)
    return stands


def plans_of(store: Store, deciding: Deciding, openids: Collection[str], now: int) -> list[Plan]:
    """What each of at most ``among.MOST`` people of the audience gets, or why not."""
    campaign = deciding.campaign
    with store.read() as tx:
        people = reach(tx, campaign, "", openids, now)
        variants = _variants(tx, deciding, openids)
    return [_plan(store, deciding, people[openid], variants[openid], now) for openid in openids]


def _variants(tx: Transaction, deciding: Deciding, openids: Collection[str]) -> dict[str, str]:
    """Openid -> the first variant made for people like them, or one by its share."""
    campaign, shares = deciding.campaign, deciding.shares
    found = {openid: variant_for(campaign.name, shares, openid) if shares else "" for openid in openids}
    for variant in reversed(campaign.variants):
        if variant.audience is not None:
            theirs = audience.among_these(tx, variant.audience, openids, deciding.asked_at, deciding.show)
            found |= dict.fromkeys(theirs, variant.name)
    return found


def _plan(store: Store, deciding: Deciding, person: Person, variant: str, now: int) -> Plan:
    campaign, catalog, openid = deciding.campaign, deciding.catalog, person.openid
    own, slot = deciding.moments.get(openid, ("", deciding.slot))
    fixed = catalog.items.get(own if campaign.item == ITS_OWN else campaign.item)
    topics: Collection[str] = fixed.tags if fixed else ()
    slug = fixed.slug if fixed else ""
    step = first_push(campaign, person, slug, topics, slot, now, deciding.zone)
    if step.do == DROP:
        return Plan(openid, SKIPPED, step.why, variant, slug)
    slug, reason = item_for(store, catalog, campaign, openid, now, person.opted_out, own)
    item = catalog.items.get(slug)
    if campaign.item and (item is None or not item.is_out(now)):
        return Plan(openid, SKIPPED, NO_ITEM, variant)
    state = HELD_OUT if is_held_out(campaign, openid) else PLANNED
    return Plan(openid, state, "", variant, slug, reason, step.at)
