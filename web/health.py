"""For monitoring: is the process alive, is it ready, what has it counted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from catalog.live import LiveCatalog
from errors import MoneyTrouble, ShutongError
from storage import evidence, followers, refunds
from storage.store import Store

MOST_COUNTED = 1_000


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

        self._notices = Counter(
            "shutong_pay_notices",
            "Notifications of WeChat Pay by kind and outcome.",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.money_troubles = Gauge(
            "shutong_money_troubles",
            "Payments and refunds an operator must look at.",
            registry=self.registry,
        )

    def pay_notice(self, kind: str, outcome: str) -> None:
        """Count one notification of WeChat Pay."""
        self._notices.labels(kind, outcome).inc()

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
            "money": _trouble(lambda: _count_money_troubles(store, counts)),
        }
        causes = {name: trouble for name, trouble in checks.items() if trouble}
        # Faulty content and odd money are told but do not take the bot out of service.
        return jsonify(ready=not causes.get("database"), causes=causes), 503 if causes.get("database") else 200

    @health.get("/metrics")
    def metrics() -> Response:
        _trouble(lambda: _count_money_troubles(store, counts))
        return Response(generate_latest(counts.registry), content_type=CONTENT_TYPE_LATEST)

    return health


def _look_into(store: Store) -> None:
    """One read of a table we need: it takes no lock, so a writer at work does not make us unready."""
    with store.read() as tx:
        followers.find(tx, "")


def _count_money_troubles(store: Store, counts: Counts) -> None:
    """Raise ``MoneyTrouble`` when an operator must look at something."""
    with store.read() as tx:
        odd, stuck = evidence.count_unresolved(tx), len(refunds.abnormal(tx, MOST_COUNTED))
    counts.money_troubles.set(odd + stuck)
    if odd + stuck:
        raise MoneyTrouble(f"{odd} payments do not agree, {stuck} refunds are stuck: python bot.py order trouble")


def _trouble(check: Callable[[], object]) -> str:
    try:
        check()
    except ShutongError as trouble:
        return str(trouble)
    except Exception as trouble:  # noqa: BLE001 - whatever it is, it makes us not ready; its text may hold an address
        return type(trouble).__name__
    return ""
