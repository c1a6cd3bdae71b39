"""The exposure log as judging reads it: page by page, follower by follower, in the order of the exposures' ids.

Ids begin with a hash of the follower. So the rows of one follower lie together, and the first so many rows are those of
followers chosen as if by lot: who reads a part of the log reads a fair sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, select

from storage import paging
from storage.schema import exposures, orders
from storage.store import Store

PAGE = 5_000


class Logged(NamedTuple):
    """One exposure, with its ``terms`` as they were stored."""

    id: str
    openid: str
    at: int
    slug: str
    position: int
    policy: str
    propensity: float
    behaviour_id: str
    opened_at: int | None
    terms: str


def pages(store: Store, since: int, most: int) -> Iterator[list[Logged]]:
    """The exposures since then, at most so many rows, in short reads."""
    after, left = "", most
    while left > 0:
        with store.read() as tx:
            found = [Logged._make(row) for row in tx.rows(_page, after=after, since=since, most=min(PAGE, left))]
        if not found:
            return
        yield found
        after, left = found[-1].id, left - len(found)


def earned(store: Store, since: int) -> dict[str, int]:
    """Exposure id -> fen that orders made since then brought through it, less what went back."""
    found: dict[str, int] = {}
    first = {"since": since, "at": since, "number": ""}
    for page in paging.pages(
        store, _earned, PAGE, first, lambda row: {"since": row[1], "at": row[1], "number": row[0]}
    ):
        for _, _, exposure_id, paid_at, amount, refunded in page:
            if exposure_id and paid_at is not None:
                found[exposure_id] = found.get(exposure_id, 0) + amount - refunded
    return found


_COLUMNS = [exposures.c[name] for name in Logged._fields]


def _page(backend: str) -> Executable:
    when = exposures.c.at + 0  # not by the index of times: the primary key's order must not be sorted anew a page
    return (
        select(*_COLUMNS)
        .where(exposures.c.id > bindparam("after"), when >= bindparam("since"))
        .order_by(exposures.c.id)
        .limit(bindparam("most"))
    )


def _earned(backend: str) -> Executable:
    rest = (orders.c.created_at > bindparam("at")) | (orders.c.order_no > bindparam("number"))
    names = ("order_no", "created_at", "exposure_id", "paid_at", "amount_fen", "refunded_fen")
    return (
        select(*(orders.c[name] for name in names))
        .where(orders.c.created_at >= bindparam("since"), rest)
        .order_by(orders.c.created_at, orders.c.order_no)
        .limit(bindparam("most"))
    )
