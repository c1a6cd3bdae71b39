"""The platform's own clock: it can be stopped, set, and run faster than the real one."""

import threading
import time
from collections.abc import Callable

MAX_SPEED = 1000.0
LAST = 4102444800
"""The end of 2099, in epoch seconds: no later time can be set."""


def day(at: float) -> int:
    """The number of the calendar day in China (UTC+8), by which the platform counts its quotas."""
    return int(at + 8 * 3600) // 86400


class ClockError(ValueError):
    """A speed or a time the clock does not accept."""


class PlatformClock:
    """Epoch seconds as the simulated platform sees them. `speed` 0 is stopped, 1 real time, at most 1,000."""

    def __init__(self, at: float | None = None, speed: float = 1.0, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._lock = threading.Lock()
        self._anchor = real()
        self._base = self._anchor if at is None else at
        self._speed = checked_speed(speed)

    def now(self) -> float:
        """Epoch seconds now."""
        with self._lock:
            return self._now()

    @property
    def speed(self) -> float:
        return self._speed

    def set(self, at: float) -> None:
        """Make it `at` (epoch seconds, 1970 to 2100) now; the speed stays."""
        at = checked_time(at)
        with self._lock:
            self._anchor, self._base = self._real(), at

    def advance(self, seconds: float) -> None:
        """Jump `seconds` ahead."""
        self.set(self.now() + seconds)

    def run_at(self, speed: float) -> None:
        """Go on from now at `speed` times real time."""
        speed = checked_speed(speed)
        with self._lock:
            self._base = self._now()
            self._anchor = self._real()
            self._speed = speed

    def _now(self) -> float:
        return self._base + (self._real() - self._anchor) * self._speed


def checked_time(at: float) -> float:
    """`at` when the clock can be set to it, else ClockError."""
    if not 0 <= at <= LAST:
        raise ClockError(f"{at} is not a time between 1970 and 2100 in epoch seconds.")
    return float(at)


def checked_speed(speed: float) -> float:
    """`speed` when the clock can run at it, else ClockError."""
    if not 0 <= speed <= MAX_SPEED:
        raise ClockError(f"speed {speed} is not between 0 (stopped) and {MAX_SPEED:.0f}.")
    return speed
