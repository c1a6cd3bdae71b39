"""What campaigns brought is counted every night and kept: followers who leave are forgotten a week later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from catalog.load import Catalog
from domain.lift import FOLLOWED_SECONDS, WINDOW_SECONDS
from flows.adjust_shares import channel_shares, measured, shares_of
from flows.measure_campaign import Measured, measure_campaign
from flows.tell_campaign import tell_campaign
from flows.tell_mass import tell_mass
from storage import campaign_effect, campaign_measures, campaign_runs
from storage.campaign_measures import Kept
from storage.store import Store

EARLIER_SECONDS = 365 * 86_400
"""Orders that tell how uneven an account's orders are."""


def measure_campaigns(store: Store, now: int) -> str:
    """Count every campaign whose people are still followed, or were not counted since."""
    counted = 0
    for name in _due(store, now):
        counted += keep(store, name, measure_campaign(store, name, now), now)
    return f"{counted} campaigns measured"


def _due(store: Store, now: int) -> list[str]:
    with store.read() as tx:
        names = campaign_runs.campaigns_since(tx, now - FOLLOWED_SECONDS - WINDOW_SECONDS)
        whole = {one.campaign: one.until for one in campaign_measures.every(tx) if one.whole}
    return [name for name, newest in names.items() if newest + WINDOW_SECONDS > whole.get(name, 0)]


def keep(store: Store, name: str, found: Measured, now: int) -> bool:
    """Keep what was counted; False where nobody was planned yet."""
    if not found.measure.people + found.measure.people_held:
        return False
    with store.write() as tx:
        campaign_measures.keep(tx, Kept(name, now, found.begin, found.until, found.measure))
    return True


def report_campaign(store: Store, catalog: Catalog, name: str, now: int, zone: ZoneInfo) -> dict[str, Any]:
    """The document of ``campaign report`` for a campaign of the content or one that was launched before."""
    campaign = catalog.campaigns.get(name)
    found = measured(store, campaign, now) if campaign else measure_campaign(store, name, now)
    with store.read() as tx:
        kept = campaign_measures.every(tx)
        earlier = campaign_effect.paid_before(tx, found.begin - EARLIER_SECONDS, found.begin)
        shares, turns = (shares_of(tx, campaign), channel_shares(tx, campaign)) if campaign else ({}, {})
        mass = tell_mass(tx, [run.id for run, _ in found.runs], zone)
    told = tell_campaign(name, campaign, found, kept, earlier, _prices(catalog), shares, turns, now, zone)
    return {**told, "mass": mass}


def _prices(catalog: Catalog) -> Sequence[int]:
    return [item.price_fen for item in catalog.items.values() if item.price_fen]
