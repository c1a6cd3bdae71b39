"""Item figures: how each item did, counted of the last year; a copy of what the rows of acts and orders tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Executable, bindparam, delete, select

from domain.learned import Figures
from storage import content_figures
from storage.content_figures import NOT_ENGAGED, NOT_SHOWN, NOT_SOLD
from storage.dialect import insert_or_change
from storage.schema import item_figures as table
from storage.store import Transaction

COUNTED_SECONDS = 365 * 86_400
"""A year: what an item did before says little of it today, and counting stays bounded."""


def count(tx: Transaction, now: int) -> dict[str, Figures]:
    """Slug -> its figures as the rows of the last year tell them."""
    since = now - COUNTED_SECONDS
    shown, engaged = content_figures.shown(tx, since), content_figures.engaged(tx, since)
    sold = content_figures.sold(tx, since)
    found = {}
    for slug in {*shown, *engaged, *sold}:
        seen, did = shown.get(slug, NOT_SHOWN), engaged.get(slug, NOT_ENGAGED)
        paid = sold.get(slug, NOT_SOLD)
        found[slug] = Figures(
            seen.exposed, seen.opened, did.read, did.end, did.liked, did.stars_sum, did.stars_count, paid.bought,
            paid.returned,
        )  # fmt: skip
    return found


def of_all(tx: Transaction) -> dict[str, Figures]:
    """Slug -> its figures as they were last counted."""
    return {slug: Figures._make(map(int, figures)) for slug, *figures in tx.rows(_of_all)}


def put(tx: Transaction, figures: Mapping[str, Figures], at: int) -> None:
    """Keep the figures of these items, counted at `at`."""
    if figures:
        tx.change_many(_put, ({"slug": slug, **one._asdict(), "counted_at": at} for slug, one in figures.items()))


def drop(tx: Transaction, slugs: Iterable[str]) -> None:
    """Nothing is known of these items any more."""
    for slug in slugs:
        tx.change(_drop, which=slug)


def _of_all(backend: str) -> Executable:
    return select(table.c.slug, *(table.c[name] for name in Figures._fields))


def _put(backend: str) -> Executable:
    return insert_or_change(table, backend, dict.fromkeys((*Figures._fields, "counted_at"), "new"))


def _drop(backend: str) -> Executable:
    return delete(table).where(table.c.slug == bindparam("which"))
