"""From the start of `bot.py serve` to the first answer, and the memory of each process then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.platform_side import sealed, text
from benchmarks.webhook import ROOT, environment, free_port

STARTS = 5


def first_answer(settings: dict[str, str], number: int) -> tuple[float, dict[str, int]]:
    """(seconds to the first answered push, MB resident by process)."""
    port = free_port()
    command = [sys.executable, str(ROOT / "bot.py"), "serve", "--port", str(port), "--workers", "2"]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=settings, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        while True:
            push = sealed(text("oStart", "有没有跑步的文章", 10**12 + number))
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{port}{push.path}", push.body.encode())
                if urllib.request.urlopen(request, timeout=5).status == 200:
                    return time.perf_counter() - began, _memory(process.pid)
            except OSError:
                time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _memory(pid: int) -> dict[str, int]:
    """MB resident of every process of the group."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[2])
            if group == pid:
                pages = int((folder / "statm").read_text().split()[1])
                found[folder.name] = pages * os.sysconf("SC_PAGE_SIZE") // 1024 // 1024
        except (OSError, IndexError):
            continue
    return found


def run() -> dict[str, object]:
    """Median seconds to the first answer, and the largest process in MB."""
    with tempfile.TemporaryDirectory() as name:
        settings = environment(Path(name), 46)
        found = [first_answer(settings, number) for number in range(STARTS + 1)][1:]
    seconds = median(second for second, _ in found)
    largest = max(max(memory.values()) for _, memory in found)
    print("seconds", round(seconds, 2), "largest MB", largest, found[0][1])
    return {"seconds": seconds, "largest_mb": largest, "memory": found[0][1]}


if __name__ == "__main__":
    run()
