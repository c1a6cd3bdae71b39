"""Heavy work in a process of its own: it takes neither the clock's turn nor its memory, and gives way to followers."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from errors import ShutongError, StoreBusy
from storage.store import Store

NICENESS = 10
"""Whoever answers a follower goes first."""

Work = Callable[[Store, int], str]
"""A function of a module, so that another process finds it by its name."""


class Apart:
    """Runs one piece of work at a time in a process that ends with it, or when told to."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._stopped = False

    def run(self, work: Work, store: Store, now: int) -> str:
        """What `work` says; "" when it was stopped. Raises ``StoreBusy`` when its database failed it, ``RuntimeError``
        when the process ended otherwise (it told the log why)."""
        if self._stopped:
            return ""
        context = multiprocessing.get_context("spawn")  # a fork would share open database files
        hears, says = context.Pipe(duplex=False)
        url = store.engine.url.render_as_string(hide_password=False)
        self._process = context.Process(target=_work, args=(work, url, now, says), name="apart", daemon=True)
        self._process.start()
        says.close()
        said, trouble = _heard(hears)
        self._process.join()
        if trouble:
            raise StoreBusy(trouble)
        if self._process.exitcode and not self._stopped:
            raise RuntimeError(f"the process for it ended with code {self._process.exitcode}")
        return said

    def stop(self) -> None:
        """End it now, for good: what it has not finished is begun again by another clock."""
        self._stopped = True
        if self._process is not None and self._process.is_alive():
            self._process.terminate()


def _heard(hears: Connection) -> tuple[str, str]:
    """What it said and what troubled it; nothing when it ended without a word."""
    try:
        said, trouble = hears.recv()
    except EOFError:
        return "", ""
    return str(said), str(trouble)


def _work(work: Work, url: str, now: int, says: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the clock too, and the clock ends us
    os.nice(NICENESS)
    store = Store(url)
    try:
        says.send((work(store, now), ""))
    except ShutongError as trouble:
        says.send(("", str(trouble)))
    finally:
        store.close()
