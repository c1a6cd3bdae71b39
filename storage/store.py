"""The one way to the database: short reads, short writes, each statement compiled once.

Statements are SQLAlchemy Core, so one text serves every engine; they are compiled once per store and then given
straight to the driver: a point query costs about 10 µs so, and 70 µs when SQLAlchemy executes it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Executable, PoolProxiedConnection
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement

from domain.quota import STORE_PATIENCE_SECONDS
from errors import StoreBusy
from storage.dialect import BEGIN_WRITE, open_engine

Build = Callable[[str], Executable]
"""Makes a statement for a backend (sqlite, mysql, postgresql). Its identity is the key of the compiled text."""


SHORTEST_WAIT, LONGEST_WAIT, WAIT_GROWTH = 0.000_05, 0.001, 1.3
"""Seconds between two looks at the write lock."""


FEW_PAGES = 1_000
"""Two megabytes of log."""

JAMMED_PATIENCE = 0.05
"""Seconds: how long a push waits while the database is known to be locked."""


class Compiled:
    """A statement as the driver takes it."""

    def __init__(self, statement: Executable, engine: Engine) -> None:
        assert isinstance(statement, ClauseElement)
        # A dialect of our own: "?" in the order of names for SQLite, names for the others.
        compiled = statement.compile(dialect=engine.dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self.order: list[str] | None = getattr(compiled, "positiontup", None)
        self.defaults: Mapping[str, Any] = {
            name: bind.value for name, bind in getattr(compiled, "binds", {}).items() if not bind.required
        }

    def arguments(self, values: Mapping[str, Any]) -> Any:
        """`values` as the driver wants them; the statement's own constants fill what is not given."""
        if self.order is None:
            return {**self.defaults, **values}
        defaults = self.defaults
        return [values[name] if name in values else defaults[name] for name in self.order]


class Transaction:
    """What can be asked and changed inside ``Store.read`` or ``Store.write``."""

    def __init__(self, store: Store, cursor: Any) -> None:
        self._store = store
        self._cursor = cursor

    def rows(self, build: Build, **values: Any) -> list[Any]:
        """Every row of a query, as tuples."""
        compiled = self._store.compiled(build)
        self._cursor.execute(compiled.sql, compiled.arguments(values))
        return self._cursor.fetchall()  # type: ignore[no-any-return]

    def row(self, build: Build, **values: Any) -> Any:
        """The first row, or None."""
        compiled = self._store.compiled(build)
        self._cursor.execute(compiled.sql, compiled.arguments(values))
        return self._cursor.fetchone()

    def change(self, build: Build, **values: Any) -> int:
        """Run an INSERT, UPDATE or DELETE; return how many rows it touched: the row count decides."""
        compiled = self._store.compiled(build)
        self._cursor.execute(compiled.sql, compiled.arguments(values))
        return int(self._cursor.rowcount)

    def change_many(self, build: Build, values: Iterable[Mapping[str, Any]]) -> None:
        """Run one statement for each of `values`."""
        compiled = self._store.compiled(build)
        self._cursor.executemany(compiled.sql, [compiled.arguments(one) for one in values])


class Store:
    """The database of this process. Each thread has a connection of its own, or, with `one_connection`, all use the
    same and must take turns."""

    def __init__(self, url: str, one_connection: bool = False) -> None:
        self.engine = open_engine(url)
        self.backend = self.engine.dialect.name
        self._begin_write = BEGIN_WRITE[self.backend]
        self._compiled: dict[Build, Compiled] = {}
        # By thread. Not a threading.local: that runs its contents' Python destructors while a thread of the web server
        # ends, which kills the process. A thread that gets a dead one's number gets its connection.
        self._connections: dict[int, tuple[PoolProxiedConnection, int]] = {}
        self._whose: Callable[[], int] = (lambda: 0) if one_connection else threading.get_ident
        self._file = (self.engine.url.database or "") if self.backend == "sqlite" else ""
        self._jammed = False
        assert isinstance(self.engine.dialect, DefaultDialect)
        driver = self.engine.dialect.import_dbapi() if self.backend != "sqlite" else sqlite3
        self._faults: tuple[type[Exception], ...] = (driver.Error, DBAPIError)

    def compiled(self, build: Build) -> Compiled:
        """The compiled form of a statement, made at its first use."""
        found = self._compiled.get(build)
        if found is None:
            found = self._compiled[build] = Compiled(build(self.backend), self.engine)
        return found

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Reads outside a transaction: each statement sees the newest committed state."""
        try:
            yield Transaction(self, self._connection().cursor())
        except self._faults as fault:
            self._lose_connection()
            raise StoreBusy(f"the database could not be read: {_plainly(fault)}") from None

    @contextmanager
    def write(self, patience: float = STORE_PATIENCE_SECONDS) -> Iterator[Transaction]:
        """One short transaction: all of it or nothing. Never talk to a network inside.

        Raises ``StoreBusy`` when the database stays locked for `patience` seconds or cannot be written. Once
        somebody has waited in vain, the others hardly wait until a write succeeds: a queue of patient pushes would
        have the last of them answered too late.
        """
        try:
            self._require_same_file()
            cursor = self._connection().cursor()
            self._begin(cursor, min(patience, JAMMED_PATIENCE) if self._jammed else patience)
            try:
                yield Transaction(self, cursor)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
        except self._faults as fault:
            self._lose_connection()
            raise StoreBusy(f"the database could not be written: {_plainly(fault)}") from None

    def _begin(self, cursor: Any, patience: float) -> None:
        """Begin to write. Another writer is done in a fraction of a millisecond: look again after so long, then
        ever more rarely, until the patience is over."""
        if self.backend != "sqlite":
            cursor.execute(self._begin_write)
            return
        deadline = time.monotonic() + patience
        wait = SHORTEST_WAIT
        while True:
            try:
                cursor.execute(self._begin_write)
                self._jammed = False
                return
            except sqlite3.OperationalError as busy:
                if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > deadline:
                    self._jammed = True
                    raise
            time.sleep(wait)
            wait = min(wait * WAIT_GROWTH, LONGEST_WAIT)

    def clear_log_often(self) -> None:
        """For a thread that is about to write very much: its own commits move the log into an embedded database, a few
        megabytes at a time. Else the commit of somebody who hardly writes may have to move all of it."""
        if self.backend == "sqlite":
            self._connection().execute(f"pragma wal_autocheckpoint={FEW_PAGES}")

    def close(self) -> None:
        """Close every thread's connection and the engine."""
        while self._connections:
            self._connections.popitem()[1][0].invalidate()
        self.engine.dispose()

    def _connection(self) -> Any:
        held = self._connections.get(self._whose())
        if held is not None:
            return held[0].driver_connection
        file = self._file_number()  # before SQLite makes an empty file where there is none
        pooled = self.engine.raw_connection()
        self._connections[self._whose()] = pooled, file
        connection: Any = pooled.driver_connection
        if self.backend == "sqlite":
            connection.execute("pragma busy_timeout=0")  # the waiting is done in _begin
        return connection

    def _require_same_file(self) -> None:
        """A file that was removed or replaced still takes what is written through an open connection, and all of it
        is lost. Looking costs a microsecond."""
        held = self._connections.get(self._whose())
        if held is not None and held[1] != self._file_number():
            self._lose_connection()
            raise StoreBusy("the database file was replaced by another under the running bot")

    def _file_number(self) -> int:
        """Which file an embedded database lies in, however it is called; 0 for a server's."""
        if not self._file:
            return 0
        try:
            return os.stat(self._file).st_ino  # noqa: PTH116 - a Path costs more than the look
        except OSError as gone:
            self._lose_connection()
            raise StoreBusy(f"the database file is gone: {gone.strerror} — put it back") from None

    def _lose_connection(self) -> None:
        """After a fault the connection's state is unknown: throw it away."""
        pooled, _ = self._connections.pop(self._whose(), (None, 0))
        if pooled is not None:
            pooled.invalidate()


def _plainly(fault: Exception) -> str:
    """What happened, without the statement and its values (they are personal data)."""
    origin = getattr(fault, "orig", None) or fault
    return f"{type(origin).__name__}: {str(origin).splitlines()[0][:120]}"
