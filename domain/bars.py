"""Why an item may not be shown to a follower: what ``Ranking`` leaves out, told one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain.follower import Follower
from domain.item import Item
from domain.ranking import SEEN_ENOUGH

MISSING, DRAFT, REVIEW, NOT_OUT, OWNED, FINISHED, REFUSED, SEEN = (
    "missing", "draft", "review", "not_out", "owned", "finished", "refused", "seen",
)  # fmt: skip
"""Not in the catalogue; in it with the status draft or review; its day has not come; the follower may read it whole;
read it to the end; refused one of its tags; left it unopened ``SEEN_ENOUGH`` times within a week."""


class Bar(NamedTuple):
    """One reason. ``tag`` is what was refused, ``times`` how often it was seen in vain (0 for the others); ``since``
    and ``until`` are seconds since 1970 where they are known; ``until`` None = it does not end by itself."""

    why: str
    tag: str = ""
    times: int = 0
    since: int | None = None
    until: int | None = None


def bars(item: Item, follower: Follower, now: int) -> Iterator[Bar]:
    """All that keeps an item of the catalogue from a follower at `now`; nothing = it may be shown."""
    if not item.is_out(now):
        yield Bar(NOT_OUT, until=item.published)
    if item.slug in follower.owned:
        yield Bar(OWNED)
    if item.slug in follower.finished:
        yield Bar(FINISHED)
    for tag in item.tags:
        if follower.weights.get(tag, 0.0) < 0:
            yield Bar(REFUSED, tag)
    times = follower.shown.get(item.slug, 0)
    if times >= SEEN_ENOUGH:
        yield Bar(SEEN, times=times)
