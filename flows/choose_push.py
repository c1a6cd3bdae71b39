"""Which item a campaign offers one person, and the true reason why it fits them.

The best is chosen, nothing is tried out: a push costs a turn of the month, and its probability is then 1.
"""

from __future__ import annotations

from collections.abc import Collection

from catalog.load import Catalog
from domain import wording
from domain.audience import Likes, Not, conditions
from domain.campaign import ITS_OWN, RECOMMEND, Campaign
from domain.ranking import Ranked
from domain.reasons import greatest
from flows.know_follower import Known, know
from flows.offer_items import choose
from storage.store import Store

NO_HOOK = ("", "quality", "explore")
"""Reasons that say nothing of this person: the proof tells of numbers."""


def item_for(
    store: Store, catalog: Catalog, campaign: Campaign, openid: str, now: int, opted_out: Collection[str] = (),
    own: str = "",
) -> tuple[str, str]:  # fmt: skip
    """(slug, reason). `own` is the item that the event of a series was about. The slug is "" where the campaign has no
    item, or where it recommends and nothing suits; the reason is "" where nothing true can be said, or the campaign's
    words have no place for it."""
    if campaign.item == RECOMMEND:
        known = know(store, openid, now)
        unwanted = [slug for tag in opted_out for slug in _carrying(catalog, tag)]
        found = choose(catalog, known, now, _best, unwanted, None, subjects(campaign) or None, count=1)
        return (found[0].item.slug, _hook(known, found[0], now) if _asks_why(campaign) else "") if found else ("", "")
    slug = own if campaign.item == ITS_OWN else campaign.item
    return slug, reason_for(store, catalog, campaign, openid, slug, now) if slug else ""


def reason_for(store: Store, catalog: Catalog, campaign: Campaign, openid: str, slug: str, now: int) -> str:
    """Why this very item fits the person, "" as for ``item_for``."""
    if not _asks_why(campaign) or slug not in catalog.items:
        return ""
    known = know(store, openid, now)
    found = choose(catalog, known, now, _best, among=[slug], count=1)
    return _hook(known, found[0], now) if found else ""


def subjects(campaign: Campaign) -> set[str]:
    """The tags a recommended item must have one of: what the campaign is about, else what its audience likes."""
    rules = [*conditions(campaign.audience)]
    shunned = {one.tag for rule in rules if isinstance(rule, Not) for one in conditions(rule) if isinstance(one, Likes)}
    return {*campaign.topics} or {one.tag for one in rules if isinstance(one, Likes)} - shunned


def _carrying(catalog: Catalog, tag: str) -> list[str]:
    return [slug for slug, item in catalog.items.items() if tag in item.tags]


def _best() -> float:
    return 0.0


def _hook(known: Known, one: Ranked, now: int) -> str:
    by_tag = {interest.tag: interest for interest in known.interests} if known.personal else None
    term, sentence = greatest(one, by_tag, known.follower.paid, now)
    return "" if term in NO_HOOK else sentence


def _asks_why(campaign: Campaign) -> bool:
    return any(wording.REASON in wording.placeholders(variant.text) for variant in campaign.variants)
