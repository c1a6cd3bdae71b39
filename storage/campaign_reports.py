"""What WeChat reported afterwards of a campaign's message to one person: it did not arrive."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, select, update

from domain.campaign import FAILED, SENT
from domain.delivery import NOTICE
from storage.schema import campaign_deliveries as table
from storage.schema import consents
from storage.store import Transaction


def template_failed(tx: Transaction, openid: str, message_id: str, why: str) -> bool:
    """The template message with this id of WeChat's did not arrive; False when it is none of a campaign's."""
    return bool(message_id) and tx.change(_template_failed, who=openid, message=message_id, cause=why[:64]) == 1


def notice_failed(tx: Transaction, openid: str, template_id: str, since: int, why: str) -> bool:
    """The last 订阅通知 of this template, sent since then, did not arrive; False when it is none of a campaign's.
    WeChat gives a notice no id that we know, but we know for which run the last consent was used."""
    run = tx.row(_last_run, who=openid, template=template_id, begin=since)
    return run is not None and tx.change(_notice_failed, who=openid, run=run[0], cause=why[:64]) == 1


def _template_failed(backend: str) -> Executable:
    mine = update(table).where(table.c.openid == bindparam("who"), table.c.state == SENT)
    return mine.where(table.c.message_id == bindparam("message")).values(state=FAILED, why=bindparam("cause"))


def _last_run(backend: str) -> Executable:
    used = select(consents.c.spent_on).where(
        consents.c.openid == bindparam("who"),
        consents.c.template_id == bindparam("template"),
        consents.c.spent_on != "",
        consents.c.spent_at >= bindparam("begin"),
    )
    return used.order_by(consents.c.spent_at.desc(), consents.c.id.desc()).limit(1)


def _notice_failed(backend: str) -> Executable:
    mine = update(table).where(table.c.openid == bindparam("who"), table.c.run_id == bindparam("run"))
    sent = mine.where(table.c.state == SENT, table.c.channel == NOTICE)
    return sent.values(state=FAILED, why=bindparam("cause"))
