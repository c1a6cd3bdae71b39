"""What the bot says back, and how long texts are cut into pages WeChat accepts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.quota import REPLY_TEXT_BYTES

_LINK = re.compile(r"<a .*?</a>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """A text reply. May hold ``<a href="…">…</a>``; nothing else is markup to WeChat."""

    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A news reply of exactly one article: WeChat shows one, or an error, when it gets more."""

    title: str
    description: str
    url: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the chat to a person (transfer_customer_service)."""


Reply = Text | Card | HandOver


def first_page(text: str, link_to_more: str, limit: int = REPLY_TEXT_BYTES) -> tuple[str, str]:
    """Cut `text` to at most `limit` bytes of UTF-8: (page, rest).

    When there is a rest, the page ends in `link_to_more`. Cuts at the last line break of the page where there
    is one in its second half, never inside a character and never inside an ``<a …>…</a>``.
    """
    raw = text.encode()
    if len(raw) <= limit:
        return text, ""
    room = limit - len(link_to_more.encode()) - 2
    cut = len(raw[:room].decode("utf-8", "ignore"))
    newline = text.rfind("\n", 0, cut)
    if newline > cut // 2:
        cut = newline
    for link in _LINK.finditer(text):
        if link.start() < cut < link.end():
            cut = link.start() or cut  # a link longer than a page must be cut
    page, rest = text[:cut].rstrip(), text[cut:].lstrip("\n")
    return (f"{page}\n\n{link_to_more}", rest) if rest.strip() else (page, "")
