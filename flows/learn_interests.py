"""From words to lessons: what a message says about what its writer likes."""

from __future__ import annotations

from dataclasses import dataclass

from catalog import words
from catalog.load import Catalog
from domain import interests
from domain.answer import Lesson


@dataclass(frozen=True, slots=True)
class Understood:
    """A message, understood. ``asked`` maps the tags it wants to the words used; ``search`` are words to look up."""

    plain: str
    lessons: tuple[Lesson, ...]
    asked: dict[str, str]
    refused: tuple[str, ...]
    search: tuple[str, ...]


def understand(catalog: Catalog, text: str) -> Understood:
    """Read a text for tags wanted and refused, and for words to search."""
    plain = words.plain(text)
    read = catalog.vocabulary.read(plain)
    found = [one for one in read if one[0]]
    lessons = interests.lessons(found, catalog.parents)
    asked = {tag: word for tag, word, wanted in found if wanted}
    refused = tuple(lesson.tag for lesson in lessons if lesson.strength < 0)
    search = [word for _, word, wanted in read if wanted and words.names_something(word)]
    search += [catalog.vocabulary.plain_tags[tag] for tag in asked]
    return Understood(plain, lessons, asked, refused, tuple(dict.fromkeys(search)))
