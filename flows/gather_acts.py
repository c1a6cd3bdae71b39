"""The acts that collaborative filtering learns from, read from the engagements into arrays."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from domain.follower import BAD_STARS
from domain.interests import weights
from storage import engagement_pages
from storage.store import Store

MOST_ACTS = 8_000_000
"""So many fit in 500 MB while they are sorted. Of a larger account half the followers are learned from, or a quarter,
and so on, and every time the same: what goes together among a million people does so among half of them."""


class Acts(NamedTuple):
    """One act a place: numbers of follower and item, and how strong it was, in 0..1; ``slugs`` by item number."""

    slugs: list[str]
    followers: NDArray[np.int32]
    items: NDArray[np.int32]
    strengths: NDArray[np.float32]


class _Part(NamedTuple):
    lots: NDArray[np.uint32]
    followers: NDArray[np.int32]
    items: NDArray[np.int32]
    strengths: NDArray[np.float32]

    def drawn(self, mask: int) -> _Part:
        """The acts of those followers whose lot has none of the bits of `mask`."""
        on = (self.lots & np.uint32(mask)) == 0
        return _Part(self.lots[on], self.followers[on], self.items[on], self.strengths[on])


def gather_acts(store: Store) -> Acts:
    """The acts of all followers, or of so many of them that there are not too many acts.

    Age plays no part: what somebody did with an item is as strong as it was when they last touched it, for it does not
    fade which items go together. What was given back or given one or two stars speaks for no neighbour.
    """
    numbers: dict[str, int] = {}
    parts: list[_Part] = []
    mask = count = follower = 0
    last = ""
    for page in engagement_pages.pages(store):
        whose = []
        for row in page:
            if row[0] != last:
                last, follower = row[0], follower + 1
            whose.append(follower)
        parts.append(_part(page, whose, numbers).drawn(mask))
        count += len(parts[-1].items)
        while count > MOST_ACTS:
            mask = 2 * mask + 1
            parts = [part.drawn(mask) for part in parts]
            count = sum(len(part.items) for part in parts)
    return _joined(parts, numbers)


def _part(page: list[engagement_pages.Row], whose: list[int], numbers: dict[str, int]) -> _Part:
    openids, slugs, stored, changed, stars, returned = zip(*page, strict=True)
    strengths = weights(np.array(stored, dtype=np.float64), np.array(changed, dtype=np.float64))
    given = np.array(stars)
    strengths[(given > 0) & (given <= BAD_STARS)] = 0
    strengths[[at is not None for at in returned]] = 0
    return _Part(
        np.array([crc32(openid.encode()) for openid in openids], dtype=np.uint32),
        np.array(whose, dtype=np.int32),
        np.array([numbers.setdefault(slug, len(numbers)) for slug in slugs], dtype=np.int32),
        strengths.astype(np.float32),
    )


def _joined(parts: list[_Part], numbers: dict[str, int]) -> Acts:
    """All parts as one, the items numbered in the order of their slugs."""
    slugs = sorted(numbers)
    places = np.zeros(len(slugs), dtype=np.int32)
    places[[numbers[slug] for slug in slugs]] = np.arange(len(slugs), dtype=np.int32)
    none = np.zeros(0)
    parts.append(_Part(none.astype(np.uint32), none.astype(np.int32), none.astype(np.int32), none.astype(np.float32)))
    _, followers, items, strengths = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    parts.clear()
    return Acts(slugs, followers, places[items], strengths)
