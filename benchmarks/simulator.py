"""How much the simulated platform carries beside a trivial bot: pushes and server-API calls a second.

Goal: 1,000 pushes and 3,000 API calls a second, so that it is never what bounds a measurement. Needs wrk.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.webhook import ROOT, free_port

SECONDS, ROUNDS = 5, 3

TRIVIAL_BOT = """
import asyncio, sys
class Bot(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.held = transport, b""
    def data_received(self, data):
        self.held += data
        while b"\\r\\n\\r\\n" in self.held:
            head, _, rest = self.held.partition(b"\\r\\n\\r\\n")
            lengths = [line for line in head.split(b"\\r\\n") if line.lower().startswith(b"content-length")]
            length = int(lengths[0].split(b":")[1]) if lengths else 0
            if len(rest) < length:
                return
            self.held = rest[length:]
            self.transport.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 7\\r\\n\\r\\nsuccess")
async def main():
    server = await asyncio.get_running_loop().create_server(Bot, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def _child(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _ask(url: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.loads(answer.read()))


def _wrk(url: str, script: str, folder: Path) -> tuple[float, int]:
    """(requests a second, answers that were not 2xx)."""
    file = folder / "script.lua"
    file.write_text(script)
    command = ["wrk", "-t1", "-c16", f"-d{SECONDS}s", "-s", str(file), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = float(out.split("Requests/sec:")[1].split()[0])
    bad = int(out.split("Non-2xx or 3xx responses:")[1].split()[0]) if "Non-2xx" in out else 0
    return rate, bad


def run() -> dict[str, float]:
    """Median pushes and API calls a second, and how many of either were refused."""
    bot, port = free_port(), free_port()
    simulator = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--app-id", "wxbench", "--app-secret", "s" * 32]
    command += ["--webhook", f"http://127.0.0.1:{bot}/wechat"]
    with (
        tempfile.TemporaryDirectory() as name,
        _child([sys.executable, "-c", TRIVIAL_BOT, str(bot)]),
        _child(command),
    ):
        folder = Path(name)
        for _ in range(100):
            try:
                _ask(f"{simulator}/_control/ready")
                break
            except OSError:
                time.sleep(0.1)
        people = _ask(f"{simulator}/_control/followers")["followers"]
        assert isinstance(people, list)
        openid = people[0]["openid"]
        _ask(f"{simulator}/_control/followers/{openid}/follow", {})
        asked = {"grant_type": "client_credential", "appid": "wxbench", "secret": "s" * 32}
        token = _ask(f"{simulator}/cgi-bin/stable_token", asked)["access_token"]
        say = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"text": "你好"}'"""
        pushes, calls, bad = [], [], 0
        for _ in range(ROUNDS):
            rate, refused = _wrk(f"{simulator}/_control/followers/{openid}/say", say, folder)
            pushes.append(rate)
            bad += refused
            rate, refused = _wrk(f"{simulator}/cgi-bin/tags/get?access_token={token}", "", folder)
            calls.append(rate)
            bad += refused
    found = {"pushes": median(pushes), "calls": median(calls), "refused": bad}
    print({name: round(value) for name, value in found.items()})
    return found


if __name__ == "__main__":
    run()
