"""What we owe a buyer to say, and through which channel it may be said now.

Three channels: the customer-service ``window`` (a text, while it is open), the ``template`` message and the 订阅通知
``notice`` (service notices only). What no channel allows now waits for the buyer's next visit. The rules of the
channels and what each refusal of WeChat's means are in ``docs/platform.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from domain.notice import NOTICES, RECEIPT, REFUNDED
from domain.quota import quiet_until

REMINDER = "reminder"
SERVICE = (RECEIPT, REFUNDED)
"""What the buyer's own payment caused: it may be said at any hour, and must be said some time."""

OWED, SENDING, SENT, SHOWN = "owed", "sending", "sent", "shown"
WAITING, DROPPED, UNSURE = "waiting", "dropped", "unsure"
"""``waiting`` for the next visit; ``dropped``: not to be said any more; ``unsure``: perhaps sent, nobody knows."""

WINDOW, TEMPLATE, NOTICE, VISIT = "window", "template", "notice", "visit"
SEND, LATER, WAIT, DROP, OTHER = "send", "later", "wait", "drop", "other"

RECIPIENT_CODES = (40003, 43004, 43019, 43101, 48002, 50005)
"""This person gets nothing through this channel: not following, blocked, no consent."""
WINDOW_CODES = (45015, 45047)
"""The window is closed, or used up: it is spent for this message."""
TOKEN_CODES = (40001, 40014, 42001)
"""Renewed once already, and refused again."""
DAILY_LIMIT, MINUTE_LIMIT, BANNED, BUSY = 45009, 45011, 48004, -1
BACK_OFF_SECONDS, LONGEST_BACK_OFF = 30, 3_600
BANNED_SECONDS = 86_400
"""How long nothing is sent after WeChat banned the call: an operator must look at it first."""
REPEATED_SECONDS = 600
"""How long WeChat is taken to know a template message by our own id (**unverified**: ten minutes is often said). So
long an unclear send of one may be repeated; every other unclear send may not."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about one delivery. ``useless``: why it need not be said any more, "" while it is of use.
    ``window_left``: messages the open window still allows. ``notice``: the kind of the template that is set up for it
    (``template`` or ``notice``), "" for none."""

    kind: str
    follows: bool
    window_left: int
    notice: str = ""
    opted_out: bool = False
    useless: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do: ``send`` through ``channel``, try ``later`` at ``at``, ``wait`` for a visit, ``drop``, or take an
    ``other`` channel. With ``stop`` nothing is sent to anybody before ``at``."""

    do: str
    channel: str = ""
    at: int = 0
    why: str = ""
    stop: bool = False


def next_step(facts: Facts, now: int, zone: dt.tzinfo, spent: Collection[str] = ()) -> Step:
    """What to do about a delivery that is due; `spent` are channels that were tried in vain."""
    if facts.useless:
        return Step(DROP, why=facts.useless)
    window = facts.window_left > 0 and WINDOW not in spent
    if facts.kind not in SERVICE:
        return _unasked(facts, window, now, zone)
    if not facts.follows:
        return Step(WAIT, why="not a follower")
    if window:
        return Step(SEND, WINDOW)
    if facts.notice and facts.kind in NOTICES and facts.notice not in spent:
        return Step(SEND, facts.notice)
    return Step(WAIT, why="no channel is open")


def _unasked(facts: Facts, window: bool, now: int, zone: dt.tzinfo) -> Step:
    """What the buyer did not ask for goes through the open window by day, or not at all: never by template."""
    if facts.opted_out:
        return Step(DROP, why="opted out")
    if not facts.follows or not window:
        return Step(DROP, why="the window is closed")
    ends = quiet_until(now, zone)
    return Step(LATER, at=ends, why="at night") if ends else Step(SEND, WINDOW)


def after_refusal(errcode: int, tries: int, now: int, zone: dt.tzinfo) -> Step:
    """What WeChat's answer `errcode` to a send means; `tries` counts this one. The message was not sent."""
    why = f"refused: {errcode}"
    if errcode in WINDOW_CODES:
        return Step(OTHER, why=why)
    if errcode in RECIPIENT_CODES:
        return Step(WAIT, why=why)
    if errcode == BANNED:
        return Step(WAIT, at=now + BANNED_SECONDS, why=why, stop=True)
    if errcode == DAILY_LIMIT:
        tomorrow = dt.datetime.fromtimestamp(now, zone).date() + dt.timedelta(1)
        return Step(LATER, at=int(dt.datetime.combine(tomorrow, dt.time(), zone).timestamp()), why=why, stop=True)
    if errcode in (MINUTE_LIMIT, *TOKEN_CODES):
        return Step(LATER, at=now + back_off(tries), why=why, stop=True)
    return Step(OTHER, why=why)  # a call not granted, a wrong template, a value WeChat does not take


def after_silence(channel: str, owed_at: int, tries: int, now: int) -> Step | None:
    """No answer, or none that can be believed: repeat a template message that WeChat knows by our id; None = unsure."""
    if channel == TEMPLATE and now - owed_at < REPEATED_SECONDS:
        return Step(LATER, at=now + back_off(tries), why="no answer")
    return None


def back_off(tries: int) -> int:
    """Seconds to wait after so many tries: twice as long each time."""
    return int(min(BACK_OFF_SECONDS * 2 ** max(tries - 1, 0), LONGEST_BACK_OFF))
