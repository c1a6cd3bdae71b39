"""Something one can read, and perhaps must pay for."""

from __future__ import annotations

from dataclasses import dataclass

KIND_NAMES = {
    "article": "文章",
    "course": "课程",
    "ebook": "电子书",
    "membership": "会员",
    "question": "提问",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the catalogue.

    ``price_fen`` is whole fen, 0 = free. ``tags`` are canonical tag names, the subject first. ``published`` is
    a day as seconds since 1970 (midnight in the account's zone). ``free`` and ``paid`` are Markdown; ``paid``
    must never leave the server for someone who does not own the item. ``free_line`` and ``paid_line`` tell on which
    line of its file each begins, 0 = not known.
    """

    slug: str
    title: str
    kind: str
    price_fen: int
    tags: tuple[str, ...]
    author: str
    summary: str
    published: int
    free: str
    paid: str
    free_line: int = 0
    paid_line: int = 0

    def is_out(self, now: int) -> bool:
        """Has its day come?"""
        return self.published <= now

    @property
    def subject(self) -> str:
        """The first tag: what the item is about."""
        return self.tags[0]


def yuan(fen: int) -> str:
    """An amount for people: 990 -> ``¥9.90``, 0 -> ``免费``."""
    return f"¥{fen // 100}.{fen % 100:02d}" if fen else "免费"
