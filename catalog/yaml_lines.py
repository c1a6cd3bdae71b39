"""YAML as operators write it, with the line of every key, so that a mistake can be told by its place.

Stricter than YAML 1.1 where YAML surprises writers: a key given twice is a mistake, and only ``true``/``false``
are yes and no (``no`` stays the word it is).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from catalog.mistakes import Mistake


class _Loader(yaml.CSafeLoader):
    """The C loader with everything but numbers, true and false left as text (dates too: they are read later)."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag.endswith(":null")]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
# A whole number only: "9.90" stays text, because a price must not pass through a binary fraction; so do 1_000, 010
# and 12:30, which YAML 1.1 reads as 1000, 8 and 750.
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


_FRACTION = re.compile(r"\d(?:\.\d{1,6})?")
_AMOUNT = re.compile(r"(?:0|[1-9]\d*)(?:\.\d{1,2})?")
DEAREST_FEN = 100_000_00
"""100,000 yuan: above it an amount is taken for a slip of the keyboard."""
MOST_BYTES = 2_000_000
"""A long novel; reading more would keep a worker from answering."""
DEEPEST = 20
"""Levels of lists and mappings. The C loader calls itself for each and would end the process in the depth."""


class Node:
    """A value with its line, its path of keys, and the file it is in. Iterates over its children."""

    def __init__(self, value: Any, line: int, key: str, source: Source) -> None:
        self.value = value
        self.line = line
        self.key = key
        self.source = source

    def wrong(self, problem: str) -> None:
        """Note a mistake at this place."""
        self.source.mistakes.append(Mistake(self.source.path, self.line, self.key, problem))

    def advise(self, advice: str) -> None:
        """Note what would be better at this place; it is taken as it is."""
        self.source.advice.append(Mistake(self.source.path, self.line, self.key, advice))

    def __repr__(self) -> str:
        """What was written, as near as YAML tells, for messages; "" for nothing."""
        return "" if self.value is None else str(self.value)

    def get(self, key: str) -> Node | None:
        """The child of a mapping, or None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def items(self) -> Iterator[tuple[str, Node]]:
        """Keys and children of a mapping; notes a mistake and yields nothing if this is none."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        else:
            self.wrong("must be a mapping of names to values")

    def elements(self) -> Iterator[Node]:
        """Elements of a list; notes a mistake and yields nothing if this is none."""
        if isinstance(self.value, list):
            yield from self.value
        else:
            self.wrong("must be a list, e.g. [a, b]")

    def text(self) -> str:
        """The value as text, stripped; notes a mistake if it is none."""
        if isinstance(self.value, (str, int)) and not isinstance(self.value, bool):
            return str(self.value).strip()
        self.wrong("must be a text")
        return ""

    def texts(self) -> tuple[str, ...]:
        """A list of non-empty texts."""
        return tuple(text for text in (element.text() for element in self.elements()) if text)

    def fen(self) -> int:
        """An amount of yuan as whole fen, reckoned without binary fractions; notes a mistake if it is none."""
        raw = repr(self)
        if not _AMOUNT.fullmatch(raw):
            self.wrong(f'"{raw}" is not an amount — write yuan with at most two decimals, e.g. 9.90')
            return 0
        whole, _, fraction = raw.partition(".")
        fen = int(whole) * 100 + int(fraction.ljust(2, "0") or 0)
        if fen > DEAREST_FEN:
            self.wrong(f'"{raw}" is more than {DEAREST_FEN // 100:,} yuan — is a decimal point missing?')
        return fen

    def day(self, zone: ZoneInfo, days_later: int = 0) -> int:
        """A day (or so many later) as the seconds of its midnight in `zone`; notes a mistake if it is none."""
        try:
            day = dt.date.fromisoformat(repr(self)) + dt.timedelta(days_later)
        except (ValueError, OverflowError):
            self.wrong(f'"{self!r}" is not a day — write it as 2026-11-01')
            return 0
        return int(dt.datetime.combine(day, dt.time(), zone).timestamp())

    def share(self, most: float, wanted: str) -> float:
        """A decimal fraction above 0 and up to `most`; notes a mistake (`wanted` says what to write) and is 1 if it is
        none."""
        raw = repr(self)
        if not _FRACTION.fullmatch(raw) or not 0 < float(raw) <= most:
            self.wrong(f'"{raw}" is not right — {wanted}')
            return 1.0
        return float(raw)

    def whole(self, least: int, most: int, of: str) -> int:
        """A whole number in this range; notes a mistake and is `least` if it is none."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not least <= self.value <= most:
            self.wrong(f'"{self!r}" is no number of {of} — a whole number from {least} to {most}')
            return least
        return self.value

    def only(self, *keys: str) -> None:
        """Note every key of this mapping that is not one of `keys`: most are misspelt."""
        for key, child in self.items():
            if key not in keys:
                child.wrong(f"is not known here — one of {', '.join(keys)}")


class Source:
    """One file: its path for messages, the mistakes found in it so far, and advice, which stops nothing."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []
        self.advice: list[Mistake] = []

    def wrong(self, line: int, problem: str) -> None:
        """Note a mistake that has no key."""
        self.mistakes.append(Mistake(self.path, line, "", problem))

    def read(self, file: Path) -> str:
        """The text of the file; "" with a mistake noted when it cannot be read as UTF-8."""
        if not file.is_file():  # a pipe or a device would be read for ever
            self.wrong(1, "cannot be read: it is no file")
            return ""
        try:
            if file.stat().st_size > MOST_BYTES:
                self.wrong(
                    1, f"has {file.stat().st_size:,} bytes — at most {MOST_BYTES:,}; pictures do not belong in it"
                )
                return ""
            return file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.wrong(1, "is not UTF-8 — save it again with the encoding UTF-8")
        except OSError:
            self.wrong(1, "cannot be read")
        return ""

    def parse(self, text: str, first_line: int = 1) -> Node | None:
        """The root node of a YAML text, or None (empty, or broken: then a mistake is noted)."""
        loader = _Loader(text)
        try:
            unwanted = _unwanted(text)
            if unwanted:
                self.wrong(first_line, f"is not YAML as it is taken here: {unwanted}")
                return None
            root = loader.get_single_node()
            return None if root is None else self._node(loader, root, first_line, "")
        except yaml.MarkedYAMLError as broken:
            mark = broken.problem_mark or broken.context_mark
            self.wrong(first_line + (mark.line if mark else 0), f"is not YAML: {broken.problem or broken.context}")
        except yaml.YAMLError as broken:
            self.wrong(first_line, f"is not YAML: {str(broken).splitlines()[0]}")
        except (ValueError, RecursionError):
            self.wrong(first_line, "is not YAML: a value is not what its !!tag says, or an alias holds itself")
        finally:
            loader.dispose()
        return None

    def _node(self, loader: _Loader, node: yaml.Node, first: int, key: str) -> Node:
        line = first + node.start_mark.line
        if isinstance(node, yaml.MappingNode):
            children: dict[str, Node] = {}
            for name_node, child in node.value:
                name = str(name_node.value)
                if name in children:
                    self.wrong(first + name_node.start_mark.line, f'"{name}" is given twice — keep one of them')
                children[name] = self._node(loader, child, first, name)
                children[name].line = first + name_node.start_mark.line
            return Node(children, line, key, self)
        if isinstance(node, yaml.SequenceNode):
            return Node([self._node(loader, child, first, key) for child in node.value], line, key, self)
        return Node(loader.construct_object(node), line, key, self)


def _unwanted(text: str) -> str:
    """What the loader must not be given, "" for nothing."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return f"it has more than {DEEPEST} levels — is a bracket missing?"
        if isinstance(event, yaml.AliasEvent):
            return "it uses an alias (*name) — write the value out"
    return ""
