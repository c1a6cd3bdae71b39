"""Is money lost, or given away, when the whole bot is killed while people buy? 100 times `kill -9` of web and clock.

After each kill the bot is started again, asks once about everything that is not finished, and its orders and rights
are compared with the simulated WeChat Pay's own book.
"""

from __future__ import annotations

import random
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

import wiring
from benchmarks.paying_side import kill, platform, selling, serve
from benchmarks.webhook import free_port
from config import load
from flows.reconcile import reconcile_now

KILLS, CLIENTS, LONGEST_SECONDS = 100, 3, 1.5
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36"
PAYER = "oSim01ChenYuan7Kq2vXw9TbLm3n"


class Shopper:
    """One client: buys again and again, each time as another reader, until told to stop."""

    def __init__(self, site: str, base: str, slugs: list[str], seed: int, stop: threading.Event) -> None:
        self.site, self.base, self.slugs, self.stop = site, base, slugs, stop
        self.rng, self.seen = random.Random(seed), Counter[str]()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.buy()
            except (requests.RequestException, KeyError):  # killed, or it could not sell at this moment
                time.sleep(0.02)

    def buy(self) -> None:
        """Open an item, tap, perhaps tap again elsewhere, pay or not, and look whether it is paid."""
        reader, slug = requests.Session(), self.rng.choice(self.slugs)
        made = self.tap(reader, slug, self.rng.choice((PHONE, DESK)))
        if self.rng.random() < 0.2:
            made = self.tap(reader, slug, self.rng.choice((PHONE, DESK)))
        if self.rng.random() < 0.15:
            return
        params = made["params"]
        found = re.search(r"(?:pr|prepay_id)=(\w+)", params.get("code_url") or params["h5_url"])
        assert found
        way = {"openid": PAYER, "prepay_id": found[1], "way": self.rng.choice(("pay", "pay", "pay", "twice", "cancel"))}
        if requests.post(f"{self.base}/_control/pay/choose", json=way, timeout=10).status_code == 200:
            self.seen["paid"] += way["way"] != "cancel"
        for _ in range(2):
            reader.get(f"{self.site}/orders/{made['order_no']}", timeout=5)

    def tap(self, reader: requests.Session, slug: str, browser: str) -> dict[str, Any]:
        reader.headers["User-Agent"] = browser
        page = reader.get(f"{self.site}/a/{slug}", timeout=5)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        if token is None:
            raise requests.RequestException(f"no page with a button: {page.status_code}")
        self.seen["taps"] += 1
        try:
            sent = reader.post(f"{self.site}/checkout/{slug}", json={}, headers={"X-CSRFToken": token[1]}, timeout=15)
        except requests.RequestException:
            self.seen["cut"] += 1
            raise
        return dict(sent.json())


def differences(database: Path, base: str) -> list[str]:
    """Everything in which our orders and rights do not agree with WeChat Pay's book."""
    book = {
        one["out_trade_no"]: one for one in requests.get(f"{base}/_control/pay/orders", timeout=60).json()["orders"]
    }
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        ours = {row["order_no"]: row for row in connection.execute("select * from orders")}
        rights = [row["source"].removeprefix("order:") for row in connection.execute("select source from entitlements")]
        wrongs = [row["order_no"] for row in connection.execute("select order_no from payment_evidence")]
    found = [f"{number}: a right without an order" for number in set(rights) - set(ours)]
    found += [f"{number}: several rights" for number, times in Counter(rights).items() if times > 1]
    found += [f"{number}: evidence" for number in wrongs]
    for number in set(book) | set(ours):
        back = sum(one["amount"]["refund"] for one in book.get(number, {}).get("refunds", []))
        paid = book[number]["amount"]["total"] - back if book.get(number, {}).get("transaction_id") else 0
        mine = (
            ours[number]["amount_fen"] - ours[number]["refund_fen"] if number in ours and ours[number]["paid_at"] else 0
        )
        if number not in ours or paid != mine or (paid > 0) != (number in rights):
            found.append(f"{number}: WeChat Pay has {paid} fen, we {mine}, right {number in rights}")
    return found


def run(kills: int = KILLS) -> dict[str, int]:
    """Counts: "kills", "taps" on the button, those "cut" off by a kill, "paid" at the cashier, payments "found" by the
    reconcile alone, "orders", "rights", and the "differences" that were left."""
    seen = Counter[str](kills=kills)
    with tempfile.TemporaryDirectory() as name:
        folder, port, platform_port = Path(name), free_port(), free_port()
        settings, _ = selling(folder, port, platform_port)
        site, base, database = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{platform_port}", folder / "profiles.db"
        items = (folder / "content" / "articles").glob("*.md")
        slugs = sorted(one.stem for one in items if "\nprice: 0\n" not in one.read_text())
        with platform(settings, folder, port, platform_port):
            requests.post(f"{base}/_control/settings", json={"phone_system": "browser"}, timeout=10).raise_for_status()
            for number in range(kills + 1):
                bot = serve(settings, port, 1)
                if number:
                    seen.update(reconciled(settings))
                    wrong = differences(database, base)
                    seen["differences"] += len(wrong)
                    print(f"kill {number}: {dict(seen)}", *wrong, sep="\n  ", flush=True)
                if number < kills:
                    seen.update(buy_until_killed(bot, site, base, slugs, number))
                else:
                    kill(bot, signal.SIGTERM)
        with closing(sqlite3.connect(database)) as connection:
            for what, table in (("orders", "orders"), ("rights", "entitlements")):
                seen[what] = connection.execute(f"select count(*) from {table}").fetchone()[0]
    print(dict(seen))
    return dict(seen)


def buy_until_killed(bot: Any, site: str, base: str, slugs: list[str], seed: int) -> Counter[str]:
    stop = threading.Event()
    shoppers = [Shopper(site, base, slugs, CLIENTS * seed + one, stop) for one in range(CLIENTS)]
    threads = [threading.Thread(target=one.run) for one in shoppers]
    for thread in threads:
        thread.start()
    time.sleep(random.Random(seed).uniform(0.2, LONGEST_SECONDS))
    kill(bot, signal.SIGKILL)
    stop.set()
    for thread in threads:
        thread.join()
    return sum((one.seen for one in shoppers), Counter[str]())


def reconciled(settings: dict[str, str]) -> Counter[str]:
    """Ask once about everything unfinished, as `bot.py order reconcile` does; how many payments only this found."""
    house = wiring.build(load(settings))
    assert house.till
    outcomes = reconcile_now(house.till, int(time.time()))
    house.close()
    return Counter(found=outcomes.get("granted", 0) + outcomes.get("returned", 0))


if __name__ == "__main__":
    sys.exit(1 if run(*map(int, sys.argv[1:]))["differences"] else 0)
