"""`python -m simulator` and the account's values."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from conftest import ROOT, Control
from flask import Flask
from tiny_bot import TinyBot, text_reply

from simulator.account import account_from_environment
from simulator.clock import PlatformClock
from simulator.httpd import Server
from simulator.pay.merchant import merchant_in


@pytest.fixture
def running(app: Flask) -> Iterator[str]:
    """The port of a platform that runs already."""
    server = Server(app, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield str(server.port)
    server.shutdown()


def crowd_command(port: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", "--port", port, "--crowd", "4", "--days", "2", *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_crowd_joins_the_platform_that_runs_already(
    running: str, control: Control, clock: PlatformClock, bot: TinyBot
) -> None:
    bot.answer = lambda fields: text_reply(fields, '<a href="http://127.0.0.1:9/a/run">跑步</a>')
    before = clock.now()
    told = crowd_command(running)
    assert told.returncode == 0, told.stderr
    assert control.get("crowd")["people"] == 4
    assert clock.now() == before + 2 * 86400
    for words in ("4 人", "2 天", "合口味", "第 1 周"):
        assert words in told.stdout
    assert "\r" not in told.stdout + told.stderr, "a bar is for terminals"


def test_a_crowd_can_be_told_as_one_json_document(running: str, control: Control) -> None:
    told = crowd_command(running, "--json")
    assert json.loads(told.stdout) == control.get("crowd")


def test_a_port_that_somebody_else_has_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        told = crowd_command(str(other.getsockname()[1]))
    assert told.returncode == 2
    assert told.stderr.startswith("Cannot listen on 127.0.0.1:")
    assert len(told.stderr.strip().splitlines()) == 1


def test_listening_beyond_loopback_is_warned_of() -> None:
    command = [sys.executable, "-m", "simulator", "--host", "0.0.0.0", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    assert "whoever reaches it controls it" in process.communicate(timeout=10)[1]


def test_it_starts_answers_and_stops(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "simulator",
        "--port",
        "0",
        "--app-id",
        "wx123",
        "--pay-keys",
        str(tmp_path / "keys"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        address = first.split()[-1]
        ready = requests.get(f"{address}_control/ready", timeout=10).json()
        assert ready["app_id"] == "wx123"
        assert requests.get(address, timeout=10).text.startswith("<!doctype html>")
        told = "".join(process.stdout.readline() for _ in range(2))
        assert f"CLOCK_URL={address}_control/clock WECHAT_MAX_SKEW_SECONDS=" in told
        assert _listens(process.pid) == {"127.0.0.1"}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    kept = merchant_in(tmp_path / "keys")
    assert kept.mch_id == merchant_in(tmp_path / "keys").mch_id
    assert (tmp_path / "keys" / "apiclient_key.pem").stat().st_mode & 0o077 == 0


def _listens(pid: int) -> set[str]:
    """The IPv4 and IPv6 addresses a process listens on, out of the kernel's tables; loopback is all it may have."""
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in links:
                found.add("127.0.0.1" if words[1].startswith("0100007F:") else words[1])
    return found


def test_account_values_come_from_the_environment() -> None:
    account = account_from_environment({"WECHAT_APP_ID": "wx1", "WECHAT_AES_KEY": "k" * 43, "WECHAT_ACCOUNT": "gh_1"})
    assert (account.app_id, account.aes_key, account.original_id) == ("wx1", "k" * 43, "gh_1")
    assert len(account.token) >= 3
    assert len(account_from_environment({}).aes_key) == 43
