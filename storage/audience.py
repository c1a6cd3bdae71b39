"""Whom a condition of ``domain/audience.py`` names: one query over those who follow, page by page or all at once.

What followers told of themselves is encrypted, so it is asked of those alone of whom everything else can be true.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Float,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from domain import interests as rules
from domain.about import of_now
from domain.audience import (
    ActiveWithin,
    All,
    Bought,
    CameBy,
    Condition,
    Did,
    Either,
    FollowedWithin,
    Likes,
    Not,
    Owns,
    Reached,
    Told,
    conditions,
)
from domain.order import PAID, REFUNDING
from domain.stops import READ_PERCENT, READ_SECONDS
from storage.among import among, rows_among
from storage.funnel import OPENED, ORDERED, SEEN, TAPPED
from storage.funnel import PAID as PAID_STEP
from storage.schema import engagements, entitlements, followers, funnel_steps, interests, orders
from storage.store import Build, Transaction

DAY = 86_400

Show = Callable[[str], Mapping[str, Any]]
"""Decrypts what a follower told of themselves."""


class Page(NamedTuple):
    """People by openid. ``to`` is the last that was looked at, "" when nobody is left behind it."""

    openids: list[str]
    to: str


def page(tx: Transaction, rule: Condition, now: int, behind: str, most: int, show: Show) -> Page:
    """At most `most` of the audience, by openid, those behind `behind`. ``StoreBusy`` as all reads."""
    rows = tx.rows(_page(rule), behind=behind, most=most, **_moment(now))
    return Page(_who(rule, rows, now, show), rows[-1][0] if len(rows) == most else "")


def everybody(tx: Transaction, rule: Condition, now: int, show: Show) -> list[str]:
    """The whole audience at once, in no order."""
    return _who(rule, tx.rows(_everybody(rule), **_moment(now)), now, show)


def among_these(tx: Transaction, rule: Condition, openids: Collection[str], now: int, show: Show) -> set[str]:
    """Those of at most ``among.MOST`` people of whom it holds."""
    return {*_who(rule, rows_among(tx, _among(rule), openids, **_moment(now)), now, show)}


def _moment(now: int) -> dict[str, Any]:
    """What of a query depends on the moment; scores are stored grown (``domain/interests.py``)."""
    return {"now": now, "growth": rules.grown(1.0, now)}


# --- what followers told of themselves ----------------------------------------------------------------------------


def _who(rule: Condition, rows: list[Any], now: int, show: Show) -> list[str]:
    if not _asks_for_facts(rule):
        return [row[0] for row in rows]
    return [
        openid for openid, about, *answers in rows if _holds(rule, of_now(show(about), now), iter(map(bool, answers)))
    ]


def _asks_for_facts(rule: Condition) -> bool:
    return any(isinstance(one, Told) for one in conditions(rule))


def _holds(rule: Condition, facts: Mapping[str, Any], answers: Iterator[bool]) -> bool:
    """Does it hold for who told these facts, with the database's answers to ``_parts`` in their order?"""
    if not _asks_for_facts(rule):
        return next(answers)
    if isinstance(rule, Told):
        return _told(rule, facts)
    if isinstance(rule, Not):
        return not _holds(rule.of, facts, answers)
    assert isinstance(rule, All | Either)
    found = [_holds(one, facts, answers) for one in rule.of]  # each, so that every part takes its own answer
    return all(found) if isinstance(rule, All) else any(found)


def _told(rule: Told, facts: Mapping[str, Any]) -> bool:
    value = facts.get(rule.fact)
    if rule.fact == "age":
        return value is not None and rule.least <= value <= rule.most
    return value in rule.words


def _parts(rule: Condition) -> Iterator[Condition]:
    """The largest conditions in it that the database can answer, in the order of ``_holds``."""
    if not _asks_for_facts(rule):
        yield rule
    elif isinstance(rule, Not):
        yield from _parts(rule.of)
    elif isinstance(rule, All | Either):
        for one in rule.of:
            yield from _parts(one)


# --- the query ----------------------------------------------------------------------------------------------------


@cache
def _page(rule: Condition) -> Build:
    def build(backend: str) -> Executable:
        behind = followers.c.openid > bindparam("behind")
        return _select(rule, _each).where(behind).order_by(followers.c.openid).limit(bindparam("most"))

    return build


@cache
def _everybody(rule: Condition) -> Build:
    return lambda backend: _select(rule, _listed)


@cache
def _among(rule: Condition) -> Callable[[int], Build]:
    @cache
    def of(size: int) -> Build:
        return lambda backend: _select(rule, _each).where(among(followers.c.openid, size))

    return of


def _select(rule: Condition, has: Has) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [followers.c.openid]
    if _asks_for_facts(rule):
        answers = [case((_true_of(part, has), 1), else_=0) for part in _parts(rule)]
        columns += [followers.c.about, *answers]
    return select(*columns).where(followers.c.subscribed == 1, _possible(rule, has, True))


Has = Callable[[Select[Any]], ColumnElement[bool]]
"""(openids of a table's rows) -> the follower is among them."""


def _each(openids: Select[Any]) -> ColumnElement[bool]:
    """Looked up for each follower: for a few of them."""
    return exists(openids.where(openids.selected_columns[0] == followers.c.openid))


def _listed(openids: Select[Any]) -> ColumnElement[bool]:
    """Listed once: for all of them."""
    return followers.c.openid.in_(openids)


def _possible(rule: Condition, has: Has, told: bool) -> ColumnElement[bool]:
    """Can it hold? True of everybody it holds for, and, where it asks for no facts, of nobody else. `told` is what
    they are taken to have told."""
    if isinstance(rule, Told):
        return true() if told else false()
    if isinstance(rule, Not):
        return not_(_possible(rule.of, has, not told))
    if isinstance(rule, All):
        return and_(true(), *(_possible(one, has, told) for one in rule.of))
    if isinstance(rule, Either):
        return or_(false(), *_any_liked(rule, has), *(_possible(one, has, told) for one in _others(rule)))
    return _true_of(rule, has)


def _any_liked(rule: Either, has: Has) -> Iterator[ColumnElement[bool]]:
    """Several tags are looked for in one go. That each is one of them is said beside: SQLite then reads the index once,
    and does not gather openids in a table first, which takes four times as long."""
    if liked := [one for one in rule.of if isinstance(one, Likes)]:
        one_of = interests.c.tag.in_([literal(one.tag) for one in liked])
        yield has(select(interests.c.openid).where(one_of, or_(*map(_likes, liked))))


def _others(rule: Either) -> Iterator[Condition]:
    return (one for one in rule.of if not isinstance(one, Likes))


def _true_of(rule: Condition, has: Has) -> ColumnElement[bool]:
    """The condition of a rule that asks for no facts."""
    match rule:
        case Likes():
            return next(_any_liked(Either((rule,)), has))
        case ActiveWithin(days):
            return followers.c.last_seen_at >= _days_ago(days)
        case FollowedWithin(days):
            return func.coalesce(followers.c.subscribed_at, 0) >= _days_ago(days)
        case CameBy(source):
            return followers.c.source == source
        case Owns(slug):
            lasts = or_(entitlements.c.until.is_(None), entitlements.c.until > _NOW)
            return has(select(entitlements.c.openid).where(entitlements.c.slug == slug, lasts))
        case Bought():
            return has(_buyers(rule))
        case Did(act, slug):
            return has(select(engagements.c.openid).where(_DID[act], _about(engagements.c.slug, slug)))
        case Reached():
            return _reached(rule, has)
    return _possible(rule, has, True)


_NOW = bindparam("now", type_=BigInteger)


def _days_ago(days: int) -> ColumnElement[int]:
    return _NOW - literal(days * DAY, BigInteger)


def _likes(rule: Likes) -> ColumnElement[bool]:
    """weight = 1 - e ** (-score / SATURATION), so score >= -SATURATION * ln(1 - weight); what has faded is not liked,
    and a refusal outweighs."""
    weight = max(rule.weight, rules.SHOWN_WEIGHT)
    if weight >= 1:
        return false()
    least = literal(-rules.SATURATION * math.log1p(-weight), Float) * bindparam("growth", type_=Float)
    refused = and_(interests.c.refused_at > 0, interests.c.refused_at >= interests.c.chosen_at)
    return and_(interests.c.tag == rule.tag, interests.c.score >= least, not_(refused))


_DID = {
    "opened": engagements.c.opened_at.is_not(None),
    "read": or_(engagements.c.percent >= READ_PERCENT, engagements.c.seconds >= READ_SECONDS),
    "finished": engagements.c.finished_at.is_not(None),
    "liked": engagements.c.liked == 1,
    "shared": engagements.c.shared == 1,
}
"""By ``Did.act``."""


def _about(column: ColumnElement[Any], slug: str) -> ColumnElement[bool]:
    return column == slug if slug else true()


def _buyers(rule: Bought) -> Select[Any]:
    """Money that went back was not spent."""
    kept = or_(orders.c.state == PAID, orders.c.state == REFUNDING)
    lately = orders.c.paid_at >= _days_ago(rule.days) if rule.days is not None else true()
    spent = func.sum(orders.c.amount_fen - orders.c.refunded_fen)
    enough = and_(func.count(distinct(orders.c.slug)) >= rule.times, spent >= rule.fen)
    return select(orders.c.buyer).where(kept, lately).group_by(orders.c.buyer).having(enough)


_AS_FAR = {"seen": (SEEN,), "tapped": (TAPPED,), "ordered": (ORDERED, OPENED), "paid": (PAID_STEP,)}
"""By ``Reached.step``: the steps of the way to a payment that are as far. Who saw the cashier has ordered."""


def _reached(rule: Reached, has: Has) -> ColumnElement[bool]:
    names = [*_AS_FAR]
    further = [step for name in names[names.index(rule.step) + 1 :] for step in _AS_FAR[name]]
    there = has(_came(rule, _AS_FAR[rule.step]))
    return and_(there, not_(has(_came(rule, further)))) if further else there


def _came(rule: Reached, steps: Sequence[str]) -> Select[Any]:
    table = funnel_steps.c
    one_of = or_(*(table.step == step for step in steps))
    return select(table.buyer).where(table.at >= _days_ago(rule.days), one_of, _about(table.slug, rule.slug))
