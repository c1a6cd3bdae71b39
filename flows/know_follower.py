"""What is known about a follower when an answer is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from domain import interests as rules
from domain.answer import Lesson
from domain.interests import Interest
from storage import entitlements, exposures, interests, opt_outs
from storage.exposures import Shown
from storage.store import Store

LATELY = 7 * 86_400
"""How far back an item counts as shown lately."""
MOST_SHOWN = 30


@dataclass(frozen=True)
class Known:
    """Tastes, what is owned, and what was shown lately.

    Where the follower wants no personalisation, ``interests`` are the refusals alone: those were asked for.
    """

    interests: tuple[Interest, ...]
    owned: tuple[str, ...]
    look_back: Callable[[], tuple[Shown, ...]]  # reads what was shown lately: most answers need not know
    held: tuple[Interest, ...] = ()  # all that is remembered, used or not
    personal: bool = True

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """What was shown lately, the newest answer first."""
        return self.look_back()

    def after(self, lessons: Iterable[Lesson]) -> Known:
        """The same with lessons of this moment."""
        return replace(self, interests=tuple(rules.with_lessons(self.interests, lessons)))

    @property
    def weights(self) -> Mapping[str, float]:
        """Tag -> weight in -1..1."""
        return {interest.tag: interest.weight for interest in self.interests}

    @property
    def times_shown(self) -> Mapping[str, int]:
        """Slug -> how often it was shown lately."""
        return Counter(one.slug for one in self.shown)

    @property
    def last_list(self) -> tuple[Shown, ...]:
        """The items of the newest answer that showed any, in the order they were numbered."""
        if not self.shown:
            return ()
        newest = self.shown[0].behaviour_id
        return tuple(one for one in self.shown if one.behaviour_id == newest)


def know(store: Store, openid: str, now: int) -> Known:
    """Read it. Three indexed reads, a fourth when it is asked for; nothing is rewritten."""

    def look_back() -> tuple[Shown, ...]:
        with store.read() as tx:
            return tuple(exposures.lately(tx, openid, now - LATELY, MOST_SHOWN))

    with store.read() as tx:
        held = tuple(interests.of(tx, openid, now))
        personal = not opt_outs.has(tx, openid, rules.PERSONALISATION)
        used = held if personal else tuple(interest for interest in held if interest.weight < 0)
        return Known(used, entitlements.owned(tx, openid, now), look_back, held, personal)
