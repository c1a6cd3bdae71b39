"""A follower taps a tracked link: the click is kept, once a minute, and the first on it teaches a little."""

from __future__ import annotations

import hashlib

from domain import message as kinds
from domain.item import Item
from domain.mass_send import SHARED
from domain.message import Message
from domain.quota import PAGE_PATIENCE_SECONDS
from flows.keep_act import keep
from storage import behaviours, campaign_deliveries, engagements, exposures, mass_jobs
from storage.exposures import Shown
from storage.store import Store

SAME_CLICK_SECONDS = 60
"""Taps on one link within a minute are one click: double taps and previews do not count twice."""


def open_link(
    store: Store, exposure_id: str, item: Item | None, same_browser: bool, now: int, openid: str = ""
) -> Shown | None:
    """Record the click on an exposure; return it if it is the follower's own, else None. `openid` is who is signed in.

    The first browser that opens a link is taken for the follower's (`same_browser`: it has opened this link
    before). A link that is passed on and opened elsewhere is a click of somebody unknown: it teaches nothing about
    the follower, and the new reader does not learn why it was recommended. Of one exposure the first click teaches.
    """
    with store.read() as tx:
        shown = exposures.find(tx, exposure_id)
    if shown is None:
        return _open_shared(store, exposure_id, item, openid, now) if exposure_id.startswith(SHARED) else None
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        own = same_browser or not behaviours.has_done(tx, shown.openid, "go", exposure_id)
        if own:
            first = exposures.open_once(tx, exposure_id, now)
            keep(tx, _click(shown.openid, exposure_id, now), shown.slug, item, "click" if first else "")
            engagements.opened(tx, shown.openid, shown.slug, now)
        else:
            behaviours.add(tx, _click("", exposure_id, now), ())
    return shown if own else None


def credit(store: Store, came_by: str, item: Item, openid: str, now: int) -> str:
    """Somebody who came by the link of a mass send (`came_by`) is signed in: the click is theirs now. The id of their
    own exposure, `came_by` where it is none of theirs. May raise ``StoreBusy``."""
    if not openid or not came_by.startswith(SHARED):
        return came_by
    own = _own_copy(store, came_by, openid)
    return own if own and open_link(store, own, item, True, now) else came_by


def _open_shared(store: Store, link: str, item: Item | None, openid: str, now: int) -> Shown | None:
    """Everybody of a mass send has the same link: it is the own one of whoever was sent it and is signed in. Who is not
    signed in yet is remembered by the link."""
    if own := _own_copy(store, link, openid):
        return open_link(store, own, item, True, now)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        job = mass_jobs.find(tx, link)
        if job is None:
            return None
        behaviours.add(tx, _click("", link, now), ())
    return Shown(link, "", now, job.slug, 1, "", job.run_id, None, "")


def _own_copy(store: Store, link: str, openid: str) -> str:
    """The exposure of this person's copy of the mass message with this link, "" when they were sent none."""
    with store.read() as tx:
        job = mass_jobs.find(tx, link) if openid else None
        sent = campaign_deliveries.find(tx, job.run_id, openid) if job else None
    return sent.exposure_id if sent and sent.message_id == link else ""


def _click(openid: str, exposure_id: str, now: int) -> Message:
    key = hashlib.sha256(f"click:{exposure_id}:{now // SAME_CLICK_SECONDS}".encode()).hexdigest()[:48]
    return Message("c" + key, openid, "", now, kinds.CLICK, "go", detail=exposure_id)
