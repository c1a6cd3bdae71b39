"""The log of acts: who did what in the operator console, and when. Rows are added and read, never changed."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from sqlalchemy import Executable, and_, bindparam, insert, or_, select

from storage.schema import console_acts as table
from storage.store import Transaction

SIGN_IN, SIGN_IN_FAILED, SIGN_OUT = "sign_in", "sign_in_failed", "sign_out"
FOLLOWER_SEEN, FACTS_SEEN = "follower_seen", "facts_seen"
FOLLOWER_EXPORTED, FOLLOWER_ERASED, FOLLOWERS_IMPORTED = "follower_exported", "follower_erased", "followers_imported"
ORDER_SEEN, REFUND, EVIDENCE_SETTLED = "order_seen", "refund", "evidence_settled"
CAMPAIGN_SAVED, CAMPAIGN_PREVIEWED, CAMPAIGN_LAUNCHED = "campaign_saved", "campaign_previewed", "campaign_launched"
CAMPAIGN_PAUSED, CAMPAIGN_RESUMED, SHARES_UNDONE = "campaign_paused", "campaign_resumed", "shares_undone"
USER_ADDED, USER_CHANGED, USER_REMOVED = "user_added", "user_changed", "user_removed"


class Act(NamedTuple):
    """A row of console_acts; ``about`` is an order's number, a user's name or a follower's handle."""

    id: str
    at: int
    who: str
    act: str
    about: str
    detail: str


def note(tx: Transaction, at: int, who: str, act: str, about: str = "", detail: str = "") -> None:
    """Write an act down, in the transaction that does it where there is one."""
    tx.change(_note, id=secrets.token_hex(12), at=at, who=who, act=act, about=about[:64], detail=detail[:255])


def page(tx: Transaction, most: int, before: tuple[int, str]) -> list[Act]:
    """The newest acts that come after (time, id) on the list."""
    return [Act._make(row) for row in tx.rows(_page, most=most, at=before[0], no=before[1])]


def _note(backend: str) -> Executable:
    return insert(table)


def _page(backend: str) -> Executable:
    older = or_(table.c.at < bindparam("at"), and_(table.c.at == bindparam("at"), table.c.id < bindparam("no")))
    columns = [table.c[name] for name in Act._fields]
    return select(*columns).where(older).order_by(table.c.at.desc(), table.c.id.desc()).limit(bindparam("most"))
