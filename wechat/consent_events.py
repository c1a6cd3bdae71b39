"""What followers answered to 订阅通知, and which of them did not arrive, as WeChat's events tell it.

The answers stand under an element named after the event, one as an object, several as a list. A page of WeChat's names
the element of a change as that of the popup, and mini programs get a bare ``List``: any of them is understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

POPUP, CHANGE = "subscribe_msg_popup_event_event", "subscribe_msg_change_event_event"
SENT = "subscribe_msg_sent_event_event"
_ELEMENTS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
_SCENES = {"1": "page", "2": "article"}


class Told(NamedTuple):
    """``answer``: accept or reject. ``scene``: where they were asked, ``settings`` for a notice switched off."""

    template_id: str
    answer: str
    scene: str


def answers(form: str, report: Mapping[str, Any]) -> list[Told]:
    """Every answer in an event of this form, none in an event of another; what is neither yes nor no is left out."""
    if form not in (POPUP, CHANGE):
        return []
    return [told for row in _rows(report) if (told := _told(form, row))]


def failed_notices(form: str, report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(template, why) of each 订阅通知 of which an event tells that it did not arrive."""
    if form != SENT:
        return []
    failed = [row for row in _rows(report) if str(row.get("ErrorCode", "0")) not in ("0", "")]
    return [(str(row.get("TemplateId", "")), f"refused: {row['ErrorCode']}") for row in failed]


def _rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [one for name in _ELEMENTS if name in report for one in _each(report[name])] or [report]
    rows = [row for one in found if isinstance(one, Mapping) for row in _each(one.get("List"))]
    return [row for row in rows if isinstance(row, Mapping)]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _told(form: str, row: Mapping[str, Any]) -> Told | None:
    template_id, answer = str(row.get("TemplateId", "")), str(row.get("SubscribeStatusString", "")).lower()
    if not template_id or answer not in ("accept", "reject"):
        return None
    scene = "settings" if form == CHANGE else _SCENES.get(str(row.get("PopupScene", "")), "")
    return Told(template_id, answer, scene)
