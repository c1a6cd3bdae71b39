"""Scores the ranking on a public data set of likes: what people liked later, found from what they liked before.

The films are items, their genres tags. What is learned and ranked is what an account's followers would have taught and
been shown: the neighbours of items, and the match with the genres of what somebody liked. The rest has no part: the
data tell nothing of exposures, prices or days of publication, and a test of taste wants neither chance nor variety.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.follower import Follower
from domain.held_out import PLACES, Like, Score, Split, score, split
from domain.interests import STRENGTHS, weight_of
from domain.item import Item
from domain.learned import NOTHING_LEARNED, Learned, Neighbours
from domain.neighbours import neighbours
from domain.ranking import Ranking
from domain.shelf import Shelf
from errors import Declined
from flows.movielens_files import read_genres, read_likes

DATASETS = ("ml-100k",)
LIKE = weight_of(STRENGTHS["praise"])
"""A like is the heart of an item's page."""
GENRE_LESSON = 0.01
"""Strength of what liking a film teaches of each of its genres, chosen on the validation part among 0 to 1: a tenth of
all films are dramas, so one of them says next to nothing."""
NOW = 1
"""Everything is out, and nothing is new."""

Lists = dict[int, list[int]]
Genres = Mapping[int, Sequence[str]]


def score_dataset(name: str, folder: Path) -> dict[str, Any]:
    """The document of ``evaluate --dataset``: recall and nDCG at 10, of the ranking and of simpler ones. Raises
    ``Declined`` when a file is missing or faulty."""
    likes, genres = read_likes(folder, name), read_genres(folder, name)
    parts = split(likes)
    if not parts.later:
        raise Declined(f"{folder}: nobody there has five likes")
    lists = {"popularity": popular(parts), "genres": ranked(parts, genres, together=False), "cosine": cosine(parts)}
    return {
        "dataset": name, "likes": len(likes), "people": len(parts.later),
        "held_out": sum(map(len, parts.later.values())),
        **_told(score(ranked(parts, genres), parts.later)),
        "baselines": {rival: _told(score(theirs, parts.later)) for rival, theirs in lists.items()},
    }  # fmt: skip


def _told(found: Score) -> dict[str, float]:
    return {f"recall@{PLACES}": round(found.recall, 4), f"ndcg@{PLACES}": round(found.ndcg, 4)}


def ranked(parts: Split, genres: Genres, together: bool = True) -> Lists:
    """The lists of the ranking; without `together` by the genres alone."""
    names = {_slug(item): item for item in sorted({like.item for like in parts.known} | genres.keys())}
    shelf = Shelf(
        Item(slug, slug, "article", 0, tuple(genres.get(item, ())) or ("",), "", "", 0, "", "")
        for slug, item in names.items()
    )
    ranking = Ranking(shelf, _learned(parts.known) if together else NOTHING_LEARNED)
    items = [names[item.slug] for item in shelf.items]
    followers = _followers(parts.known, genres)
    return _lists(parts, items, lambda person: ranking.scores(followers[person], NOW))


def _learned(known: Iterable[Like]) -> Learned:
    people, items = (np.array(column, dtype=np.int32) for column in list(zip(*known, strict=True))[:2])
    found = neighbours(people, items, np.full(len(items), LIKE, dtype=np.float32))
    rows = (
        (_slug(one.item), [(_slug(other), strength) for other, strength in zip(*map(list, one[1:]), strict=True)])
        for one in found
    )
    return Learned({}, Neighbours(rows), {})


def _followers(known: Iterable[Like], genres: Genres) -> dict[int, Follower]:
    liked: defaultdict[int, list[int]] = defaultdict(list)
    for like in known:
        liked[like.person].append(like.item)
    return {
        person: Follower(
            {
                genre: weight_of(GENRE_LESSON * times)
                for genre, times in Counter(genre for item in theirs for genre in genres.get(item, ())).items()
            },
            {_slug(item): LIKE for item in theirs},
        )
        for person, theirs in liked.items()
    }


def _slug(item: int) -> str:
    return f"{item:08}"


def popular(parts: Split) -> Lists:
    """For everybody what most people liked."""
    items, matrix = _matrix(parts)
    likes = matrix.sum(axis=0)
    return _lists(parts, items, lambda _: likes)


def cosine(parts: Split) -> Lists:
    """What goes together with what they liked, by the cosines of all pairs of items."""
    items, matrix = _matrix(parts)
    lengths = np.sqrt(matrix.sum(axis=0))
    alike = (matrix.T @ matrix) / np.outer(lengths, lengths)
    np.fill_diagonal(alike, 0)
    rows = {person: n for n, person in enumerate(sorted({like.person for like in parts.known}))}
    return _lists(parts, items, lambda person: matrix[rows[person]] @ alike)


def _matrix(parts: Split) -> tuple[list[int], NDArray[np.float64]]:
    """The items somebody is known to have liked, and people x items with a 1 for each like."""
    items = sorted({like.item for like in parts.known})
    people = sorted({like.person for like in parts.known})
    places = {item: n for n, item in enumerate(items)}, {person: n for n, person in enumerate(people)}
    matrix = np.zeros((len(people), len(items)))
    for like in parts.known:
        matrix[places[1][like.person], places[0][like.item]] = 1
    return items, matrix


def _lists(parts: Split, items: Sequence[int], worth: Callable[[int], NDArray[np.float64]]) -> Lists:
    """For each person the items worth most to them (of equals the first) that they did not like before."""
    places = {item: n for n, item in enumerate(items)}
    before: defaultdict[int, list[int]] = defaultdict(list)
    for like in parts.known:
        before[like.person].append(places[like.item])
    lists = {}
    for person in parts.later:
        values = np.array(worth(person), dtype=np.float64)
        values[before[person]] = -np.inf
        lists[person] = [items[n] for n in np.argsort(-values, kind="stable")[:PLACES].tolist()]
    return lists
