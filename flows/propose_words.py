"""New words for the dictionary, from what followers write: strings it cuts apart, and words that mean no tag yet."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog import words
from catalog.load import Catalog
from catalog.tags import MOST_CHARACTERS
from domain.gaps import example, masked
from domain.new_words import LEAST_FOLLOWERS, Companion, NewWord, Pieces, Said, companions, new_words
from domain.small_talk import bare, says_nothing
from storage import behaviours
from storage.store import Store

MOST_MESSAGES = 100_000
"""Of the newest that are read: they are held in memory together."""
LONGEST_READ = 100
"""Characters of one message: a pasted article is nobody's way of speaking."""
_PLAIN_YAML = re.compile(r"\w+")
_NO_WORDS = ("true", "false", "null")


@dataclass(frozen=True, slots=True)
class Proposals:
    """From ``messages`` of ``followers`` people (``cut`` = there were more): ``words`` for ``content/words.txt``, and
    ``synonyms``, words of followers that may stand under a tag in ``content/tags.yaml`` (``tag`` "" where none is
    sure). ``examples``: such a word -> a text with it that several people typed, where there is one."""

    messages: int
    followers: int
    cut: bool
    words: tuple[NewWord, ...]
    synonyms: tuple[Companion, ...]
    examples: Mapping[str, str] = field(default_factory=dict)


def propose_words(store: Store, catalog: Catalog, most: int) -> Proposals:
    """At most `most` of each, what most followers use first."""
    with store.read() as tx:
        rows = behaviours.latest_words(tx, MOST_MESSAGES)
    said = _read(rows)
    unknown, tags, alone = _by_follower(catalog, said)
    found = [one for one in new_words(said, words.names_something) if _may_be_proposed(catalog, one.word)]
    pairs = [one for one in companions(unknown, tags) if one.tag or len(alone[one.word]) >= LEAST_FOLLOWERS]
    followers = len({openid for openid, _ in rows})
    synonyms = [*[one for one in pairs if one.tag][:most], *[one for one in pairs if not one.tag][:most]]
    examples = _examples(said, [*(one.word for one in found[:most]), *(one.word for one in synonyms)])
    return Proposals(len(rows), followers, len(rows) == MOST_MESSAGES, tuple(found[:most]), tuple(synonyms), examples)


def word_lines(proposals: Proposals) -> list[str]:
    """Lines to add to ``content/words.txt``."""
    return [f"{one.word}  # {one.followers} 人" for one in proposals.words]


def _examples(said: Sequence[Said], proposed: Iterable[str]) -> dict[str, str]:
    """Each word with what several people wrote it in; those of which nobody's words may be quoted are left out."""
    texts = [(one.openid, "，".join(map("".join, one.clauses))) for one in said]
    found = {word: example(pair for pair in texts if word in pair[1] and word != pair[1]) for word in proposed}
    return {word: text for word, text in found.items() if text}


def tag_lines(catalog: Catalog, proposals: Proposals) -> list[str]:
    """Lines for ``content/tags.yaml``, each in the place of its tag's: the synonyms there are and the new ones."""
    new: dict[str, list[str]] = defaultdict(list)
    for one in proposals.synonyms:
        if one.tag:
            new[one.tag].append(one.word)
    lines = {tag: ", ".join(map(_quoted, (*catalog.synonyms.get(tag, ()), *new[tag]))) for tag in new}
    return [f"{_quoted(tag)}: [{synonyms}]" for tag, synonyms in lines.items()]


def _quoted(word: str) -> str:
    """A word as YAML takes it for one."""
    return (
        word if _PLAIN_YAML.fullmatch(word) and word.lower() not in _NO_WORDS else json.dumps(word, ensure_ascii=False)
    )


def _read(rows: Sequence[tuple[str, str]]) -> list[Said]:
    """The messages in pieces; the same text of one follower counts once."""
    pieces: dict[str, tuple[Pieces, ...]] = {}
    said = []
    for openid, text in dict.fromkeys((openid, text[:LONGEST_READ]) for openid, text in rows):
        if text not in pieces:
            pieces[text] = _clauses(text)
        said.append(Said(openid, pieces[text]))
    return said


def _clauses(text: str) -> tuple[Pieces, ...]:
    """The pieces between two marks of punctuation."""
    clauses: list[list[str]] = [[]]
    for piece in words.cut(words.plain(bare(text))):
        if any(map(str.isalnum, piece)):
            clauses[-1].append(piece)
        elif clauses[-1]:
            clauses.append([])
    return tuple(tuple(clause) for clause in clauses if clause)


def _by_follower(
    catalog: Catalog, said: Sequence[Said]
) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, set[str]]]:
    """(openid -> their words that mean no tag, openid -> tags they named and the subjects of these, such a word -> who
    wrote it and nothing else that names a subject)."""
    unknown: dict[str, set[str]] = defaultdict(set)
    tags: dict[str, set[str]] = defaultdict(set)
    alone: dict[str, set[str]] = defaultdict(set)
    for one in said:
        named = {piece for clause in one.clauses for piece in clause if words.names_something(piece)}
        new = {word for word in named if not catalog.vocabulary.tag(word) and _may_be_proposed(catalog, word)}
        unknown[one.openid] |= new
        meant = {catalog.vocabulary.tag(word) for word in named} - {""}
        tags[one.openid] |= meant | {catalog.parents[tag] for tag in meant if tag in catalog.parents}
        if len(new) == 1 and len(named) == 1:
            alone[next(iter(new))].add(one.openid)
    return unknown, tags, alone


def _may_be_proposed(catalog: Catalog, word: str) -> bool:
    if says_nothing(word) or len(word) > MOST_CHARACTERS or any(map(str.isdigit, word)) or masked(word) != word:
        return False
    return word not in catalog.phrases.words
