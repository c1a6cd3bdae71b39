"""The whole bot against a Flask + WeRoBot echo: same server, same workers, same load, in turns.

Safe mode. Of the bot everything is on: verify, decrypt, de-duplicate, log, tag, recommend from 1,000 items, seal,
commit each push before it is answered. Needs wrk (Debian package of that name).
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.made_content import made_messages, make_content
from benchmarks.platform_side import AES_KEY, APP_ID, TOKEN, Push, sealed, text, write_for_wrk

ROOT = Path(__file__).parent.parent
WORKERS, THREADS, CONNECTIONS, SECONDS, ROUNDS, FOLLOWERS = 2, 4, 16, 5, 5, 2_000


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, items: int) -> dict[str, str]:
    """Settings of a bot of its own in `folder`, with made content."""
    make_content(folder / "content", items)
    return {
        **os.environ,
        "CONTENT_DIR": str(folder / "content"),
        "DATABASE_URL": f"sqlite:///{folder / 'profiles.db'}",
        "SECRET_KEY": "b" * 32,
        "DATA_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_APP_SECRET": "s" * 32,
        "WECHAT_TOKEN": TOKEN,
        "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_MAX_SKEW_SECONDS": "86400",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def server(target: str, settings: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """granian with `target`, until the block ends."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", str(WORKERS)]
    command += ["--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error", "--port", str(port), target]
    process = subprocess.Popen(command, env=settings, cwd=ROOT, start_new_session=True)
    try:
        _wait(f"http://127.0.0.1:{port}/")
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def pushes(count: int, start: int) -> list[Push]:
    """Different pushes of many followers."""
    rng = random.Random(start)
    return [
        sealed(text(f"oBench{rng.randrange(FOLLOWERS):06d}", words, start + n))
        for n, words in enumerate(made_messages(count, seed=start))
    ]


def load(port: int, file: Path) -> dict[str, float]:
    """One run of wrk."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(ROOT / "benchmarks" / "wrk.lua")]
    command += [f"http://127.0.0.1:{port}", "--", str(file), "1"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(out.rsplit("JSON ", 1)[1])
    return {**found, "per_second": found["requests"] / found["us"] * 1e6}


def run() -> dict[str, object]:
    """The comparison: figures of both sides, round by round."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing — install the package wrk")
    rounds: dict[str, list[dict[str, float]]] = {"bot": [], "echo": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = environment(folder, 1_000)
        ports = {"bot": free_port(), "echo": free_port()}
        with (
            server("wiring:application", settings, ports["bot"]),
            server("benchmarks.echo:application", settings, ports["echo"]),
        ):
            for number in range(ROUNDS + 1):
                for side in ("bot", "echo"):
                    file = folder / "pushes"
                    write_for_wrk(pushes(SECONDS * 7_000, 10**9 + number * 10**7), file)
                    found = load(ports[side], file)
                    if number:  # the first round warms up
                        rounds[side].append(found)
                        print(side, {k: round(v) for k, v in found.items()})
    ratio = median(b["per_second"] / e["per_second"] for b, e in zip(rounds["bot"], rounds["echo"], strict=True))
    print("ratio", round(ratio, 2))
    return {"rounds": rounds, "ratio": ratio}


if __name__ == "__main__":
    run()
