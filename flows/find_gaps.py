"""The content-gap board: what followers asked and no item of today answers, as a list of things to write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog.load import ANY_SUBJECT, Catalog
from catalog.near_words import gather
from domain.gaps import Gap, Question, gaps, masked, people
from domain.small_talk import bare
from flows.find_items import missing
from flows.learn_interests import understand
from storage import interests, unanswered
from storage.store import Store, Transaction

DAY = 86_400
MOST_QUESTIONS = 100_000
"""Of the newest that are read: they are held in memory together, some 100 MB at most."""
MOST_ASKERS = 50
"""Followers of one gap whose tastes are looked at."""
LIKED_FROM = 0.3
"""Weight from which a taste counts: one question (0.39) is enough."""
NEAR_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Commission:
    """Something to write: the ``gap`` (who asked, how often, an example), the ``tag`` to give it (``new`` = the
    catalogue has none so far), the ``subject`` it may belong to ("" = not known; by what was named beside, else by
    what its askers like), and the slugs of items ``near`` it."""

    gap: Gap
    tag: str
    new: bool
    subject: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapBoard:
    """Since ``since`` (seconds since 1970) ``asked`` questions found no item; ``answered`` of them do today.
    ``gaps`` is one page, ``left`` follow; ``cut`` = there were more questions than are read."""

    since: int
    asked: int
    answered: int
    gaps: tuple[Commission, ...]
    left: int
    cut: bool


def find_gaps(store: Store, catalog: Catalog, now: int, days: int, most: int, skip: int = 0) -> GapBoard:
    """What was asked in the last `days` days and is still not answered: `most` gaps after `skip`."""
    since = now - days * DAY
    with store.read() as tx:
        rows = unanswered.latest(tx, since, MOST_QUESTIONS)
        questions = _ask_again(catalog, rows)
        found = gaps(questions)
        page = tuple(_commission(tx, catalog, gap, now) for gap in found[skip : skip + most])
    left = max(0, len(found) - skip - most)
    return GapBoard(since, len(rows), len(rows) - len(questions), page, left, len(rows) == MOST_QUESTIONS)


def _ask_again(catalog: Catalog, rows: Sequence[tuple[str, int, str]]) -> list[Question]:
    """The questions that today's items do not answer. The same words are understood once."""
    known: dict[str, Question | None] = {}
    asked: list[Question] = []
    for openid, at, text in rows:
        if text not in known:
            known[text] = _understood(catalog, text)
        one = known[text]
        if one is not None:
            asked.append(Question(openid, at, one.missing, one.tags, one.plain))
    spelt = gather(people(asked))
    return [
        Question(one.openid, one.at, tuple(dict.fromkeys(spelt[word] for word in one.missing)), one.tags, one.plain)
        for one in asked
    ]


def _understood(catalog: Catalog, text: str) -> Question | None:
    understood = understand(catalog, bare(text))
    plain = understood.plain.strip()
    if any(reply.applies(plain, reply.hours[0] if reply.hours else 0) for reply in catalog.replies.replies):
        return None  # an operator wrote an answer, if only for some hours of the day
    words = tuple(word for word in missing(catalog, understood) if masked(word) == word)
    return Question("", 0, words, tuple(understood.asked), plain) if words else None


def _commission(tx: Transaction, catalog: Catalog, gap: Gap, now: int) -> Commission:
    known = catalog.vocabulary.tag(gap.name)
    subject = next(_subjects(catalog, gap.tags), "") or _liked_by(tx, catalog, gap.asked_by, now)
    near = catalog.search.find(word for word in (*gap.beside, subject) if word)
    return Commission(gap, known or gap.name, not known, subject, near[:NEAR_ITEMS])


def _subjects(catalog: Catalog, tags: Iterable[str]) -> Iterator[str]:
    """The subjects of tags that belong to one."""
    for tag in tags:
        if catalog.breadth(tag) != ANY_SUBJECT:
            yield catalog.parents.get(tag, tag)


def _liked_by(tx: Transaction, catalog: Catalog, openids: Iterable[str], now: int) -> str:
    """The subject that most of them like, "" when not even two of them and a third share one."""
    asked = sorted(openids)[:MOST_ASKERS]
    liked: Counter[str] = Counter()
    for openid in asked:
        tastes = [one.tag for one in interests.of(tx, openid, now) if one.weight >= LIKED_FROM]
        liked.update(set(_subjects(catalog, tastes)))
    best = min(liked, key=lambda subject: (-liked[subject], subject), default="")
    return best if liked[best] >= 2 and 3 * liked[best] >= len(asked) else ""
