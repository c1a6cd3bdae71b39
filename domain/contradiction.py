"""Audiences nobody can belong to: two conditions that must both hold and cannot.

A rule is walked from the outside in. Everything that must hold together is collected, also through ``not any of``, and
each pair of it is looked at; in an ``any of`` each branch is looked at together with what stands around it.
"""

from __future__ import annotations

from collections.abc import Iterator

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
)

Pair = tuple[Condition, Condition]


def contradictions(rule: Condition, around: tuple[Condition, ...] = ()) -> Iterator[Pair]:
    """Every two conditions that exclude each other: both of the rule, or one of `around`, which must hold too."""
    must, choices = _together(rule)
    for n, one in enumerate(must):
        yield from ((other, one) for other in (*around, *must[:n]) if _exclude(other, one))
    for choice in choices:
        for branch in choice.of:
            yield from contradictions(branch, (*around, *must))


def _together(rule: Condition) -> tuple[list[Condition], list[Either]]:
    """(what must hold, each a plain condition or the Not of one; choices of which one branch must hold)."""
    if isinstance(rule, All):
        parts = [_together(one) for one in rule.of]
        return [one for must, _ in parts for one in must], [one for _, choices in parts for one in choices]
    if isinstance(rule, Either):
        return _together(rule.of[0]) if len(rule.of) == 1 else ([], [rule])
    if isinstance(rule, Not):
        return _together(_turned(rule.of)) if isinstance(rule.of, All | Either | Not) else ([rule], [])
    return [rule], []


def _turned(rule: All | Either | Not) -> Condition:
    """What not(rule) says, with the Not moved inwards (De Morgan)."""
    if isinstance(rule, Not):
        return rule.of
    inside = tuple(Not(one) for one in rule.of)
    return Either(inside) if isinstance(rule, All) else All(inside)


def _exclude(one: Condition, other: Condition) -> bool:
    if isinstance(one, Not) and isinstance(other, Not):
        return False
    if isinstance(one, Not):
        return _implies(other, one.of)
    if isinstance(other, Not):
        return _implies(one, other.of)
    return _differ(one, other)


def _differ(one: Condition, other: Condition) -> bool:
    """Two facts of which a person has one."""
    match one, other:
        case CameBy(), CameBy():
            return one.source != other.source
        case Reached(), Reached():
            return one.step != other.step and (one.slug, one.days) == (other.slug, other.days)
        case Told(), Told() if one.fact == other.fact:
            if one.words and other.words:
                return set(one.words).isdisjoint(other.words)
            return one.most < other.least or other.most < one.least
    return False


def _implies(one: Condition, other: Condition) -> bool:
    """Does everybody of whom `one` holds belong to `other`?"""
    match one, other:
        case Likes(), Likes():
            return one.tag == other.tag and one.weight >= other.weight
        case ActiveWithin(), ActiveWithin():
            return one.days <= other.days
        case FollowedWithin(), FollowedWithin():
            return one.days <= other.days
        case Did(), Did():
            return one.act == other.act and other.slug in ("", one.slug)
        case Bought(), Bought():
            within = other.days is None or (one.days is not None and one.days <= other.days)
            return within and one.times >= other.times and one.fen >= other.fen
        case Told(), Told() if one.fact == other.fact:
            if one.words or other.words:
                return bool(one.words) and set(one.words) <= set(other.words)
            return other.least <= one.least and one.most <= other.most
    return one == other


def is_owner_only(rule: Condition, slug: str) -> bool:
    """Must everybody of the rule own this item?"""
    return Owns(slug) in _together(rule)[0]
