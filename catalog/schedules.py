"""When a campaign runs, as its file writes it: ``schedule`` by the calendar, or ``trigger`` by what a person did."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from catalog.audiences import Around
from catalog.yaml_lines import Node
from domain.campaign import EVENTS, FOLLOWED, RIGHT_ENDS, Schedule, Trigger
from domain.quota import QUIET_FROM_HOUR, QUIET_UNTIL_HOUR
from domain.schedule import never_comes, read_cron

_SECONDS: Mapping[str, int] = {"m": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"([1-9]\d{0,3})([mhd])")
LONGEST_SPAN = 90 * 86_400
"""Nobody remembers what they did longer ago."""


def read_schedule(node: Node, zone: ZoneInfo) -> Schedule | None:
    """``{cron: "0 10 * * 6"}`` or ``{at: "2026-12-01 10:00"}``; None with a mistake noted."""
    node.only("cron", "at")
    cron, at = node.get("cron"), node.get("at")
    if (cron is None) == (at is None):
        node.wrong('needs either cron or at, e.g. {cron: "0 10 * * 6"}, or {at: "2026-12-01 10:00"}')
        return None
    return _cron(cron) if cron else _moment(at, zone) if at else None


def _cron(node: Node) -> Schedule | None:
    line = node.text()
    try:
        cron = read_cron(line)
    except ValueError as wrong:
        node.wrong(f'"{line}": {wrong}; e.g. "0 10 * * 6" is Saturday at ten')
        return None
    if never_comes(cron):
        node.wrong(f'"{line}" never comes: no such day is in any month — e.g. "0 10 1 * *" is the first of each month')
    elif len(cron.minutes) > 1:
        node.wrong(f'"{line}" comes {len(cron.minutes)} times an hour — write one minute, e.g. "0 10 * * 6"')
    elif all(_at_night(hour) for hour in cron.hours):
        node.advise(f"is at night: nothing is sent before {QUIET_UNTIL_HOUR}:00")
    return Schedule(cron=line)


def _moment(node: Node, zone: ZoneInfo) -> Schedule | None:
    try:
        here = dt.datetime.strptime(repr(node), "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError:
        node.wrong(f'"{node!r}" is not a moment — write it as "2026-12-01 10:00"')
        return None
    if _at_night(here.hour):
        node.advise(f"is at night: nothing is sent before {QUIET_UNTIL_HOUR}:00")
    return Schedule(at=int(here.timestamp()))


def _at_night(hour: int) -> bool:
    return not QUIET_UNTIL_HOUR <= hour < QUIET_FROM_HOUR


def read_trigger(node: Node, around: Around | None) -> Trigger:
    """``followed``, or ``{event: order_abandoned, after: 2h, item: running-30}``."""
    if not isinstance(node.value, dict):
        return Trigger(_event(node), 0)
    node.only("event", "after", "before", "item")
    event, item = _event(node.get("event") or node), node.get("item")
    slug = item.text() if item else ""
    if item and event == FOLLOWED:
        item.wrong("following is not about an item — leave it out")
    elif item and around and slug not in around.items:
        item.wrong(f'there is no published item "{slug}"')
    return Trigger(event, read_after(node, event), slug)


def _event(node: Node) -> str:
    if node.value not in EVENTS:
        written = "event: is missing" if isinstance(node.value, dict) else f'"{node!r}" is not known'
        node.wrong(f"{written} — one of {', '.join(EVENTS)}")
        return EVENTS[0]
    return str(node.value)


def read_after(node: Node, event: str) -> int:
    """Seconds of the ``after`` of a trigger or a step; negative for a ``before``."""
    after, before = node.get("after"), node.get("before")
    if after and before:
        before.wrong("stands beside after — keep one of them")
    if before and event != RIGHT_ENDS:
        before.wrong(f"nobody knows before when it will happen — write after; before goes with {RIGHT_ENDS}")
    return -_seconds(before) if before and not after else _seconds(after) if after else 0


def _seconds(node: Node) -> int:
    shape = _SPAN.fullmatch(repr(node))
    seconds = int(shape[1]) * _SECONDS[shape[2]] if shape else 0
    if not shape or seconds > LONGEST_SPAN:
        node.wrong(f'"{node!r}" is no span — minutes, hours or days up to {LONGEST_SPAN // 86_400}: 30m, 2h, 3d')
    return seconds
