"""``content/blocked-words.txt``: words that nothing of ours may say to a follower, one a line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from catalog.words import plain
from catalog.yaml_lines import Node, Source


def read_blocked_words(file: Path) -> tuple[tuple[str, ...], Source]:
    """(the words, `plain`; the source with its mistakes). # begins a remark; without the file nothing is blocked."""
    source = Source(file.name)
    lines = source.read(file).splitlines() if file.exists() else []
    words = (plain(line.partition("#")[0].strip()) for line in lines)
    return tuple(dict.fromkeys(word for word in words if word)), source


def note_blocked(node: Node, text: str, blocked: Collection[str]) -> None:
    """Note each of the blocked words in a text that stands there. Full-width and traditional letters hide nothing."""
    said = plain(text) if blocked else ""
    for word in blocked:
        if word in said:
            node.wrong(f'"{word}" stands in blocked-words.txt — say it in other words')
