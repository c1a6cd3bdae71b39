"""What followers answered to 订阅通知, as WeChat's events tell it.

The answers stand under an element named after the event, one as an object, several as a list. A page of WeChat's names
the element of a change as that of the popup, and mini programs get a bare ``List``: any of them is understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

POPUP, CHANGE = "subscribe_msg_popup_event_event", "subscribe_msg_change_event_event"
_ELEMENTS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent")
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
    found = [one for name in _ELEMENTS if name in report for one in _each(report[name])] or [report]
    rows = [row for one in found if isinstance(one, Mapping) for row in _each(one.get("List"))]
    return [told for row in rows if isinstance(row, Mapping) and (told := _told(form, row))]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _told(form: str, row: Mapping[str, Any]) -> Told | None:
    template_id, answer = str(row.get("TemplateId", "")), str(row.get("SubscribeStatusString", "")).lower()
    if not template_id or answer not in ("accept", "reject"):
        return None
    scene = "settings" if form == CHANGE else _SCENES.get(str(row.get("PopupScene", "")), "")
    return Told(template_id, answer, scene)
