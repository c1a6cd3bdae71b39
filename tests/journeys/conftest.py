"""The demo, started as anyone starts it, on free ports and in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).parent.parent.parent
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1280,860 --disable-dev-shm-usage"
)


@dataclass(frozen=True)
class Demo:
    """A running demo: the phone's address, the bot's, and its database."""

    phone: str
    bot: str
    database: Path

    def control(self, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """One call of the simulator's control API."""
        url = f"{self.phone}/_control/{path}"
        answer = requests.get(url, timeout=30) if body is None else requests.post(url, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo"), ROOT / "content") as running:
        yield running


@contextmanager
def running_demo(folder: Path, content: Path) -> Iterator[Demo]:
    """A demo of its own in this folder, with this content."""
    port, simulator_port = free_ports(2)
    command = [sys.executable, str(ROOT / "bot.py"), "demo", "--port", str(port)]
    command += ["--simulator-port", str(simulator_port)]
    environment = {**os.environ, "CONTENT_DIR": str(content), "HOME": str(folder)}
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Phone:" in line:
                break
        else:
            pytest.fail(f"the demo ended: {(folder / 'log').read_text()[-2000:]}")
        phone, bot = f"http://127.0.0.1:{simulator_port}", f"http://127.0.0.1:{port}"
        yield Demo(phone, bot, folder / "data" / "demo" / str(port) / "profiles.db")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    chrome, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chrome is None or driver is None:
        missing = "Chromium and its driver are not installed (Debian packages chromium and chromium-driver)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    options = Options()
    options.binary_location = chrome
    for flag in FLAGS.split():
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=Service(driver))
    started.implicitly_wait(0)
    try:
        yield started
    finally:
        started.quit()
