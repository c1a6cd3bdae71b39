"""User behaviour analysis: from what a follower does to what a follower likes.

Every behaviour teaches lessons: (tag, strength). A tag's score is the sum of its likings, each fading by half
every ``HALF_LIFE``:  score(now) = sum of strength_i * 2 ** (-(now - t_i) / HALF_LIFE).

The sum is stored grown forward to a fixed ``EPOCH`` instead of faded back to now (forward decay, Cormode et al.,
ICDE 2009): stored = sum of strength_i * 2 ** ((t_i - EPOCH) / HALF_LIFE). So learning is one addition, in any
order, by any number of writers, and reading rewrites nothing. With a half-life of 30 days a double overflows
after about 84 years.

A score becomes a weight in 0..1 by  weight = 1 - e ** (-score / SATURATION): the first lessons count most, and a
hundred messages about one thing do not drown everything else.

A refusal ("别再推理财了") is a wish, not a taste: it does not fade, and no number of questions, taps or purchases
outweighs it. It ends when the follower says that they like the subject after all, or has it forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.answer import Lesson

DAY = 86_400

HALF_LIFE = 30 * DAY
"""A month: a taste for a subject lasts longer than a question, and a holiday plan is over after a season."""

EPOCH = 1_767_225_600
"""2026-01-01 UTC, the zero of the stored scores. Any fixed moment would do; never change it on a live base."""

SATURATION = 2.0
"""One question (strength 1) gives 0.39, a chosen interest (2) 0.63, three questions 0.78."""

STRENGTHS: Mapping[str, float] = {
    # Paying beats reading, reading beats asking, asking beats tapping: the dearer the act, the truer the taste.
    "buy": 4.0,  # money: two chosen interests' worth
    "like": 2.0,  # "我喜欢X", or an interest chosen from the welcome
    "praise": 2.0,  # the heart of an item's page
    "share": 1.5,  # set out to share it: one's own name will stand beside it
    "stars": 1.3,  # gave four stars or five: read, and found good
    "finish": 1.2,  # read to the end, on top of "read"
    "read": 1.1,  # half of it, or a minute: minutes of one's life, where a question costs seconds
    "ask": 1.0,  # a tag's word in a message
    "imported": 2.0,  # an operator's file says so: as good as chosen, until the follower does something about it
    "told": 1.0,  # their occupation or city is a word of the tag: said once, on purpose
    "click": 0.6,  # opened a recommended item: curiosity, not yet reading
    "kin": 0.5,  # a tag of this subject was asked for: who asks for 跑步 may like 健身
    "tap": 0.5,  # a menu button of a subject: one idle thumb
    "refuse": -3.0,  # "不想学X": said on purpose; see REFUSED
}

PERSONALISATION = "个性化"
"""The opt-out topic of who wants no recommendation from what is known about them: 关闭个性化."""

MOST_TAGS_PER_MESSAGE = 8
"""Nobody means more than a handful of subjects in one message; a pasted article would teach noise."""

SHOWN_WEIGHT = 0.02
"""Below this a tag has faded: it is neither shown nor used (one question falls under it after 139 days)."""


SAME_ACT_SECONDS = 60
"""The same word (or button) for the same tag again within a minute is a double tap or impatience: it adds nothing."""


class Interest(NamedTuple):
    """One tag of one follower: weight in -1..1 at a moment (negative = refused) and the last reason for it."""

    tag: str
    weight: float
    cause: str  # a key of STRENGTHS
    word: str  # the follower's word
    at: int = 0  # when that was
    beneath: float = 0.0  # the weight it will have when a refusal is taken back


def grown(strength: float, at: int) -> float:
    """`strength` learned at time `at`, as it is added to the stored score."""
    return strength * math.pow(2.0, (at - EPOCH) / HALF_LIFE)


def faded(stored: float, now: int) -> float:
    """What a stored score is worth at `now`."""
    return stored * math.pow(2.0, -(now - EPOCH) / HALF_LIFE)


def weight_of(score: float) -> float:
    """The weight of a score of this moment, in -1..1; 0 means unknown."""
    return 1.0 - math.exp(-score / SATURATION) if score >= 0 else math.exp(score / SATURATION) - 1.0


REFUSED = weight_of(STRENGTHS["refuse"])
"""The weight of a refused tag (-0.78), today and in a year."""


class Taste(NamedTuple):
    """What is stored of one tag of one follower: the grown sum of its likings, and when it was last refused and last
    said to be liked (0 = never). Merging two is adding the one and taking the later of the others, so the order in
    which lessons arrive does not matter."""

    score: float = 0.0
    refused_at: int = 0
    chosen_at: int = 0

    def taught(self, one: Lesson, at: int) -> Taste:
        """After this lesson of `at`."""
        added = lesson_taste(one, at)
        return Taste(
            self.score + added.score, max(self.refused_at, added.refused_at), max(self.chosen_at, added.chosen_at)
        )

    @property
    def refused(self) -> bool:
        """Does a refusal stand? Of one second, it outlasts the liking."""
        return bool(self.refused_at) and self.refused_at >= self.chosen_at

    def interest(self, tag: str, cause: str, word: str, at: int, scale: float) -> Interest:
        """As it is felt now; `scale` is ``faded(1.0, now)``."""
        liking = weight_of(self.score * scale)
        return Interest(tag, REFUSED if self.refused else liking, cause, word, at, liking)


def lesson_taste(one: Lesson, at: int) -> Taste:
    """What one lesson of `at` adds."""
    refused, chosen = one.strength < 0, one.cause == "like"
    return Taste(grown(max(one.strength, 0.0), at), at if refused else 0, at if chosen else 0)


def weight(stored: float, now: int) -> float:
    """The weight at `now` of a stored score."""
    return weight_of(faded(stored, now))


def weights(stored: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """``weight`` of many scores that are not negative, each at its own moment."""
    age = (at - EPOCH) / HALF_LIFE
    felt: NDArray[np.float64] = 1.0 - np.exp(-stored * np.exp2(-age) / SATURATION)
    return felt


LONGEST_WORD = 64
"""Characters of a word that are kept as evidence."""


def lesson(tag: str, cause: str, word: str) -> Lesson:
    """What one act teaches of one tag."""
    return Lesson(tag, STRENGTHS[cause], cause, word[:LONGEST_WORD])


def lessons(found: Iterable[tuple[str, str, bool]], parents: Mapping[str, str]) -> tuple[Lesson, ...]:
    """Turn what was found in a text, (tag, the follower's word, wanted?), into at most one lesson a tag.

    The same word a hundred times teaches no more than once. A tag both wanted and refused in one message was
    refused: the rarer thing to say is the one that was meant. A tag wanted also teaches a little about the subject
    it belongs to (`parents`: tag -> subject); a tag refused does not.
    """
    taught: dict[str, Lesson] = {}
    for tag, word, wanted in found:
        known = taught.get(tag)
        if known is None or (known.strength > 0 and not wanted):
            taught[tag] = lesson(tag, "ask" if wanted else "refuse", word)
    kept = dict(list(taught.items())[:MOST_TAGS_PER_MESSAGE])
    for one in list(kept.values()):
        subject = parents.get(one.tag, "")
        if one.strength > 0 and subject and subject not in taught:
            kept.setdefault(subject, lesson(subject, "kin", one.word))
    return tuple(kept.values())


def not_repeated(taught: Iterable[Lesson], known: Iterable[Interest], now: int) -> tuple[Lesson, ...]:
    """Those of `taught` that are not the same act as a moment ago."""
    lately = {(one.tag, one.cause, one.word) for one in known if now - one.at < SAME_ACT_SECONDS}
    return tuple(one for one in taught if (one.tag, one.cause, one.word) not in lately)


def with_lessons(known: Iterable[Interest], taught: Iterable[Lesson], now: int) -> list[Interest]:
    """What is known after these lessons were learned at `now`, strongest liking first."""
    by_tag = {interest.tag: interest for interest in known}
    for one in taught:
        before = by_tag.get(one.tag, Interest(one.tag, 0.0, "", ""))
        liking = before.beneath if before.weight < 0 else before.weight
        score = -SATURATION * math.log1p(-min(liking, 0.999_999)) + max(one.strength, 0.0)
        stands = one.strength < 0 or (before.weight < 0 and one.cause != "like")
        liking = weight_of(score)
        by_tag[one.tag] = Interest(one.tag, REFUSED if stands else liking, one.cause, one.word, now, liking)
    return sorted(by_tag.values(), key=lambda interest: (-interest.weight, interest.tag))
