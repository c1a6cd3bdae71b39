"""What pages tell of one follower: what they did with each item, and the questions nothing answered."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, bindparam, select

from storage.schema import engagements, unanswered
from storage.store import Transaction


class Dealing(NamedTuple):
    """All that one follower did with one item, as it is stored: see ``engagements`` in ``storage/schema.py``."""

    slug: str
    strength: float
    changed_at: int
    percent: int
    seconds: int
    finished_at: int | None
    bought_at: int | None
    returned_at: int | None
    liked: int
    shared: int
    stars: int


class Asked(NamedTuple):
    """A question for which no item was found."""

    at: int
    words: str


def dealings(tx: Transaction, openid: str, most: int) -> list[Dealing]:
    """What they did with items, the latest touched first."""
    return [Dealing._make(row) for row in tx.rows(_dealings, who=openid, most=most)]


def asked(tx: Transaction, openid: str, most: int) -> list[Asked]:
    """Their questions that found nothing, the newest first."""
    return [Asked._make(row) for row in tx.rows(_asked, who=openid, most=most)]


def _dealings(backend: str) -> Executable:
    mine = select(*(engagements.c[name] for name in Dealing._fields)).where(engagements.c.openid == bindparam("who"))
    return mine.order_by(engagements.c.changed_at.desc(), engagements.c.slug).limit(bindparam("most"))


def _asked(backend: str) -> Executable:
    mine = select(unanswered.c.at, unanswered.c.words).where(unanswered.c.openid == bindparam("who"))
    return mine.order_by(unanswered.c.at.desc(), unanswered.c.id.desc()).limit(bindparam("most"))
