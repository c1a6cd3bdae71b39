"""The customer-service window: may we write to this follower now, and how often?

Since 2023-06-12 (WeChat's page on customer-service messages, see ``docs/platform.md``): a message of the follower
allows 5 within 48 hours; tapping a click or scan button, following, or scanning a QR code allows 3 within a minute.
Opening a page from the menu allows nothing, and neither does paying. A further act opens its window anew (assumed: no
source says so). What we send is taken from the open window that ends first.
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


def window(
    done: Iterable[tuple[str, str, int]], subscribed: bool, now: int, sent: Iterable[int] = (), shut_at: int = 0
) -> Window:
    """The window at `now` of a follower who did these things, (kind, form, at), and was sent messages at `sent`. What
    they did up to `shut_at` allows nothing: WeChat refused then."""
    if not subscribed:
        return CLOSED
    acts = [(at, allowed) for kind, form, at in done if shut_at < at <= now and (allowed := _allows(kind, form))]
    newest = {allowed: max(at for at, other in acts if other == allowed) for _, allowed in acts}
    running = [
        [at + seconds, count, at] for (count, seconds), at in newest.items() if now < at + seconds
    ]  # until, left, since
    running.sort()
    for at in sorted(sent):
        spent = next((one for one in running if one[1] > 0 and one[2] <= at <= now), None)
        if spent is not None:
            spent[1] -= 1
    if not running:
        return CLOSED
    until, left, _ = max(running, key=lambda one: (one[1], one[0]))
    return Window(True, left, until)


def _allows(kind: str, form: str) -> tuple[int, int] | None:
    """(how many messages, for how many seconds) an act allows, None for nothing."""
    if kind in (kinds.MESSAGE, kinds.MEDIA):
        return WINDOW_MESSAGES, WINDOW_MESSAGE_SECONDS
    return (WINDOW_ACTIONS, WINDOW_ACTION_SECONDS) if form in ACTIONS else None
