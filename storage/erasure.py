"""Erasing a person: every row that says something about them, in one transaction. Rights to read stay."""

from __future__ import annotations

from sqlalchemy import Executable, Table, bindparam, delete, select, update

from storage.schema import (
    behaviours,
    campaign_deliveries,
    consents,
    coupons_held,
    engagements,
    exposures,
    followers,
    funnel_steps,
    interests,
    long_texts,
    replies,
    sends,
    unanswered,
)
from storage.store import Transaction


def erase(tx: Transaction, openid: str) -> None:
    """Drop words, interests, what they did with items, exposures, steps, coupons held and facts; keep that they follow,
    their opt-outs and what they own."""
    for build in _EVERYTHING:
        tx.change(build, who=openid)


def _all_of(table: Table) -> Executable:
    return delete(table).where(table.c.openid == bindparam("who"))


def _replies(backend: str) -> Executable:
    mine = select(behaviours.c.id).where(behaviours.c.openid == bindparam("who"))
    return delete(replies).where(replies.c.id.in_(mine))


def _behaviours(backend: str) -> Executable:
    return _all_of(behaviours)


def _interests(backend: str) -> Executable:
    return _all_of(interests)


def _engagements(backend: str) -> Executable:
    return _all_of(engagements)


def _unanswered(backend: str) -> Executable:
    return _all_of(unanswered)


def _exposures(backend: str) -> Executable:
    return _all_of(exposures)


def _long_texts(backend: str) -> Executable:
    return _all_of(long_texts)


def _funnel(backend: str) -> Executable:
    return delete(funnel_steps).where(funnel_steps.c.buyer == bindparam("who"))


def _sends(backend: str) -> Executable:
    return _all_of(sends)


def _campaigns(backend: str) -> Executable:
    return _all_of(campaign_deliveries)


def _consents(backend: str) -> Executable:
    return _all_of(consents)


def _coupons(backend: str) -> Executable:
    return delete(coupons_held).where(coupons_held.c.buyer == bindparam("who"))


def _follower(backend: str) -> Executable:
    mine = update(followers).where(followers.c.openid == bindparam("who"))
    return mine.values(about="", source="", asked_at=None, last_seen_at=0)


_EVERYTHING = (
    _replies, _behaviours, _interests, _engagements, _unanswered, _exposures, _long_texts, _funnel, _sends,
    _campaigns, _consents, _coupons, _follower,
)  # fmt: skip
"""In this order: the words of replies are found through the behaviours."""
