"""What an account's followers, taken together, taught about its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


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


class Neighbours(Mapping[str, Sequence[tuple[str, float]]]):
    """Slug -> (other slug, strength), the strongest first; held in arrays, at 8 bytes a pair, as a million pairs of
    Python objects would take a hundred megabytes of every web worker.

    Item ``slugs[n]``'s neighbours are ``others`` (numbers in ``slugs``) and ``strengths`` from ``begins[n]`` up to
    ``begins[n + 1]``.
    """

    def __init__(self, rows: Iterable[tuple[str, Sequence[tuple[str, float]]]]) -> None:
        numbers: dict[str, int] = {}
        parts: dict[int, tuple[NDArray[np.int32], NDArray[np.float32]]] = {}
        for slug, found in rows:
            others = [numbers.setdefault(other, len(numbers)) for other, _ in found]
            strengths = [strength for _, strength in found]
            own = numbers.setdefault(slug, len(numbers))
            parts[own] = np.array(others, dtype=np.int32), np.array(strengths, dtype=np.float32)
        self.slugs: Sequence[str] = list(numbers)
        self._numbers: Mapping[str, int] = numbers
        lengths = [len(parts[n][0]) if n in parts else 0 for n in range(len(numbers))]
        self.begins: NDArray[np.int64] = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        ordered = [parts[n] for n in sorted(parts)]
        self.others = np.concatenate([np.zeros(0, dtype=np.int32), *(part[0] for part in ordered)])
        self.strengths = np.concatenate([np.zeros(0, dtype=np.float32), *(part[1] for part in ordered)])

    def __getitem__(self, slug: str) -> list[tuple[str, float]]:
        number = self._numbers[slug]
        span = slice(self.begins[number], self.begins[number + 1])
        if span.start == span.stop:
            raise KeyError(slug)
        others = (self.slugs[other] for other in self.others[span].tolist())
        return list(zip(others, self.strengths[span].tolist(), strict=True))

    def __iter__(self) -> Iterator[str]:
        return (self.slugs[n] for n in np.flatnonzero(np.diff(self.begins)).tolist())

    def __len__(self) -> int:
        return int(np.count_nonzero(np.diff(self.begins)))


@dataclass(frozen=True)
class Learned:
    """``neighbours`` are an item's (slug, strength), the strongest first; ``tastes`` the average weight, 0 to 1, of
    each tag among those who came from one source, "" standing for everybody."""

    figures: Mapping[str, Figures]
    neighbours: Mapping[str, Sequence[tuple[str, float]]]
    tastes: Mapping[str, Mapping[str, float]]


NOTHING_LEARNED = Learned({}, {}, {})
