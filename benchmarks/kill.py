"""Are acknowledged behaviours lost when the workers are killed? 20 kills under load, then a count of rows."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from benchmarks.made_content import made_messages
from benchmarks.platform_side import sealed, text
from benchmarks.webhook import ROOT, THREADS, WORKERS, environment, free_port

KILLS, CLIENTS = 20, 4


def run() -> dict[str, int]:
    """{"acknowledged", "lost", "doubled"} over all kills."""
    acknowledged: list[int] = []
    number = iter(range(10**13, 10**14))
    lock = threading.Lock()
    words = made_messages(500, seed=7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = environment(folder, 100)
        rng = random.Random(20)
        for _ in range(KILLS):
            port, stop = free_port(), threading.Event()
            process = _start(settings, port)

            def client(port: int = port, stop: threading.Event = stop) -> None:
                while not stop.is_set():
                    with lock:
                        mine = next(number)
                    push = sealed(text(f"oKill{mine % 97:04d}", words[mine % len(words)], mine))
                    try:
                        request = urllib.request.Request(f"http://127.0.0.1:{port}{push.path}", push.body.encode())
                        with urllib.request.urlopen(request, timeout=5) as answer:
                            if answer.status == 200 and answer.read():
                                with lock:
                                    acknowledged.append(mine)
                    except OSError:
                        time.sleep(0.01)

            clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
            for one in clients:
                one.start()
            before = len(acknowledged)
            while len(acknowledged) < before + 50:
                time.sleep(0.01)
            time.sleep(rng.random())
            os.killpg(process.pid, signal.SIGKILL)
            stop.set()
            for one in clients:
                one.join()
            process.wait()
        rows = [row[0] for row in sqlite3.connect(folder / "profiles.db").execute("select id from behaviours")]
    kept = {row.partition(".")[0] for row in rows}
    lost = sum(f"m{mine}" not in kept for mine in acknowledged)
    found = {"acknowledged": len(acknowledged), "lost": lost, "doubled": len(rows) - len(kept)}
    print(found)
    return found


def _start(settings: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", str(WORKERS)]
    command += [
        "--blocking-threads",
        str(THREADS),
        "--no-ws",
        "--log-level",
        "error",
        "--port",
        str(port),
        "wiring:application",
    ]
    return subprocess.Popen(command, env=settings, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    run()
