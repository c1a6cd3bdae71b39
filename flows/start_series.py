"""Series: a message to each person when their moment has come, so long after (or before) something happened to them.

A run is a step of a series and the day on which people's moments came due. Which run a moment belongs to follows from
the moment alone, and a run has one row a person: so a moment is answered once, whoever looks at it, and however often.
Nobody gets a step twice for the same thing, also where the file changed meanwhile. Everything else goes the way of all
campaigns: caps, quiet hours, opt-outs, the hold-out and the channel are decided as for them.

A series counts from the first look at it: what happened to people before is not made up, nor is what is of no use any
more after a pause.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from catalog.load import OF_A_SUBJECT, SUBJECT, Catalog
from domain.audience import EVERYBODY, All, Either, Likes
from domain.campaign import (
    FINISHED,
    FOLLOWED,
    ITEM_PUBLISHED,
    ITS_OWN,
    NOT_READ_ON,
    ORDER_ABANDONED,
    PLANNED,
    SENDING,
    Campaign,
    Trigger,
)
from domain.item import Item
from errors import ShutongError
from flows.plan_audience import PAGE, Deciding, Planner, plans_of
from storage import audience, campaign_deliveries, campaign_runs, campaign_sending, moments, watermarks
from storage.moments import Moment
from storage.store import Store, Transaction

DAY, HOUR = 86_400, 3_600
OVERLAP_SECONDS = 120
"""What was written down a little late is found at the next look."""
RARE_SECONDS = 600
"""Between two looks at who reads on: all orders of half a year are gone through for it."""
AGAIN_SECONDS = 30 * DAY
"""About the same item the same step comes no sooner again, whatever they did with it."""
FITS = 0.3
"""Who likes one of its subjects so much, of 1, is told of a new item."""
_Any = TypeVar("_Any")
SEEN, OUT = "series:", "out:"
CLOCK = "clock"


def start_series(planner: Planner, store: Store, now: int) -> str:
    """Plan a message for everybody whose moment has come; say for how many, "" for nobody."""
    catalog = planner.catalog()
    steps = [one for one in catalog.campaigns.values() if one.trigger and not one.draft]
    out = _notice_new_items(catalog, store, steps, now)
    told = []
    for step in steps:
        if planner.stopped.is_set():
            break
        if count := _start(planner, store, catalog, step, out, now):
            told.append(f"{step.name}: {count}")
    _finish_days(planner, store, now)
    return ", ".join(told)


def _start(planner: Planner, store: Store, catalog: Catalog, step: Campaign, out: Mapping[str, int], now: int) -> int:
    """Plan those of one step whose moments came due since the last look, and keep how far it looked."""
    assert step.trigger is not None
    seen = _seen(step)
    with store.read() as tx:
        since, paused = watermarks.at(tx, seen) or now, campaign_runs.is_paused(tx, step.name)
    if step.trigger.event == NOT_READ_ON and 0 < now - since < RARE_SECONDS:
        return 0
    begin = max(since - OVERLAP_SECONDS, now - step.until_hours * HOUR)
    planned = 0
    for page in () if paused else _pages(planner, store, catalog, step, out, begin, now):
        count = None if planner.stopped.is_set() else _plan(planner, store, catalog, step, page, now)
        if count is None:
            return planned  # the next look begins where this one did
        planned += count
    if not paused:
        with store.write() as tx:
            watermarks.put(tx, seen, now)
    return planned


# --- whose moment has come ---------------------------------------------------------------------------------------


def _pages(
    planner: Planner, store: Store, catalog: Catalog, step: Campaign, out: Mapping[str, int], begin: int, now: int
) -> Iterator[Sequence[Moment]]:
    """Moments that came due after `begin`, of people who belong to the audience, one a person and page."""
    trigger = step.trigger
    assert trigger is not None
    if trigger.event == ITEM_PUBLISHED:
        for slug, at in out.items():
            if begin < at + trigger.after <= now and trigger.slug in ("", slug):
                yield from _who_like(planner, store, catalog, step, catalog.items[slug], at, now)
        return
    with store.read() as tx:
        found = _happened(tx, trigger, begin - trigger.after, now - trigger.after, now)
    wanted = sorted((one for one in found if trigger.slug in ("", one.slug)), key=lambda one: (one.at, one.openid))
    for some in _in_pages(wanted):
        page = {one.openid: one for one in reversed(some)}  # of two at once the earlier
        if step.audience != EVERYBODY:
            with store.read() as tx:
                theirs = audience.among_these(tx, step.audience, page, now, planner.show)
            page = {openid: one for openid, one in page.items() if openid in theirs}
        yield [*page.values()]


def _happened(tx: Transaction, trigger: Trigger, begin: int, end: int, now: int) -> list[Moment]:
    if trigger.event == FOLLOWED:
        return moments.followed(tx, begin, end)
    if trigger.event == ORDER_ABANDONED:
        return moments.abandoned(tx, begin, end)
    if trigger.event == NOT_READ_ON:
        return moments.stopped_reading(tx, begin, end, now)
    return moments.ending(tx, begin, end)


def _who_like(
    planner: Planner, store: Store, catalog: Catalog, step: Campaign, item: Item, at: int, now: int
) -> Iterator[Sequence[Moment]]:
    """Those of the audience whose tastes a new item fits."""
    tags = [tag for tag in item.tags if catalog.breadth(tag) in (OF_A_SUBJECT, SUBJECT)] or item.tags
    rule, behind = All((step.audience, Either(tuple(Likes(tag, FITS) for tag in tags)))), ""
    while True:
        with store.read() as tx:
            page = audience.page(tx, rule, now, behind, PAGE, planner.show)
        yield [Moment(openid, item.slug, at) for openid in page.openids]
        if not page.to:
            return
        behind = page.to


def _notice_new_items(catalog: Catalog, store: Store, steps: Iterable[Campaign], now: int) -> Mapping[str, int]:
    """Slug -> when it was first seen to be out, 0 for those that were there before anybody looked. The day in its file
    does not tell: a file may be saved late."""
    if not any(step.trigger and step.trigger.event == ITEM_PUBLISHED for step in steps):
        return {}
    names = {slug: OUT + hashlib.sha256(slug.encode()).hexdigest()[:40] for slug in catalog.items}
    with store.read() as tx:
        known = watermarks.named(tx, OUT)
    new = [slug for slug, name in names.items() if name not in known and catalog.items[slug].is_out(now)]
    for some in _in_pages(new):
        with store.write() as tx:
            for slug in some:
                watermarks.begin(tx, names[slug], now if known else 0)
    with store.read() as tx:
        known = watermarks.named(tx, OUT)
    return {slug: at for slug, name in names.items() if (at := known.get(name, 0))}


# --- planning them -----------------------------------------------------------------------------------------------


def _plan(
    planner: Planner, store: Store, catalog: Catalog, step: Campaign, page: Collection[Moment], now: int
) -> int | None:  # fmt: skip
    """Write a row for each of at most ``PAGE`` people, in the run of their day; how many are to be sent something. None
    when the step was paused meanwhile."""
    assert step.trigger is not None
    after, planned = step.trigger.after, 0
    days: dict[int, dict[str, Moment]] = defaultdict(dict)
    for one in _not_told(store, step, page):
        days[_day(one.at + after, planner.zone)].setdefault(one.openid, one)
    for slot, people in days.items():
        due = {openid: (one.slug, one.at + after) for openid, one in people.items()}
        shares = planner.shares(store, step)
        deciding = Deciding(catalog, step, shares, slot, now, planner.zone, planner.show, due)
        plans = plans_of(store, deciding, [*people], now)
        with store.write() as tx:
            if campaign_runs.is_paused(tx, step.name):
                return None
            campaign_runs.begin(tx, step.name, slot, catalog.campaign_texts[step.name], CLOCK, now)
            run_id = campaign_runs.run_id(step.name, slot)
            if campaign_runs.state(tx, run_id) == FINISHED:
                campaign_runs.reopen(tx, run_id)
            campaign_deliveries.plan(tx, run_id, plans, now)
        planned += sum(one.state == PLANNED for one in plans)
    return planned


def _not_told(store: Store, step: Campaign, page: Collection[Moment]) -> list[Moment]:
    """Those whom this step has not answered for the same thing."""
    assert step.trigger is not None
    again, after = step.trigger.event in (ORDER_ABANDONED, NOT_READ_ON), step.trigger.after
    with store.read() as tx:
        rows = campaign_deliveries.of_campaign(tx, step.name, [one.openid for one in page])
    planned: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for openid, slug, at in rows:
        planned[openid].append((slug if step.item == ITS_OWN else "", at))

    def is_told(one: Moment) -> bool:
        since = one.at + after - AGAIN_SECONDS if again else one.at + min(after, 0)
        return any(at >= since and slug in ("", one.slug) for slug, at in planned[one.openid])

    return [one for one in page if not is_told(one)]


def _finish_days(planner: Planner, store: Store, now: int) -> None:
    """A day that is over is finished when nothing of it can be sent any more, or is of use."""
    with store.read() as tx:
        runs = [run for run in campaign_runs.in_state(tx, SENDING) if run.slot + DAY < now]
    for run in runs:
        try:
            campaign = planner.read(run)
        except ShutongError:
            continue  # ``flows/tend_campaigns.py`` pauses it
        if campaign.trigger is None:
            continue
        with store.write() as tx:
            if now > run.slot + DAY + campaign.until_hours * HOUR:
                campaign_sending.too_late(tx, run.id)
            if not campaign_sending.is_open(tx, run.id):
                campaign_runs.finish(tx, run.id, now)


def _in_pages(some: Sequence[_Any]) -> Iterator[Sequence[_Any]]:
    return (some[begin : begin + PAGE] for begin in range(0, len(some), PAGE))


def _day(at: int, zone: dt.tzinfo) -> int:
    """When the day of a moment began, by the account's clock."""
    here = dt.datetime.fromtimestamp(at, zone)
    return int(dt.datetime.combine(here.date(), dt.time(), zone).timestamp())


def _seen(step: Campaign) -> str:
    """The name under which it is kept how far a step was looked at: another event is another name."""
    assert step.trigger is not None
    told = f"{step.name}\n{step.trigger.event}\n{step.trigger.slug}"
    return SEEN + hashlib.sha256(told.encode()).hexdigest()[:40]
