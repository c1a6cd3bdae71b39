"""Locked, read-only, broken, behind: the store says so, and nothing is half done. Schema steps run once."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import text

from domain.answer import Lesson
from domain.message import MESSAGE, Message
from errors import ShutongError, StoreBehind, StoreBusy
from storage import behaviours, exposures, interests, opt_outs, replies
from storage.migrate import _config, migrate, require_current
from storage.schema import metadata
from storage.store import Store
from storage.vault import Vault

PATIENCE = 0.05
SECRET_WORDS = "我的手机号是13800138000"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.store.STORE_PATIENCE_SECONDS", PATIENCE)


def file_of(store: Store) -> str:
    return str(store.engine.url.database)


@pytest.fixture
def other(store: Store) -> Iterator[sqlite3.Connection]:
    """Another connection that has begun to write and does not end."""
    connection = sqlite3.connect(file_of(store), isolation_level=None, timeout=5)
    connection.execute("begin immediate")
    yield connection
    connection.close()


def rows(store: Store) -> dict[str, int]:
    with sqlite3.connect(file_of(store)) as connection:
        return {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in metadata.tables}


def write_something(store: Store) -> None:
    with store.write() as tx:
        behaviours.add(tx, Message("m1", "o1", "gh", 5, MESSAGE, "text", SECRET_WORDS), ())
        interests.learn(tx, "o1", [Lesson("健身", 1.0, "ask", "跑步")], 5)


def test_a_locked_database_is_waited_for_and_then_told(store: Store, other: sqlite3.Connection) -> None:
    began = time.monotonic()
    with pytest.raises(StoreBusy, match=r"could not be written: .*locked"):
        write_something(store)
    assert PATIENCE <= time.monotonic() - began < 5
    other.execute("rollback")
    assert not any(rows(store).values())
    write_something(store)
    assert rows(store)["behaviours"] == rows(store)["interests"] == 1, "the store goes on afterwards"


def test_a_locked_database_can_still_be_read(store: Store, other: sqlite3.Connection) -> None:
    with store.read() as tx:
        assert behaviours.count(tx, "o1") == (0, None)


def test_a_lock_that_ends_in_time_is_no_trouble(
    store: Store, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is given up at the writer's second look."""
    monkeypatch.setattr("storage.store.STORE_PATIENCE_SECONDS", 20)
    monkeypatch.setattr("storage.store.time.sleep", lambda seconds: other.in_transaction and other.execute("rollback"))
    write_something(store)
    assert rows(store)["behaviours"] == 1


def test_an_error_in_the_middle_leaves_nothing(store: Store) -> None:
    with pytest.raises(KeyError), store.write() as tx:
        opt_outs.stop(tx, "o1", "", 5)
        raise KeyError
    assert not any(rows(store).values())
    write_something(store)


def test_a_fault_of_the_database_in_the_middle_leaves_nothing(store: Store) -> None:
    with pytest.raises(StoreBusy), store.write() as tx:
        opt_outs.stop(tx, "o1", "", 5)
        tx.rows(lambda backend: text("select nothing from nowhere"))
    assert not any(rows(store).values())


def test_what_others_cannot_see_is_not_yet_written(store: Store) -> None:
    with store.write() as tx:
        opt_outs.stop(tx, "o1", "", 5)
        assert rows(store)["opt_outs"] == 0
    assert rows(store)["opt_outs"] == 1


def test_a_database_that_may_not_be_written_is_told(store: Store) -> None:
    with store.write() as tx:
        opt_outs.stop(tx, "o0", "", 5)
    store._connection().execute("pragma query_only=on")
    with pytest.raises(StoreBusy, match="could not be written"):
        write_something(store)
    assert rows(store)["behaviours"] == 0


def test_a_read_only_file_is_told_and_can_be_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened as SQLite opens a file without the right to write (tests may run as root, whom no file mode stops)."""
    write_something(store)
    monkeypatch.setattr(
        "storage.dialect.open_file",
        lambda path: sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None),
    )
    read_only = Store(str(store.engine.url))
    with pytest.raises(StoreBusy, match="readonly database"), read_only.write() as tx:
        opt_outs.stop(tx, "o1", "", 5)
    with read_only.read() as tx:
        assert behaviours.count(tx, "o1") == (1, 5)
    read_only.close()
    assert rows(store)["opt_outs"] == 0


def test_a_file_that_is_no_database_is_told_without_its_words(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database at all, but a letter " * 200)
    broken = Store(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(StoreBusy, match="not a database"), broken.read():
        pass


def test_an_error_never_tells_what_somebody_wrote(store: Store) -> None:
    """The message of a broken rule names the column; the values are personal."""
    with pytest.raises(StoreBusy) as told, store.write() as tx:
        replies.remember(tx, "m1", 5, SECRET_WORDS)
        replies.remember(tx, "m1", 5, SECRET_WORDS)
    said = repr(told.value) + str(told.value.__cause__)
    assert "UNIQUE constraint failed" in said
    assert "13800138000" not in said and told.value.__suppress_context__
    assert told.value.sentence == "busy" and told.value.again


def test_every_thread_has_a_connection_of_its_own(store: Store) -> None:
    mine, theirs = store._connection(), []
    thread = threading.Thread(target=lambda: theirs.append(store._connection()))
    thread.start()
    thread.join(10)
    assert store._connection() is mine and theirs and theirs[0] is not mine


# --- schema steps ------------------------------------------------------------------------------------------------


def test_the_steps_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_comparison_would_notice_a_missing_column(store: Store) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql("alter table followers drop column about")
        assert compare_metadata(MigrationContext.configure(connection), metadata) != []


def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    fresh = Store(f"sqlite:///{tmp_path / 'deep' / 'er' / 'new.db'}")
    with pytest.raises(StoreBehind, match=r"python bot\.py migrate"):
        require_current(fresh.engine)
    assert migrate(fresh.engine) != []
    assert migrate(fresh.engine) == []
    require_current(fresh.engine)
    fresh.close()


def _migrate_in_a_process(url: str, gate: object, told: object) -> None:
    gate.wait(60)  # type: ignore[attr-defined]
    told.put(migrate(Store(url).engine))  # type: ignore[attr-defined]


def test_two_processes_that_start_together_run_the_steps_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    gate, told = spawn.Barrier(2), spawn.Queue()
    url = f"sqlite:///{tmp_path / 'new.db'}"
    processes = [spawn.Process(target=_migrate_in_a_process, args=(url, gate, told)) for _ in range(2)]
    for process in processes:
        process.start()
    steps = sorted((told.get(timeout=60) for _ in processes), key=len)
    for process in processes:
        process.join(60)
    assert steps[0] == [] and steps[1] != [] and [process.exitcode for process in processes] == [0, 0]


def test_data_survive_a_second_start(store: Store) -> None:
    write_something(store)
    migrate(store.engine)
    assert rows(store)["behaviours"] == 1


def test_what_was_clicked_before_there_was_a_column_for_it_counts_as_opened(tmp_path: Path) -> None:
    old = Store(f"sqlite:///{tmp_path / 'old.db'}")
    with old.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for which in ("e1", "e2"):
            connection.exec_driver_sql(f"insert into exposures values ('{which}', 'o1', 5, 's', 1, 'p', 1, 'r', 'b1')")
        for who, at, detail in (("o1", 9, "e1"), ("o1", 7, "e1"), ("", 8, "e2")):
            connection.exec_driver_sql(
                f"insert into behaviours values ('{who}', 'c{at}', {at}, 'click', 'go', '', '{detail}', '')"
            )
    migrate(old.engine)
    with old.read() as tx:
        found = [exposures.find(tx, which) for which in ("e1", "e2")]
    assert [one and one.opened_at for one in found] == [7, None]
    old.close()


# --- personal facts ------------------------------------------------------------------------------------------------


def test_facts_are_hidden_with_the_newest_key_and_read_with_any() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    hidden = Vault([old]).hide('{"age": 30}')
    assert "age" not in hidden
    assert Vault([new, old]).show_facts(hidden) == {"age": 30}
    assert Vault([new]).show(Vault([new, old]).hide("名")) == "名"
    assert Vault([new]).show("") == "" and Vault([new]).show_facts("") == {}
    with pytest.raises(ShutongError, match="DATA_KEYS"):
        Vault([new]).show(hidden)
