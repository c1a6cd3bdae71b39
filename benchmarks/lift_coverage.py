"""How often the intervals of a campaign's lift hold the truth, on simulated campaigns whose true effects are known.

An account has `CAMPAIGNS` campaigns. Each has an audience of 120 to 20,000 people (median 500), a hold-out of 5 to 20 %
(at least 20 people), a base rate of its own for opening, buying and leaving, and orders at the uneven prices of a shop;
some buyers buy twice. A third of them has no effect at all; the others multiply what people do, and sell the item they
tell of more than others. 200 intervals hold the truth 95 % +- 1.5 of the times even if everything is right: so the
account is made anew `ACCOUNTS` times, and the spread over accounts is told too.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from domain.always_valid import LEVEL, Batch, verdict
from domain.lift import BOUGHT, LEFT, MONEY, OPENED, UNITS, Lift, Side, lift, order_size, paid
from domain.pooling import pool

CAMPAIGNS, ACCOUNTS = 200, 50
PRICES = np.array(
    [300, 490, 580, 660, 750, 880, 990, 990, 990, 1190, 1280, 1500, 1680, 1990, 2900, 3900, 9900, 19900.0]
)
SOLD = np.array([1.0] * 14 + [0.5, 0.5, 0.4, 0.25]) / 15.65
TWICE = 0.15
"""Of the buyers, who buy a second thing."""
EARLIER_ORDERS = 200
TESTS, LOOKS = 2_000, 60

Floats = NDArray[np.float64]


@dataclass
class Tried:
    """What became of one account's campaigns in one unit."""

    truth: list[float] = field(default_factory=list)
    single: list[Lift] = field(default_factory=list)
    sides: list[tuple[Side, Side]] = field(default_factory=list)


def account(seed: int, campaigns: int = CAMPAIGNS, earlier: int = EARLIER_ORDERS) -> tuple[Mapping[str, Tried], float]:
    """(unit -> its campaigns, the size of all orders); each campaign knows its own orders, `earlier` ones, and
    the shop's prices."""
    rng = np.random.default_rng(seed)
    known = [*rng.choice(PRICES, earlier, p=SOLD)]
    found = {unit: Tried() for unit in UNITS}
    orders = [*known]
    for _ in range(campaigns):
        orders += _campaign(rng, found, known)
    return found, order_size(paid(orders), [*PRICES])


def _campaign(rng: np.random.Generator, found: Mapping[str, Tried], known: list[float]) -> list[float]:
    """Add one; return what its buyers paid."""
    people = int(np.clip(np.exp(rng.normal(np.log(500), 0.9)), 120, 20_000))
    held = max(20, int(rng.binomial(people, rng.choice([0.05, 0.1, 0.1, 0.15, 0.2]))))
    treated = people - held
    works = rng.random() > 1 / 3
    for unit, base, factor in (
        (OPENED, rng.beta(4, 16), rng.uniform(1, 1.8)),
        (LEFT, np.exp(rng.normal(np.log(0.006), 0.5)), rng.uniform(1, 3)),
    ):
        after = min(base * (factor if works else 1.0), 0.95)
        seen = Side(treated, rng.binomial(treated, after)), Side(held, rng.binomial(held, base))
        _keep(found[unit], seen, 100 * (after - base), 1.0)
    base = np.clip(np.exp(rng.normal(np.log(0.015), 0.6)), 0.003, 0.08)
    after = base * (rng.uniform(1, 3) if works else 1.0)
    liked = SOLD.copy()
    if works:
        liked *= 0.7
        liked[rng.integers(len(PRICES))] += 0.3
    spent, spent_held = _orders(rng, rng.binomial(treated, after), liked), _orders(rng, rng.binomial(held, base), SOLD)
    truth = 100 * (1 + TWICE) * float(after * liked @ PRICES - base * SOLD @ PRICES)
    buyers = Side(treated, len(spent)), Side(held, len(spent_held))
    _keep(found[BOUGHT], buyers, 100 * (after - base), 1.0)
    size = order_size(paid([*known, *spent, *spent_held]), [*PRICES])
    _keep(found[MONEY], (Side(treated, float(spent.sum())), Side(held, float(spent_held.sum()))), truth, size)
    return [*spent, *spent_held]


def _orders(rng: np.random.Generator, buyers: int, liked: Floats) -> Floats:
    """What each buyer paid in all."""
    first = rng.choice(PRICES, buyers, p=liked)
    return np.asarray(first + (rng.random(buyers) < TWICE) * rng.choice(PRICES, buyers, p=liked))


def _keep(of: Tried, sides: tuple[Side, Side], truth: float, size: float) -> None:
    found = lift(*sides, size)
    assert found is not None
    of.truth.append(truth)
    of.single.append(found)
    of.sides.append(sides)


@dataclass(frozen=True)
class Found:
    """Of one unit: shares of intervals that hold the truth (over all accounts, by account, of campaigns without effect,
    of the pooled effects' own, of the common effect's), and the errors (root mean square) of the single and the pooled
    estimates."""

    covered: float
    by_account: tuple[float, ...]
    covered_zero: float
    covered_drawn: float
    covered_common: float
    single_error: float
    pooled_error: float


def run(accounts: int = ACCOUNTS, campaigns: int = CAMPAIGNS, earlier: int = EARLIER_ORDERS) -> dict[str, Found]:
    """By unit."""
    made = [account(seed, campaigns, earlier) for seed in range(accounts)]
    return {unit: _judged([(found[unit], size if unit == MONEY else 1.0) for found, size in made]) for unit in UNITS}


def _judged(tried: list[tuple[Tried, float]]) -> Found:
    held, zero, drawn, common, single, pooled = [], [], [], [], [], []
    for one, size in tried:
        truth = np.array(one.truth)
        hits = np.array([_holds(found, true) for found, true in zip(one.single, one.truth, strict=True)])
        together = pool(one.sides, size)
        assert together is not None
        held.append(float(hits.mean()))
        zero.append(hits[truth == 0])
        drawn += [_holds(found, true) for found, true in zip(together.each, one.truth, strict=True)]
        common.append(_holds(together.common, float(truth.mean())))
        single.append(np.array([found.estimate for found in one.single]) - truth)
        pooled.append(np.array([found.estimate for found in together.each]) - truth)
    return Found(
        float(np.mean(held)), tuple(held), float(np.concatenate(zero).mean()), float(np.mean(drawn)),
        float(np.mean(common)), _rms(single), _rms(pooled),
    )  # fmt: skip


def _holds(found: Lift, truth: float) -> bool:
    return bool(found.low <= truth <= found.high)


def _rms(errors: list[Floats]) -> float:
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))


# --- wordings ----------------------------------------------------------------------------------------------------


def false_alarms(tests: int, looks: int = 60, wordings: int = 2, rate: float = 0.05, seed: int = 7) -> float:
    """The share of tests of equal wordings in which a look after every few people ever names a winner."""
    rng = np.random.default_rng(seed)
    return float(np.mean([_ever_decided(rng, looks, [rate] * wordings) for _ in range(tests)]))


def power(tests: int, better: float, looks: int = 60, rate: float = 0.05, seed: int = 8) -> float:
    """The share of tests in which the better wording is found within all looks."""
    rng = np.random.default_rng(seed)
    return float(np.mean([_ever_decided(rng, looks, [rate, rate * better]) for _ in range(tests)]))


def _ever_decided(rng: np.random.Generator, looks: int, rates: list[float]) -> bool:
    """Three runs, shares that move between them, and a base rate that differs by run; 40 people by look."""
    names = [str(place) for place in range(len(rates))]
    batches: list[Batch] = []
    for look in range(looks):
        if look % (looks // 3) == 0:
            batches.append(Batch(dict.fromkeys(names, 0), dict.fromkeys(names, 0)))
            shares, mood = rng.dirichlet([5.0] * len(names)), rng.uniform(0.5, 2)
        people = rng.multinomial(40, shares)
        drawn, hits = batches[-1]
        batches[-1] = Batch(
            {name: drawn[name] + int(new) for name, new in zip(names, people, strict=True)},
            {
                name: hits[name] + int(rng.binomial(new, min(rate * mood, 1.0)))
                for name, new, rate in zip(names, people, rates, strict=True)
            },
        )
        if verdict(names, batches, LEVEL).winner:
            return True
    return False


def told(accounts: int = ACCOUNTS) -> str:
    """The figures as tables."""
    lines = [
        "| by 100 people | earlier orders | intervals hold the truth, % | of single accounts | without effect | "
        "error | error, pooled | pooled ones' own intervals | the common effect's |\n"
        "|---|---|---|---|---|---|---|---|---|"
    ]
    for earlier in (EARLIER_ORDERS, 20, 0):
        for unit, found in run(accounts, earlier=earlier).items():
            low, high = np.quantile(found.by_account, [0.025, 0.975])
            lines.append(
                f"| {unit.partition('_')[0]} | {earlier} | **{100 * found.covered:.1f}** | {100 * low:.1f}–"
                f"{100 * high:.1f} | {100 * found.covered_zero:.1f} | {found.single_error:,.2f} | "
                f"{found.pooled_error:,.2f} | {100 * found.covered_drawn:.1f} | {100 * found.covered_common:.0f} |"
            )
    lines.append(
        f"\nWordings that do equally well, {LOOKS} looks, stated level {100 * LEVEL:.0f} %: a winner was named in "
        + "; ".join(
            f"{100 * false_alarms(TESTS, LOOKS, wordings, rate):.2f} % of {TESTS:,} tests ({wordings} wordings, "
            f"{100 * rate:.0f} % open)"
            for wordings in (2, 3)
            for rate in (0.01, 0.05, 0.3)
        )
        + ". With 2,400 people, 5 % of whom open, a better wording was found in "
        + ", ".join(f"{100 * power(200, better):.0f} % (times {better})" for better in (1.3, 1.5, 2.0))
        + "."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    print(told(int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS))
