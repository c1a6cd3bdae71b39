"""The whole bot as processes: whichever of them is killed outright, it serves again and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from bot_in_process import ENVIRONMENT, ROOT

from tests.journeys.conftest import free_ports

Whole = tuple["subprocess.Popen[bytes]", int]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def alive(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def named(pid: int, role: str) -> bool:
    return role.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def web_of(supervisor: int) -> int:
    return next((child for child in children(supervisor) if named(child, "web")), 0)


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Whole]:
    (port,) = free_ports(1)
    whole = subprocess.Popen(
        [sys.executable, str(ROOT / "bot.py"), "serve", "--port", str(port), "--workers", "1"], cwd=tmp_path,
        env={**os.environ, **ENVIRONMENT, "CONTENT_DIR": str(ROOT / "content"), "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        until(lambda: alive(port))
        yield whole, port
    finally:
        whole.send_signal(signal.SIGTERM)
        whole.wait(30)


def test_the_web_server_is_killed(serving: Whole) -> None:
    whole, port = serving
    first = web_of(whole.pid)
    (worker,) = children(first)
    os.kill(first, signal.SIGKILL)
    until(lambda: gone(worker))
    until(lambda: web_of(whole.pid) not in (0, first) and alive(port))
    assert whole.poll() is None


def test_a_worker_is_killed(serving: Whole) -> None:
    whole, port = serving
    (worker,) = children(web_of(whole.pid))
    os.kill(worker, signal.SIGKILL)
    until(lambda: worker not in children(web_of(whole.pid)) and alive(port))
    assert whole.poll() is None


def test_the_supervisor_is_killed(serving: Whole) -> None:
    whole, _ = serving
    below = [*children(whole.pid), *children(web_of(whole.pid))]
    os.kill(whole.pid, signal.SIGKILL)
    until(lambda: all(map(gone, below)))
