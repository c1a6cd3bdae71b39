"""What WeChat's answer to one push of a campaign means: for its row, for the person, for the run, for everybody.

The numbers' meanings are in ``docs/platform.md``; what the row becomes is a state of ``domain/campaign.py``.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from typing import NamedTuple

from domain.campaign import FAILED, PLANNED, SENT, UNSURE
from domain.delivery import (
    BANNED,
    DAILY_LIMIT,
    NOTICE,
    RECIPIENT_CODES,
    REPEATED_SECONDS,
    TEMPLATE,
    WINDOW_CODES,
    after_refusal,
    back_off,
)  # fmt: skip

NO_CONSENT, NO_TEMPLATE = 43101, 40037
PAUSING = {BANNED: "WeChat banned the call for this account", NO_TEMPLATE: "WeChat does not know the template"}
"""Answers after which every further push would get the same."""
NO_ANSWER = "no answer"
NOT_WRITTEN, NOT_HANDED_OVER = "its words could not be written", "it could not be handed over"
"""Of a ``Told``: why nothing was handed to WeChat. The first is a fault of this campaign's, the second of all:
the database was busy, or there was no token to be had."""
MOST_REPEATS = 4
"""Of a template message without an answer: the last one comes three and a half minutes after the first."""
LOOKED_AT, TOO_MANY = 50, 10
"""A run pauses itself when so many of its last pushes failed, and not because of the person: a fifth."""


class Told(NamedTuple):
    """What came of one call. Not ``taken`` and ``errcode`` 0: no answer that can be believed; then ``unclear`` tells
    whether the message may have gone out all the same."""

    taken: bool
    errcode: int = 0
    message_id: str = ""
    unclear: bool = False
    why: str = ""


class Outcome(NamedTuple):
    """What the row becomes: ``sent``, ``failed``, ``unsure``, or ``planned`` again, due at ``at``. ``spent``: this
    channel is not tried again for it. With ``stop`` nothing is sent to anybody before ``at``. ``pause``: why the run
    pauses itself, "" = it does not. ``blame``: it failed, and not because of the person."""

    state: str
    why: str = ""
    at: int = 0
    spent: bool = False
    stop: bool = False
    pause: str = ""
    blame: bool = False


def after_push(channel: str, told: Told, tries: int, first_at: int, now: int, zone: dt.tzinfo) -> Outcome:
    """What an answer means. `tries` counts this one; `first_at` is when the message was first handed to WeChat."""
    if told.taken:
        return Outcome(SENT)
    if told.unclear:
        if channel == TEMPLATE and tries < MOST_REPEATS and not is_forgotten(first_at, now):
            return Outcome(PLANNED, NO_ANSWER, now + back_off(tries), blame=True)
        return Outcome(UNSURE, NO_ANSWER, blame=True)
    if told.errcode == 0:
        return _not_handed_over(told.why, now + back_off(tries))
    return _after_refusal(channel, told.errcode, tries, now, zone)


def _not_handed_over(why: str, again_at: int) -> Outcome:
    if why == NOT_WRITTEN:  # the other campaigns go on
        return Outcome(PLANNED, why, again_at, blame=True)
    return Outcome(PLANNED, why if why == NOT_HANDED_OVER else "WeChat could not be reached", again_at, stop=True)


def _after_refusal(channel: str, errcode: int, tries: int, now: int, zone: dt.tzinfo) -> Outcome:
    why = f"refused: {errcode}"
    if errcode in WINDOW_CODES or (errcode == NO_CONSENT and channel == NOTICE):
        return Outcome(PLANNED, why, now, spent=True)
    if errcode in PAUSING:
        return Outcome(PLANNED, why, now, pause=f"{errcode}: {PAUSING[errcode]}", blame=True)
    if errcode in RECIPIENT_CODES:
        return Outcome(FAILED, why)
    step = after_refusal(errcode, tries, now, zone)
    if step.stop:
        return Outcome(PLANNED, why, step.at, stop=True)
    return Outcome(PLANNED, why, now, spent=True, blame=True)


def after_repeat(found: Outcome) -> Outcome:
    """The same of a message that WeChat may have had from an earlier try: whatever is said of the repeated one, the
    first may have arrived. So it goes through no other channel, and is sent, still without an answer, or unsure."""
    if found.state in (SENT, UNSURE):
        return found
    if found.state == PLANNED and not found.spent and not found.pause:
        return found._replace(why=NO_ANSWER)
    return found._replace(state=UNSURE, why=NO_ANSWER, spent=False)


def is_forgotten(first_at: int, now: int) -> bool:
    """Can WeChat not be relied on any more to know a template message by our own id?"""
    return not 0 <= now - first_at < REPEATED_SECONDS - 60


def is_everybodys(errcode: int) -> bool:
    """Does the answer concern the account, so that an operator must know at once?"""
    return errcode in (BANNED, DAILY_LIMIT)


class Failures:
    """How a run's last pushes went."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=LOOKED_AT)

    def note(self, blame: bool) -> None:
        """One push more; `blame`: it failed, and not because of the person."""
        self._last.append(blame)

    @property
    def are_known(self) -> bool:
        """Were enough pushes looked at to send many at once?"""
        return len(self._last) == LOOKED_AT

    @property
    def are_rising(self) -> bool:
        """Have too many of the last ones failed?"""
        return sum(self._last) >= TOO_MANY
