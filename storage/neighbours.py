"""Neighbours: of each item those that the same followers had to do with, as JSON ``[[slug, strength], …]``, the
strongest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Executable, bindparam, delete, select

from storage import paging
from storage.dialect import insert_or_change
from storage.schema import neighbours as table
from storage.store import Store, Transaction

PAGE = 200
"""Rows read at a time: about a megabyte."""


def written(others: Iterable[tuple[str, float]]) -> str:
    """The text of a row. Three digits of a strength say all there is to say."""
    return json.dumps(
        [(slug, float(f"{strength:.3g}")) for slug, strength in others], ensure_ascii=False, separators=(",", ":")
    )


def texts(store: Store) -> Iterator[tuple[str, str]]:
    """(slug, text) of every row, in short reads."""
    pages = paging.pages(store, _page, PAGE, {"after": ""}, lambda row: {"after": row[0]})
    return ((str(slug), str(text)) for page in pages for slug, text in page)


def of_all(store: Store) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """(slug, its neighbours) of every item that has any, in short reads."""
    return ((slug, json.loads(text)) for slug, text in texts(store))


def put(tx: Transaction, rows: Mapping[str, str], at: int) -> None:
    """Keep these texts."""
    if rows:
        tx.change_many(_put, ({"slug": slug, "others": text, "changed_at": at} for slug, text in rows.items()))


def drop(tx: Transaction, slugs: Iterable[str]) -> None:
    """These items have no neighbours any more."""
    for slug in slugs:
        tx.change(_drop, which=slug)


def _page(backend: str) -> Executable:
    after = table.c.slug > bindparam("after")
    return select(table.c.slug, table.c.others).where(after).order_by(table.c.slug).limit(bindparam("most"))


def _put(backend: str) -> Executable:
    return insert_or_change(table, backend, {"others": "new", "changed_at": "new"})


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.slug == bindparam("which"))
