"""From words to lessons: what a message says about what its writer likes."""

from __future__ import annotations

from dataclasses import dataclass

from catalog import words
from catalog.load import ANY_SUBJECT, Catalog
from catalog.vocabulary import LONGEST_TEXT
from domain import interests
from domain.answer import Lesson


@dataclass(frozen=True, slots=True)
class Understood:
    """A message, understood. ``asked`` maps the tags it wants, the narrowest first, to the words used; ``search`` are
    words to look up, ``core`` those of them that say what it is about (跑步 in 跑步怎么入门)."""

    plain: str
    lessons: tuple[Lesson, ...]
    asked: dict[str, str]
    refused: tuple[str, ...]
    search: tuple[str, ...]
    core: tuple[str, ...]


def understand(catalog: Catalog, text: str) -> Understood:
    """Read a text for tags wanted and refused, and for words to search. Of one that is longer than is read,
    ``plain`` is one character more, which tells."""
    plain = words.plain(text[: LONGEST_TEXT + 1])
    read = catalog.vocabulary.read(plain)
    found = [one for one in read if one[0]]
    lessons = interests.lessons(found, catalog.parents)
    wants = {tag: word for tag, word, wanted in found if wanted}
    asked = {tag: wants[tag] for tag in sorted(wants, key=catalog.breadth)}
    refused = tuple(lesson.tag for lesson in lessons if lesson.strength < 0)
    named = [one for one in {(tag, word): 1 for tag, word, wanted in read if wanted} if words.names_something(one[1])]
    named += [(tag, catalog.vocabulary.plain_tags[tag]) for tag in asked]
    search = tuple(dict.fromkeys(word for _, word in named))
    core = tuple(dict.fromkeys(word for tag, word in named if tag and catalog.breadth(tag) < ANY_SUBJECT))
    return Understood(plain, lessons, asked, refused, search, core)
