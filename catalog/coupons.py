"""``content/coupons.yaml``: what buyers may type or bring with a link to pay less."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from catalog.yaml_lines import Node, Source
from domain.price import Coupon

KEYS = ("title", "percent_off", "off", "minimum", "per_person", "items", "tags", "from", "until")
MOST_PER_PERSON = 100
TITLE_CHARACTERS = 20

_CODE = re.compile(r"(?=.*[A-Z])[A-Z0-9]{4,20}")
"""As it is typed on a phone. A letter at least: a number in the chat is one of the last list."""
_COUNT = re.compile(r"[1-9]\d{0,2}")


def read_coupons(
    file: Path, folder: Path, zone: ZoneInfo, slugs: Collection[str], tags: Collection[str], taken: Collection[str]
) -> tuple[Mapping[str, Coupon], Source]:
    """(code -> coupon, the source with its mistakes). `taken`: words that mean something else in the chat, in lower
    case. A missing file is no mistake: then there are no coupons."""
    source = Source(file.relative_to(folder).as_posix())
    root = source.parse(source.read(file)) if file.exists() else None
    coupons = {}
    for code, node in root.items() if root else ():
        if not _CODE.fullmatch(code):
            node.wrong("a code has 4 to 20 of A-Z and 0-9, at least one letter, e.g. AUTUMN20")
        elif code.lower() in taken:
            node.wrong("this word is a command of the chat — choose another code")
        coupons[code] = _coupon(code, node, zone, slugs, tags)
    return coupons, source


def _coupon(code: str, node: Node, zone: ZoneInfo, slugs: Collection[str], tags: Collection[str]) -> Coupon:
    node.only(*KEYS)
    percent, off, minimum = node.get("percent_off"), node.get("off"), node.get("minimum")
    begins, until = node.get("from"), node.get("until")
    if (percent is None) == (off is None):
        node.wrong("needs either percent_off or off, e.g. percent_off: 20, or off: 3.00")
    coupon = Coupon(
        code,
        _title(node),
        _count(percent, 99, "a whole number from 1 to 99: how much less, e.g. 20 for 20 % off") if percent else 0,
        _above_nothing(off) if off else 0,
        minimum.fen() if minimum else 0,
        _count(node.get("per_person"), MOST_PER_PERSON, f"a whole number from 1 to {MOST_PER_PERSON}"),
        _known(node.get("items"), slugs, "published item"),
        _known(node.get("tags"), tags, "tag"),
        begins.day(zone) if begins else None,
        until.day(zone, days_later=1) if until else None,
    )
    if until and coupon.begins and coupon.ends and coupon.ends <= coupon.begins:
        until.wrong("is before from — the last day must not be before the first")
    if minimum and coupon.least_fen and coupon.least_fen <= coupon.fen_off:
        minimum.wrong("is not more than off — something must be left to pay")
    return coupon


def _title(node: Node) -> str:
    child = node.get("title")
    title = child.text() if child else ""
    if not title:
        (child or node).wrong("title: is missing — what buyers read, e.g. 秋日八折")
    elif child and len(title) > TITLE_CHARACTERS:
        child.wrong(f"has {len(title)} characters — at most {TITLE_CHARACTERS}")
    return title


def _count(node: Node | None, most: int, wanted: str) -> int:
    """A whole number from 1 to `most`; 1 where none is written."""
    if node is None:
        return 1
    if not _COUNT.fullmatch(repr(node)) or int(repr(node)) > most:
        node.wrong(f'"{node!r}" is not right — {wanted}')
        return 1
    return int(repr(node))


def _above_nothing(node: Node) -> int:
    before = len(node.source.mistakes)
    fen = node.fen()
    if fen < 1 and len(node.source.mistakes) == before:
        node.wrong("takes nothing off — write yuan, e.g. 3.00")
    return fen


def _known(node: Node | None, known: Collection[str], what: str) -> tuple[str, ...]:
    names = node.texts() if node else ()
    for name in names:
        if node and name not in known:
            node.wrong(f'there is no {what} "{name}"')
    return names
