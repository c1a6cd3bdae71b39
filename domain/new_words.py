"""Words that followers use and the dictionary does not know: found by how firmly their pieces hold together.

A string of neighbouring pieces is taken for one word when

* its pieces meet more often than chance would have it, at every place where it could be cut: pointwise mutual
  information (Church and Hanks, Computational Linguistics 16(1), 1990, p. 22-29), scaled to -1..1 by what it can be at
  most (normalised: Bouma, GSCL 2009) so that rare strings are not favoured;
* and what stands before and after it varies: branching entropy (Jin and Tanaka-Ishii, COLING/ACL 2006, p. 428-435).
  Inside a word the next piece is known (人工|智 is always followed by 能), at its end it is open.

A word that is known but means no tag is put to the tag whose followers use it most beyond chance: the log-likelihood
ratio (Dunning, Computational Linguistics 19(1), 1993, p. 61-74). Everything counts different followers, so that nobody
proposes a word by saying it a hundred times.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

LEAST_FOLLOWERS = 3
"""Fewer may be one family, or one person's name."""
LEAST_COHESION, LEAST_OF_WHOLE_WORDS = 0.5, 0.7
"""Normalised mutual information: two pieces that are seen together only have 1. Where every piece is a word of its own
(外观|漂亮) more is asked: such a string is mostly a common phrase."""
LEAST_FREEDOM = 1.0
"""Bits of branching entropy on the poorer side: two neighbours, each half of the time."""
MOST_PIECES, LONGEST = 4, 8
"""Pieces, and characters, of one word."""
LEAST_LIKELIHOOD, LEAST_SHARE, LEAST_LIFT = 6.63, 1 / 3, 2.0
"""A word goes with a tag when the log-likelihood ratio is above that of p = 0.01 (chi-squared, one degree of freedom),
when so many of its users name the tag, and so many times as many as of all followers: 非常 goes with everything."""

Pieces = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who wrote it, and the pieces of each of its clauses, no punctuation among them."""

    openid: str
    clauses: tuple[Pieces, ...]


@dataclass(frozen=True, slots=True)
class NewWord:
    """A string that ``followers`` people use as one word and the dictionary cuts into ``pieces``; ``cohesion`` is
    -1..1, ``freedom`` bits, on the poorer side."""

    pieces: Pieces
    followers: int
    cohesion: float
    freedom: float

    @property
    def word(self) -> str:
        """The whole."""
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Companion:
    """A ``word`` of ``followers`` people that means no tag: ``shared`` of them also speak of ``tag``, which is more
    than chance would have; both are 0 and "" where no tag does."""

    word: str
    followers: int
    tag: str
    shared: int


def new_words(said: Sequence[Said], may_be_part: Callable[[str], bool]) -> list[NewWord]:
    """The strings that hold together, what most followers use first. `may_be_part` tells whether a piece may be part
    of a word: 的 may not."""
    counts = _count(said)
    total = sum(count for pieces, count in counts.items() if len(pieces) == 1)
    wanted = {
        pieces
        for pieces in counts
        if len(pieces) > 1 and sum(map(len, pieces)) <= LONGEST and all(map(may_be_part, pieces))
    }
    found = []
    for pieces, around in _surroundings(said, wanted).items():
        cohesion, freedom = _cohesion(pieces, counts, total), around.freedom
        least = LEAST_OF_WHOLE_WORDS if min(map(len, pieces)) > 1 else LEAST_COHESION
        if len(around.openids) >= LEAST_FOLLOWERS and cohesion >= least and freedom >= LEAST_FREEDOM:
            found.append(NewWord(pieces, len(around.openids), round(cohesion, 4), round(freedom, 4)))
    return sorted(found, key=lambda one: (-one.followers, -one.cohesion, one.word))


def _count(said: Iterable[Said]) -> dict[Pieces, int]:
    """How often each piece and each string of pieces is used; strings that are used less than ``LEAST_FOLLOWERS`` times
    are left out, so a longer one is counted only where its parts are frequent (Agrawal and Srikant, VLDB 1994)."""
    clauses = [clause for one in said for clause in one.clauses]
    counts: dict[Pieces, int] = Counter((piece,) for clause in clauses for piece in clause)
    known: Collection[Pieces] = counts
    for size in range(2, MOST_PIECES + 1):
        longer = Counter(
            clause[n : n + size]
            for clause in clauses
            for n in range(len(clause) - size + 1)
            if clause[n : n + size - 1] in known and clause[n + 1 : n + size] in known
        )
        known = {pieces: count for pieces, count in longer.items() if count >= LEAST_FOLLOWERS}
        counts.update({pieces: longer[pieces] for pieces in known})
    return counts


class _Around:
    """Who uses a string, and what stands beside it: each neighbour once a follower."""

    def __init__(self) -> None:
        self.openids: set[str] = set()
        self.before: set[tuple[str, str]] = set()
        self.after: set[tuple[str, str]] = set()

    @property
    def freedom(self) -> float:
        return min(_entropy(Counter(piece or openid for piece, openid in side)) for side in (self.before, self.after))


def _surroundings(said: Iterable[Said], wanted: Collection[Pieces]) -> Mapping[Pieces, _Around]:
    """What stands around the strings; "" is the end of a clause, which is open: to each follower another neighbour."""
    found: dict[Pieces, _Around] = defaultdict(_Around)
    for one in said:
        for clause in one.clauses:
            for begin, end in _spans(len(clause)):
                if clause[begin:end] in wanted:
                    around = found[clause[begin:end]]
                    around.openids.add(one.openid)
                    around.before.add((clause[begin - 1] if begin else "", one.openid))
                    around.after.add((clause[end] if end < len(clause) else "", one.openid))
    return found


def _spans(length: int) -> Iterator[tuple[int, int]]:
    for begin in range(length):
        for end in range(begin + 2, min(begin + MOST_PIECES, length) + 1):
            yield begin, end


def _cohesion(pieces: Pieces, counts: Mapping[Pieces, int], total: int) -> float:
    """The normalised mutual information at the weakest place to cut."""
    whole = counts[pieces] / total
    weakest = min(
        math.log2(whole * total * total / (counts[pieces[:cut]] * counts[pieces[cut:]]))
        for cut in range(1, len(pieces))
    )
    return weakest / -math.log2(whole) if whole < 1 else 1.0


def _entropy(neighbours: Counter[str]) -> float:
    total = neighbours.total()
    return -sum(count / total * math.log2(count / total) for count in neighbours.values())


def companions(words_of: Mapping[str, Collection[str]], tags_of: Mapping[str, Collection[str]]) -> list[Companion]:
    """The words that at least ``LEAST_FOLLOWERS`` followers use, each with the tag it goes with. `words_of` maps an
    openid to the words they used that mean no tag, `tags_of` to the tags they named, somewhere."""
    users = Counter(word for used in words_of.values() for word in used)
    namers = Counter(tag for tags in tags_of.values() for tag in tags)
    frequent = {word for word, count in users.items() if count >= LEAST_FOLLOWERS}
    both = Counter(
        (word, tag)
        for openid, used in words_of.items()
        for word in frequent.intersection(used)
        for tag in tags_of.get(openid, ())
    )
    everybody = len({*words_of, *tags_of})
    best: dict[str, tuple[float, str]] = {}
    for (word, tag), shared in sorted(both.items()):
        by_chance = users[word] * namers[tag] / everybody
        goes = shared >= max(LEAST_FOLLOWERS, LEAST_SHARE * users[word], LEAST_LIFT * by_chance)
        likely = _likelihood(shared, users[word], namers[tag], everybody) if goes else 0.0
        if likely > max(best.get(word, (0.0, ""))[0], LEAST_LIKELIHOOD):
            best[word] = (likely, tag)
    found = []
    for word in frequent:
        tag = best[word][1] if word in best else ""
        found.append(Companion(word, users[word], tag, both[word, tag] if tag else 0))
    return sorted(found, key=lambda one: (-one.followers, one.word))


def _likelihood(both: int, one: int, other: int, everybody: int) -> float:
    """Dunning's log-likelihood ratio of two things being done by the same people."""
    table = ((both, one - both), (other - both, everybody - one - other + both))
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    return 2.0 * sum(
        count * math.log(count * everybody / (rows[n] * columns[m]))
        for n, row in enumerate(table)
        for m, count in enumerate(row)
        if count
    )
