"""Moments as documents and sentences tell them, in the account's time zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def rfc3339(at: int | None, zone: ZoneInfo) -> str | None:
    """Seconds since 1970 written out, ``2026-11-23T10:00:00+08:00``; None for None."""
    return None if at is None else dt.datetime.fromtimestamp(at, zone).isoformat()


def minute(at: int, zone: ZoneInfo) -> str:
    """For people: ``2026-11-23 10:00``."""
    return dt.datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M")
