"""Behaviours: one row for everything a follower did. The first thing a push does is to insert its row, once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Executable, bindparam, func, select

from domain import message as kinds
from domain.answer import Lesson
from domain.message import Message
from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import behaviours as table
from storage.store import Build, Transaction


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row."""

    openid: str
    id: str
    at: int
    kind: str
    form: str
    text: str
    detail: str
    taught: tuple[Lesson, ...]


def add(tx: Transaction, message: Message, lessons: Iterable[Lesson]) -> bool:
    """Store what was done, once: False, and nothing changed, when its key is already there."""
    taught = [(lesson.tag, lesson.strength, lesson.cause, lesson.word) for lesson in lessons]
    added = tx.change(
        _add,
        openid=message.openid,
        id=message.key,
        at=message.at,
        kind=message.kind,
        form=message.form[:64],
        text=message.text,
        detail=message.detail[:255],
        taught=json.dumps(taught, ensure_ascii=False) if taught else "",
    )
    return added == 1


def of(tx: Transaction, openid: str, most: int) -> list[Behaviour]:
    """The last `most` behaviours of a follower, newest first."""
    found = []
    for who, key, at, kind, form, text, detail, taught in tx.rows(_of, who=openid, most=most):
        lessons = tuple(Lesson(*lesson) for lesson in json.loads(taught or "[]"))
        found.append(Behaviour(who, key, at, kind, form, text, detail, lessons))
    return found


def acts_since(tx: Transaction, openid: str, at: int) -> list[tuple[str, str, int]]:
    """(kind, form, at) of what a follower did from `at` on."""
    return [(kind, form, when) for kind, form, when in tx.rows(_acts_since, who=openid, begin=at)]


def newest_acts(
    tx: Transaction, openids: Collection[str], since: int, now: int
) -> dict[str, list[tuple[str, str, int]]]:
    """(kind, form, at) of the last act of each kind and form, of each of the people, from `since` to `now`."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for openid, *act in rows_among(tx, _newest_acts, openids, begin=since, end=now):
        found.setdefault(openid, []).append((act[0], act[1], act[2]))
    return found


def latest_words(tx: Transaction, most: int) -> list[tuple[str, str]]:
    """(openid, text) of the newest `most` messages of followers that hold words. Reads the whole table."""
    return [(openid, text) for openid, text in tx.rows(_latest_words, most=most)]


def count(tx: Transaction, openid: str) -> tuple[int, int | None]:
    """How many behaviours a follower has, and when the last was."""
    number, last = tx.row(_count, who=openid)
    return int(number), last


def has_done(tx: Transaction, openid: str, form: str, detail: str) -> bool:
    """Has the follower ever done just this?"""
    return tx.row(_has_done, who=openid, form=form, detail=detail) is not None


def times(tx: Transaction, openid: str, kind: str, detail: str) -> int:
    """How often the follower has done this kind of thing with this."""
    return int(tx.row(_times, who=openid, kind=kind, detail=detail)[0])


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _of(backend: str) -> Executable:
    columns = [table.c[name] for name in ("openid", "id", "at", "kind", "form", "text", "detail", "taught")]
    return (
        select(*columns)
        .where(table.c.openid == bindparam("who"))
        .order_by(table.c.at.desc(), table.c.id.desc())
        .limit(bindparam("most"))
    )


def _acts_since(backend: str) -> Executable:
    mine = table.c.openid == bindparam("who")
    return select(table.c.kind, table.c.form, table.c.at).where(mine, table.c.at >= bindparam("begin"))


@cache
def _newest_acts(size: int) -> Build:
    by = (table.c.openid, table.c.kind, table.c.form)
    lately = (table.c.at >= bindparam("begin"), table.c.at <= bindparam("end"))
    query = select(*by, func.max(table.c.at)).where(among(table.c.openid, size), *lately).group_by(*by)
    return lambda backend: query


def _latest_words(backend: str) -> Executable:
    written = select(table.c.openid, table.c.text).where(table.c.kind == kinds.MESSAGE, table.c.text != "")
    return written.order_by(table.c.at.desc(), table.c.id.desc()).limit(bindparam("most"))


def _count(backend: str) -> Executable:
    return select(func.count(), func.max(table.c.at)).where(table.c.openid == bindparam("who"))


def _has_done(backend: str) -> Executable:
    mine = table.c.openid == bindparam("who")
    return (
        select(table.c.id)
        .where(mine, table.c.form == bindparam("form"), table.c.detail == bindparam("detail"))
        .limit(1)
    )


def _times(backend: str) -> Executable:
    mine = table.c.openid == bindparam("who")
    return (
        select(func.count())
        .select_from(table)
        .where(mine, table.c.kind == bindparam("kind"), table.c.detail == bindparam("detail"))
    )
