"""Reading many rows in short reads: page by page behind a key, so that no read is long and no row is read twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Executable

from storage.store import Store

Key = Mapping[str, Any]
"""The values of a query's parameters that begin it behind a row."""


def pages(
    store: Store, build: Callable[[str], Executable], size: int, first: Key, behind: Callable[[Any], Key]
) -> Iterator[list[Any]]:
    """The pages of a query that is ordered by its key and takes the key and ``most``; none is empty. `first` stands
    before every row; `behind` gives the key of a row. May raise ``StoreBusy``."""
    key = first
    while True:
        with store.read() as tx:
            rows = tx.rows(build, **key, most=size)
        if rows:
            yield rows
        if len(rows) < size:
            return
        key = behind(rows[-1])
