"""A mass send by openid list: which states its job has, what WeChat's answers to it mean, and who may still get one.

WeChat takes a list of 2 to 10,000 followers and the same words for all of them. Its answer says only that the job was
taken; what became of it comes later as an event. Our own id (``clientmsgid``) makes it safe to ask again when no
answer came (``docs/platform.md``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.delivery import BANNED, DAILY_LIMIT, MINUTE_LIMIT, TOKEN_CODES, back_off
from domain.quota import MASS_PEOPLE, MASS_PER_MONTH, month_began, quiet_until

FORMING, READY, SUBMITTING, SUBMITTED, FINISHED, FAILED = JOB_STATES = (
    "forming", "ready", "submitting", "submitted", "finished", "failed",
)  # fmt: skip
"""``forming``: people still join it. ``submitting``: WeChat may have it, so the same job is asked for again, and
nothing else, until that is known. ``failed``: nobody got it, or nobody knows."""

KNOWN_ALREADY, TOO_SOON, USED_UP = 45065, 45066, 45028
REPEAT_SECONDS = 61
"""WeChat refuses to hear of the same job again within a minute (45066)."""
KNOWN_SECONDS = 23 * 3_600
"""So long after the first try WeChat knows a repeated job (**unverified**: 24 hours is said)."""
FRESH_SECONDS = 600
"""Whether everybody of a job may have it was decided at most so long before it is submitted."""
ARRIVES_WITHIN = 600
"""Ours: a mass send is some minutes on its way, and must not arrive at night either."""
DAY = 86_400

SHARED = "mass"
"""What a job's id begins with, which is also in its link: everybody opens the same one."""

TAKEN, AGAIN, LATER, HOLD, PAUSE, GIVE_UP = "taken", "again", "later", "hold", "pause", "give_up"


class Verdict(NamedTuple):
    """What to do with a job after an answer. ``taken``: WeChat has it. ``again``: the same job is asked for at ``at``,
    for WeChat may have it. ``later``: it has it not; try at ``at``. ``hold``: its people get it at their next visit.
    ``pause``: as later, once an operator has looked. ``give_up``: nobody will ever know."""

    do: str
    at: int
    why: str


def after_answer(
    errcode: int, unclear: bool, tries: int, now: int, zone: dt.tzinfo, maybe_since: int | None
) -> Verdict:
    """What an answer that is no success means; ``errcode`` 0 is silence. `tries` counts this one. `maybe_since`: WeChat
    may have had the job since then from an earlier try, None = certainly not."""
    why = f"refused: {errcode}" if errcode else "no answer"
    if errcode == KNOWN_ALREADY:
        return Verdict(TAKEN, now, why)
    if maybe_since is not None and now > maybe_since + KNOWN_SECONDS:
        return Verdict(GIVE_UP, now, why)
    if unclear or errcode == TOO_SOON or maybe_since is not None:
        return Verdict(AGAIN, now + max(REPEAT_SECONDS, back_off(tries)), why)
    if errcode == BANNED:
        return Verdict(PAUSE, now, why)
    if errcode == DAILY_LIMIT:
        tomorrow = dt.datetime.fromtimestamp(now, zone).date() + dt.timedelta(1)
        return Verdict(LATER, int(dt.datetime.combine(tomorrow, dt.time(), zone).timestamp()), why)
    if errcode in (0, MINUTE_LIMIT, *TOKEN_CODES):
        return Verdict(LATER, now + back_off(tries), why)
    return Verdict(HOLD, now, why)  # 45028: used up; a call not granted, a list or words that WeChat does not take


class Outcome(NamedTuple):
    """What MASSSENDJOBFINISH told of a job. ``sent`` and ``failed`` are people; WeChat does not say who."""

    status: str
    sent: int
    failed: int

    @property
    def reached(self) -> bool:
        """Did anybody get it?"""
        return self.status in ("send success", "sendsuccess") and self.sent > 0


def outcome(report: Mapping[str, Any]) -> Outcome:
    """Read the event's fields. A number that is missing or odd counts as 0."""
    return Outcome(str(report.get("Status", "")), _number(report.get("SentCount")), _number(report.get("ErrorCount")))


def is_refused(known: Outcome) -> bool:
    """Did WeChat or the account's administrator object to what it says? It would again."""
    return known.status.startswith("err(")


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0


def mass_left(sent_at: Sequence[int], now: int, per_week: int) -> int:
    """How many mass messages a person who got some at these times may still get now: WeChat counts four by the calendar
    month, and we give away at most `per_week` in any seven days, so that some are left for the month's end."""
    of_month = sum(at >= month_began(now) for at in sent_at)
    of_week = sum(at > now - 7 * DAY for at in sent_at)
    return max(0, min(MASS_PER_MONTH - of_month, per_week - of_week))


def may_submit_at(now: int, zone: dt.tzinfo) -> int:
    """When a job may be submitted so that it arrives by day: `now`, or the end of the night."""
    return quiet_until(now, zone) or quiet_until(now + ARRIVES_WITHIN, zone) or now


def closes(joined: int, still_coming: bool) -> bool:
    """Is a job with so many people full, or large enough with nobody else on the way?"""
    fewest, most = MASS_PEOPLE
    return joined >= most or (joined >= fewest and not still_coming)
