"""Thousands of random histories of a shop: is money received less money returned the value of what is given, always?

The histories and what must hold of them are those of ``tests/random_trade.py``.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

SEQUENCES, LONGEST = 2_000, 40
TESTS = Path(__file__).parent.parent / "tests"


def run(sequences: int = SEQUENCES) -> dict[str, int]:
    """{"sequences", "steps", "crashes", "seconds", "violations"} and how often each outcome of a step came."""
    seen, began, workers = Counter[str](), time.monotonic(), os.cpu_count() or 1
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for told in pool.map(histories, [-(-sequences // workers)] * workers):
            seen.update(told)
    seen["seconds"] = round(time.monotonic() - began)
    seen["crashes"] = sum(times for what, times in seen.items() if what.endswith(": crash"))
    seen["violations"] += 0
    print(*(f"{times:7,} {what}" for what, times in sorted(seen.items())), sep="\n")
    return dict(seen)


def histories(count: int) -> Counter[str]:
    """So many in this process; the first violation ends them and is printed."""
    sys.path.insert(0, str(TESTS))
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis.stateful import run_state_machine_as_test
    from random_trade import RandomTrade
    from trade_in_process import TradeFair

    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        RandomTrade.fair = TradeFair(Path(folder))
        many = settings(
            max_examples=count, stateful_step_count=LONGEST, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        try:
            run_state_machine_as_test(RandomTrade, settings=many)
        except Exception:  # noqa: BLE001 - whatever it is, it is a violation
            traceback.print_exc()
            RandomTrade.seen["violations"] += 1
    return RandomTrade.seen


if __name__ == "__main__":
    sys.exit(1 if run(*map(int, sys.argv[1:]))["violations"] else 0)
