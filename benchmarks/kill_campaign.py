"""Does anybody get a campaign twice, or get nothing without a row that says why, when its processes are killed?

Workers and clocks are killed by `kill -9` at random moments while campaigns are sent to 2,000 people of the simulated
WeChat, 5 % of whose answers are wrong, late or lost after the effect. In the end every row is compared with what the
platform says that each person got. Each process is forked from one that has loaded the program already, so that it is
killed at work and not while it starts.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

import clockwork
import sending
import wiring
from benchmarks.campaign_side import add_messages, add_people, add_run, openids, wait_until_over
from benchmarks.paying_side import platform, selling
from benchmarks.webhook import free_port
from catalog.live import LiveCatalog
from config import load

KILLS, PEOPLE, SPEED, RATE = 200, 2_000, 10, 20
"""``SPEED``: platform seconds in one of ours. ``RATE``: pushes in a platform second, so 200 in one of ours."""
MORNING = 1_795_397_400  # 2026-11-23 09:30 in Shanghai
WINDOW_HOLDS = 5
FAULTS = {
    "reset_after": 0.015, "40001": 0.014, "reset_before": 0.005, "http_502": 0.005, "busy": 0.005, "45011": 0.005,
    "slow": 0.001,
}  # fmt: skip
"""5 % in all. ``slow``: the answer comes after we hung up; the message arrived."""
SLOW_SECONDS = 9
SHORTEST, LONGEST = 0.2, 2.0
"""Seconds from one kill to the next."""


@dataclass
class Processes:
    """The workers and clocks, each by its place; a killed one is begun again."""

    settings: dict[str, str]
    content: LiveCatalog
    roles: list[str]
    alive: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, place: int) -> None:
        """Fork the process of this place."""
        pid = os.fork()
        if pid == 0:
            try:
                work(self.roles[place], self.settings, self.content)
            finally:
                os._exit(1)
        self.alive[place] = pid

    def kill(self, place: int) -> None:
        """End it at once, and begin another."""
        os.kill(self.alive[place], signal.SIGKILL)
        os.waitpid(self.alive[place], 0)
        self.begin(place)

    def end(self) -> None:
        """Ask all of them to finish, and wait."""
        for pid in self.alive.values():
            os.kill(pid, signal.SIGTERM)
        for pid in self.alive.values():
            os.waitpid(pid, 0)


def work(role: str, settings: dict[str, str], content: LiveCatalog) -> None:
    """What `bot.py worker` and `bot.py clock` do, with the content that was read already."""
    logging.disable(logging.CRITICAL)
    house = wiring.build(load(settings))
    house.__dict__["catalog"] = content
    batches = sending.batches(house, sending.Campaigns(house))
    if role == "worker":
        batches.work()
    else:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        clockwork.clock(house, batches.hand_over).run_until(stop)


@contextmanager
def a_platform(folder: Path) -> Iterator[tuple[dict[str, str], str]]:
    """(settings of a bot, address of the platform it sends through), until the block ends."""
    port, platform_port = free_port(), free_port()
    settings, _ = selling(folder, port, platform_port)
    base = f"http://127.0.0.1:{platform_port}"
    settings |= {"SEND_RATE": str(RATE), "CLOCK_URL": f"{base}/_control/clock"}
    with platform(settings, folder, port, platform_port):
        control(base, "clock", {"set": MORNING})
        control(base, "clock", {"speed": SPEED})
        wiring.build(load(settings)).close()
        yield settings, base


def control(base: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """One call of the platform's control API."""
    url = f"{base}/_control/{path}"
    answer = requests.get(url, timeout=60) if body is None else requests.post(url, json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()


def for_each(people: list[str], do: Callable[[str], Any]) -> list[Any]:
    """Of many people, several at a time."""
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(do, people))


def now(base: str) -> int:
    return int(control(base, "clock")["now"])


def run(kills: int = KILLS, workers: int = 1, clocks: int = 1, people: int = PEOPLE) -> dict[str, int]:
    """Counts: "kills", "campaigns", rows by state, "resumed" (runs that had paused themselves), "arrived" messages,
    "twice" (people who got one twice) and "differences" between rows and what arrived."""
    seen = Counter[str](kills=0, twice=0, differences=0)
    with tempfile.TemporaryDirectory() as name, a_platform(Path(name)) as (settings, base):
        crowd, database = openids(people), Path(name) / "profiles.db"
        for_each(crowd, lambda who: control(base, "followers", {"name": "someone", "openid": who}))
        for_each(crowd, lambda who: control(base, f"followers/{who}/follow", {"scene": ""}))
        add_people(database, crowd, now(base))
        processes = Processes(settings, loaded(settings), ["worker"] * workers + ["clock"] * clocks)
        runs: list[str] = []
        for place in range(len(processes.roles)):
            processes.begin(place)
        chance = random.Random(kills + workers)
        while seen["kills"] < kills:
            if len(runs) % WINDOW_HOLDS == 0:
                open_windows(base, database, crowd)
            run_id = add_run(database, f"killed-{len(runs)}", "made-1", crowd, now(base), "service")
            runs.append(run_id)
            seen.update(kill_until_sent(processes, base, database, run_id, kills - seen["kills"], chance))
            print(f"{run_id}: {dict(seen)}", flush=True)
        control(base, "faults/clear", {})
        for run_id in runs:
            seen.update(wait_until_over(database, run_id, 600))
        processes.end()
        seen["campaigns"] = len(runs)
        seen.update(compared(base, database, runs, crowd))
    print(dict(seen))
    return dict(seen)


def loaded(settings: dict[str, str]) -> LiveCatalog:
    """The content, read once for all processes."""
    house = wiring.build(load(settings))
    assert house.catalog.current
    house.close()
    return house.catalog


def open_windows(base: str, database: Path, people: list[str]) -> None:
    """Everybody writes, which allows five messages."""
    control(base, "faults/clear", {})
    for_each(people, lambda who: control(base, f"followers/{who}/say", {"text": "你好"}))
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        add_messages(connection, people, now(base))
    control(base, "faults", {"rates": FAULTS, "slow_seconds": SLOW_SECONDS})


def kill_until_sent(
    processes: Processes, base: str, database: Path, run_id: str, most: int, chance: random.Random
) -> Counter[str]:
    """Kill one process after the other until nothing of the run is planned, or it was enough."""
    seen = Counter[str]()
    while left(database, run_id):
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        seen["resumed"] += resumed(database, run_id)
        if seen["kills"] < most:
            processes.kill(chance.randrange(len(processes.roles)))
            seen["kills"] += 1
    return seen


def left(database: Path, run_id: str) -> bool:
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        found = connection.execute(
            "select 1 from campaign_deliveries where run_id = ? and state = 'planned' limit 1", (run_id,)
        ).fetchone()
    return found is not None


def resumed(database: Path, run_id: str) -> int:
    """An operator resumes what paused itself."""
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        return connection.execute(
            "update campaign_runs set state = 'sending', before_pause = '', trouble = '' where id = ? and "
            "state = 'paused'", (run_id,),
        ).rowcount  # fmt: skip


def compared(base: str, database: Path, runs: list[str], people: list[str]) -> Counter[str]:
    """How what arrived differs from the rows."""
    chats = for_each(people, lambda who: control(base, f"followers/{who}/chat")["chat"])
    seen = Counter[str]()
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        exposures = dict(connection.execute("select id, behaviour_id from exposures").fetchall())
        rows = connection.execute("select run_id, openid, state, why, exposure_id from campaign_deliveries").fetchall()
        sent = connection.execute("select openid, id from sends").fetchall()
    got = Counter(
        (who, exposure)
        for who, chat in zip(people, chats, strict=True)
        for line in chat
        if line["sender"] == "account" and line["channel"] == "kf"
        for exposure in [link_of(line)]
    )
    seen["arrived"] = sum(got.values())
    by_run = Counter((who, exposures.get(exposure, "nowhere")) for (who, exposure), n in got.items() for _ in range(n))
    seen["twice"] = sum(n > 1 for n in by_run.values())
    told = set(sent)
    for run_id, who, state, why, exposure in rows:
        arrived = by_run.pop((who, run_id), 0)
        fits = arrived == 1 if state == "sent" else arrived <= 1 if state == "unsure" else arrived == 0
        explained = state == "sent" or (state in ("unsure", "skipped", "failed", "held") and bool(why))
        counted = ((who, run_id) in told) == (state in ("sent", "unsure"))
        linked = not arrived or bool(got[who, exposure])
        if not (fits and explained and counted and linked):
            seen["differences"] += 1
            print(f"{run_id}: {state} {why!r}, arrived {arrived}, counted {counted}, linked {linked}", flush=True)
    seen["differences"] += sum(by_run.values()) + len(runs) * len(people) - len(rows)
    return seen


def link_of(line: dict[str, Any]) -> str:
    """The exposure that a message's link names."""
    return str(line["text"] + str(line.get("parts", ""))).partition("/go/made-1.")[2].partition(".")[0]


if __name__ == "__main__":
    found = run(*map(int, sys.argv[1:]))
    sys.exit(1 if found["differences"] or found["twice"] else 0)
