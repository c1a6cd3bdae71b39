"""A bot that sells, started as anyone starts it, and the simulated platform as its WeChat Pay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.webhook import ROOT, environment
from simulator.pay.merchant import PRIVATE_FILE, PUBLIC_FILE, Merchant, merchant_in

READY_SECONDS = 60


def selling(folder: Path, port: int, platform_port: int) -> tuple[dict[str, str], Merchant]:
    """Settings of a bot on `port` with 40 items to sell, and its merchant; both keep their files in `folder`."""
    keys = folder / "pay"
    merchant = merchant_in(keys)
    base = f"http://127.0.0.1:{platform_port}"
    return environment(folder, 40) | {
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "WECHAT_API_BASE": base, "WECHAT_OAUTH_BASE": base,
        "WECHATPAY_API_BASE": base, "WECHATPAY_MCH_ID": merchant.mch_id, "WECHATPAY_CERT_SERIAL": merchant.cert_serial,
        "WECHATPAY_API_V3_KEY": merchant.api_v3_key, "WECHATPAY_PRIVATE_KEY_FILE": str(keys / PRIVATE_FILE),
        "WECHATPAY_PUBLIC_KEY_FILE": str(keys / PUBLIC_FILE), "WECHATPAY_PUBLIC_KEY_ID": merchant.public_key_id,
        "LOG_LEVEL": "CRITICAL",
    }, merchant  # fmt: skip


@contextmanager
def platform(settings: dict[str, str], folder: Path, port: int, platform_port: int) -> Iterator[None]:
    """The simulated platform, until the block ends."""
    command = [sys.executable, "-m", "simulator", "--port", str(platform_port), "--pay-keys", str(folder / "pay")]
    command += ["--webhook", f"http://127.0.0.1:{port}/wechat"]
    process = subprocess.Popen(command, env=settings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_it_answers(f"http://127.0.0.1:{platform_port}/_control/ready")
        yield
    finally:
        process.terminate()
        process.wait(30)


def serve(settings: dict[str, str], port: int, workers: int) -> subprocess.Popen[bytes]:
    """`bot.py serve`, answering: web and clock under their supervisor, in a process group of their own."""
    command = [sys.executable, str(ROOT / "bot.py"), "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(
        command, env=settings, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until_it_answers(f"http://127.0.0.1:{port}/healthz")
    return process


def kill(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Send the signal to every process of the group, and wait for its head."""
    os.killpg(process.pid, how)
    process.wait(30)


def until_it_answers(url: str) -> None:
    """Wait for any answer. Raises SystemExit when none comes."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")
