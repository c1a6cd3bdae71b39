"""Group commit: what several threads have to store goes into one transaction, and each is told once it is safe.

A commit costs as much as the statements of several pushes: its pages are written to the log, and every other
process must read them again. So whoever is done deciding while others stand in line leaves the commit to the last
of them. With nobody in line it is committed at once, so a lonely push never waits for company.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from errors import StoreBusy
from storage.store import Store, Transaction

T = TypeVar("T")
Change = Callable[[Transaction], T]
"""Stores something and returns what its owner wants to know. May be run again after a rollback."""


class Together:
    """One line of threads before one connection. ``store`` is for those whose turn it is, and must not be used
    by anybody else."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._turn, self._count = threading.Lock(), threading.Lock()
        self._in_line = 0
        self._pending: list[_Promise] = []

    def write(self, decide: Callable[[], Change[T]]) -> T:
        """Call `decide` when it is our turn, alone; return what its change returned, once that is committed.

        Raises what `decide` or the change raised, and ``StoreBusy`` when nothing could be stored.
        """
        with self._count:
            self._in_line += 1
        with self._turn:
            with self._count:
                self._in_line -= 1
            try:
                mine = _Promise(decide())
                self._pending.append(mine)
            finally:
                if not self._in_line:
                    self._commit()
        result: T = mine.kept()
        return result

    def _commit(self) -> None:
        promises, self._pending = self._pending, []
        try:
            self._keep(promises)
        except StoreBusy as busy:  # nobody's fault, and nothing that would go better alone
            for one in promises:
                one.fail(busy)
        except Exception:  # noqa: BLE001 - one of them cannot be stored: it must not take the others along
            for one in promises:
                self._keep_alone(one)

    def _keep(self, promises: list[_Promise]) -> None:
        if not promises:
            return
        with self.store.write() as tx:
            results = [one.change(tx) for one in promises]
        for one, result in zip(promises, results, strict=True):
            one.keep(result)

    def _keep_alone(self, promise: _Promise) -> None:
        try:
            self._keep([promise])
        except Exception as trouble:  # noqa: BLE001 - handed to its owner
            promise.fail(trouble)


class _Promise:
    """A change that is not committed yet, and what will have come of it."""

    __slots__ = ("_done", "_result", "_trouble", "change")

    def __init__(self, change: Change[Any]) -> None:
        self.change = change
        self._trouble: Exception | None = None
        self._done = threading.Lock()  # held until it is known; cheaper than an Event
        self._done.acquire()

    def keep(self, result: object) -> None:
        self._result = result
        self._done.release()

    def fail(self, trouble: Exception) -> None:
        self._trouble = trouble
        self._done.release()

    def kept(self) -> Any:
        self._done.acquire()
        if self._trouble is not None:
            raise self._trouble
        return self._result
