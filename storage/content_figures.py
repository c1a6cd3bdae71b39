"""What the rows say of the items: counted by the database, an item a row."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from domain import message as kinds
from domain.follower import GOOD_STARS
from domain.order import REFUNDED, REFUNDING
from domain.stops import READ_PERCENT, READ_SECONDS, WALL_PERCENT
from storage.schema import behaviours, engagements, entitlements, exposures, orders
from storage.store import Transaction

MOST_ASKED_FOR_WORDS = 2_000
"""Readers of one item, the latest, whose words are looked for: a favourite has a hundred thousand."""


class Shown(NamedTuple):
    """How often an item was shown, and its link opened."""

    exposed: int
    opened: int


class Sold(NamedTuple):
    """Orders that were paid, those whose money went back, and what is left in fen."""

    bought: int
    returned: int
    revenue_fen: int


class Engaged(NamedTuple):
    """Different people: ``readers``, who ``read``, came to the ``end``, may read all of it (``owners``), did that to
    the end (``owners_end``), saw the price (``at_price``), bought then (``buyers``); the rest as in ``Counts``."""

    readers: int
    read: int
    end: int
    owners: int
    owners_end: int
    at_price: int
    buyers: int
    liked: int
    shared: int
    stars_sum: int
    stars_count: int
    good_stars: int


NOT_SHOWN, NOT_SOLD, NOT_ENGAGED = Shown(0, 0), Sold(0, 0, 0), Engaged(*[0] * len(Engaged._fields))


def shown(tx: Transaction, since: int) -> dict[str, Shown]:
    """Slug -> how often it was shown since then."""
    return {slug: Shown._make(map(int, counts)) for slug, *counts in tx.rows(_shown, since=since)}


def sold(tx: Transaction, since: int) -> dict[str, Sold]:
    """Slug -> its orders made since then that were paid."""
    return {slug: Sold._make(map(int, counts)) for slug, *counts in tx.rows(_sold, since=since)}


def engaged(tx: Transaction, since: int) -> dict[str, Engaged]:
    """Slug -> what those did with it who did anything with it since then."""
    return {slug: Engaged._make(map(int, counts)) for slug, *counts in tx.rows(_engaged, since=since)}


def furthest(tx: Transaction, slug: str, since: int) -> tuple[dict[int, int], dict[int, int]]:
    """(of those who do not own it, of those who do): percent -> how many readers came just so far."""
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for percent, owner, readers in tx.rows(_furthest, slug=slug, since=since):
        found[bool(owner)][int(percent)] = int(readers)
    return found


def words(tx: Transaction, slug: str, most: int) -> list[tuple[int, str, int]]:
    """(stars or 0, words, when) of what readers wrote at its end, the newest first."""
    found = tx.rows(_words, slug=slug, most=most)
    return [(int(form.removeprefix("stars_") or 0), text, int(at)) for form, text, at in found]


def _one(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _shown(backend: str) -> Executable:
    lately = select(exposures.c.slug, func.count(), func.count(exposures.c.opened_at))
    return lately.where(exposures.c.at >= bindparam("since")).group_by(exposures.c.slug)


def _sold(backend: str) -> Executable:
    back = or_(orders.c.state == REFUNDING, orders.c.state == REFUNDED)
    left = type_coerce(func.sum(orders.c.amount_fen - orders.c.refunded_fen), Integer)
    paid = and_(orders.c.created_at >= bindparam("since"), orders.c.paid_at.is_not(None))
    return select(orders.c.slug, func.count(), _one(back), left).where(paid).group_by(orders.c.slug)


_OPENED = or_(engagements.c.opened_at.is_not(None), engagements.c.percent > 0)
_OWNER = or_(engagements.c.bought_at.is_not(None), entitlements.c.openid.is_not(None))
_WITH_RIGHTS = engagements.outerjoin(
    entitlements, and_(entitlements.c.openid == engagements.c.openid, entitlements.c.slug == engagements.c.slug)
)


def _engaged(backend: str) -> Executable:
    row = engagements.c
    new_buyer = row.bought_at >= bindparam("since")
    saw_price = and_(row.percent >= WALL_PERCENT, row.bought_at.is_(None), entitlements.c.openid.is_(None))
    ended = row.finished_at.is_not(None)
    counts = [
        _one(_OPENED), _one(and_(_OPENED, or_(row.percent >= READ_PERCENT, row.seconds >= READ_SECONDS))), _one(ended),
        _one(_OWNER), _one(and_(_OWNER, ended)), _one(or_(saw_price, new_buyer)), _one(new_buyer),
        func.sum(row.liked), func.sum(row.shared), func.sum(row.stars), _one(row.stars > 0),
        _one(row.stars >= GOOD_STARS),
    ]  # fmt: skip
    lately = select(row.slug, *counts).select_from(_WITH_RIGHTS)
    return lately.where(row.changed_at >= bindparam("since")).group_by(row.slug)


def _furthest(backend: str) -> Executable:
    row = engagements.c
    owner = case((_OWNER, literal_column("1")), else_=literal_column("0")).label("owner")
    found = select(row.percent, owner, func.count()).select_from(_WITH_RIGHTS)
    some = and_(row.slug == bindparam("slug"), row.changed_at >= bindparam("since"), row.percent > 0)
    return found.where(some).group_by(row.percent, owner)


def _words(backend: str) -> Executable:
    latest = (
        select(engagements.c.openid)
        .where(engagements.c.slug == bindparam("slug"))
        .order_by(engagements.c.changed_at.desc())
        .limit(MOST_ASKED_FOR_WORDS)
        .subquery()
    )
    said = and_(
        behaviours.c.openid == latest.c.openid, behaviours.c.kind == kinds.FEEDBACK,
        behaviours.c.detail == bindparam("slug"), behaviours.c.text != "",
    )  # fmt: skip
    found = select(behaviours.c.form, behaviours.c.text, behaviours.c.at).select_from(latest.join(behaviours, said))
    return found.order_by(behaviours.c.at.desc(), behaviours.c.id.desc()).limit(bindparam("most"))
