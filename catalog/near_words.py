"""Words that are nearly one word: slips of the keyboard (photoshp), and longer words around a shorter one (学法语)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz import fuzz

NEAR = 80.0
"""rapidfuzz ratio, 0..100: one letter of five may be wrong."""
NEAR_FROM_CHARACTERS = 4
"""Of three characters any one may make another word."""
MOST_LIKELY = 32
"""Words that are compared with one: those that share most pairs of characters with it."""


def gather(words: Mapping[str, int]) -> dict[str, str]:
    """Each of `words` (-> how many people use it) -> the word it is counted as, itself or a more used one near it.

    Does not depend on the order of `words`: the most used come first, of equals the shorter.
    """
    chosen: dict[str, str] = {}
    by_bigram: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (-words[one], len(one), one)):
        chosen[word] = _near(word, by_bigram) or word
        if chosen[word] == word:
            for bigram in _bigrams(word):
                by_bigram[bigram].append(word)
    return chosen


def _near(word: str, by_bigram: Mapping[str, list[str]]) -> str:
    """The most used word of those gathered so far that stands in `word` or is nearly it, "" for none."""
    shared: dict[str, int] = defaultdict(int)
    for bigram in _bigrams(word):
        for other in by_bigram.get(bigram, ()):
            shared[other] += 1
    likely = sorted(shared, key=lambda one: (-shared[one], len(one), one))[:MOST_LIKELY]
    return next((other for other in likely if _is_nearly(word, other)), "")


def _is_nearly(word: str, other: str) -> bool:
    if other in word and not word.isascii():  # "art" in "party" is chance, 法语 in 学法语 is not
        return True
    return min(len(word), len(other)) >= NEAR_FROM_CHARACTERS and fuzz.ratio(word, other) >= NEAR


def _bigrams(word: str) -> set[str]:
    return {word[n : n + 2] for n in range(len(word) - 1)}
