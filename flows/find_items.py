"""Which items speak of what was asked, and what of it no item speaks of."""

from __future__ import annotations

from catalog import words
from catalog.load import ANY_SUBJECT, Catalog
from domain.small_talk import bare, says_nothing
from flows.learn_interests import Understood, understand

_VERBS = tuple("学教练做看写读听买会")


def found(catalog: Catalog, understood: Understood) -> tuple[str, ...]:
    """Slugs of items that speak of what was asked. 入门 alone does not make an item answer 跑步怎么入门."""
    search = catalog.search
    every = search.find(understood.search)
    if not understood.core or len(understood.core) == len(understood.search):
        return every
    about = set(search.find(understood.core))
    return tuple(slug for slug in every if slug in about) or every


def meant(catalog: Catalog, typed: str) -> tuple[str, ...]:
    """The slugs that an operator may mean by a slug, a title, or words; the likeliest first, a certain one alone."""
    if typed in catalog.items or typed in catalog.unpublished:
        return (typed,)
    if titled := tuple(slug for slug, item in catalog.items.items() if item.title == typed):
        return titled
    understood = understand(catalog, typed)
    near = catalog.search.near_titles(understood.plain.strip())
    return tuple(dict.fromkeys((*near, *found(catalog, understood))))


def missing(catalog: Catalog, understood: Understood) -> tuple[str, ...]:
    """The words of a question that no item speaks of, when they are at least half of what it names; () when it is
    answered, or none: greetings, thanks, refusals.

    A tag that goes with every subject (入门) answers nothing, and one word of many that happens to stand in a summary
    does not either; the name of a subject, or a title nearly typed, does.
    """
    if understood.refused or catalog.search.find(understood.core) or not understood.search:
        return ()
    words_said = map(_object, understood.search)
    named = [word for word in words_said if not says_nothing(word) and not _goes_with_everything(catalog, word)]
    unknown = tuple(word for word in named if not catalog.search.find((word,)))
    if not unknown or 2 * len(unknown) < len(named) or catalog.search.near_titles(understood.plain.strip()):
        return ()
    return unknown


def missing_in(catalog: Catalog, text: str) -> tuple[str, ...]:
    """The same of the words as they were typed."""
    return missing(catalog, understand(catalog, bare(text)))


def _object(word: str) -> str:
    """What is learned, made or read: 法语 for 学法语, which the dictionary takes for one word."""
    rest = word[1:]
    return rest if word[:1] in _VERBS and len(rest) > 1 and words.cut(rest) == [rest] else word


def _goes_with_everything(catalog: Catalog, word: str) -> bool:
    tag = catalog.vocabulary.tag(word)
    return bool(tag) and catalog.breadth(tag) == ANY_SUBJECT and bool(catalog.search.find((word,)))
