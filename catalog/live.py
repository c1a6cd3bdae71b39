"""The catalogue in use: follows the files, keeps the last good version when a save is faulty."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from catalog.load import Catalog
from catalog.mistakes import ContentWrong
from domain.learned import NOTHING_LEARNED, Learned

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS, LONGEST_WAIT_SECONDS = 1.5, 4.0
"""Looking at times and sizes works on every disk and through links, and costs a millisecond for fifty files."""


class LiveCatalog:
    """Holds the current version. ``current`` may be read by any thread at any time.

    What followers taught about the items comes from elsewhere (``teach``) and outlives the versions.
    """

    def __init__(self, folder: Path, load: Callable[[], Catalog]) -> None:
        self._folder = folder
        self._load = load
        self._seen = fingerprint(folder)  # before the load: a save during it is not missed
        self._learned = NOTHING_LEARNED
        self._changing = threading.Lock()  # a version and a lesson that come at once both count
        self.current = _ready(load())
        self.mistakes: list[str] = []
        self._stop = threading.Event()

    def refresh(self) -> bool:
        """Read the files again; True if the new version is in use, False if it is faulty and the old one stays."""
        try:
            self._use(self._load())
        except ContentWrong as wrong:
            self.mistakes = [str(mistake) for mistake in wrong.mistakes]
            for mistake in self.mistakes:
                log.error("content not taken over, the last good version serves on: %s", mistake)
            return False
        except OSError as trouble:
            self.mistakes = [f"the content could not be read: {trouble.strerror}"]
            log.error("content not taken over, the last good version serves on: %s", trouble.strerror)
            return False
        self.mistakes = []
        log.info("content taken over: %d items", len(self.current.items))
        return True

    def teach(self, learned: Learned) -> None:
        """Rank by this from now on."""
        with self._changing:
            self._learned = learned
            self.current = _ready(self.current.taught(learned))

    def _use(self, version: Catalog) -> None:
        with self._changing:
            self.current = _ready(version if self._learned is NOTHING_LEARNED else version.taught(self._learned))

    def follow(self) -> threading.Thread:
        """Start a thread that refreshes after every save, until ``close``."""
        thread = threading.Thread(target=self._follow, name="catalog", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Stop following."""
        self._stop.set()

    def _follow(self) -> None:
        wait = LOOK_EVERY_SECONDS
        while not self._stop.wait(wait):
            began = time.monotonic()
            seen = fingerprint(self._folder)
            # A big folder is looked at a little less often; a save still counts within five seconds.
            wait = min(max(LOOK_EVERY_SECONDS, 10 * (time.monotonic() - began)), LONGEST_WAIT_SECONDS)
            if seen != self._seen:
                self._seen = seen
                self._refresh_whatever_happens()

    def _refresh_whatever_happens(self) -> None:
        try:
            self.refresh()
        except Exception as trouble:
            log.exception("content not taken over, the last good version serves on")
            self.mistakes = [f"the content could not be read: {type(trouble).__name__}"]
            self._seen = ()  # try again at the next look


def _ready(version: Catalog) -> Catalog:
    """The same, once its ranking is prepared: nobody who asks waits for that."""
    _ = version.ranking
    return version


def fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells one state of the folder from another: each file's path, size and time of change, links followed."""
    found = []
    for place, _, names in os.walk(folder, followlinks=True):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - a hundred thousand Path objects would cost a second
            try:
                state = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            found.append((path, state.st_size, state.st_mtime_ns))
    return tuple(sorted(found))
