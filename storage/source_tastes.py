"""Source tastes: the average weight of each tag among those who came from one source; "" stands for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Executable, bindparam, delete, func, select

from storage import paging
from storage.dialect import insert_or_change
from storage.schema import followers, interests
from storage.schema import source_tastes as table
from storage.store import Store, Transaction

PAGE = 5_000

Key = tuple[str, str]
"""Source and tag."""


def interests_by_follower(store: Store) -> Iterator[list[tuple[str, str, float, int, int]]]:
    """(openid, tag, and the columns of a ``domain.interests.Taste``) of everybody, follower after follower, in short
    reads."""
    first = {"openid": "", "same": "", "tag": ""}
    return paging.pages(store, _interests, PAGE, first, lambda row: {"openid": row[0], "same": row[0], "tag": row[1]})


def sources(store: Store) -> dict[str, str]:
    """Openid -> how they first came, of those who came by a source; in short reads."""
    pages = paging.pages(store, _sources, PAGE, {"after": ""}, lambda row: {"after": row[0]})
    return {openid: source for page in pages for openid, source in page if source}


def state(tx: Transaction) -> tuple[int, int]:
    """(how many interests there are, when one was last learned): the same while nothing changed."""
    count, newest = tx.row(_state)
    return int(count), int(newest or 0)


def of_all(tx: Transaction) -> dict[Key, tuple[float, int]]:
    """(source, tag) -> (weight, how many came from the source)."""
    return {(source, tag): (float(weight), int(count)) for source, tag, weight, count in tx.rows(_of_all)}


def put(tx: Transaction, rows: Mapping[Key, tuple[float, int]]) -> None:
    """Keep these."""
    if rows:
        tx.change_many(
            _put,
            (
                {"source": source, "tag": tag, "weight": weight, "followers": count}
                for (source, tag), (weight, count) in rows.items()
            ),
        )


def drop(tx: Transaction, keys: Iterable[Key]) -> None:
    """These are no taste any more."""
    for source, tag in keys:
        tx.change(_drop, whence=source, which=tag)


def _interests(backend: str) -> Executable:
    row = interests.c
    rest = (row.openid >= bindparam("openid")) & ((row.openid > bindparam("same")) | (row.tag > bindparam("tag")))
    found = select(row.openid, row.tag, row.score, row.refused_at, row.chosen_at).where(rest)
    return found.order_by(row.openid, row.tag).limit(bindparam("most"))


def _sources(backend: str) -> Executable:
    after = followers.c.openid > bindparam("after")
    found = select(followers.c.openid, followers.c.source).where(after)
    return found.order_by(followers.c.openid).limit(bindparam("most"))


def _state(backend: str) -> Executable:
    return select(func.count(), func.max(interests.c.learned_at))


def _of_all(backend: str) -> Executable:
    return select(table.c.source, table.c.tag, table.c.weight, table.c.followers)


def _put(backend: str) -> Executable:
    return insert_or_change(table, backend, {"weight": "new", "followers": "new"})


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.source == bindparam("whence"), table.c.tag == bindparam("which"))
