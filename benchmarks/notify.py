"""How soon is a payment's notification answered, settled and committed, while 50 arrive in each second?

Real ones: sealed and signed as WeChat Pay does, each about an order of its own that waits for money. They arrive at
their moments whether the former are answered or not, each over a connection of its own; a wait for a free sender
counts too.
"""

from __future__ import annotations

import http.client
import json
import secrets
import signal
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import Executable, func, select

import wiring
from benchmarks.paying_side import kill, selling, serve
from benchmarks.webhook import APP_ID, WORKERS, free_port
from config import load
from domain.order import NATIVE, WAITING, Order
from simulator.pay import signing
from simulator.pay.merchant import Merchant
from simulator.pay.orders import rfc3339
from storage import orders
from storage.schema import entitlements

PER_SECOND, SECONDS, WARM_SECONDS, SENDERS = 50, 20, 3, 32
Notice = tuple[bytes, dict[str, str]]


def run() -> dict[str, float]:
    """{"sent", "good" answers, "paid" orders, "rights", "p50" and "p99" in ms}; warming up is in the counts only."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        settings, merchant = selling(folder, port, free_port())
        bot = serve(settings, port, WORKERS)
        try:
            house = wiring.build(load(settings))
            waiting = [order(number) for number in range(PER_SECOND * (WARM_SECONDS + SECONDS))]
            with house.store.write() as tx:
                assert all(orders.add(tx, one) for one in waiting)
            notices = [notice(merchant, one) for one in waiting]
            answers = send(port, notices)
            with house.store.read() as tx:
                paid = len(orders.lately(tx, 10_000, "paid"))
                rights = int(tx.row(_rights)[0])
            house.close()
        finally:
            kill(bot, signal.SIGTERM)
    taken = [1000 * seconds for _, seconds in answers[PER_SECOND * WARM_SECONDS :]]
    good = Counter(status for status, _ in answers)[200]
    found = {
        "sent": len(answers), "good": good, "paid": paid, "rights": rights, "p50": median(taken),
        "p99": quantiles(taken, n=100)[98],
    }  # fmt: skip
    print({what: round(value, 1) for what, value in found.items()})
    return found


def order(number: int) -> Order:
    """An order of a browser that waits for money."""
    now = int(time.time())
    return Order(
        f"notify{number:08d}", f"r:reader{number}", "", f"made-{number % 40}", "article", "x", 990, 990, "", NATIVE, "",
        "{}", "", WAITING, now, now + 1_800, prepay="weixin://x", prepay_until=now + 1_800,
    )  # fmt: skip


def notice(merchant: Merchant, one: Order) -> Notice:
    """Body and headers of the notification that it is paid."""
    now = time.time()
    plain = {
        "appid": APP_ID, "mchid": merchant.mch_id, "out_trade_no": one.order_no, "trade_type": "NATIVE",
        "transaction_id": f"4200{secrets.randbelow(10**24):024d}", "trade_state": "SUCCESS", "payer": {"openid": "o"},
        "success_time": rfc3339(now), "amount": {"total": 990, "currency": "CNY", "payer_total": 990},
    }  # fmt: skip
    sealed = signing.encrypt(merchant.api_v3_key, json.dumps(plain).encode(), "transaction")
    told = {"id": secrets.token_hex(16), "event_type": "TRANSACTION.SUCCESS", "resource_type": "encrypt-resource"}
    body = json.dumps({**told, "resource": {"original_type": "transaction", **sealed}}).encode()
    headers = signing.signature_headers(merchant.pay_key, merchant.public_key_id, now, body)
    return body, {**headers, "Content-Type": "application/json"}


def send(port: int, notices: list[Notice]) -> list[tuple[int, float]]:
    """(status, seconds from its moment to its whole answer) of each; 0 for no answer."""
    begin = time.perf_counter() + 0.1

    def one(number: int) -> tuple[int, float]:
        moment = begin + number / PER_SECOND
        time.sleep(max(moment - time.perf_counter(), 0))
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            wire.request("POST", "/pay/notify", *notices[number])
            answer = wire.getresponse()
            answer.read()
            return answer.status, time.perf_counter() - moment
        except OSError:
            return 0, time.perf_counter() - moment
        finally:
            wire.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(one, range(len(notices))))


def _rights(backend: str) -> Executable:
    return select(func.count()).select_from(entitlements)


if __name__ == "__main__":
    run()
