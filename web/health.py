"""For monitoring: is the process alive, is it ready, what has it counted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest

from catalog.live import LiveCatalog
from errors import ShutongError
from storage import followers
from storage.store import Store


class Counts:
    """What this worker counts. Each worker answers for itself."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._known: dict[tuple[str, str], Counter] = {}
        self._pushes = Counter(
            "shutong_pushes",
            "Pushes of WeChat by kind and outcome.",
            ["kind", "outcome"],
            registry=self.registry,
        )

    def push(self, kind: str, outcome: str) -> None:
        """Count one push."""
        counter = self._known.get((kind, outcome))
        if counter is None:
            counter = self._known[kind, outcome] = self._pushes.labels(kind, outcome)
        counter.inc()


def make_health(store: Store, catalog: LiveCatalog, counts: Counts) -> Blueprint:
    """The blueprint with /healthz, /readyz and /metrics."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        return jsonify(status="alive")

    @health.get("/readyz")
    def ready() -> tuple[Response, int]:
        checks = {
            "database": _trouble(lambda: _look_into(store)),
            "content": "; ".join(catalog.mistakes),
        }
        causes = {name: trouble for name, trouble in checks.items() if trouble}
        # Faulty content is told but does not take the bot out of service: the last good version serves on.
        return jsonify(ready=not causes.get("database"), causes=causes), 503 if causes.get("database") else 200

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(counts.registry), content_type=CONTENT_TYPE_LATEST)

    return health


def _look_into(store: Store) -> None:
    """One read of a table we need: it takes no lock, so a writer at work does not make us unready."""
    with store.read() as tx:
        followers.find(tx, "")


def _trouble(check: Callable[[], object]) -> str:
    try:
        check()
    except ShutongError as trouble:
        return str(trouble)
    except Exception as trouble:  # noqa: BLE001 - whatever it is, it makes us not ready; its text may hold an address
        return type(trouble).__name__
    return ""
