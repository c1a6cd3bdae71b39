"""People with open windows, and a campaign that is due to all of them, put into a bot's database at once."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from domain.campaign import PLANNED, SENDING
from storage import schema

CAMPAIGN = """title: 周末专题
purpose: {purpose}
channels: [window]
caps: {{per_day: 3, per_week: 7}}
message:
  item: {slug}
  text: "{{greeting}}，这个周末读一篇：{{title}} {{link}}"
"""


def day_zone() -> str:
    """A time zone in which it is about noon now: at night nothing is sent."""
    ahead = 12 - dt.datetime.now(dt.UTC).hour
    return f"Etc/GMT{-ahead:+d}"


def openids(count: int) -> list[str]:
    """Made-up people."""
    return [f"oMade{number:08d}abcdefghijklmno" for number in range(count)]


def add_people(database: Path, people: list[str], at: int) -> None:
    """They follow, and wrote at that moment."""
    with closing(sqlite3.connect(database)) as connection, connection:
        _insert(
            connection, schema.followers.name,
            [{"openid": who, "subscribed": 1, "subscribed_at": at, "unsubscribed_at": None, "source": "",
              "first_seen_at": at, "about": "", "asked_at": None, "last_seen_at": at} for who in people],
        )  # fmt: skip
        add_messages(connection, people, at)


def add_messages(connection: sqlite3.Connection, people: list[str], at: int) -> None:
    """They write: their windows are open."""
    _insert(
        connection, schema.behaviours.name,
        [{"openid": who, "id": f"m{at}", "at": at, "kind": "message", "form": "text", "text": "你好", "detail": "",
          "taught": ""} for who in people],
    )  # fmt: skip


def add_run(database: Path, name: str, slug: str, people: list[str], at: int, purpose: str = "marketing") -> str:
    """A run that is being sent, with a row for each of them that is due; its id."""
    run_id = f"{name}@{at}"
    with closing(sqlite3.connect(database)) as connection, connection:
        _insert(
            connection, schema.campaign_runs.name,
            [{"id": run_id, "campaign": name, "slot": at, "state": SENDING, "before_pause": "",
              "snapshot": CAMPAIGN.format(slug=slug, purpose=purpose), "launched_by": "benchmark", "made_at": at,
              "planned_to": "~", "claimed_by": "", "claimed_until": 0, "launched_at": at,
              "finished_at": None,
              "trouble": ""}],
        )  # fmt: skip
        _insert(
            connection, schema.campaign_deliveries.name,
            [{"run_id": run_id, "openid": who, "state": PLANNED, "why": "", "variant": "main", "slug": slug,
              "reason": "", "channel": "", "exposure_id": "", "planned_at": at, "due_at": at,
              "claimed_by": "", "claimed_at": None,
              "sent_at": None, "tries": 0, "message_id": ""} for who in people],
        )  # fmt: skip
    return run_id


def states(database: Path, run_id: str) -> dict[str, int]:
    """State -> rows."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        found = connection.execute(
            "select state, count(*) from campaign_deliveries where run_id = ? group by state", (run_id,)
        ).fetchall()
    return dict(found)


def wait_until_over(database: Path, run_id: str, seconds: float) -> dict[str, int]:
    """Until nothing of the run is planned or on its way. Raises SystemExit when that takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = states(database, run_id)
        if not {"planned", "sending"} & set(found):
            return found
        time.sleep(0.5)  # counting costs the processors something too
    raise SystemExit(f"{run_id} is not over: {states(database, run_id)}")


def _insert(connection: sqlite3.Connection, table: str, rows: list[dict[str, object]]) -> None:
    names = list(rows[0])
    marks = ", ".join("?" * len(names))
    connection.executemany(
        f"insert into {table} ({', '.join(names)}) values ({marks})", [[row[name] for name in names] for row in rows]
    )
