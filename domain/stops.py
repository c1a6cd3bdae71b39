"""Where readers stop: the passage at which more leave than elsewhere in the same text.

Readers are followed through the passages as through the years of a life table: of those who came to a passage, so many
went no further. Were all characters alike, every character read would cost the same, and of all who left, a passage
would have its share of the characters read. It is named when the interval (``domain/rates.py``) of its share of those
who left lies above that: the conditional test of two Poisson rates (Przyborowski and Wilenski, Biometrika 31, 1940,
p. 313-323).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.passages import FREE, Passage
from domain.rates import Rate

READ_PERCENT, READ_SECONDS = 50, 60
"""From here on a text counts as read: half of it, or a minute."""
FINISHED_PERCENT = 90
"""From here on it counts as read to the end: below stand the related ones."""
WALL_PERCENT = 85
"""Whoever came so far in the free part has seen that the rest costs money. Its page never tells more than 89."""
FIRST_SCREEN = 300
"""Characters a phone shows before anything is scrolled: who leaves there did not leave because of its last line."""
STRICT_Z = 3.0
"""Normal quantile: of 25 passages without any fault one is named in three texts of a hundred."""
MUCH_MORE, LEAST_SHARE = 1.5, 0.05
"""Times as many as elsewhere, and of those who came: with 100,000 readers every difference is certain, and most are of
no use."""


@dataclass(frozen=True, slots=True)
class PassageReading:
    """How a passage was read: ``stopped.of`` readers came to it, ``stopped.hits`` went no further; ``usual`` is the
    share (0..1) that leaves a passage of this length elsewhere in the text; ``loses`` = surely and far more do here.
    """

    passage: Passage
    stopped: Rate
    usual: float
    loses: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a text was read, by those who may read this ``part`` of it (``FREE``: people who do not own it).

    ``opening`` = left on the first screen, of everybody; ``finished`` = read to the end, of everybody; for ``FREE``
    that is the paywall, and stopping there is no fault of the text.
    """

    part: str
    readers: int
    opening: Rate
    finished: Rate
    passages: tuple[PassageReading, ...]

    @property
    def losing(self) -> tuple[PassageReading, ...]:
        """The passages that lose surely more than others, those that lose most readers first."""
        worst = [one for one in self.passages if one.loses]
        return tuple(sorted(worst, key=lambda one: (-one.stopped.hits, one.passage.start)))


def reading(part: str, passages: Sequence[Passage], length: int, furthest: Mapping[int, int]) -> Reading:
    """Judge `furthest`: percent -> how many readers came just so far, of a text of `length` characters."""
    end = WALL_PERCENT if part == FREE else FINISHED_PERCENT
    readers = sum(furthest.values())
    finished = sum(count for percent, count in furthest.items() if percent >= end)
    screen = min(1.0, FIRST_SCREEN / length) if length else 1.0
    open_to = max((one.end for one in passages if one.start < screen), default=0.0)
    left = sum(count for percent, count in furthest.items() if percent < end and percent / 100 <= open_to)
    counted = _count([one for one in passages if one.start >= open_to], furthest, end)
    judged = tuple(_judge(n, counted) for n in range(len(counted)))
    return Reading(part, readers, Rate(left, readers), Rate(finished, readers), judged)


def _count(passages: Sequence[Passage], furthest: Mapping[int, int], end: int) -> list[tuple[Passage, Rate]]:
    """(passage, stopped of those who came) of each passage that begins before the end."""
    found = []
    for one in passages:
        if one.start * 100 >= end:
            break
        came = sum(count for percent, count in furthest.items() if percent / 100 > one.start)
        went_on = sum(count for percent, count in furthest.items() if percent / 100 > one.end or percent >= end)
        found.append((one, Rate(came - went_on, came)))
    return found


def _judge(which: int, counted: Sequence[tuple[Passage, Rate]]) -> PassageReading:
    passage, stopped = counted[which]
    read = [(one.end - one.start) * (rate.of - rate.hits / 2) for one, rate in counted]
    left = Rate(stopped.hits, sum(rate.hits for _, rate in counted))
    others = sum(read) - read[which]
    usual = 1.0 - math.exp(-(left.of - left.hits) / others * (passage.end - passage.start)) if others else 0.0
    surely = stopped.enough and others > 0 and left.bounds(STRICT_Z)[0] > read[which] / sum(read)
    loses = surely and stopped.estimate >= max(MUCH_MORE * usual, LEAST_SHARE)
    return PassageReading(passage, stopped, usual, loses)
