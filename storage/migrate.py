"""Schema steps, run by alembic under a lock, so that processes starting together do not run them twice."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from errors import StoreBehind, StoreBusy

SCRIPTS = Path(__file__).parent / "migrations"
LOCK_SECONDS = 60


def migrate(engine: Engine) -> list[str]:
    """Bring the tables up to date; return the names of the steps that were run."""
    with _told_plainly(), _lock(engine), engine.begin() as connection:
        before = _current(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        steps = ScriptDirectory.from_config(config).iterate_revisions(_current(connection), before)
        return [step.doc for step in reversed(list(steps))]


def require_current(engine: Engine) -> None:
    """Raise ``StoreBehind`` unless the tables are those of this program."""
    with _told_plainly(), engine.connect().execution_options(reading=True) as connection:
        if _current(connection) != ScriptDirectory.from_config(_config()).get_current_head():
            raise StoreBehind("the database is not up to date — run: python bot.py migrate")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    """A database that cannot be opened or changed, as one of our errors: without its address and password."""
    try:
        yield
    except CommandError:
        raise StoreBehind("the database was made by a newer version of this program — install that one") from None
    except (DBAPIError, sqlite3.Error, OSError) as fault:
        origin = getattr(fault, "orig", None) or fault
        raise StoreBusy(f"DATABASE_URL: the database cannot be opened or brought up to date: {origin}") from None


@contextlib.contextmanager
def _lock(engine: Engine) -> Iterator[None]:
    """A lock file beside an embedded database, the server's own named lock otherwise."""
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.migrate-lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    ask, free = {
        "mysql": (
            f"SELECT GET_LOCK('shutong_migrate', {LOCK_SECONDS})",
            "SELECT RELEASE_LOCK('shutong_migrate')",
        ),
        "postgresql": ("SELECT pg_advisory_lock(7305481)", "SELECT pg_advisory_unlock(7305481)"),
    }[engine.dialect.name]
    with engine.connect() as connection:
        connection.execute(text(ask))
        try:
            yield
        finally:
            connection.execute(text(free))
