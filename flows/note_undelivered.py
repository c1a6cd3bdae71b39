"""WeChat reports that a message of a campaign did not reach the person: its row says so, and why."""

from __future__ import annotations

from domain.message import Message
from storage import campaign_reports
from storage.store import Transaction
from wechat.consent_events import failed_notices

TEMPLATE_REPORT = "templatesendjobfinish_event"
REPORTED_WITHIN = 86_400
"""A report comes within minutes; an older message is not meant."""


def note_undelivered(tx: Transaction, message: Message) -> None:
    """Keep what a report about one message tells; nothing where it arrived, or the report is about something else."""
    report = message.report or {}
    status = str(report.get("Status", ""))
    if message.form == TEMPLATE_REPORT and status not in ("", "success"):
        campaign_reports.template_failed(tx, message.openid, str(report.get("MsgID", "")), status)
    for template_id, why in failed_notices(message.form, report):
        campaign_reports.notice_failed(tx, message.openid, template_id, message.at - REPORTED_WITHIN, why)
