"""``content/replies.yaml``: the operator's keyword replies, extra command words, and every sentence the bot says."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog.sentences import MAY_BE_EMPTY, SENTENCES
from catalog.words import plain, simplified
from catalog.yaml_lines import Node, Source

MATCHES = ("exact", "contains", "pattern")
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DANGEROUS = re.compile(r"\)[+*?{]|\(\?|\\\d")
_REPEAT = re.compile(r"[+*]|\{[\d,]")
_PERHAPS = re.compile(r"[^+*}]\?")
_HARMLESS = re.compile(r"\\\D|\[[^\]]*\]")  # an escape or a set stands for one letter, as "." does
_GROUP = re.compile(r"\(([^()]*)\)")
_UNSURE = {"", ".", "^", "$"}  # beginnings of an alternative that do not tell it from the others
LONGEST_PATTERN, MOST_REPEATS, MOST_PERHAPS, LONGEST_SEARCHED = 200, 2, 3, 300
"""Without repeated groups, with two repeats and three optional letters or unsure alternatives over 300 characters,
the work of a search is bounded by 300 squared times eight."""


@dataclass(frozen=True, slots=True)
class KeywordReply:
    """One reply: when it applies and what it says. ``hours`` are minutes of the day (from, to), or None."""

    name: str
    when: tuple[str, ...]
    match: str
    priority: int
    hours: tuple[int, int] | None
    text: str
    slug: str
    patterns: tuple[re.Pattern[str], ...] = ()

    def applies(self, said: str, minute: int) -> bool:
        """Does this answer `said` (normalised) at `minute` of the day?"""
        if self.hours and not _within(self.hours, minute):
            return False
        if self.match == "exact":
            return said in self.when
        if self.match == "contains":
            return any(word in said for word in self.when)
        return any(pattern.search(said, 0, LONGEST_SEARCHED) for pattern in self.patterns)


@dataclass(frozen=True)
class Replies:
    """Everything of the file. ``replies`` are in order of priority, highest first; ``commands`` name -> words."""

    replies: tuple[KeywordReply, ...] = ()
    sentences: Mapping[str, str] = field(default_factory=lambda: dict(SENTENCES))
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    service_hours: tuple[int, int] = (0, 24 * 60)

    def find(self, said: str, minute: int) -> KeywordReply | None:
        """The first reply that applies."""
        return next((reply for reply in self.replies if reply.applies(said, minute)), None)

    def named(self, name: str) -> KeywordReply | None:
        """The reply of that name (for ``REPLY:<name>`` of the menu)."""
        return next((reply for reply in self.replies if reply.name == name), None)

    def in_service(self, minute: int) -> bool:
        """Is a person there to take the chat over?"""
        return _within(self.service_hours, minute)


def read_replies(file: Path, folder: Path, slugs: Collection[str], commands: Collection[str]) -> tuple[Replies, Source]:
    """(what the file says, the source with its mistakes)."""
    source = Source(file.relative_to(folder).as_posix())
    root = source.parse(source.read(file)) if file.exists() else None
    if root is None:
        return Replies(), source
    root.only("replies", "sentences", "commands", "service")
    listed = root.get("replies")
    replies = [_reply(node, slugs) for node in listed.elements()] if listed else []
    names = [reply.name for reply in replies]
    for node, name in zip(listed.elements() if listed else (), names, strict=True):
        if names.count(name) > 1:
            node.wrong(f'the name "{name}" is given to {names.count(name)} replies')
    service = root.get("service")
    if service:
        service.only("hours")
    hours = service.get("hours") if service else None
    return Replies(
        tuple(sorted(replies, key=lambda reply: -reply.priority)),
        _sentences(root.get("sentences")),
        _commands(root.get("commands"), commands),
        (_hours(hours) if hours else None) or (0, 24 * 60),
    ), source


def _reply(node: Node, slugs: Collection[str]) -> KeywordReply:
    node.only("name", "when", "match", "priority", "hours", "text", "item")
    name, when, match = node.get("name"), node.get("when"), node.get("match")
    text, item, priority, hours = node.get("text"), node.get("item"), node.get("priority"), node.get("hours")
    if name is None or not name.text():
        node.wrong("name: is missing — give the reply a name of its own")
    if when is None or not when.texts():
        (when or node).wrong("when: needs at least one word, e.g. when: [发票]")
    if match and match.value not in MATCHES:
        match.wrong(f'"{match.value}" is not known — one of {", ".join(MATCHES)}')
    if (text is None) == (item is None):
        node.wrong("needs either text or item")
    elif text and not text.text():
        text.wrong("is empty — write what the follower shall read")
    if item and item.text() not in slugs:
        item.wrong(f'there is no published item "{item.text()}"')
    if priority and not isinstance(priority.value, int):
        priority.wrong("must be a whole number")
    kind = str(match.value) if match else "contains"
    words = when.texts() if when else ()
    return KeywordReply(
        name.text() if name else "",
        tuple(map(plain, words)) if kind != "pattern" else words,
        kind,
        priority.value if priority and isinstance(priority.value, int) else 0,
        _hours(hours) if hours else None,
        text.text() if text else "",
        item.text() if item else "",
        _patterns(when, words) if when and kind == "pattern" else (),
    )


def _patterns(node: Node, words: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Compile the operator's patterns; those that could run for ever on a follower's text are refused."""
    patterns = []
    for word in words:
        shape = _HARMLESS.sub(".", simplified(word).lower()).replace("(?:", "(")
        often = len(_REPEAT.findall(shape)) > MOST_REPEATS or _choices(shape) > MOST_PERHAPS
        if len(word) > LONGEST_PATTERN or _DANGEROUS.search(shape) or often:
            node.wrong(f'the pattern "{word[:40]}" is too long or repeats a group or too much — make it simpler')
            continue
        try:
            patterns.append(re.compile(simplified(word), re.IGNORECASE))
        except re.error as broken:
            node.wrong(f'"{word}" is not a pattern: {broken}')
    return tuple(patterns)


def _choices(shape: str) -> int:
    """How often a search must try both ways: optional letters, and alternatives not told apart by their beginnings."""
    choices = len(_PERHAPS.findall(shape))
    while group := _GROUP.search(shape):
        begins = [one[:1] for one in group[1].split("|")]
        if len(set(begins)) < len(begins) or not _UNSURE.isdisjoint(begins):
            choices += len(begins) - 1
        shape = shape[: group.start()] + "." + shape[group.end() :]
    return choices


def _hours(node: Node) -> tuple[int, int] | None:
    shape = _HOURS.fullmatch(str(node.value))
    if not shape:
        node.wrong(f'"{node.value}" is not a span of hours — write it as "09:00-18:00"')
        return None
    begin, end = int(shape[1]) * 60 + int(shape[2]), int(shape[3]) * 60 + int(shape[4])
    return begin, end


def _within(hours: tuple[int, int], minute: int) -> bool:
    begin, end = hours
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


def _sentences(node: Node | None) -> Mapping[str, str]:
    """The sentences, the operator's in place of ours; a {placeholder} that we do not fill is a mistake."""
    sentences = dict(SENTENCES)
    for name, child in node.items() if node else ():
        if name not in SENTENCES:
            child.wrong(f"there is no sentence of that name — one of {', '.join(SENTENCES)}")
            continue
        text = child.text()
        if not text and name not in MAY_BE_EMPTY:
            child.wrong("is empty — write what the bot shall say, or leave the line out")
            continue
        try:
            parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
        except ValueError:
            child.wrong("has a brace without its partner — write {{ for a brace that shall be seen")
            continue
        asked = {f"{field}{'!' + how if how else ''}{':' + spec if spec else ''}" for _, field, spec, how in parts}
        given = {field for _, field, _, _ in string.Formatter().parse(SENTENCES[name]) if field}
        if asked - given:
            allowed = ", ".join("{" + field + "}" for field in sorted(given)) or "none"
            child.wrong(f"{{{sorted(asked - given)[0]}}} is not filled here — allowed: {allowed}")
            continue
        sentences[name] = text
    return sentences


def _commands(node: Node | None, known: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    commands: dict[str, tuple[str, ...]] = {}
    for name, child in node.items() if node else ():
        if name not in known:
            child.wrong(f"there is no command of that name — one of {', '.join(known)}")
        commands[name] = child.texts()
    return commands
