"""Every limit of WeChat that we keep, in one list, and the ledger: what they leave for one person now, and why not.

Sources: ``docs/platform.md`` names the section of the platform's own documentation for each. What a follower does
opens windows (``domain/window.py``) and gives consents, every message of ours spends; a ``Ledger`` sums both up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

REPLY_TEXT_BYTES = 2048
"""A text reply, in UTF-8. Not official for passive replies (about 1,097 characters were seen to fail);
2,048 is the measured limit of customer-service messages, used for both."""

WEBHOOK_BODY_BYTES = 64 * 1024
"""Ours: a push of WeChat is a few hundred bytes; compatible mode triples that."""

PASSIVE_REPLY_SECONDS = 5.0
"""WeChat hangs up after this and sends the push again, three times in all."""

STORE_PATIENCE_SECONDS = 3.5
"""Ours: how long a push may wait for the database, so that an apology still arrives within the five seconds."""

PAGE_PATIENCE_SECONDS = 0.2
"""Ours: a click or a page view that cannot be stored at once is not worth a reader's wait."""

REMEMBER_REPLY_SECONDS = 24 * 3600
"""Ours: how long a reply's words are kept for retries. WeChat's last retry comes about 15 s after the first."""

MENU_BUTTONS, MENU_CHILDREN = 3, 5
MENU_NAME_BYTES, MENU_CHILD_NAME_BYTES = 16, 60
MENU_KEY_BYTES, MENU_URL_BYTES = 128, 1024

CARD_TITLE_CHARACTERS = 64
CARD_DESCRIPTION_CHARACTERS = 120
"""Ours: what a phone shows of a news card before it cuts."""

WINDOW_MESSAGES, WINDOW_MESSAGE_SECONDS = 5, 48 * 3600
"""Customer-service messages that a message of the follower allows, and for how long."""

WINDOW_ACTIONS, WINDOW_ACTION_SECONDS = 3, 60
"""The same for a tapped click or scan button, a follow, a scanned QR code. Paying and opening a page allow nothing."""

MASS_PER_MONTH = 4
"""Mass messages that one follower of a service account gets in a calendar month, in China's time."""

MASS_PEOPLE = 2, 10_000
"""Followers in one mass send by openid list: not fewer, not more."""

NOTICE_VALUE_CHARACTERS = {
    "thing": 20, "character_string": 32, "number": 32, "letter": 32, "symbol": 5, "time": 32, "date": 32,
    "amount": 14, "phone_number": 17, "car_number": 8, "name": 10, "phrase": 5, "const": 20,
}  # fmt: skip
"""By keyword of a template message or 订阅通知: the longest value. One that is longer has the message refused."""

QUIET_FROM_HOUR, QUIET_UNTIL_HOUR = 21, 9
"""Ours: nothing that the follower does not wait for is sent at night, by the account's clock."""

CHINA = dt.timezone(dt.timedelta(hours=8))
"""Where WeChat counts its days and months."""


def month_began(now: int) -> int:
    """When the calendar month of `now` began, where WeChat counts."""
    today = dt.datetime.fromtimestamp(now, CHINA)
    return int(today.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp())


def quiet_until(now: int, zone: dt.tzinfo) -> int:
    """When the quiet hours end, 0 by day."""
    here = dt.datetime.fromtimestamp(now, zone)
    if QUIET_UNTIL_HOUR <= here.hour < QUIET_FROM_HOUR:
        return 0
    day = here.date() + dt.timedelta(here.hour >= QUIET_FROM_HOUR)
    return int(dt.datetime.combine(day, dt.time(QUIET_UNTIL_HOUR), zone).timestamp())


class Ledger(NamedTuple):
    """What one person's acts allow, and what we have used of it. ``window_left`` messages before ``window_until``;
    ``consents``: notices they agreed to and did not get; ``mass_left`` of this month's; ``touched``: when marketing
    was sent to them, of the last seven days; ``stopped``: they opted out of every push."""

    follows: bool
    window_left: int = 0
    window_until: int | None = None
    consents: int = 0
    mass_left: int = 0
    touched: Sequence[int] = ()
    stopped: bool = False


class May(NamedTuple):
    """May a channel carry a message to a person now? ``left`` so many (-1 = no limit of this person's), ``until``: when
    that ends where it may, from when on it may where it may not (None = nobody knows). ``why`` it may not, "" where it
    may."""

    yes: bool
    left: int = 0
    until: int | None = None
    why: str = ""


def allowed(
    ledger: Ledger, limits: Sequence[tuple[int, int]], now: int, zone: dt.tzinfo
) -> Mapping[str, Mapping[str, May]]:
    """What may be sent to a person now: purpose -> channel -> ``May``. `limits` are the caps on marketing, (messages,
    seconds). What the person's own act caused (service) waits for no morning and counts in no cap."""
    barred = _barred(ledger, limits, now, zone)
    marketing = allowed_by_wechat(ledger, marketing=True)
    return {
        "marketing": {channel: barred if barred and may.yes else may for channel, may in marketing.items()},
        "service": allowed_by_wechat(ledger, marketing=False),
    }


def allowed_by_wechat(ledger: Ledger, marketing: bool) -> dict[str, May]:
    """Channel -> what WeChat's own rules allow, at any hour. No template message ever carries marketing."""
    if not ledger.follows:
        return dict.fromkeys(("window", "notice", "mass", "template"), May(False, why="they do not follow"))
    template = May(False, why="banned for marketing") if marketing else May(True, -1)
    return {
        "window": _window(ledger),
        "notice": May(True, ledger.consents) if ledger.consents > 0 else May(False, why="they agreed to none"),
        "mass": May(True, ledger.mass_left) if ledger.mass_left > 0 else May(False, why="used up for now"),
        "template": template,
    }


def _window(ledger: Ledger) -> May:
    if ledger.window_left > 0:
        return May(True, ledger.window_left, ledger.window_until)
    used_up = "used up until they write again" if ledger.window_until else "closed until they write or tap"
    return May(False, why=used_up)


def _barred(ledger: Ledger, limits: Sequence[tuple[int, int]], now: int, zone: dt.tzinfo) -> May | None:
    """Why we ourselves send no marketing now."""
    if ledger.stopped:
        return May(False, why="they opted out of every push")
    free = free_from(ledger.touched, limits, now)
    until = quiet_until(free, zone) or free
    if until == now:
        return None
    return May(False, until=until, why="so soon after the last one" if free > now else "quiet hours")


def free_from(touched: Sequence[int], limits: Sequence[tuple[int, int]], now: int) -> int:
    """From when on the caps, (messages, seconds), allow a message to somebody who got some at `touched`: `now` if they
    do already."""
    free_at = now
    for most, seconds in limits:
        within = sorted(at for at in touched if at > now - seconds)
        if len(within) >= most:
            free_at = max(free_at, within[len(within) - most] + seconds + 1)
    return free_at
