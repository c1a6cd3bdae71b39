"""Group commit: who stands in line is stored in one transaction, and told only when it is safe."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from errors import Overtaken, StoreBusy
from storage import long_texts
from storage.migrate import migrate
from storage.store import Store, Transaction
from storage.together import Change, Together


@pytest.fixture
def together(tmp_path: Path) -> Iterator[Together]:
    store = Store(f"sqlite:///{tmp_path / 'profiles.db'}", one_connection=True)
    migrate(store.engine)
    yield Together(store)
    store.close()


def keeps(openid: str) -> Change[str]:
    def change(tx: Transaction) -> str:
        long_texts.keep(tx, openid, "其余的话")
        return openid

    return change


def stored(together: Together) -> set[str]:
    with sqlite3.connect(str(together.store.engine.url.database)) as connection:
        return {row[0] for row in connection.execute("select openid from long_texts")}


class Line:
    """One thread decides slowly while `others` come and stand in line behind it."""

    def __init__(self, together: Together, pool: ThreadPoolExecutor) -> None:
        self._together, self._pool = together, pool
        self._deciding, self._go_on = threading.Event(), threading.Event()

    def run(self, first: Change[str], others: list[Any]) -> list[Future[str]]:
        def slowly() -> Change[str]:
            self._deciding.set()
            assert self._go_on.wait(10)
            return first

        futures = [self._pool.submit(self._together.write, slowly)]
        assert self._deciding.wait(10)
        futures += [self._pool.submit(self._together.write, other) for other in others]
        while self._together._in_line < len(others):
            pass
        assert not stored(self._together)
        self._go_on.set()
        return futures


@pytest.fixture
def line(together: Together) -> Iterator[Line]:
    with ThreadPoolExecutor(8) as pool:
        yield Line(together, pool)


@pytest.fixture
def commits(together: Together) -> list[str]:
    """Every COMMIT and ROLLBACK the database was asked for."""
    seen: list[str] = []
    with together.store.read() as tx:
        connection = tx._cursor.connection
    connection.set_trace_callback(lambda sql: seen.append(sql) if sql in ("COMMIT", "ROLLBACK") else None)
    return seen


def test_who_comes_alone_is_stored_at_once(together: Together) -> None:
    assert together.write(lambda: keeps("o1")) == "o1"
    assert stored(together) == {"o1"}


def test_those_in_line_are_stored_by_one_commit_and_each_is_told_its_own(
    line: Line, together: Together, commits: list[str]
) -> None:
    futures = line.run(keeps("o0"), [lambda n=n: keeps(f"o{n}") for n in range(1, 6)])
    assert [one.result(10) for one in futures] == [f"o{n}" for n in range(6)]
    assert commits == ["COMMIT"]
    assert len(stored(together)) == 6


def test_one_that_cannot_be_stored_does_not_take_the_others_along(line: Line, together: Together) -> None:
    def broken(tx: Transaction) -> str:
        long_texts.keep(tx, "half", "")
        raise ValueError("a value no column takes")

    futures = line.run(keeps("o0"), [lambda: broken, lambda: keeps("o2")])
    assert [futures[0].result(10), futures[2].result(10)] == ["o0", "o2"]
    with pytest.raises(ValueError, match="no column takes"):
        futures[1].result(10)
    assert stored(together) == {"o0", "o2"}


def test_one_that_lost_a_race_does_not_make_the_others_decide_anew(line: Line, together: Together) -> None:
    def overtaken(tx: Transaction) -> str:
        raise Overtaken("somebody took it a moment before")

    futures = line.run(keeps("o0"), [lambda: overtaken, lambda: keeps("o2")])
    assert [futures[0].result(10), futures[2].result(10)] == ["o0", "o2"]
    assert isinstance(futures[1].exception(10), Overtaken)
    assert stored(together) == {"o0", "o2"}


def test_who_fails_to_decide_last_still_has_the_others_stored(line: Line, together: Together) -> None:
    def undecided() -> Change[str]:
        raise LookupError("nothing to say")

    futures = line.run(keeps("o0"), [undecided, undecided])
    assert futures[0].result(10) == "o0"
    assert all(isinstance(one.exception(10), LookupError) for one in futures[1:])
    assert stored(together) == {"o0"}


def test_a_locked_database_is_told_to_everybody_and_nothing_is_stored(
    line: Line, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.store.JAMMED_PATIENCE", 0.0)
    together.store._jammed = True
    with sqlite3.connect(str(together.store.engine.url.database), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = line.run(keeps("o0"), [lambda: keeps("o1"), lambda: keeps("o2")])
        assert all(isinstance(one.exception(10), StoreBusy) for one in futures)
        other.execute("ROLLBACK")
    assert not stored(together)
    assert together.write(lambda: keeps("o3")) == "o3"
