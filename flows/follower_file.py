"""Reading a CSV file of followers line by line, whatever its size, and saying what is wrong in it by file and line.

A row is a line: a quoted field may hold commas and quotes, but no line break, so that one quote too many spoils one
row and not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import itertools
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from catalog.mistakes import Mistake
from domain.follower_row import COLUMNS, HEADERS, Reading, Row, column_of, read_row
from errors import Declined

IGNORED = "-"
"""``--map 备注=-``: this column is not imported."""
LONGEST_LINE = 65_536
"""Bytes; a row of ours has a few hundred at most."""
CHUNK = 1 << 20
DAMAGED = 0.1
"""A file of which fewer characters than this share are no UTF-8 is UTF-8 with a few broken bytes, and not GB18030."""

Report = Callable[[float], None]
"""Takes how much of the file is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number from 1, its row, or what is wrong with it."""

    number: int
    row: Row | None
    mistakes: tuple[Mistake, ...] = ()


class FollowerFile:
    """A file whose head is in order. ``lines`` may be walked more than once."""

    def __init__(self, path: Path, renamed: Mapping[str, str]) -> None:
        """Raises ``Declined`` for a file that cannot be read, is no text, or whose head does not tell its columns."""
        self._path = path
        try:
            self._size = path.stat().st_size
            with path.open("rb") as file:
                self.encoding = _encoding(file, path)
                _skip_mark(file)
                head = file.readline(LONGEST_LINE + 1).decode(self.encoding, "replace")
        except OSError as fault:
            raise Declined(f"{path}: cannot be read ({fault.strerror})") from None
        self._columns = _columns(path, head, renamed)
        self._wide = len(self._columns)

    def lines(self, reading: Reading, report: Report = lambda done: None) -> Iterator[Line]:
        """Every row of the file, read and checked; empty lines are passed over."""
        with self._path.open("rb") as file:
            _skip_mark(file)
            number = 0
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                whole = raw.endswith(b"\n") or len(raw) <= LONGEST_LINE
                if not whole:
                    _skip_line(file)
                if number > 1 and raw.strip():
                    yield self._line(number, raw, whole, reading)
                if number % 1_000 == 0:
                    report(file.tell() / max(self._size, 1))
        report(1.0)

    def repeated(self, reading: Reading, openids: array[int]) -> Iterator[Line]:
        """The lines whose openid stands on an earlier one. `openids` are the ``mark`` of every row."""
        twice = _twice(openids)
        first: dict[str, int] = {}
        for line in self.lines(reading) if twice else ():
            if line.row and mark(line.row.openid) in twice:
                earlier = first.setdefault(line.row.openid, line.number)
                if earlier != line.number:
                    told = f"stands on line {earlier} too — one row a follower"
                    yield Line(line.number, None, (self._wrong(line.number, "openid", told),))

    def _line(self, number: int, raw: bytes, whole: bool, reading: Reading) -> Line:
        if not whole:
            told = f"is longer than {LONGEST_LINE:,} bytes — one follower a line"
            return Line(number, None, (self._wrong(number, "", told),))
        try:
            cells = next(csv.reader((raw.decode(self.encoding).rstrip("\r\n"),), strict=True))
        except UnicodeDecodeError:
            told = f"holds bytes that are not {self.encoding} — save the file again as CSV UTF-8"
            return Line(number, None, (self._wrong(number, "", told),))
        except csv.Error:
            told = 'has a quote without its partner — put the field in "…" and write "" for a quote inside'
            return Line(number, None, (self._wrong(number, "", told),))
        if len(cells) != self._wide:
            told = f"has {len(cells)} fields, the head has {self._wide} — a field with a comma needs quotes"
            return Line(number, None, (self._wrong(number, "", told),))
        named = {column: cell for column, cell in zip(self._columns, cells, strict=True) if column != IGNORED}
        row, wrong = read_row(named, reading)
        mistakes = tuple(self._wrong(number, one.column, one.problem) for one in wrong)
        return Line(number, None if mistakes else row, mistakes)

    def _wrong(self, number: int, column: str, told: str) -> Mistake:
        return Mistake(str(self._path), number, column, told)


def mark(openid: str) -> int:
    """64 bits that stand for an openid: a million of them are 8 MB."""
    return int.from_bytes(blake2b(openid.encode(), digest_size=8).digest(), "big")


def _twice(marks: array[int]) -> set[int]:
    ordered = sorted(marks)
    return {one for one, following in itertools.pairwise(ordered) if one == following}


def _encoding(file: BinaryIO, path: Path) -> str:
    """UTF-8 or GB18030; ``Declined`` for what is neither or no text."""
    begin = file.read(4)
    if not begin:
        raise Declined(f"{path}:1: is empty — the first line names the columns, e.g. openid,age,tags")
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Declined(f"{path}:1: is UTF-16 — save it again as CSV UTF-8")
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = foreign = lines = 0
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            line = lines + chunk[: chunk.index(b"\0")].count(b"\n") + 1
            raise Declined(f"{path}:{line}: holds a NUL byte — this is no CSV file; save the table as CSV UTF-8")
        lines += chunk.count(b"\n")
        if not chunk.isascii() or broken:
            text = decoder.decode(chunk)
            broken += text.count("\ufffd")
            foreign += sum(not char.isascii() for char in text)
    file.seek(0)
    return "utf-8" if broken <= foreign * DAMAGED else "gb18030"


def _skip_mark(file: BinaryIO) -> None:
    file.seek(0)
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)


def _skip_line(file: BinaryIO) -> None:
    """The rest of a line, a piece at a time."""
    while (piece := file.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass


def _columns(path: Path, head: str, renamed: Mapping[str, str]) -> tuple[str, ...]:
    """What each field of a row is; every mistake of the head in one ``Declined``."""
    try:
        headers = [header.strip() for header in next(csv.reader((head.strip("\r\n"),), strict=True))]
    except (csv.Error, StopIteration):
        headers = []
    wrong = [] if len(head) <= LONGEST_LINE else ["the first line is longer than a head can be"]
    known = {header.lower(): column for header, column in renamed.items()}
    columns = tuple(known.get(header.lower()) or column_of(header) for header in headers)
    if len(headers) == 1 and not columns[0]:
        wrong.append("the first line names no columns — separate them by commas, e.g. openid,age,tags")
    else:
        wrong += [_unknown(header) for header, column in zip(headers, columns, strict=True) if not column]
    wrong += [f"{header}: --map names a column the file does not have" for header in renamed if header not in headers]
    for column in COLUMNS:
        if columns.count(column) > 1:
            wrong.append(f"{column}: there are {columns.count(column)} columns for it — map all but one to {IGNORED}")
    if "openid" not in columns:
        wrong.append("there is no column openid — name it openid, or say which it is: --map 表头=openid")
    if wrong:
        raise Declined("\n".join(f"{path}:1: {one}" for one in dict.fromkeys(wrong)))
    return columns


def _unknown(header: str) -> str:
    shown = "".join(char if char.isprintable() else "�" for char in header[:30])
    names = [name for headers in HEADERS.values() for name in headers.split()]
    like = difflib.get_close_matches(header.lower(), names, 1)
    hint = f'perhaps "{like[0]}"; ' if like else ""
    return (
        f'{shown}: is no column of ours ({", ".join(COLUMNS)}) — {hint}say what it is with --map "{shown}=…", '
        f'or leave it out with --map "{shown}={IGNORED}"'
    )
