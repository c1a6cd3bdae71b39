"""``content/articles/<slug>.md``: one item a file, a YAML head between two lines of ``---``, then Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from zoneinfo import ZoneInfo

from catalog.blocked_words import note_blocked
from catalog.tags import MOST_CHARACTERS
from catalog.yaml_lines import Node, Source
from domain.item import KIND_NAMES, Item

MORE = "<!-- more -->"
STATUSES = ("draft", "review", "published")
KEYS = ("title", "kind", "price", "tags", "author", "summary", "published", "status")

_SLUG = re.compile(r"[a-z0-9-]{1,100}")


def read_article(
    file: Path, folder: Path, zone: ZoneInfo, blocked: Collection[str] = ()
) -> tuple[Item | None, Source, str]:
    """Read one file: (the item if it is published and whole, the source with its mistakes, the status it says).
    `blocked`: words that its title and summary must not hold, for they are sent to people."""
    source = Source(file.relative_to(folder).as_posix())
    text = source.read(file)
    if not source.mistakes and not _SLUG.fullmatch(file.stem):
        source.wrong(1, f'the file name "{file.stem}" may hold only a-z, 0-9 and "-", at most 100')
    head, body, body_line = _split(text, source)
    node = source.parse(head, first_line=2) if head else None
    if node is None:
        if not source.mistakes:
            source.wrong(1, "has no head — begin with a line ---, then title: …, price: …, and a line ---")
        return None, source, ""
    item, status = _item(file.stem, node, zone)
    for child, words in ((node.get("title"), item.title), (node.get("summary"), item.summary)):
        if child:
            note_blocked(child, words, blocked)
    free, more, paid = body.partition(MORE)
    if item.price_fen and not more:
        source.wrong(body_line, f"a paid item needs a line {MORE} between the free part and the paid part")
    elif item.price_fen and not paid.strip():
        source.wrong(body_line, f"nothing follows {MORE} — a paid item needs a paid part")
    if not free.strip():
        source.wrong(body_line, "the free part is empty — write what everybody may read")
    whole = not source.mistakes and status == "published"
    parts = {name: getattr(item, name) for name in item.__slots__} | {
        "free": free.strip(),
        "paid": paid.strip(),
        "free_line": body_line + _lines_above(free),
        "paid_line": body_line + free.count("\n") + _lines_above(paid) if paid.strip() else 0,
    }
    return (Item(**parts) if whole else None), source, status


def _lines_above(text: str) -> int:
    """How many lines stand before the first that is not blank."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def _split(text: str, source: Source) -> tuple[str, str, int]:
    """(head, body, line of the body's beginning)."""
    if not text.startswith("---\n"):
        return "", text, 1
    end = text.find("\n---\n", 3)
    if end < 0:
        source.wrong(1, "the head has no end — close it with a line ---")
        return "", text, 1
    return text[4 : end + 1], text[end + 5 :], text.count("\n", 0, end + 5) + 1


def _item(slug: str, node: Node, zone: ZoneInfo) -> tuple[Item, str]:
    node.only(*KEYS)
    kind = _choice(node, "kind", tuple(KIND_NAMES), "article")
    status = _choice(node, "status", STATUSES, "published")
    tags = node.get("tags")
    named = tuple(dict.fromkeys(tags.texts())) if tags else ()
    if not named:
        (tags or node).wrong("tags: give at least one, the subject first, e.g. tags: [理财, 基金]")
    for tag in named:
        if tags and len(tag) > MOST_CHARACTERS:
            tags.wrong(f'"{tag}" has {len(tag)} characters — at most {MOST_CHARACTERS}')
    return Item(
        slug,
        _needed(node, "title", 64),
        kind,
        _price(node),
        named or ("",),
        _needed(node, "author", 32),
        _needed(node, "summary", 120),
        _day(node, zone),
        "",
        "",
    ), status


def _needed(node: Node, key: str, longest: int) -> str:
    child = node.get(key)
    text = child.text() if child else ""
    if not text:
        (child or node).wrong(f"{'' if child else key + ': '}is missing — write {key}: …")
    elif child and len(text) > longest:
        child.wrong(f"has {len(text)} characters — at most {longest}")
    return text


def _choice(node: Node, key: str, choices: tuple[str, ...], default: str) -> str:
    child = node.get(key)
    if child is None:
        return default
    if child.value not in choices:
        child.wrong(f'"{child!r}" is not known — one of {", ".join(choices)}')
    return str(child.value)


def _price(node: Node) -> int:
    child = node.get("price")
    if child is None:
        node.wrong("price: is missing — write yuan, e.g. 9.90; 0 = free")
    return child.fen() if child else 0


def _day(node: Node, zone: ZoneInfo) -> int:
    child = node.get("published")
    if child is None:
        node.wrong('published: "" is not a day — write it as 2026-11-01')
    return child.day(zone) if child else 0
