"""What was learned, in use: read again beside the work whenever the clock has learned something."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from domain.learned import NOTHING_LEARNED, Learned, Neighbours
from errors import StoreBusy
from flows.learn_items import LEARNED
from storage import item_figures, neighbours, source_tastes, watermarks
from storage.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 5.0
"""A look is one row; what the clock learned a minute ago may wait so long."""


class LiveLearned:
    """Holds what was learned last, and hands it to `use`, in its own thread. ``current`` may be read by any thread at
    any time."""

    def __init__(self, store: Store, use: Callable[[Learned], None] = lambda learned: None) -> None:
        self._store, self._use = store, use
        self._seen = 0
        self.current: Learned = NOTHING_LEARNED
        self._stop = threading.Event()

    def refresh(self) -> bool:
        """Read it if it changed; True if something new is in use. May raise ``StoreBusy``: the old one serves on."""
        with self._store.read() as tx:
            seen = watermarks.at(tx, LEARNED)  # before the rows: a change during the reading is not missed
        if seen == self._seen:
            return False
        self.current = read_learned(self._store)
        self._use(self.current)
        self._seen = seen
        return True

    def follow(self) -> threading.Thread:
        """Start a thread that reads what there is, and again after every change, until ``close``."""
        thread = threading.Thread(target=self._follow, name="learned", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Stop following."""
        self._stop.set()

    def _follow(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            wait = LOOK_EVERY_SECONDS
            try:
                self.refresh()
            except StoreBusy as trouble:
                log.error("what was learned could not be read, the last serves on: %s", trouble)
            except Exception:
                log.exception("what was learned could not be read, the last serves on")


def read_learned(store: Store) -> Learned:
    """Everything that was learned, in short reads. Raises ``StoreBusy``."""
    with store.read() as tx:
        figures = item_figures.of_all(tx)
        weights = source_tastes.of_all(tx)
    tastes: dict[str, dict[str, float]] = {}
    for (source, tag), (weight, _) in sorted(weights.items(), key=lambda one: -one[1][0]):
        tastes.setdefault(source, {})[tag] = weight
    return Learned(figures, Neighbours(neighbours.of_all(store)), tastes)
