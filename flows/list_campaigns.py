"""Every campaign with where it stands: its state, when it is due next, and what its last run did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.load import Catalog
from domain.campaign import FINISHED, LAUNCHING, MISSED, PAUSED, SCHEDULED, SENDING, Campaign
from domain.schedule import next_due
from storage import campaign_deliveries, campaign_runs
from storage.campaign_runs import Run
from storage.store import Store, Transaction

DRAFT = "draft"
MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """``next_at``: when the clock launches it next, None = never, or while it is paused. ``last`` is its newest run,
    with the people of each state; ``missed_at`` a moment after it at which nothing ran. ``campaign`` is None where the
    file is gone. ``trouble``: why it paused itself."""

    name: str
    campaign: Campaign | None
    state: str
    next_at: int | None
    last: Run | None
    people: dict[str, int]
    missed_at: int | None
    trouble: str


def list_campaigns(catalog: Catalog, store: Store, now: int, zone: dt.tzinfo) -> list[Standing]:
    """Those of the content's files, and those whose file is gone while something of them still runs."""
    with store.read() as tx:
        gone = {
            run.campaign for state in (LAUNCHING, SENDING, PAUSED) for run in campaign_runs.in_state(tx, state)
        } - catalog.campaigns.keys()  # fmt: skip
        return [_standing(tx, catalog.campaigns.get(name), name, now, zone) for name in [*catalog.campaigns, *gone]]


def state_of(campaign: Campaign | None, runs: Sequence[Run], paused: bool, next_at: int | None) -> str:
    """Where a campaign stands; `runs` are its runs, the newest first."""
    if paused:
        return PAUSED
    active = [run.state for run in runs if run.state in (LAUNCHING, SENDING)]
    if active:
        return active[0]
    if campaign is not None and campaign.draft:
        return DRAFT
    return SCHEDULED if next_at is not None or not runs else FINISHED


def _standing(tx: Transaction, campaign: Campaign | None, name: str, now: int, zone: dt.tzinfo) -> Standing:
    runs = campaign_runs.of(tx, name, MOST_RUNS)
    paused = campaign_runs.is_paused(tx, name)
    last = next((run for run in runs if run.state != MISSED), None)
    missed = runs[0].slot if runs and runs[0].state == MISSED else None
    schedule = campaign.schedule if campaign and not campaign.draft else None
    next_at = next_due(schedule, now, zone) if schedule and not paused else None
    people = campaign_deliveries.by_state(campaign_deliveries.counts(tx, last.id)) if last else {}
    trouble = next((run.trouble for run in runs if run.state == PAUSED and run.trouble), "")
    state = state_of(campaign, [run for run in runs if run.state != MISSED], paused, next_at)
    return Standing(name, campaign, state, next_at, last, people, missed, trouble)
