"""WeChat tells what a follower answered to 订阅通知: each yes and each no becomes a row, once.

Their order is that of WeChat's own clock: two events need not come in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.message import Message
from storage import consents
from storage.store import Transaction
from wechat.consent_events import answers


def note_consent(tx: Transaction, message: Message) -> None:
    """Keep what an event about consents tells; nothing where it is about something else."""
    report = message.report or {}
    for told in answers(message.form, report):
        at = _happened_at(message, report)
        consents.answered(tx, message.key, message.openid, told.template_id, told.answer, told.scene, at)


def _happened_at(message: Message, report: Mapping[str, Any]) -> int:
    told = str(report.get("CreateTime", ""))
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else message.at
