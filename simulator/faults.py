"""Misbehaviour on request: ordered for the next calls, or by rate (platform.md 9, item 9)."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.pay.tricks import TRICKS

API = ("busy", "45009", "45011", "48004", "40001", "http_502", "slow", "reset_before", "reset_after")
"""Of server API calls: `busy` is −1; `reset_after` cuts the line after the effect took place."""
PAY = ("pay_busy", "pay_frequency", "pay_502", "pay_slow", "pay_reset_before", "pay_reset_after", "pay_signtest")
"""Of WeChat Pay calls: 500 SYSTEM_ERROR, 429 FREQUENCY_LIMITED, the line, a signature probe as answer."""
PUSH = ("push_duplicate", "push_answer_lost", "push_reordered")
"""Of pushes: two copies at once; the answer lost, so that it is tried again; overtaken by later ones."""
NOTIFY = tuple(f"notify_{trick}" for trick in TRICKS)
GROUPS = {"api": API, "pay": PAY, "push": PUSH, "notify": NOTIFY}
KINDS = API + PAY + PUSH + NOTIFY
LONGEST_SLOW = 30.0


class FaultError(ValueError):
    """A fault that does not exist, or a rate that is none."""


@dataclass
class Order:
    """`count` coming calls get `kind`; with `path` only calls of that address."""

    kind: str
    path: str
    count: int


@dataclass
class Faults:
    """What was ordered, the rates (0 to 1 per kind), and how often each kind happened."""

    orders: list[Order] = field(default_factory=list)
    rates: dict[str, float] = field(default_factory=dict)
    slow_seconds: float = 6.0
    happened: dict[str, int] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable on purpose

    def order(self, kind: Any, path: Any = "", count: Any = 1) -> None:
        _check_kind(kind)
        if not isinstance(path, str) or type(count) is not int or not 1 <= count <= 10_000:
            raise FaultError('Send {"kind", "path"?: "/cgi-bin/…", "count"?: 1 to 10000}.')
        self.orders.append(Order(kind, path, count))

    def set_rates(self, rates: Mapping[str, Any]) -> None:
        """Replace all rates. `all` spreads its rate over every kind of each group."""
        new: dict[str, float] = {}
        for kind, rate in rates.items():
            if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
                raise FaultError(f"{kind}: the rate {rate!r} is not between 0 and 1.")
            if kind == "all":
                for group in GROUPS.values():
                    new |= {one: new.get(one, 0.0) + rate / len(group) for one in group}
            else:
                _check_kind(kind)
                new[kind] = float(rate)
        self.rates = {kind: rate for kind, rate in new.items() if rate > 0}

    def pick(self, group: str, path: str = "") -> str:
        """The fault that strikes this call, or an empty text."""
        kind = self._ordered(GROUPS[group], path) or self._drawn(GROUPS[group])
        if kind:
            self.happened[kind] = self.happened.get(kind, 0) + 1
        return kind

    def _ordered(self, kinds: tuple[str, ...], path: str) -> str:
        for order in self.orders:
            if order.kind in kinds and order.path in ("", path):
                order.count -= 1
                if order.count == 0:
                    self.orders.remove(order)
                return order.kind
        return ""

    def _drawn(self, kinds: tuple[str, ...]) -> str:
        if not self.rates:
            return ""
        drawn = self.chance.random()
        for kind in kinds:
            drawn -= self.rates.get(kind, 0.0)
            if drawn < 0:
                return kind
        return ""

    def as_json(self) -> dict[str, Any]:
        orders = [{"kind": one.kind, "path": one.path, "count": one.count} for one in self.orders]
        return {
            "next": orders,
            "rates": self.rates,
            "slow_seconds": self.slow_seconds,
            "happened": self.happened,
        }


def _check_kind(kind: Any) -> None:
    if kind not in KINDS:
        raise FaultError(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
