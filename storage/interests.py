"""Interests: the stored taste of each tag of each follower. Learning adds, reading rewrites nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, bindparam, case, select, update

from domain import interests as rules
from domain.answer import Lesson
from domain.interests import Interest, Taste
from storage.among import among, rows_among
from storage.dialect import insert_once, insert_or_change
from storage.schema import interests as table
from storage.store import Build, Transaction

MOST_TAGS = 200
"""Tags of one follower that are read; the strongest. A catalogue has a few hundred."""


def learn(tx: Transaction, openid: str, lessons: Iterable[Lesson], at: int) -> None:
    """Add what was learned at `at`; the same act again within ``SAME_ACT_SECONDS`` adds nothing."""
    rows = [
        {
            "openid": openid, "tag": one.tag, "since": 0, "learned_at": at, "cause": one.cause, "word": one.word[:64],
            **rules.lesson_taste(one, at)._asdict(),
        }
        for one in lessons
    ]  # fmt: skip
    if rows:
        tx.change_many(_learn, rows)


def suggest(tx: Transaction, openid: str, one: Lesson, at: int) -> bool:
    """An interest an operator knows of. False, and nothing changed, when anything is known of it: what they did, liked,
    refused or had forgotten counts for more, and the same file twice teaches once."""
    taste = rules.lesson_taste(one, at)._asdict()
    added = tx.change(
        _suggest, openid=openid, tag=one.tag, since=0, learned_at=at, cause=one.cause, word=one.word, **taste
    )
    return added == 1


def of(tx: Transaction, openid: str, now: int) -> list[Interest]:
    """What a follower likes (and refuses) at `now`, strongest liking first; what has faded is left out, a refusal
    never."""
    scale = rules.faded(1.0, now)
    liked, refused = [], []
    for tag, score, cause, word, at, refused_at, chosen_at in tx.rows(_of, who=openid):
        if refused_at and Taste(score, refused_at, chosen_at).refused:
            refused.append(Taste(score, refused_at, chosen_at).interest(tag, cause, word, at, scale))
        elif (weight := rules.weight_of(score * scale)) >= rules.SHOWN_WEIGHT:
            liked.append(Interest(tag, weight, cause, word, at, weight))
    liked.sort(key=_by_weight, reverse=True)
    return liked[:MOST_TAGS] + refused


_by_weight = attrgetter("weight")


def refused_by(tx: Transaction, openids: Collection[str]) -> dict[str, list[str]]:
    """The tags each of many said they do not want; who refused none is missing."""
    found: dict[str, list[str]] = {}
    for openid, tag, refused_at, chosen_at in rows_among(tx, _refused_by, openids):
        if Taste(0.0, refused_at, chosen_at).refused:
            found.setdefault(openid, []).append(tag)
    return found


def who_refuse(tx: Transaction, tag: str) -> set[str]:
    """Everybody who said that they do not want this tag."""
    return {row[0] for row in tx.rows(_who_refuse, tag=tag)}


def forget(tx: Transaction, openid: str, tag: str, at: int) -> None:
    """Set an interest to nothing and its evidence aside."""
    tx.change(
        _forget, openid=openid, tag=tag, score=0.0, since=at, learned_at=at, cause="forget", word="", refused_at=0,
        chosen_at=0,
    )  # fmt: skip


def forget_all(tx: Transaction, openid: str, at: int) -> None:
    """Set every interest to nothing, refusals too."""
    tx.change(_forget_all, who=openid, at=at)


def forgotten_since(tx: Transaction, openid: str) -> dict[str, int]:
    """For each tag the time before which its evidence no longer counts."""
    return {tag: since for tag, since in tx.rows(_since, who=openid) if since}


def _learn(backend: str) -> Executable:
    return insert_or_change(
        table,
        backend,
        {
            "score": _unless_repeated, "learned_at": "new", "cause": "new", "word": "new",
            "refused_at": "greater", "chosen_at": "greater",
        },
    )  # fmt: skip


def _suggest(backend: str) -> Executable:
    return insert_once(table, backend)


def _unless_repeated(old: Any, new: Any) -> ColumnElement[Any]:
    apart, least = new.learned_at - old.learned_at, rules.SAME_ACT_SECONDS
    soon = and_(apart < least, apart > -least)
    return case((and_(soon, new.cause == old.cause, new.word == old.word), old.score), else_=old.score + new.score)


_KEPT = ("tag", "score", "cause", "word", "learned_at", "refused_at", "chosen_at")


def _of(backend: str) -> Executable:
    return select(*(table.c[name] for name in _KEPT)).where(table.c.openid == bindparam("who"))


def _who_refuse(backend: str) -> Executable:
    refused = and_(table.c.refused_at > 0, table.c.refused_at >= table.c.chosen_at)
    return select(table.c.openid).where(table.c.tag == bindparam("tag"), refused)


@cache
def _refused_by(size: int) -> Build:
    query = select(table.c.openid, table.c.tag, table.c.refused_at, table.c.chosen_at)
    return lambda backend: query.where(among(table.c.openid, size), table.c.refused_at > 0)


def _forget(backend: str) -> Executable:
    columns = ("score", "since", "learned_at", "cause", "word", "refused_at", "chosen_at")
    return insert_or_change(table, backend, dict.fromkeys(columns, "new"))


def _forget_all(backend: str) -> Executable:
    mine = update(table).where(table.c.openid == bindparam("who"))
    now: dict[str, Any] = {name: bindparam("at") for name in ("since", "learned_at")}
    return mine.values(score=0.0, cause="forget", word="", refused_at=0, chosen_at=0, **now)


def _since(backend: str) -> Executable:
    return select(table.c.tag, table.c.since).where(table.c.openid == bindparam("who"))
