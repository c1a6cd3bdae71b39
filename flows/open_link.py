"""A follower taps a tracked link: the click is kept, once a minute, and teaches a little."""

from __future__ import annotations

import hashlib

from domain import message as kinds
from domain.interests import PERSONALISATION, lesson
from domain.item import Item
from domain.message import Message
from domain.quota import PAGE_PATIENCE_SECONDS
from storage import behaviours, exposures, followers, interests, opt_outs
from storage.exposures import Shown
from storage.store import Store

SAME_CLICK_SECONDS = 60
"""Taps on one link within a minute are one click: double taps and previews do not count twice."""


def open_link(store: Store, exposure_id: str, item: Item | None, same_browser: bool, now: int) -> Shown | None:
    """Record the click on an exposure; return it if it is the follower's own, else None.

    The first browser that opens a link is taken for the follower's (`same_browser`: it has opened this link
    before). A link that is passed on and opened elsewhere is a click of somebody unknown: it teaches nothing about
    the follower, and the new reader does not learn why it was recommended.
    """
    with store.read() as tx:
        shown = exposures.find(tx, exposure_id)
        if shown is None:
            return None
        personal = not opt_outs.has(tx, shown.openid, PERSONALISATION)
    lessons = [lesson(item.subject, "click", item.title)] if item and personal else []
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        own = same_browser or not behaviours.has_done(tx, shown.openid, "go", exposure_id)
        if not own:
            behaviours.add(tx, _click("", exposure_id, now), ())
        elif behaviours.add(tx, _click(shown.openid, exposure_id, now), lessons):
            followers.seen(tx, shown.openid, now)
            interests.learn(tx, shown.openid, lessons, now)
    return shown if own else None


def _click(openid: str, exposure_id: str, now: int) -> Message:
    key = hashlib.sha256(f"click:{exposure_id}:{now // SAME_CLICK_SECONDS}".encode()).hexdigest()[:48]
    return Message("c" + key, openid, "", now, kinds.CLICK, "go", detail=exposure_id)
