"""Cold start by source: what those who came the same way turned out to like, on average.

The average of few says little, so it is drawn toward that of the whole account as if ``USUAL`` more followers had come
that liked what everybody likes; the account's own average is drawn toward nothing likewise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.interests import SHOWN_WEIGHT

EVERYBODY = ""
"""The source that stands for the whole account."""
USUAL = 20
"""Twenty followers of a source weigh as much as everybody else together."""
FEWEST_FOLLOWERS = 5
"""A source fewer came from has no taste of its own: it would be that of single persons."""
MOST_TAGS = 20
"""The strongest: a first offer is made from a handful."""
MOST_SOURCES = 1_000
"""The largest: every web worker holds them."""


@dataclass
class Tastes:
    """The sum of everybody's tastes so far."""

    people: Counter[str] = field(default_factory=Counter)
    sums: defaultdict[str, defaultdict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )

    def add(self, source: str, weights: Iterable[tuple[str, float]]) -> None:
        """One follower, of whom something is known, came by `source` ("" = nobody knows how) and likes these tags so
        much, in 0..1."""
        for whence in {source, EVERYBODY}:
            self.people[whence] += 1
            sums = self.sums[whence]
            for tag, weight in weights:
                sums[tag] += weight

    def averages(self) -> dict[str, dict[str, float]]:
        """Source -> tag -> shrunken average in 0..1, the strongest first, of the sources that are large enough."""
        people = self.people[EVERYBODY]
        usual = {tag: total / (people + USUAL) for tag, total in self.sums[EVERYBODY].items()}
        large = [source for source, count in self.people.most_common(MOST_SOURCES + 1) if count >= FEWEST_FOLLOWERS]
        return {source: _strongest(usual if source == EVERYBODY else self._of(source, usual)) for source in large}

    def _of(self, source: str, usual: Mapping[str, float]) -> dict[str, float]:
        count, sums = self.people[source], self.sums[source]
        return {tag: (sums.get(tag, 0.0) + USUAL * often) / (count + USUAL) for tag, often in usual.items()}


def _strongest(weights: Mapping[str, float]) -> dict[str, float]:
    order = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:MOST_TAGS]
    return {tag: weight for tag, weight in order if weight >= SHOWN_WEIGHT}
