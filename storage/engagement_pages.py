"""The engagements as learning reads them: everybody's, page by page, follower after follower."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Executable, bindparam, func, select

from storage import paging
from storage.schema import engagements as table
from storage.store import Store, Transaction

PAGE = 10_000
"""About 20 ms of reading: a server's threads get their turn between two pages."""


Row = tuple[str, str, float, int, int, int | None]
"""(openid, slug, strength, changed_at, stars, returned_at), as in ``domain.follower.Engagement``. A plain tuple: there
are millions."""


def pages(store: Store) -> Iterator[list[Row]]:
    """All rows, in short reads."""
    first = {"openid": "", "same": "", "slug": ""}
    return paging.pages(store, _page, PAGE, first, lambda row: {"openid": row[0], "same": row[0], "slug": row[1]})


def state(tx: Transaction) -> tuple[int, int]:
    """(how many engagements there are, when one last changed): the same while nothing changed."""
    count, newest = tx.row(_state)
    return int(count), int(newest or 0)


def _page(backend: str) -> Executable:
    row = table.c
    rest = (row.openid >= bindparam("openid")) & ((row.openid > bindparam("same")) | (row.slug > bindparam("slug")))
    found = select(row.openid, row.slug, row.strength, row.changed_at, row.stars, row.returned_at).where(rest)
    return found.order_by(row.openid, row.slug).limit(bindparam("most"))


def _state(backend: str) -> Executable:
    return select(func.count(), func.max(table.c.changed_at))
