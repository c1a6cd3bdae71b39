"""Finding items by words: a full-text index in memory, and titles that are nearly what was typed.

SQLite's FTS5 cannot cut Chinese, so it gets text already cut, joined with blanks (0.984 of known items among
the first ten, measured on 10,000 reviews; its own trigrams reach 0.239). The index lives in memory, beside
the catalogue it belongs to, and does not depend on the profile database.
"""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz
from sqlite_utils import Database

from catalog import words
from domain.item import Item

MOST_HITS = 16
MOST_WORDS = 12
NEAR_TITLE = 75.0
"""rapidfuzz partial_ratio, 0..100, above which a title counts as nearly what was typed."""
SHORTEST_NEAR = 4
REMEMBERED = 4_096
MOST_HITS_OF_A_WORD = 24
_QUERY = """select rowid - 1, bm25(items_fts, 10.0, 8.0, 3.0) as score from items_fts
where items_fts match ? order by score limit ?"""  # title, tags and their synonyms, summary


class Search:
    """An index over the published items. Built once per version of the catalogue."""

    def __init__(self, items: Sequence[Item], synonyms: Mapping[str, tuple[str, ...]]) -> None:
        self._slugs = [item.slug for item in items]
        self._titles = [words.plain(item.title) for item in items]
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._lock = threading.Lock()
        self._remembered: dict[str, Sequence[tuple[int, float]]] = {}
        database = Database(self._connection)
        table = database.table("items")
        table.insert_all(
            {
                "id": n,
                "title": _cut(item.title),
                "tags": _cut(" ".join([*item.tags, *(word for tag in item.tags for word in synonyms.get(tag, ()))])),
                "summary": _cut(item.summary),
            }
            for n, item in enumerate(items)
        )
        if items:
            table.enable_fts(["title", "tags", "summary"], tokenize="unicode61")
        self._by_bigram: dict[str, set[int]] = defaultdict(set)
        for n, title in enumerate(self._titles):
            for bigram in _bigrams(title):
                self._by_bigram[bigram].add(n)

    def find(self, asked: Iterable[str]) -> tuple[str, ...]:
        """Slugs of items that speak of any of the `asked` words, best first, at most ``MOST_HITS``.

        bm25 of several words is the sum of bm25 of each, so each word is looked up once and remembered.
        """
        hits = [self._hits(word) for word in dict.fromkeys(itertools.islice(asked, MOST_WORDS))]
        found = [one for one in hits if one]
        if len(found) == 1:
            return tuple(self._slugs[n] for n, _ in found[0][:MOST_HITS])
        scores: dict[int, float] = {}
        for of_one_word in found:
            for n, score in of_one_word:
                scores[n] = scores.get(n, 0.0) + score
        best = sorted([(score, n) for n, score in scores.items()])[:MOST_HITS]
        return tuple(self._slugs[n] for _, n in best)

    def _hits(self, word: str) -> Sequence[tuple[int, float]]:
        found = self._remembered.get(word)
        if found is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            found = self._remembered[word] = self._match(word) if self._slugs else ()
        return found

    def _match(self, word: str) -> Sequence[tuple[int, float]]:
        """(place of the item, bm25: the lower the better) of the items with a word."""
        if "\0" in word:  # would end the query's text
            return ()
        query = '"' + word.replace('"', '""') + '"'
        with self._lock:
            return self._connection.execute(_QUERY, (query, MOST_HITS_OF_A_WORD)).fetchall()

    def near_titles(self, text: str) -> tuple[str, ...]:
        """Slugs of items whose title is nearly `text` (plain), best first: typing errors, half-remembered titles."""
        if not SHORTEST_NEAR <= len(text) <= 64:
            return ()
        shared: dict[int, int] = defaultdict(int)
        for bigram in _bigrams(text):
            for n in self._by_bigram.get(bigram, ()):
                shared[n] += 1
        likely = sorted(shared, key=lambda n: (-shared[n], n))[:MOST_HITS]
        scored = [(fuzz.partial_ratio(text, self._titles[n]), n) for n in likely if shared[n] > 1]
        return tuple(
            self._slugs[n] for score, n in sorted(scored, key=lambda one: (-one[0], one[1])) if score >= NEAR_TITLE
        )


def _cut(text: str) -> str:
    return " ".join(words.cut(words.plain(text)))


def _bigrams(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}
