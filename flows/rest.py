"""How often the clock learns: the longer it takes, the more rarely, and what takes long at night."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from storage import watermarks
from storage.store import Store

TIMES_LONGER = 500
"""Rest for so many times as long as the work took: two thousandths of a core. Of 0.1 s, 50 s."""
LONG_SECONDS = 10
"""What takes longer waits for the night: it would take a core from the followers."""
NIGHT_HOUR = 3
"""When the fewest read."""


def when_rested(
    store: Store, name: str, now: int, zone: ZoneInfo, work: Callable[[], str],
    seconds: Callable[[], float] = time.monotonic,
) -> str:  # fmt: skip
    """Do `work` unless it rests still, and let it rest thereafter; "" when it rests. `seconds` tells how long it took.
    Work that is cut off has no rest, and is begun again."""
    with store.read() as tx:
        until = watermarks.at(tx, f"{name}:rest")
    if now < until <= now + _LONGEST:
        return ""
    began = seconds()
    said = work()
    with store.write() as tx:
        watermarks.put(tx, f"{name}:rest", rested_at(now, seconds() - began, zone))
    return said


_LONGEST = 2 * 86_400
"""No rest is longer. One that seems to be was noted by a clock that was ahead."""


def rested_at(now: int, took: float, zone: ZoneInfo) -> int:
    """When work that took so many seconds may begin again."""
    earliest = now + int(took * TIMES_LONGER)
    if took <= LONG_SECONDS:
        return earliest
    night = dt.datetime.fromtimestamp(now, zone).replace(hour=NIGHT_HOUR, minute=0, second=0)
    return int((night if night.timestamp() > now else night + dt.timedelta(days=1)).timestamp())
