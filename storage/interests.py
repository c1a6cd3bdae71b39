"""Interests: the stored score of each tag of each follower. Learning adds, reading rewrites nothing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Executable, bindparam, select

from domain import interests as rules
from domain.answer import Lesson
from domain.interests import Interest
from storage.dialect import insert_or_change
from storage.schema import interests as table
from storage.store import Transaction

MOST_TAGS = 200
"""Tags of one follower that are read; the strongest. A catalogue has a few hundred."""


def learn(tx: Transaction, openid: str, lessons: Iterable[Lesson], at: int) -> None:
    """Add what was learned at `at`."""
    rows = [
        {
            "openid": openid, "tag": lesson.tag, "score": rules.grown(lesson.strength, at), "since": 0,
            "learned_at": at, "cause": lesson.cause, "word": lesson.word[:64],
        }
        for lesson in lessons
    ]  # fmt: skip
    if rows:
        tx.change_many(_learn, rows)


def of(tx: Transaction, openid: str, now: int) -> list[Interest]:
    """What a follower likes (and refuses) at `now`, strongest liking first; what has faded is left out."""
    scale = rules.faded(1.0, now)
    found = [
        Interest(tag, weight, cause, word)
        for tag, score, cause, word in tx.rows(_of, who=openid)
        if abs(weight := rules.weight_of(score * scale)) >= rules.SHOWN_WEIGHT
    ]
    return sorted(found, key=_by_weight, reverse=True)[:MOST_TAGS]


def _by_weight(interest: Interest) -> float:
    return interest.weight


def forget(tx: Transaction, openid: str, tag: str, at: int) -> None:
    """Set an interest to nothing and its evidence aside."""
    tx.change(
        _forget, openid=openid, tag=tag, score=0.0, since=at, learned_at=at, cause="forget", word=""
    )  # fmt: skip


def forgotten_since(tx: Transaction, openid: str) -> dict[str, int]:
    """For each tag the time before which its evidence no longer counts."""
    return {tag: since for tag, since in tx.rows(_since, who=openid) if since}


def _learn(backend: str) -> Executable:
    return insert_or_change(table, backend, {"score": "old + new", "learned_at": "new", "cause": "new", "word": "new"})


def _of(backend: str) -> Executable:
    return select(table.c.tag, table.c.score, table.c.cause, table.c.word).where(table.c.openid == bindparam("who"))


def _forget(backend: str) -> Executable:
    return insert_or_change(
        table, backend, {"score": "new", "since": "new", "learned_at": "new", "cause": "new", "word": "new"}
    )


def _since(backend: str) -> Executable:
    return select(table.c.tag, table.c.since).where(table.c.openid == bindparam("who"))
