"""`python -m simulator` and the account's values."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import requests
from conftest import ROOT

from simulator.account import account_from_environment
from simulator.pay.merchant import merchant_in


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
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    kept = merchant_in(tmp_path / "keys")
    assert kept.mch_id == merchant_in(tmp_path / "keys").mch_id
    assert (tmp_path / "keys" / "apiclient_key.pem").stat().st_mode & 0o077 == 0


def test_account_values_come_from_the_environment() -> None:
    account = account_from_environment({"WECHAT_APP_ID": "wx1", "WECHAT_AES_KEY": "k" * 43, "WECHAT_ACCOUNT": "gh_1"})
    assert (account.app_id, account.aes_key, account.original_id) == ("wx1", "k" * 43, "gh_1")
    assert len(account.token) >= 3
    assert len(account_from_environment({}).aes_key) == 43
