"""The customer-service window: may we write to this follower now, and how often?

Since 2023-06-12 (WeChat's page on customer-service messages, see ``docs/platform.md``): a message of the follower
allows 5 within 48 hours; tapping a click or scan button, following, or scanning a QR code allows 3 within a minute.
Opening a page from the menu allows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain import message as kinds
from domain.quota import WINDOW_ACTION_SECONDS, WINDOW_ACTIONS, WINDOW_MESSAGE_SECONDS, WINDOW_MESSAGES

ACTIONS = ("click_event", "scancode_push_event", "scancode_waitmsg_event", "subscribe_event", "scan_event")


@dataclass(frozen=True, slots=True)
class Window:
    """``left`` messages may still be sent before ``until`` (seconds since 1970, None when closed)."""

    open: bool
    left: int
    until: int | None


CLOSED = Window(False, 0, None)


def window(done: Iterable[tuple[str, str, int]], subscribed: bool, now: int) -> Window:
    """The window at `now` of a follower who did these things: (kind, form, at)."""
    if not subscribed:
        return CLOSED
    best = CLOSED
    for kind, form, at in done:
        if kind in (kinds.MESSAGE, kinds.MEDIA):
            allows, seconds = WINDOW_MESSAGES, WINDOW_MESSAGE_SECONDS
        elif form in ACTIONS:
            allows, seconds = WINDOW_ACTIONS, WINDOW_ACTION_SECONDS
        else:
            continue
        if at <= now < at + seconds and (allows, at + seconds) > (best.left, best.until or 0):
            best = Window(True, allows, at + seconds)
    return best
