"""What an account's followers, taken together, taught about its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Figures(NamedTuple):
    """How one item did, in counts. ``read``: opened, and half of it or a minute read; ``stars_sum`` over
    ``stars_count`` is its average rating."""

    exposed: int
    opened: int
    read: int
    finished: int
    liked: int
    stars_sum: int
    stars_count: int
    bought: int
    returned: int


@dataclass(frozen=True)
class Learned:
    """``neighbours`` are an item's (slug, strength), the strongest first; ``tastes`` the average weight, 0 to 1, of
    each tag among those who came from one source, "" standing for everybody."""

    figures: Mapping[str, Figures]
    neighbours: Mapping[str, Sequence[tuple[str, float]]]
    tastes: Mapping[str, Mapping[str, float]]


NOTHING_LEARNED = Learned({}, {}, {})
