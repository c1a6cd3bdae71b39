"""Learning which items go together: from 100,000 followers' acts with 5,000 items to the rows of neighbours.

Each follower has about 20 acts, most few and some hundreds (a power law), with items of which few are popular
(another); six in ten are within the follower's own subject. Measured is a fresh process, from its start to its end: the
seconds, the most memory it held, and how long any of its transactions held the write lock.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from domain import interests as rules
from flows.learn_items import learn_neighbours
from storage.migrate import migrate
from storage.neighbours import texts
from storage.schema import engagements
from storage.store import Store, Transaction

NOW = 1_795_000_000
FOLLOWERS, ITEMS, SUBJECTS = 100_000, 5_000, 50
AT_ONCE = 50_000


def run() -> dict[str, float]:
    """Figures: acts, seconds, MB at most, milliseconds of the longest transaction, items with neighbours, seconds of a
    second run with nothing new."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profiles.db"
        acts = fill(file)
        found = _fresh(file)
        again = _fresh(file)
    assert again["writes"] == 0
    return {"acts": acts, **found, "again": again["seconds"]}


def fill(file: Path) -> int:
    """Make the acts; how many there are."""
    store = Store(f"sqlite:///{file}")
    migrate(store.engine)
    whose, items, strengths, times = made_acts()
    nothing = {column.name: None if column.nullable else 0 for column in engagements.columns}
    for first in range(0, len(whose), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        columns = (whose[part].tolist(), items[part].tolist(), strengths[part].tolist(), times[part].tolist())
        with store.engine.begin() as connection:
            connection.execute(
                engagements.insert(),
                [
                    nothing | {
                        "openid": f"o{who:027}", "slug": f"item-{item}", "strength": rules.grown(strength, at),
                        "first_at": at, "changed_at": at,
                    }
                    for who, item, strength, at in zip(*columns, strict=True)
                ],
            )  # fmt: skip
    store.close()
    return len(whose)


def made_acts() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Followers, items, strengths and times of the acts, in the order of followers and items."""
    lots = np.random.default_rng(5)
    acts = np.minimum(1 + lots.pareto(1.6, FOLLOWERS) * 20, 2_000).astype(int)
    whose = np.repeat(np.arange(FOLLOWERS), acts)
    popular = 1 / np.arange(1, ITEMS + 1) ** 0.8
    items = lots.choice(ITEMS, len(whose), p=popular / popular.sum())
    own = (items // SUBJECTS) * SUBJECTS + lots.integers(0, SUBJECTS, FOLLOWERS)[whose]
    items = np.where(lots.random(len(whose)) < 0.6, own, items) % ITEMS
    pairs = np.unique(whose * ITEMS + items)
    strengths = lots.choice([0.6, 1.2, 2.0, 4.0], len(pairs), p=[0.5, 0.3, 0.15, 0.05])
    return pairs // ITEMS, pairs % ITEMS, strengths, NOW - lots.integers(0, 200 * 86_400, len(pairs))


def _fresh(file: Path) -> dict[str, float]:
    began = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.neighbours", str(file)], check=True, capture_output=True, text=True
    )
    return {"seconds": time.perf_counter() - began, **json.loads(told.stdout)}


def _learn(file: Path) -> dict[str, float]:
    """In the fresh process."""
    store = Watched(f"sqlite:///{file}")
    learn_neighbours(store, NOW)
    items = sum(1 for _ in texts(store))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"mb": most, "longest_ms": max(store.held, default=0) * 1000, "writes": len(store.held), "items": items}


class Watched(Store):
    """A store that notes how long each write held the lock."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.held: list[float] = []

    @contextmanager
    def write(self, patience: float = 5.0) -> Iterator[Transaction]:
        """As the store's."""
        with super().write(patience) as tx:
            began = time.perf_counter()
            yield tx
        self.held.append(time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(_learn(Path(sys.argv[1])) if len(sys.argv) > 1 else run()))
