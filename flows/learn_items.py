"""Learning from all followers together: how each item does, which items go together, what a source's followers like.

Nothing here is a truth of its own: a table that is lost is made anew from the rows of acts and orders. A run that is
cut off leaves rows of which each is whole, and the next run does the same again: only the last transaction notes what
was learned from. Each transaction that changes rows moves the watermark that tells the web workers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from domain import interests as rules
from domain.interests import Taste
from domain.neighbours import neighbours as find_neighbours
from domain.tastes import Tastes
from flows.gather_acts import gather_acts
from storage import engagement_pages, item_figures, neighbours, source_tastes, watermarks
from storage.store import Store, Transaction

LEARNED = "learned"
"""The watermark of all that is learned."""
AT_ONCE = 100
"""Rows a transaction: some 3 ms with the write lock, and then everybody else's turn."""

LARGE = 50_000
"""Rows from which learning takes about a second: worth half a second to begin a process for it."""

Key = TypeVar("Key", str, tuple[str, str])
Value = TypeVar("Value")


def is_large(store: Store) -> bool:
    """Are there so many rows that a process of its own should learn from them?"""
    with store.read() as tx:
        return max(engagement_pages.state(tx)[0], source_tastes.state(tx)[0]) > LARGE


def count_items(store: Store, now: int) -> str:
    """Count how each item did; "" when nothing changed."""
    with store.read() as tx:
        counted, known = item_figures.count(tx, now), item_figures.of_all(tx)
    changed = _keep(store, counted, known, lambda tx, rows: item_figures.put(tx, rows, now), item_figures.drop)
    return f"figures of {changed} items changed" if changed else ""


def learn_neighbours(store: Store, now: int) -> str:
    """Find which items go together; "" when nobody did anything since it was last found."""
    with store.read() as tx:
        state = engagement_pages.state(tx)
        if _seen(tx, "neighbours") == state:
            return ""
    found, known = dict(_neighbours(store)), dict(neighbours.texts(store))
    changed = _keep(store, found, known, lambda tx, rows: neighbours.put(tx, rows, now), neighbours.drop)
    _see(store, "neighbours", state)
    return f"from {state[0]} acts, neighbours of {changed} items changed"


def learn_tastes(store: Store, now: int) -> str:
    """Find what those who came by one source like on average; "" when no interest changed since it was last found."""
    with store.read() as tx:
        state = source_tastes.state(tx)
        if _seen(tx, "tastes") == state:
            return ""
        known = source_tastes.of_all(tx)
    changed = _keep(store, _tastes(store, now), known, source_tastes.put, source_tastes.drop)
    _see(store, "tastes", state)
    return f"from {state[0]} interests, {changed} tastes of sources changed"


def _neighbours(store: Store) -> Iterator[tuple[str, str]]:
    """(slug, the text of its row) of each item that has neighbours."""
    acts = gather_acts(store)
    for one in find_neighbours(acts.followers, acts.items, acts.strengths):
        others = [acts.slugs[other] for other in one.others.tolist()]
        yield acts.slugs[one.item], neighbours.written(zip(others, one.strengths.tolist(), strict=True))


def _tastes(store: Store, now: int) -> dict[source_tastes.Key, tuple[float, int]]:
    """(source, tag) -> (weight to three digits, how many came by the source)."""
    sources, tastes = source_tastes.sources(store), Tastes()
    rows = (row for page in source_tastes.interests_by_follower(store) for row in page)
    scale = rules.faded(1.0, now)
    for openid, theirs in groupby(rows, key=itemgetter(0)):
        weights = [(row[1], Taste._make(row[2:]).interest(row[1], "", "", 0, scale).weight) for row in theirs]
        liked = [(tag, weight) for tag, weight in weights if weight >= rules.SHOWN_WEIGHT]
        if liked:
            tastes.add(sources.get(openid, ""), liked)
    return {
        (source, tag): (round(weight, 3), tastes.people[source])
        for source, averages in tastes.averages().items()
        for tag, weight in averages.items()
    }


def _seen(tx: Transaction, job: str) -> tuple[int, int]:
    """The state of the rows a job last learned from."""
    return watermarks.at(tx, f"{job}:count"), watermarks.at(tx, f"{job}:newest")


def _see(store: Store, job: str, state: tuple[int, int]) -> None:
    with store.write() as tx:
        watermarks.put(tx, f"{job}:count", state[0])
        watermarks.put(tx, f"{job}:newest", state[1])


def _keep(
    store: Store, found: Mapping[Key, Value], known: Mapping[Key, Value],
    put: Callable[[Transaction, dict[Key, Value]], None], drop: Callable[[Transaction, Collection[Key]], None],
) -> int:  # fmt: skip
    """Write what was found and is not known so, drop what is known and was not found, a few rows at a time; return how
    many rows changed."""
    changed = sorted(key for key in found if known.get(key) != found[key])
    gone = sorted(known.keys() - found.keys())
    for keys in _parts(changed):
        with store.write() as tx:
            put(tx, {key: found[key] for key in keys})
            watermarks.step(tx, LEARNED)
    for keys in _parts(gone):
        with store.write() as tx:
            drop(tx, keys)
            watermarks.step(tx, LEARNED)
    return len(changed) + len(gone)


def _parts(keys: list[Key]) -> Iterator[list[Key]]:
    return (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE))
