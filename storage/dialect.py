"""Where databases differ: insert-once, insert-or-change, the beginning of a write, and how a file is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, case, create_engine, event
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.dml import Insert
from sqlite_utils import Database

from errors import StoreBusy

PAGE_BYTES = 2_048
"""Half of SQLite's own: a push changes a little in each of a dozen pages, and every changed page is written whole."""
MAPPED_BYTES = 256 * 1024 * 1024
"""Another process's commit empties our page cache; a mapped file is read again without a call."""

PATIENT_SECONDS = 5.0
"""How long opening and migrating wait for another process."""

BEGIN_WRITE = {"sqlite": "BEGIN IMMEDIATE", "mysql": "BEGIN", "postgresql": "BEGIN"}


def open_engine(url: str) -> Engine:
    """An engine for `url`. A SQLite file is opened and tuned by sqlite-utils; its folder is made if missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        try:
            return create_engine(url, pool_pre_ping=True, pool_recycle=1_800)
        except ModuleNotFoundError as missing:
            raise StoreBusy(f"DATABASE_URL: the driver is not installed — pip install {missing.name}") from None
    path = Path(parsed.database or "profiles.db")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreBusy(f"DATABASE_URL: the folder {path.parent} cannot be made: {fault.strerror}") from None
    engine = create_engine(url, creator=lambda: open_file(path), poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """SQLAlchemy's own transactions (schema steps) take the write lock at once; those that only read do not."""
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else BEGIN_WRITE["sqlite"])


def open_file(path: Path) -> sqlite3.Connection:
    """One connection to the embedded database.

    WAL lets readers go on while one writes; NORMAL loses nothing when the process dies (only a power cut can take
    the last commits). Checkpoints every 16,000 pages (32 MB of log) keep the sync to disk off all but one commit in
    a thousand. Waiting for the write lock is the store's own: SQLite's waits grow to a tenth of a second.
    """
    connection = sqlite3.connect(
        path, timeout=PATIENT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute(f"pragma page_size={PAGE_BYTES}")  # of a new file; an old one keeps its own
    connection.execute(f"pragma mmap_size={MAPPED_BYTES}")
    database = Database(connection)
    if database.journal_mode != "wal":
        database.enable_wal()
    connection.execute("pragma synchronous=normal")
    connection.execute("pragma wal_autocheckpoint=16000")
    connection.execute("pragma foreign_keys=on")
    return connection


def insert_once(table: Table, backend: str) -> Insert:
    """INSERT that does nothing, with a row count of 0, when the key is already there."""
    if backend == "mysql":
        return mysql_insert(table).prefix_with("IGNORE")
    make = sqlite_insert if backend == "sqlite" else postgresql_insert
    return make(table).on_conflict_do_nothing(index_elements=list(table.primary_key.columns))


Change = Callable[[Any, Any], ColumnElement[Any]]
"""(columns of the row that is there, columns of the new one) -> what a column becomes."""


def insert_or_change(table: Table, backend: str, change: Mapping[str, str | Change]) -> Insert:
    """INSERT, or where the key is there, set columns: `change` maps a column to ``new``, ``old + new``,
    ``greater`` or a ``Change``.

    MySQL sets the columns one after the other, in the order of the table: a ``Change`` may only use the old values of
    its own column and of later ones.
    """
    if backend == "mysql":
        fresh = mysql_insert(table)
        return fresh.on_duplicate_key_update(_changed(change, table, fresh.inserted))
    insert = (sqlite_insert if backend == "sqlite" else postgresql_insert)(table)
    changed = _changed(change, table, insert.excluded)
    return insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed)


def _changed(change: Mapping[str, str | Change], table: Table, new: Any) -> dict[str, Any]:
    def become(name: str, how: str | Change) -> Any:
        if callable(how):
            return how(table.c, new)
        if how == "greater":
            return case((new[name] > table.c[name], new[name]), else_=table.c[name])
        return table.c[name] + new[name] if how == "old + new" else new[name]

    return {name: become(name, how) for name, how in change.items()}
