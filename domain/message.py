"""What a follower did, in our own words, whatever shape WeChat sent it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MESSAGE = "message"  # wrote or said something
MEDIA = "media"  # a picture, a place, a file: no words
MENU_TAP = "menu_tap"
SCAN = "scan"
FOLLOW = "follow"
UNFOLLOW = "unfollow"
VIEW = "view"  # a menu button opened a page
CLICK = "click"  # a tracked link of ours
PAGE_VIEW = "page_view"
PURCHASE = "purchase"  # paid, or what was bought as a guest is read for the first time
RETURN = "return"  # the whole price went back
LIKE = "like"
SHARE = "share"
PROGRESS = "progress"  # how far an item was read
FEEDBACK = "feedback"  # stars, or words about an item
CHOICE = "choice"  # a subject chosen or refused on a page of ours
IMPORT = "import"  # an operator's file told it: nothing they did, and no row
REPORT = "report"  # WeChat reports on the account: not something a follower did

TOLD = "told"
"""The ``detail`` of a message that told of its writer: its words are kept without what was told."""


@dataclass(frozen=True, slots=True)
class Message:
    """One push of WeChat, normalised.

    ``key`` is the same for every retry of one push and differs between pushes, at most 64 characters.
    ``kind`` is one of the constants above; ``form`` is WeChat's MsgType in lower case, or its Event followed by
    ``_event``. ``report`` holds the fields of a report on the account, None for everything else.
    ``text`` holds the exact words (typed, or recognised from a voice); ``detail`` what else identifies it:
    a menu key, a scene, a url, a menu id. ``at`` is when we received it, seconds since 1970 in UTC.
    """

    key: str
    openid: str
    account: str
    at: int
    kind: str
    form: str
    text: str = ""
    detail: str = ""
    report: Mapping[str, Any] | None = None


def source_of(form: str, detail: str) -> str:
    """Where a follower came from, by what came with the follow or scan: ``qr:<scene>``, ``pay``, or ""."""
    if form == "scan_event":
        return f"qr:{detail}"[:128] if detail else ""
    if detail.startswith("qrscene_"):
        return f"qr:{detail.removeprefix('qrscene_')}"[:128]
    return "pay" if detail.startswith("last_trade_no_") else ""
