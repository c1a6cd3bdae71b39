"""Whom a campaign is for: conditions on what is known of a follower, joined by and, or, not.

A condition is data: operators write it (``catalog/audiences.py``), the database answers it for everybody at once
(``storage/audience.py``). Days are counted back from the moment of asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the conditions holds; no condition: everybody."""

    of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the conditions holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    of: Condition


@dataclass(frozen=True, slots=True)
class Likes:
    """The tag is liked with at least this weight (0 to 1) now."""

    tag: str
    weight: float


@dataclass(frozen=True, slots=True)
class ActiveWithin:
    """They did anything within so many days."""

    days: int


@dataclass(frozen=True, slots=True)
class FollowedWithin:
    """They began to follow within so many days."""

    days: int


@dataclass(frozen=True, slots=True)
class CameBy:
    """How they first came: ``qr:<scene>``, ``pay``, or "" for neither."""

    source: str


@dataclass(frozen=True, slots=True)
class Owns:
    """They may read the whole item now."""

    slug: str


@dataclass(frozen=True, slots=True)
class Bought:
    """They paid for at least `times` items, within `days` (None = ever), for at least `fen` in all."""

    times: int = 1
    fen: int = 0
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Did:
    """They did this with an item (any item: slug ""): ``opened``, ``read``, ``finished``, ``liked``, ``shared``."""

    act: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """The furthest they came on the way to a payment within `days`: ``seen``, ``tapped``, ``ordered``, ``paid``; of an
    item, or of any (slug "")."""

    step: str
    slug: str = ""
    days: int = 30


@dataclass(frozen=True, slots=True)
class Told:
    """They told it of themselves: ``gender``, ``occupation``, ``city`` is one of the words, or ``age`` lies within."""

    fact: str
    words: tuple[str, ...] = ()
    least: int = 0
    most: int = 200


Condition = All | Either | Not | Likes | ActiveWithin | FollowedWithin | CameBy | Owns | Bought | Did | Reached | Told
EVERYBODY = All()


def conditions(rule: Condition) -> Iterator[Condition]:
    """The rule and everything in it."""
    yield rule
    if isinstance(rule, All | Either):
        for one in rule.of:
            yield from conditions(one)
    elif isinstance(rule, Not):
        yield from conditions(rule.of)
