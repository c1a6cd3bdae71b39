"""``content/templates.yaml``: which of the account's templates carries which service notice, or a campaign's words."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from catalog.yaml_lines import Node, Source
from domain.notice import KINDS, NOTICE, NOTICES, Notice, sort_of
from domain.quota import NOTICE_VALUE_CHARACTERS
from domain.wording import NOTICE_PLACEHOLDERS

_ID = re.compile(r"[0-9A-Za-z_-]{10,64}")


def read_templates(file: Path, folder: Path, campaigns: Collection[str] = ()) -> tuple[Mapping[str, Notice], Source]:
    """(our name -> the notice, the source with its mistakes). `campaigns` are names that campaigns use. Without the
    file nothing is sent by template."""
    source = Source(file.relative_to(folder).as_posix())
    root = source.parse(source.read(file)) if file.exists() else None
    notices = {}
    for name, node in root.items() if root else ():
        consented = repr(node.get("kind") or "") == NOTICE and not get_close_matches(name, NOTICES)
        if name not in NOTICES and name not in campaigns and not consented:
            node.wrong(f"is not sent by template — one of {', '.join(NOTICES)}, or what a campaign names as its notice")
        notices[name] = _notice(NOTICES.get(name, NOTICE_PLACEHOLDERS), node)
    return notices, source


def _notice(allowed: Sequence[str], node: Node) -> Notice:
    node.only("kind", "template_id", "fields")
    kind, template_id, fields = node.get("kind"), node.get("template_id"), node.get("fields")
    if kind and kind.value not in KINDS:
        kind.wrong(f'"{kind!r}" is not known — one of {", ".join(KINDS)}')
    if template_id is None or not _ID.fullmatch(repr(template_id)):
        (template_id or node).wrong(
            f"{'' if template_id else 'template_id: '}write the template's id as the account console shows it"
        )
    if fields is None:
        node.wrong('fields: is missing — e.g. fields: {thing1: "{title}"}')
    elif not fields.value:
        fields.wrong('is empty — WeChat refuses a notice without its fields, e.g. {thing1: "{title}"}')
    filled = {key: _words(allowed, key, child) for key, child in fields.items()} if fields else {}
    return Notice(repr(kind) if kind else KINDS[0], repr(template_id) if template_id else "", filled)


def _words(filled: Sequence[str], key: str, node: Node) -> str:
    """The words of one field; a keyword WeChat does not have and a {placeholder} we do not fill are mistakes."""
    if not sort_of(key):
        node.wrong(f"is no keyword of WeChat's — one of {', '.join(NOTICE_VALUE_CHARACTERS)}, with a number: thing1")
    text = node.text()
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        node.wrong("has a brace without its partner — write {{ for a brace that shall be seen")
        return ""
    asked = [f"{field}{'!' + how if how else ''}{':' + spec if spec else ''}" for _, field, spec, how in parts
             if field is not None]  # fmt: skip
    for field in asked:
        if field not in filled:
            allowed = ", ".join("{" + one + "}" for one in filled)
            node.wrong(f"{{{field}}} is not filled here — allowed: {allowed}")
    if not text:
        node.wrong("is empty — WeChat refuses a notice with an empty field")
    return text
