"""A follower taps a tracked link: the click is kept, once a minute, and the first on it teaches a little."""

from __future__ import annotations

import hashlib

from domain import message as kinds
from domain.item import Item
from domain.message import Message
from domain.quota import PAGE_PATIENCE_SECONDS
from flows.keep_act import keep
from storage import behaviours, engagements, exposures
from storage.exposures import Shown
from storage.store import Store

SAME_CLICK_SECONDS = 60
"""Taps on one link within a minute are one click: double taps and previews do not count twice."""


def open_link(store: Store, exposure_id: str, item: Item | None, same_browser: bool, now: int) -> Shown | None:
    """Record the click on an exposure; return it if it is the follower's own, else None.

    The first browser that opens a link is taken for the follower's (`same_browser`: it has opened this link
    before). A link that is passed on and opened elsewhere is a click of somebody unknown: it teaches nothing about
    the follower, and the new reader does not learn why it was recommended. Of one exposure the first click teaches.
    """
    with store.read() as tx:
        shown = exposures.find(tx, exposure_id)
    if shown is None:
        return None
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        own = same_browser or not behaviours.has_done(tx, shown.openid, "go", exposure_id)
        if own:
            first = exposures.open_once(tx, exposure_id, now)
            keep(tx, _click(shown.openid, exposure_id, now), shown.slug, item, "click" if first else "")
            engagements.opened(tx, shown.openid, shown.slug, now)
        else:
            behaviours.add(tx, _click("", exposure_id, now), ())
    return shown if own else None


def _click(openid: str, exposure_id: str, now: int) -> Message:
    key = hashlib.sha256(f"click:{exposure_id}:{now // SAME_CLICK_SECONDS}".encode()).hexdigest()[:48]
    return Message("c" + key, openid, "", now, kinds.CLICK, "go", detail=exposure_id)
