"""Places for pages that wait for WeChat. A worker has few threads; pushes must always find one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from errors import ShutongError

AT_ONCE = 2
"""Of a worker's four threads (``THREADS`` in ``bot.py``): one push decides, the next commits."""


class NoPlace(ShutongError):
    """As many pages as may already wait for WeChat."""

    again = True


class Places:
    """Lends `count` places; whoever finds none is told at once, for waiting would take a thread too."""

    def __init__(self, count: int = AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place while WeChat is asked. Raises ``NoPlace``."""
        if not self._free.acquire(blocking=False):
            raise NoPlace("too many pages wait for WeChat")
        try:
            yield
        finally:
            self._free.release()
