"""The campaigns as operators see them on a list: what each is, where it stands, when it goes next."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from catalog.load import Catalog
from domain.campaign import FINISHED, LAUNCHING, MISSED, PAUSED, SENDING, SENT, Campaign
from domain.schedule import next_due
from storage import campaign_deliveries, campaign_runs
from storage.store import Store, Transaction

DRAFT, SERIES, BY_HAND, WAITING = "draft", "series", "by_hand", "waiting"
"""Beside the states of runs: not ready, always on, launched by an operator, has a time to come."""


class Line(NamedTuple):
    """One campaign. ``state`` is that of a run on its way, else one of the words above; ``trouble`` why it paused
    itself; ``next_at`` None = at no fixed time; ``sent`` of its newest run, which began at ``last_at``."""

    name: str
    title: str
    purpose: str
    state: str
    trouble: str
    next_at: int | None
    last_at: int | None
    sent: int
    planned: int


def campaign_lines(store: Store, catalog: Catalog, now: int, zone: dt.tzinfo) -> list[Line]:
    """All of the content, those on their way first, then by their next time."""
    with store.read() as tx:
        found = [_line(tx, one, now, zone) for one in catalog.campaigns.values()]
    order = {PAUSED: 0, SENDING: 1, LAUNCHING: 1}
    return sorted(found, key=lambda one: (order.get(one.state, 2), one.next_at or 2**53, one.name))


def line_of(store: Store, campaign: Campaign, now: int, zone: dt.tzinfo) -> Line:
    """One of them."""
    with store.read() as tx:
        return _line(tx, campaign, now, zone)


def _line(tx: Transaction, campaign: Campaign, now: int, zone: dt.tzinfo) -> Line:
    last = campaign_runs.newest(tx, campaign.name)
    states = campaign_deliveries.by_state(campaign_deliveries.counts(tx, last.id)) if last else {}
    paused = campaign_runs.is_paused(tx, campaign.name)
    running = last is not None and last.state not in (FINISHED, MISSED)
    state = PAUSED if paused else last.state if last and running else _rests(campaign)
    next_at = None
    if campaign.schedule and not (campaign.draft or campaign.trigger or paused):
        next_at = next_due(campaign.schedule, now, zone)
    return Line(
        campaign.name, campaign.title, campaign.purpose, state, last.trouble if last and running else "", next_at,
        last.slot if last else None, states.get(SENT, 0), sum(states.values()),
    )  # fmt: skip


def _rests(campaign: Campaign) -> str:
    if campaign.draft:
        return DRAFT
    return SERIES if campaign.trigger else WAITING if campaign.schedule else BY_HAND
