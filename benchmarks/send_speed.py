"""How fast is a campaign sent, beside wechatpy's plain loop and a pool of 64 threads with requests?

All three write to a bare server on this machine that answers after 30 ms, and share two cores with it. Ours claims and
records each delivery in SQLite and writes words with a link for each person; the others only call. Then: how soon is a
follower's push answered while a campaign is being sent?
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

import sending
import wiring
from benchmarks.campaign_side import add_people, add_run, day_zone, openids, states, wait_until_over
from benchmarks.made_content import made_messages
from benchmarks.platform_side import sealed, text
from benchmarks.webhook import ROOT, environment, free_port, server
from config import load

DELIVERIES, WORKERS, LATENCY_MS = 100_000, 2, 30
LOOP_MESSAGES, POOL_MESSAGES, POOL_THREADS = 300, 6_000, 64
WORDS = '早上好，这个周末读一篇：标题 <a href="https://read.example.cn/go/made-1.x.y">去看看</a>'
ALL_OUT, USUAL = 100_000, 200
PUSHES, PUSHES_A_SECOND, PUSH_SENDERS = 1_000, 50, 16


@contextmanager
def slow_wechat() -> Iterator[str]:
    """The bare server, until the block ends; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.slow_wechat", str(port), str(LATENCY_MS)]
    process = subprocess.Popen(command, cwd=ROOT)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{base}/count", timeout=1)
                break
            except OSError:
                time.sleep(0.05)
        yield base
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def workers(settings: dict[str, str], count: int) -> Iterator[list[int]]:
    """So many `bot.py worker`, until the block ends; gives their process ids."""
    command = [sys.executable, str(ROOT / "bot.py"), "worker"]
    started = [subprocess.Popen(command, env=settings, cwd=ROOT) for _ in range(count)]
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(30)


def run(deliveries: int = DELIVERIES) -> dict[str, float]:
    """Messages a second of "loop", "pool" and "ours", and µs of the processors that each message of "pool_us" and
    "ours_us" took, which a busy machine does not change; "reached" different people of ours; p99 in ms of pushes
    "alone", "usual" (beside a campaign at the default rate) and "all_out" (beside one without a limit)."""
    found: dict[str, float] = {}
    with slow_wechat() as base:
        found["loop"] = timed(lambda: plain_loop(base), LOOP_MESSAGES)
        before = time.process_time()
        found["pool"] = timed(lambda: pool(base), POOL_MESSAGES)
        found["pool_us"] = (time.process_time() - before) / POOL_MESSAGES * 1e6
    print({what: round(value) for what, value in found.items()}, flush=True)
    with slow_wechat() as base:
        found["ours"], found["ours_us"] = ours(base, deliveries)
        told = json.load(urllib.request.urlopen(f"{base}/count"))
        assert told["messages"] == deliveries, told
        found["reached"] = told["people"]
    print({what: round(value) for what, value in found.items()}, flush=True)
    for name, rate in (("alone", 0), ("usual", USUAL), ("all_out", ALL_OUT)):
        with slow_wechat() as base:
            found[name] = pushes_beside(base, rate)
        print({what: round(value) for what, value in found.items()}, flush=True)
    return found


def timed(work: Callable[[], None], messages: int) -> float:
    """Messages a second."""
    begin = time.perf_counter()
    work()
    return messages / (time.perf_counter() - begin)


def plain_loop(base: str) -> None:
    """One message after the other, as wechatpy's documentation shows it."""

    class Client(WeChatClient):  # type: ignore[misc]
        API_BASE_URL = f"{base}/cgi-bin/"

        def fetch_access_token(self) -> object:
            return self._fetch_access_token(url=f"{self.API_BASE_URL}token", params={})

    client = Client("wx0", "secret")
    for openid in openids(LOOP_MESSAGES):
        client.message.send_text(openid, WORDS)


def pool(base: str) -> None:
    """A pool of threads that share a session of requests."""
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=POOL_THREADS))
    url = f"{base}/cgi-bin/message/custom/send?access_token=t"

    def send(openid: str) -> None:
        body = json.dumps({"touser": openid, "msgtype": "text", "text": {"content": WORDS}}, ensure_ascii=False)
        assert session.post(url, data=body.encode(), timeout=(3, 8)).json()["errcode"] == 0

    with ThreadPoolExecutor(POOL_THREADS) as threads:
        for _ in threads.map(send, openids(POOL_MESSAGES)):
            pass


def ours(base: str, deliveries: int) -> tuple[float, float]:
    """(deliveries a second from being handed over to the last row being written, µs of the processors for each)."""
    with tempfile.TemporaryDirectory() as name:
        settings, database, run_id = campaign(Path(name), base, deliveries, ALL_OUT)
        with workers(settings, WORKERS) as pids:
            time.sleep(5)  # they have begun: starting is not sending
            begin, before = time.perf_counter(), cpu_seconds(pids)
            hand_over(settings, run_id, deliveries)
            ended = wait_until_over(database, run_id, 3_600)
            taken, used = time.perf_counter() - begin, cpu_seconds(pids) - before
        assert ended == {"sent": deliveries}, ended
    return deliveries / taken, used / deliveries * 1e6


def cpu_seconds(pids: list[int]) -> float:
    """What these processes used of the processors, in the kernel too."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


def campaign(folder: Path, base: str, deliveries: int, rate: int) -> tuple[dict[str, str], Path, str]:
    """(settings of a bot, its database, the id of a run that is due to so many)."""
    settings = environment(folder, 40) | {"WECHAT_API_BASE": base, "TIMEZONE": day_zone(), "SEND_RATE": str(rate or 1)}
    wiring.build(load(settings)).close()
    now, people, database = int(time.time()), openids(deliveries), folder / "profiles.db"
    add_people(database, people, now - 60)
    return settings, database, add_run(database, "weekend", "made-1", people, now)


def hand_over(settings: dict[str, str], run_id: str, due: int) -> None:
    """As the clock does."""
    house = wiring.build(load(settings))
    sending.batches(house, sending.Campaigns(house)).hand_over(run_id, due)
    house.close()


def pushes_beside(base: str, rate: int) -> float:
    """p99 in ms of followers' pushes, each at its moment, while a campaign is sent at this rate (0: none is)."""
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        settings, database, run_id = campaign(Path(name), base, min(max(rate, 1) * 60, DELIVERIES), rate)
        with server("wiring:application", settings, port), workers(settings, 1 if rate else 0):
            answer_times(port, PUSHES // 4)  # warm
            if rate:
                time.sleep(3)
                hand_over(settings, run_id, 1_000)
            taken = answer_times(port, PUSHES)
            if rate:
                left = states(database, run_id)
                assert left.get("planned"), f"the campaign was over before the pushes: {left}"
    return 1000 * quantiles(taken, n=100)[98]


def answer_times(port: int, count: int) -> list[float]:
    """Seconds from the moment of each push to its whole answer, waiting for a free sender included."""
    begin = time.perf_counter() + 0.1
    start = int.from_bytes(os.urandom(5))
    pushes = [sealed(text(f"oPush{n % 500:06d}", words, start + n)) for n, words in enumerate(made_messages(count))]

    def one(number: int) -> float:
        moment = begin + number / PUSHES_A_SECOND
        time.sleep(max(moment - time.perf_counter(), 0))
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        wire.request("POST", pushes[number].path, pushes[number].body.encode(), {"Content-Type": "text/xml"})
        assert wire.getresponse().read()
        wire.close()
        return time.perf_counter() - moment

    with ThreadPoolExecutor(PUSH_SENDERS) as threads:
        return list(threads.map(one, range(count)))


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
