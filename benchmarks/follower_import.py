"""``follower import`` of made-up followers: rows a second, memory, and what another writer waits meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.webhook import ROOT, environment

ROWS = 100_000
SEED = 7
BESIDE = "--write-beside"


def made_file(path: Path, rows: int) -> Path:
    """A file of followers with facts, up to two tags and a day each."""
    chance = random.Random(SEED)
    jobs, cities, tags = ("工程师", "老师", "护士", "会计"), ("成都", "上海", "北京"), ("健身", "理财", "旅行", "科技")
    with path.open("w", encoding="utf-8") as file:
        file.write("openid,昵称,年龄,性别,职业,城市,标签,关注时间\n")
        for number in range(rows):
            liked = ";".join(chance.sample(tags, chance.randint(0, 2)))
            facts = f"读者{number},{chance.randint(16, 70)},{chance.choice('男女')},{chance.choice(jobs)}"
            file.write(f"oM{number:026d},{facts},{chance.choice(cities)},{liked},2026-0{chance.randint(1, 9)}-15\n")
    return path


def run(rows: int = ROWS) -> dict[str, float]:
    """Rows a second of looking, of writing, and of the same file again; MB grown; the longest wait of another, ms."""
    import wiring
    from config import load
    from domain.follower_row import Reading
    from flows.follower_file import FollowerFile
    from flows.import_followers import check_file, import_file

    with tempfile.TemporaryDirectory() as name:
        house = wiring.build(load({**environment(Path(name), 1), "CONTENT_DIR": str(ROOT / "content")}))
        words = house.catalog.current.vocabulary
        reading = Reading(house.settings.timezone, int(time.time()), words.named, words.like)
        path = made_file(Path(name) / "members.csv", rows)
        before = _megabytes()
        beside = [sys.executable, "-m", "benchmarks.follower_import", BESIDE, house.settings.database_url]
        other = subprocess.Popen(beside, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            file = FollowerFile(path, {})
            outcome, repeated = check_file(file, reading, lambda done: None)
            looked = time.perf_counter()
            assert house.vault and not outcome.wrong
            import_file(house.store, house.vault, file, reading, outcome, repeated, lambda done: None, "benchmark")
            seconds += [looked - began, time.perf_counter() - looked]
        waits = sorted(map(float, other.communicate("over")[0].split()))
        house.close()
    found = {
        "look": rows / seconds[0], "write": rows / seconds[1], "again": rows / seconds[3],
        "grown_mb": _megabytes() - before, "waits": len(waits), "p99_wait_ms": waits[len(waits) * 99 // 100] * 1000,
        "longest_wait_ms": waits[-1] * 1000,
    }  # fmt: skip
    print({name: round(value, 1) for name, value in found.items()})
    return found


def write_beside(url: str) -> None:
    """Another process that writes now and then, as a push does, until its standard input ends; tells each wait."""
    from storage import followers
    from storage.store import Store

    store, over, waits = Store(url), threading.Event(), []
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    while not over.wait(0.01):
        began = time.perf_counter()
        with store.write() as tx:
            followers.speaks(tx, "somebody-else", 1)
        waits.append(time.perf_counter() - began)
    print(*waits)


def _megabytes() -> float:
    """Of our own: the database's file is mapped into memory too, and the system takes that back when it wants."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__" and BESIDE in sys.argv:
    write_beside(sys.argv[-1])
elif __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
