"""The content-gap board: what followers asked and no item of today answers, as a list of things to write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

from catalog.load import ANY_SUBJECT, Catalog
from catalog.near_words import gather
from domain.gaps import Gap, Question, gaps, masked, people
from domain.interests import DAY
from domain.item import Item
from domain.rates import Rate
from domain.small_talk import bare
from flows.find_items import missing
from flows.learn_interests import understand
from storage import interests, unanswered
from storage.store import Store, Transaction

MOST_QUESTIONS = 100_000
"""Of the newest that are read: they are held in memory together, some 100 MB at most."""
LONGEST_READ = 100
"""Characters of one question: what is asked stands at its beginning."""
MOST_ASKERS, MOST_OTHERS = 50, 200
"""Followers of one gap whose tastes are looked at, and others with whom they are compared."""
LIKED_FROM = 0.3
"""Weight from which a taste counts: one question (0.39) is enough."""
NEAR_ITEMS = 2

Likes = Callable[[str], frozenset[str]]
"""An openid -> the subjects that follower likes."""


@dataclass(frozen=True, slots=True)
class Commission:
    """Something to write: the ``gap`` (who asked, how often, an example), the ``tag`` to give it (``new`` = the
    catalogue has none so far), the ``subject`` it may belong to ("" = not known; by what was named beside, else by
    what its askers like more than others), and the items ``near`` it."""

    gap: Gap
    tag: str
    new: bool
    subject: str
    near: tuple[Item, ...]


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
        askers = sorted({one.openid for one in questions})
        likes = cache(lambda openid: _likes(tx, catalog, openid, now))
        page = tuple(_commission(catalog, gap, askers, likes) for gap in found[skip : skip + most])
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
    understood = understand(catalog, bare(text)[:LONGEST_READ])
    plain = understood.plain.strip()
    if any(reply.applies(plain, reply.hours[0] if reply.hours else 0) for reply in catalog.replies.replies):
        return None  # an operator wrote an answer, if only for some hours of the day
    words = tuple(word for word in missing(catalog, understood) if masked(word) == word)
    return Question("", 0, words, tuple(understood.asked), plain) if words else None


def _commission(catalog: Catalog, gap: Gap, askers: Sequence[str], likes: Likes) -> Commission:
    known = catalog.vocabulary.tag(gap.name)
    subject = next(_subjects(catalog, gap.tags), "") or _liked_by(gap.asked_by, askers, likes)
    near = catalog.search.find(word for word in (*gap.beside, subject) if word)[:NEAR_ITEMS]
    return Commission(gap, known or gap.name, not known, subject, tuple(catalog.items[slug] for slug in near))


def _subjects(catalog: Catalog, tags: Iterable[str]) -> Iterator[str]:
    """The subjects of tags that belong to one."""
    for tag in tags:
        if catalog.breadth(tag) != ANY_SUBJECT:
            yield catalog.parents.get(tag, tag)


def _likes(tx: Transaction, catalog: Catalog, openid: str, now: int) -> frozenset[str]:
    """The subjects a follower likes."""
    return frozenset(_subjects(catalog, (one.tag for one in interests.of(tx, openid, now) if one.weight >= LIKED_FROM)))


def _liked_by(openids: Collection[str], askers: Sequence[str], likes: Likes) -> str:
    """The subject that they surely like more than the other `askers` do, "" for none."""
    here = sorted(openids)[:MOST_ASKERS]
    others = list(islice((openid for openid in askers if openid not in openids), MOST_OTHERS))
    liked, elsewhere = (Counter(chain.from_iterable(map(likes, group))) for group in (here, others))
    usual = {subject: elsewhere[subject] / max(len(others), 1) for subject in liked}
    surely = [one for one, count in liked.items() if count > 1 and Rate(count, len(here)).interval[0] > usual[one]]
    return min(surely, key=lambda one: (usual[one] - liked[one] / len(here), one), default="")
