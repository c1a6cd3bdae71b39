"""The profile: User_Profile = f(user data, interest data, behaviour data), as one pure function of stored rows.

Interests come from ``domain/interests.py``. What somebody did with one item is the sum of the strengths of their acts,
fading as interests do and bent by the same curve; its sign is how it went: an item they gave back, or last gave one
or two stars, speaks against what is like it as much as it would have spoken for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from domain import interests as rules
from domain.interests import Interest

BAD_STARS, GOOD_STARS = 2, 4
"""So many stars or fewer say that it was not worth it, so many or more are praise."""
MOST_PAID = 20
"""Purchases that are looked at for what somebody is used to pay."""


class Engagement(NamedTuple):
    """All that one follower did with one item. ``strength`` is stored grown (``interests.grown``) and not negative;
    ``stars`` 0 = none given; ``paid_fen`` 0 where ``bought_at`` is None; times are seconds since 1970."""

    slug: str
    strength: float
    changed_at: int
    stars: int
    bought_at: int | None
    paid_fen: int
    returned_at: int | None
    finished_at: int | None = None


@dataclass(frozen=True, slots=True)
class Follower:
    """What ranking knows of somebody at one moment. Empty: somebody of whom nothing is known.

    ``weights`` tag -> -1..1; ``engaged`` slug -> -1..1, negative for a bad experience; ``owned`` slugs;
    ``shown`` slug -> how often lately it was shown and not opened, ``silent`` the same for as long as it is remembered;
    ``paid`` fen of what they bought and kept, newest
    first; ``source`` how they first came; ``finished`` slugs they read to the end. Where they want no personalisation
    (``personal`` False), ``weights`` are their refusals and ``engaged``, ``paid``, ``source``, ``finished`` are empty.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    engaged: Mapping[str, float] = field(default_factory=dict)
    owned: Collection[str] = ()
    shown: Mapping[str, int] = field(default_factory=dict)
    paid: tuple[int, ...] = ()
    source: str = ""
    personal: bool = True
    finished: Collection[str] = ()
    silent: Mapping[str, int] = field(default_factory=dict)


NOBODY = Follower()


def profile(
    interests: Iterable[Interest], engagements: Iterable[Engagement], owned: Collection[str], shown: Mapping[str, int],
    silent: Mapping[str, int], source: str, personal: bool, now: int,
) -> Follower:  # fmt: skip
    """Everything known of a follower at `now`. The order of the rows does not matter."""
    weights = {one.tag: one.weight for one in interests if personal or one.weight < 0}
    if not personal:
        return Follower(weights, owned=owned, shown=shown, silent=silent, personal=False)
    rows = list(engagements)
    finished = tuple(one.slug for one in rows if one.finished_at is not None)
    return Follower(
        weights, {one.slug: felt(one, now) for one in rows}, owned, shown, _paid(rows), source, finished=finished,
        silent=silent,
    )  # fmt: skip


def felt(one: Engagement, now: int) -> float:
    """How an item was liked, in -1..1 at `now`."""
    weight = rules.weight(one.strength, now)
    return -weight if one.returned_at is not None or 0 < one.stars <= BAD_STARS else weight


def _paid(rows: Iterable[Engagement]) -> tuple[int, ...]:
    kept = [(one.bought_at, one.slug, one.paid_fen) for one in rows if one.bought_at and one.returned_at is None]
    return tuple(fen for _, _, fen in sorted(kept, reverse=True)[:MOST_PAID])
