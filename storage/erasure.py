"""Erasing a person: every row that says something about them, in one transaction. Rights to read stay."""

from __future__ import annotations

import secrets

from sqlalchemy import Executable, Table, bindparam, case, delete, or_, select, update

from domain.campaign import GROUPED, HELD, MASS, NOT_FOLLOWING, PLANNED, SKIPPED
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

GONE, LEFT = "gone:", "left:"
"""In the place of an openid in ``campaign_deliveries``, with a number drawn by lot: of somebody whose data was erased,
and of somebody who had stopped following."""


def erase(tx: Transaction, openid: str) -> None:
    """Drop words, interests, what they did with items, exposures, steps, coupons held and facts; keep that they follow,
    their opt-outs and what they own. That a campaign had a message for somebody stays, of whom does not."""
    follows = tx.row(_follows, who=openid)
    nobody = (LEFT if follows is not None and not follows[0] else GONE) + secrets.token_hex(12)
    tx.change(_campaigns, who=openid, nobody=nobody)
    for build in _EVERYTHING:
        tx.change(build, who=openid)


def _follows(backend: str) -> Executable:
    return select(followers.c.subscribed).where(followers.c.openid == bindparam("who"))


def _campaigns(backend: str) -> Executable:
    row = campaign_deliveries.c
    open_ = or_(row.state == PLANNED, row.state == GROUPED, row.state == HELD)
    # MySQL sets one after the other: what depends on the state comes before it.
    return (
        update(campaign_deliveries)
        .where(row.openid == bindparam("who"))
        .ordered_values(
            (row.openid, bindparam("nobody")), (row.reason, ""), (row.exposure_id, ""),
            (row.message_id, case((row.channel == MASS, row.message_id), else_="")),
            (row.why, case((open_, NOT_FOLLOWING), else_=row.why)),
            (row.state, case((open_, SKIPPED), else_=row.state)),
        )
    )  # fmt: skip


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


def _consents(backend: str) -> Executable:
    return _all_of(consents)


def _coupons(backend: str) -> Executable:
    return delete(coupons_held).where(coupons_held.c.buyer == bindparam("who"))


def _follower(backend: str) -> Executable:
    mine = update(followers).where(followers.c.openid == bindparam("who"))
    return mine.values(about="", source="", asked_at=None, last_seen_at=0)


_EVERYTHING = (
    _replies, _behaviours, _interests, _engagements, _unanswered, _exposures, _long_texts, _funnel, _sends,
    _consents, _coupons, _follower,
)  # fmt: skip
"""In this order: the words of replies are found through the behaviours."""
