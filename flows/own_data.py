"""A follower takes out a copy of everything held about them, or has it erased, by themselves."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from domain.ids import handle
from domain.interests import DAY
from domain.quota import PAGE_PATIENCE_SECONDS
from errors import ShutongError
from flows.export_follower import erase_follower, export_follower
from storage import console_sessions
from storage.store import Store
from storage.vault import Vault

THEMSELVES = "读者本人"
"""Who did it, in the log of acts."""
MOST_A_DAY = 5
"""Copies of one follower: each reads every row about them."""
NOT_THEIRS = ("payment_evidence",)
"""Tables of what WeChat Pay said of a payment, whose payer need not be the buyer: a person hands that out."""


class TooManyCopies(ShutongError):
    """So many copies were taken today that no more is made."""


def take_out(store: Store, vault: Vault, openid: str, now: int, zone: ZoneInfo) -> dict[str, Any] | None:
    """The document of ``follower export`` without ``NOT_THEIRS``, None for somebody of whom nothing is held.

    Raises ``TooManyCopies``; may raise ``StoreBusy``.
    """
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        if not console_sessions.take_try(tx, f"copy {handle(openid)}", MOST_A_DAY, now, DAY):
            raise TooManyCopies("a follower took too many copies today")
    document = export_follower(store, vault, openid, now, zone, THEMSELVES)
    if document:
        for name in NOT_THEIRS:
            document["tables"].pop(name, None)
        document["left_out"] = {**document["left_out"], **dict.fromkeys(NOT_THEIRS, "handed out by a person")}
    return document


def erase(store: Store, openid: str, now: int) -> bool:
    """Everything, as 确认删除 does; False for somebody of whom nothing is held. May raise ``StoreBusy``."""
    return erase_follower(store, openid, now, THEMSELVES) is not None
