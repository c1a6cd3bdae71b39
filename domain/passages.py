"""The passages of an item's text, by what share of its characters lies before them.

A reader's place is told as a percentage of the characters there are to read (``web/static/item.js``), so a passage is
found by counting the characters a reader sees, blanks and Markdown's marks left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from domain.item import Item

FREE, WHOLE = "free", "whole"
"""What a percentage is of: the free part of a paid item for whoever does not own it; else all of the text."""
SHORTEST_SHARE = 0.04
"""Percentages are whole, so a place is known to within a hundredth: passages shorter than four join the next, before a
heading those shorter than one."""
FIRST_WORDS = 18
"""Characters by which a writer finds the passage."""

_FENCE = re.compile(r"^(```|~~~)")
_MARKS = re.compile(
    r"!\[[^\]]*\]\([^)]*\)"  # a picture has no characters
    r"|(?<=\])\([^)]*\)"  # where a link leads
    r"|^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d+[.)]\s+|(?:```|~~~).*$|[-:| ]+$)"  # headings, quotes, lists, fences
    r"|[*_`~\[\]|\\]",
    re.M,
)
_HEADING = re.compile(r"^#{1,6}\s")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some paragraphs that are counted together.

    ``begins`` are its first words, ``line`` where they stand in the item's file (0 = not known), ``start`` and ``end``
    the shares (0..1) of the part's characters before and with it.
    """

    begins: str
    line: int
    start: float
    end: float


def passages(item: Item, part: str) -> tuple[Passage, ...]:
    """The passages of what is read of an item: ``FREE`` or ``WHOLE``. Empty for a text without characters."""
    blocks = list(_blocks(item.free, item.free_line))
    if part == WHOLE:
        blocks += _blocks(item.paid, item.paid_line)
    whole = sum(length for _, _, length in blocks)
    found: list[Passage] = []
    first, line, start, read = "", 0, 0, 0
    for n, (text, at, length) in enumerate(blocks):
        if not first:
            first, line = _first_words(text), at
        read += length
        following = blocks[n + 1][0] if n + 1 < len(blocks) else "# "
        least = SHORTEST_SHARE * whole / 4 if _HEADING.match(following) else SHORTEST_SHARE * whole
        if first and read - start >= least and not _HEADING.match(text):
            found.append(Passage(first, line, start / whole, read / whole))
            first, start = "", read
    if found and start < whole:
        found[-1] = replace(found[-1], end=1.0)
    return tuple(found)


def characters(item: Item, part: str) -> int:
    """How many characters a reader sees of it."""
    return len(seen(item.free)) + (len(seen(item.paid)) if part == WHOLE else 0)


def seen(markdown: str) -> str:
    """The characters a reader sees, without blanks."""
    return "".join(_MARKS.sub("", markdown).split())


def _first_words(text: str) -> str:
    """Of the first line that has any."""
    return next((words for words in map(seen, text.split("\n")) if words), "")[:FIRST_WORDS]


def _blocks(markdown: str, first_line: int) -> Iterator[tuple[str, int, int]]:
    """(text, line in the file or 0, characters) of what stands between blank lines; a fence is never cut."""
    gathered: list[str] = []
    begin, fenced = 0, False
    for n, line in enumerate([*markdown.split("\n"), ""]):
        fenced ^= bool(_FENCE.match(line))
        if line.strip() or fenced:
            begin = begin if gathered else n
            gathered.append(line)
        elif gathered:
            text = "\n".join(gathered)
            yield text, first_line + begin if first_line else 0, len(seen(text))
            gathered = []
    if gathered:  # a fence that is never closed
        text = "\n".join(gathered)
        yield text, first_line + begin if first_line else 0, len(seen(text))
