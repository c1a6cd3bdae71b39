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

from simulator.account import Account, account_from_environment
from simulator.clock import PlatformClock
from simulator.httpd import Server
from simulator.pay.merchant import make_merchant, merchant_from_environment, merchant_in
from simulator.server import create_app


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


def test_another_host_is_warned_of() -> None:
    command = [sys.executable, "bot.py", "simulate", "--port", "0", "--host", "127.0.0.2"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert "listens on 127.0.0.2: whoever reaches it controls it" in process.communicate(timeout=10)[1]


def test_account_values_come_from_the_environment() -> None:
    account = account_from_environment({"WECHAT_APP_ID": "wx1", "WECHAT_AES_KEY": "k" * 43, "WECHAT_ACCOUNT": "gh_1"})
    assert (account.app_id, account.aes_key, account.original_id) == ("wx1", "k" * 43, "gh_1")
    assert len(account.token) >= 3
    assert len(account_from_environment({}).aes_key) == 43


def test_the_bots_own_command_tells_everything_a_client_needs(tmp_path: Path) -> None:
    """A script configures itself from the control API and then pays; the keys are files too."""
    keys = tmp_path / "keys"
    command = [sys.executable, "bot.py", "simulate", "--port", "0", "--pay-keys", str(keys)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        account = requests.get(f"{address}_control/account", timeout=10).json()
        query = {"grant_type": "client_credential", "appid": account["app_id"], "secret": account["app_secret"]}
        assert "access_token" in requests.get(f"{address}cgi-bin/token", params=query, timeout=10).json()
        assert {"token", "aes_key", "original_id"} <= set(account)
        told = requests.get(f"{address}_control/pay/merchant", timeout=10).json()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert told["private_key"] == (keys / "apiclient_key.pem").read_text()
    assert told["public_key"] == (keys / "wechatpay_public_key.pem").read_text()
    assert told["api_v3_key"] == merchant_in(keys).api_v3_key
    assert told["platform_certificate"].startswith("-----BEGIN CERTIFICATE-----")


def test_the_merchant_is_the_one_the_bot_is_told_of(tmp_path: Path, account: Account, bot: TinyBot) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(make_merchant().private_key_pem())
    values = {
        "WECHATPAY_MCH_ID": "1900000001",
        "WECHATPAY_CERT_SERIAL": "AB12",
        "WECHATPAY_API_V3_KEY": "k" * 32,
        "WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1",
        "WECHATPAY_PRIVATE_KEY_FILE": str(file),
    }
    merchant = merchant_from_environment(values)
    assert (merchant.mch_id, merchant.cert_serial, merchant.public_key_id) == ("1900000001", "AB12", "PUB_KEY_ID_1")
    assert merchant.private_key_pem() == file.read_bytes()
    app = create_app(account, bot.url, merchant=merchant)
    told = app.test_client().get("/_control/pay/merchant").get_json()
    assert told["private_key"] is None, "a key from elsewhere stays where it is"


@pytest.mark.parametrize("name", ["WECHATPAY_API_V3_KEY", "WECHATPAY_PRIVATE_KEY_FILE"])
def test_a_wrong_merchant_value_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        merchant_from_environment({name: "short"})
