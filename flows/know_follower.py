"""What is known about a follower when an answer is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from domain import interests as rules
from domain.answer import Lesson
from domain.campaign import POLICY
from domain.follower import Engagement, Follower, profile
from domain.interests import Interest
from storage import engagements, entitlements, exposures, interests, opt_outs
from storage.exposures import Shown
from storage.store import Store

LATELY = 7 * 86_400
"""How far back an item counts as shown lately."""
MOST_SHOWN = 30
REMEMBERED, MOST_REMEMBERED = 60 * 86_400, 200
"""How far back, and among how many of the last exposures, silence about an item is remembered: with a week alone the
same items came back every week to who does not want them (``benchmarks/crowd.py``)."""


@dataclass(frozen=True)
class Look:
    """Reads that most answers do without, done once when they are asked for."""

    store: Store
    openid: str
    now: int

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """What was shown lately, the newest answer first."""
        with self.store.read() as tx:
            return tuple(exposures.lately(tx, self.openid, self.now - LATELY, MOST_SHOWN))

    @cached_property
    def silent(self) -> dict[str, int]:
        """How often each item was shown and not opened."""
        with self.store.read() as tx:
            return exposures.silent(tx, self.openid, self.now - REMEMBERED, MOST_REMEMBERED)

    @cached_property
    def engaged(self) -> tuple[str, list[Engagement]]:
        """How they first came, and what they did with items."""
        with self.store.read() as tx:
            return engagements.of(tx, self.openid)


@dataclass(frozen=True)
class Known:
    """Tastes, what is owned, and what was shown lately.

    Where the follower wants no personalisation, ``interests`` are the refusals alone: those were asked for.
    """

    interests: tuple[Interest, ...]
    owned: tuple[str, ...]
    look: Look
    held: tuple[Interest, ...] = ()  # all that is remembered, used or not
    personal: bool = True

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What was shown lately, the newest answer first."""
        return self.look.shown

    def after(self, lessons: Iterable[Lesson]) -> Known:
        """The same with lessons of this moment."""
        learned = tuple(rules.with_lessons(self.interests, lessons, self.look.now))
        return Known(learned, self.owned, self.look, self.held, self.personal)

    @property
    def weights(self) -> Mapping[str, float]:
        """Tag -> weight in -1..1."""
        return {interest.tag: interest.weight for interest in self.interests}

    @cached_property
    def follower(self) -> Follower:
        """What ranking goes by."""
        source, rows = self.look.engaged if self.personal else ("", [])
        lately = Counter(one.slug for one in self.shown if one.opened_at is None)
        return profile(self.interests, rows, self.owned, lately, self.look.silent, source, self.personal, self.look.now)

    @property
    def last_list(self) -> tuple[Shown, ...]:
        """The items of the newest answer that showed any, in the order they were numbered. A campaign's push numbers
        nothing."""
        listed = [one for one in self.shown if one.policy != POLICY]
        return tuple(one for one in listed if one.behaviour_id == listed[0].behaviour_id)

    @property
    def last_told(self) -> tuple[Shown, ...]:
        """The items they were told of last, by an answer, a push, or both at once."""
        return tuple(one for one in self.shown if one.at == self.shown[0].at)


def know(store: Store, openid: str, now: int) -> Known:
    """Read it. Three indexed reads, two more when they are asked for; nothing is rewritten."""
    with store.read() as tx:
        held = tuple(interests.of(tx, openid, now))
        personal = not opt_outs.has(tx, openid, rules.PERSONALISATION)
        used = held if personal else tuple(interest for interest in held if interest.weight < 0)
        owned = entitlements.owned(tx, openid, now)
    return Known(used, owned, Look(store, openid, now), held, personal)
