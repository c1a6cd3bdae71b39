"""A row of a file of followers: which columns there are, and what may stand in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.self_description import OLDEST, YOUNGEST

HEADERS: Mapping[str, str] = {
    "openid": "openid open_id 用户标识 粉丝标识",
    "name": "name nickname 昵称 姓名 称呼 名字",
    "age": "age 年龄",
    "gender": "gender sex 性别",
    "occupation": "occupation job 职业 工作",
    "city": "city 城市 所在城市 所在地",
    "tags": "tags tag 标签 兴趣 兴趣标签",
    "subscribed_at": "subscribed_at subscribe_time 关注时间 关注日期",
}
"""Column -> the headers known for it, without regard to case."""
COLUMNS = tuple(HEADERS)
_COLUMN = {header: column for column, headers in HEADERS.items() for header in headers.split()}

LONGEST_FACT, MOST_TAGS = 20, 20
FIRST_DAY = int(dt.datetime(2012, 8, 1, tzinfo=dt.UTC).timestamp())
"""When official accounts began: nobody followed one earlier."""

_OPENID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_GENDERS = {
    "男": "male", "male": "male", "m": "male", "1": "male", "男性": "male", "先生": "male",
    "女": "female", "female": "female", "f": "female", "2": "female", "女性": "female", "女士": "female",
    "0": "", "未知": "", "unknown": "", "保密": "", "-": "",
}  # fmt: skip
_AGE = re.compile(r"(\d{1,4})岁?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_SECONDS = re.compile(r"1\d{9}")
_BETWEEN_TAGS = re.compile(r"[;；]")


class Wrong(NamedTuple):
    """What is wrong in one column of a row, with what to write instead."""

    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Row:
    """One follower: facts as ``domain/about.py`` names them, tags of the catalogue, when they followed (seconds)."""

    openid: str
    facts: Mapping[str, Any]
    tags: tuple[str, ...] = ()
    subscribed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read a row: where days are counted, the moment, and the catalogue's tags: a word's tag ("" for
    none) and the tag most like it."""

    zone: ZoneInfo
    now: int
    tag_of: Callable[[str], str]
    tag_like: Callable[[str], str]


def column_of(header: str) -> str:
    """The column a header names, "" for none."""
    return _COLUMN.get(header.strip().lower(), "")


def read_row(cells: Mapping[str, str], reading: Reading) -> tuple[Row, list[Wrong]]:
    """Read the cells of a row by column. An empty cell tells nothing. The row counts only when nothing is wrong."""
    wrong: list[Wrong] = []
    facts: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    followed: int | None = None
    for column, cell in cells.items():
        value = cell.strip()
        if not value and column != "openid":
            continue
        try:
            if column == "tags":
                tags = _tags(value, reading)
            elif column == "subscribed_at":
                followed = _moment(value, reading)
            else:
                facts[column] = _FACTS[column](value)
        except ValueError as told:
            wrong.append(Wrong(column, str(told)))
    openid = facts.pop("openid", "")
    return Row(openid, {name: value for name, value in facts.items() if value}, tags, followed), wrong


def _openid(value: str) -> str:
    if not value:
        raise ValueError("is empty — every row needs the follower's openid")
    if not _OPENID.fullmatch(value):
        raise ValueError(f"{_quoted(value)} is no openid — up to 64 letters, digits, _ and -")
    return value


def _text(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds characters that cannot be seen — type it anew")
    if len(value) > LONGEST_FACT:
        raise ValueError(f"has {len(value)} characters — at most {LONGEST_FACT}")
    return value


def _age(value: str) -> int:
    shape = _AGE.fullmatch(value)
    if not shape or not YOUNGEST <= int(shape[1]) <= OLDEST:
        raise ValueError(f"{_quoted(value)} is not an age — whole years from {YOUNGEST} to {OLDEST}, e.g. 30")
    return int(shape[1])


def _gender(value: str) -> str:
    gender = _GENDERS.get(value.lower())
    if gender is None:
        raise ValueError(f"{_quoted(value)} is not known — write 男, 女 or nothing")
    return gender


_FACTS: Mapping[str, Callable[[str], Any]] = {
    "openid": _openid, "name": _text, "age": _age, "gender": _gender, "occupation": _text, "city": _text,
}  # fmt: skip


def _tags(value: str, reading: Reading) -> tuple[str, ...]:
    words = [word.strip() for word in _BETWEEN_TAGS.split(value) if word.strip()]
    if len(words) > MOST_TAGS:
        raise ValueError(f"names {len(words)} tags — at most {MOST_TAGS}")
    for word in words:
        if not reading.tag_of(word):
            like = reading.tag_like(word)
            hint = f'perhaps "{like}"' if like else "tags are separated by ; and stand in content/tags.yaml"
            raise ValueError(f"there is no tag {_quoted(word)} — {hint}")
    return tuple(dict.fromkeys(reading.tag_of(word) for word in words))


def _moment(value: str, reading: Reading) -> int:
    at = _seconds(value, reading.zone)
    if at is None:
        raise ValueError(f"{_quoted(value)} is not a time — e.g. 2026-11-23 or 2026-11-23 09:30")
    if not FIRST_DAY <= at <= reading.now:
        raise ValueError(f"{_quoted(value)} cannot be — a moment between 2012-08-01 and now")
    return at


def _seconds(value: str, zone: ZoneInfo) -> int | None:
    """Seconds since 1970 of a moment; in `zone` where it names none."""
    if _SECONDS.fullmatch(value):
        return int(value)
    day = _DAY.fullmatch(value)
    try:
        if day:
            year, month, date, hour, minute, second = (int(part or 0) for part in day.groups())
            return int(dt.datetime(year, month, date, hour, minute, second, tzinfo=zone).timestamp())
        moment = dt.datetime.fromisoformat(value)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())
    except (ValueError, OverflowError):
        return None


def _quoted(value: str) -> str:
    shown = value if len(value) <= LONGEST_FACT else value[:LONGEST_FACT] + "…"
    return '"' + "".join(char if char.isprintable() else "�" for char in shown) + '"'
