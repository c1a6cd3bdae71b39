"""``content/tags.yaml``: each tag and its synonyms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalog.yaml_lines import Node, Source

MOST_CHARACTERS = 20


def read_tags(file: Path, folder: Path) -> tuple[Mapping[str, tuple[str, ...]], Source]:
    """(tag -> synonyms, the source with its mistakes). A missing file is no mistake: tags then have no synonyms."""
    source = Source(file.relative_to(folder).as_posix())
    root = source.parse(source.read(file)) if file.exists() else None
    tags: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    for tag, node in root.items() if root else ():
        synonyms = () if node.value is None else node.texts()
        for word in (tag, *synonyms):
            _check_word(word, tag, owner, node)
        tags[tag] = synonyms
    return tags, source


def _check_word(word: str, tag: str, owner: dict[str, str], node: Node) -> None:
    other = owner.setdefault(word.lower(), tag)
    if other != tag:
        node.wrong(f'"{word}" already stands under {other} — keep it under one tag')
    if len(word) > MOST_CHARACTERS:
        node.wrong(f'"{word}" has {len(word)} characters — at most {MOST_CHARACTERS}')
