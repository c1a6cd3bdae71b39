"""From a follower's words to the catalogue's tags: tag names, synonyms, and near misses."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from rapidfuzz import fuzz, process

from catalog import words
from domain.attitude import clauses

_BETWEEN = "\n"
"""Clauses that follow each other and are of one mind are cut together, which is cheaper: no word reaches across it."""
NEAR = 80.0
"""rapidfuzz ratio, 0..100. 80 lets one letter of a three-letter word be added (健身房 for 健身), and one of a
six-letter word be wrong (pythom); a two-letter word must be right."""
NEAR_FROM_CHARACTERS = 3
ALIKE = 50.0
"""From here on a word is worth being asked "did you mean": one letter of two."""
LONGEST_TEXT = 2_000
"""Characters of one message that are read for interests; more is a pasted article, not a wish."""


class Vocabulary:
    """Knows which tag a word means. Built once per version of the catalogue."""

    def __init__(self, tags: Mapping[str, tuple[str, ...]]) -> None:
        self.tags = tuple(tags)
        self._tag_of = {words.plain(word): tag for tag, synonyms in tags.items() for word in (*synonyms, tag)}
        words.teach(self._tag_of)
        self._means = _Meanings(self._tag_of)
        self.plain_tags = {tag: words.plain(tag) for tag in tags}

    def tag(self, word: str) -> str:
        """The tag a `plain` word means, "" for none. A near miss counts: 健身房 means 健身."""
        return self._means[word]

    def named(self, word: str) -> str:
        """The tag of which a word is the name or a synonym, "" for none: no near misses."""
        return self._tag_of.get(words.plain(word), "")

    def like(self, word: str) -> str:
        """The tag that is most like a word, "" where none is alike."""
        best = process.extractOne(words.plain(word), self._tag_of.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self._tag_of[best[0]] if best else ""

    def read(self, text: str) -> list[tuple[str, str, bool]]:
        """Every word of a `plain` text: (the tag it means or "", the word, wanted?), in order."""
        means = self._means
        return [
            (means[word], word, wanted)
            for wanted, alike in groupby(clauses(text[:LONGEST_TEXT]), itemgetter(1))
            for word in words.cut(_BETWEEN.join([clause for clause, _ in alike]))
            if word != _BETWEEN
        ]

    def find(self, text: str) -> list[tuple[str, str, bool]]:
        """What a `plain` text names: (tag, the word, wanted?), in order."""
        return [one for one in self.read(text) if one[0]]


class _Meanings(dict[str, str]):
    """Word -> the tag it means, "" for none: of the words that were met, looked up at the speed of a dict."""

    def __init__(self, tag_of: Mapping[str, str]) -> None:
        super().__init__(tag_of)
        self._tag_of = tag_of

    def __missing__(self, word: str) -> str:
        if len(self) >= words.REMEMBERED_WORDS + len(self._tag_of):
            self.clear()
            self.update(self._tag_of)
        found = self[word] = self._nearest(word)
        return found

    def _nearest(self, word: str) -> str:
        if word in self._tag_of:
            return self._tag_of[word]
        if len(word) < NEAR_FROM_CHARACTERS or not word.isalpha() or word in words.stop_words():
            return ""
        best = process.extractOne(word, self._tag_of.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
        return self._tag_of[best[0]] if best else ""
