"""One question about many people: their openids are values of one statement.

Statements are compiled once, so the number of values is one of a few ``SIZES``; the last openid fills up the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from storage.store import Build, Transaction

SIZES = (1, 20, 100, 500)
MOST = SIZES[-1]
"""People of one question."""


def among(column: ColumnElement[str], size: int) -> ColumnElement[bool]:
    """Is the column one of `size` values?"""
    return column.in_([bindparam(f"among{nth}") for nth in range(size)])


def rows_among(
    tx: Transaction, build: Callable[[int], Build], openids: Collection[str], **values: Any
) -> list[tuple[Any, ...]]:
    """The rows of at most ``MOST`` people. `build` gives the statement of a size, always the same one."""
    if not openids:
        return []
    size = next(size for size in SIZES if size >= len(openids))
    named = [*openids]
    named += named[-1:] * (size - len(named))
    return tx.rows(build(size), **values, **{f"among{nth}": openid for nth, openid in enumerate(named)})
