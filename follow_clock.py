"""Time as the simulated platform has it, so that a month plays in minutes. Only for trying things out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import requests

log = logging.getLogger(__name__)

ASK_EVERY_SECONDS = 0.5


class FollowedClock:
    """Asks ``{"now", "speed"}`` of an address again and again, and goes on from the last answer in between."""

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url, self._monotonic = url, monotonic
        self._told = (time.time(), 1.0, monotonic())
        self._silent = False

    def __call__(self) -> float:
        """Seconds since 1970 on the platform."""
        now, speed, heard = self._told
        return now + (self._monotonic() - heard) * speed

    def ask(self) -> None:
        """Ask once; keep going by the last answer when there is none."""
        try:
            told = requests.get(self._url, timeout=2).json()
            self._told = (float(told["now"]), float(told["speed"]), self._monotonic())
            self._silent = False
        except (requests.RequestException, ValueError, KeyError, TypeError):
            if not self._silent:
                log.warning("the clock to follow does not answer; going on from its last answer")
            self._silent = True

    def asked(self) -> float:
        """Seconds since 1970 on the platform in this very moment: for what a jump unheard of would spoil."""
        self.ask()
        return self()

    def follow(self) -> None:
        """Ask for ever, in a thread of its own."""
        self.ask()
        threading.Thread(target=self._follow, name="clock", daemon=True).start()

    def _follow(self) -> None:
        while True:
            time.sleep(ASK_EVERY_SECONDS)
            self.ask()
