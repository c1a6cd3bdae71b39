"""Estimates of policies, tried on a bandit whose truth is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.estimate import (
    Estimate,
    Floats,
    Log,
    doubly_robust,
    effective_size,
    ips,
    mean,
    rare_mean,
    rate,
    snips,
    support,
    wilson,
)

KINDS, ITEMS, PLACES = 3, 5, 2
PEOPLE, EACH = 250, 4
LOGS = 1_000
TASTES = np.random.default_rng(7).uniform(0.05, 0.5, (KINDS, ITEMS, PLACES))
"""The true click rate of an item at a place for a kind of person (who also has a mood of their own)."""
LOGGED = np.random.default_rng(8).dirichlet(np.full(ITEMS, 2.0), (KINDS, PLACES)) * 0.8 + 0.2 / ITEMS
TARGET = np.zeros((KINDS, PLACES, ITEMS))
np.put_along_axis(TARGET, TASTES.argmax(axis=1)[..., None], 0.7, axis=2)
TARGET += 0.3 / ITEMS
TRUTH = float((TARGET * TASTES.transpose(0, 2, 1)).sum(axis=2).mean())
LOGGED_TRUTH = float((LOGGED * TASTES.transpose(0, 2, 1)).sum(axis=2).mean())
MOOD = 0.5
"""How far a person's mood moves all their clicks up or down: it makes the rows of one person alike."""


def played(seed: int, model: Floats | None = None, target: Floats = TARGET) -> Log:
    """A log of the bandit: every person comes `EACH` times and is shown a whole list."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(PEOPLE), EACH * PLACES)
    place = np.tile(np.arange(PLACES), PEOPLE * EACH)
    kind = rng.integers(0, KINDS, PEOPLE)[person]
    odds = LOGGED[kind, place].cumsum(axis=1)
    item = np.minimum((odds < rng.random((len(person), 1))).sum(axis=1), ITEMS - 1)
    mood = rng.choice([1 - MOOD, 1 + MOOD], PEOPLE)[person]
    reward = (rng.random(len(person)) < TASTES[kind, item, place] * mood).astype(float)
    guess = np.zeros(len(person)) if model is None else model[kind, item, place]
    hope = guess if model is None else (target[kind, place] * model[kind, :, place]).sum(axis=1)
    row = np.arange(len(person))
    return Log(
        person, place + 1, reward, LOGGED[kind, place][row, item], target[kind, place][row, item], guess, hope
    )  # fmt: skip


def covered(estimate: Callable[[Log], Estimate], truth: float, model: Floats | None = None) -> tuple[float, float]:
    """(the share of intervals that hold the truth, the mean estimate) over `LOGS` logs."""
    found = [estimate(played(seed, model)) for seed in range(LOGS)]
    return float(np.mean([one.low <= truth <= one.high for one in found])), float(np.mean([one.value for one in found]))


def plain_rate(log: Log) -> Estimate:
    return rate(log.reward, log.person)


@pytest.mark.parametrize(
    ("estimate", "truth", "model"),
    [
        (ips, TRUTH, None),
        (snips, TRUTH, None),
        (doubly_robust, TRUTH, TASTES),
        (doubly_robust, TRUTH, TASTES[::-1]),
        (plain_rate, LOGGED_TRUTH, None),
    ],
    ids=["ips", "snips", "dr with a good model", "dr with a wrong model", "rate"],
)
def test_the_estimate_is_right_on_average_and_its_interval_holds_the_truth_as_often_as_it_says(
    estimate: Callable[[Log], Estimate], truth: float, model: Floats | None
) -> None:
    share, middle = covered(estimate, truth, model)
    assert 0.93 <= share <= 0.97
    assert middle == pytest.approx(truth, abs=0.002)


def test_an_interval_that_took_a_persons_rows_for_independent_would_promise_too_much() -> None:
    held = 0
    for seed in range(LOGS):
        log = played(seed)
        low, high = wilson(float(log.reward.mean()), len(log.reward))
        held += low <= LOGGED_TRUTH <= high
    assert held / LOGS < 0.92


def test_a_good_model_makes_the_doubly_robust_estimate_steadier_than_ips() -> None:
    logs = [played(seed, TASTES) for seed in range(200)]
    assert np.var([doubly_robust(log).value for log in logs]) < 0.9 * np.var([ips(log).value for log in logs])


def test_estimates_of_the_logging_policy_itself_are_the_mean() -> None:
    log = played(1, target=LOGGED)
    average = pytest.approx(log.reward.mean())
    assert ips(log).value == average
    assert snips(log).value == average
    assert doubly_robust(log).value == average
    assert mean(log.reward, log.person).value == average
    assert support(log) == (1, 1, 1)


def test_what_the_log_could_never_show_is_missed_and_told() -> None:
    """Half of the time the target would show something of which the log has no row."""
    log = played(3)
    half = Log(log.person, log.place, log.reward, log.logged, log.target * 0.5, log.guess, log.hope)
    share = support(half)
    assert share.high < 0.7
    assert share.value == pytest.approx(0.5, abs=0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 5))
def test_more_rows_of_the_same_people_do_not_narrow_an_interval(values: list[float], times: int) -> None:
    one = mean(np.array(values), np.arange(len(values)))
    many = mean(np.repeat(values, times), np.repeat(np.arange(len(values)), times))
    assert many == pytest.approx(one, nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=60))
def test_a_rates_interval_lies_between_nothing_and_everything_and_holds_the_rate(rows: list[tuple[int, bool]]) -> None:
    people, hits = zip(*rows, strict=True)
    found = rate(np.array(hits, dtype=float), np.array(people))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high - found.low > 0


@pytest.mark.parametrize("people", [150, 600])
def test_the_interval_of_rare_sales_holds_the_truth_though_they_are_few(people: int) -> None:
    prices, odds, chance = np.array([190, 990, 3990]), [0.4, 0.5, 0.1], 0.004
    truth = chance * float(prices @ odds)
    held, plain = [], []
    for seed in range(LOGS):
        rng = np.random.default_rng(seed)
        person = np.repeat(np.arange(people), 8)
        mood = np.repeat(rng.choice([1 - MOOD, 1 + MOOD], people), 8)
        fen = np.where(rng.random(len(person)) < chance * mood, rng.choice(prices, len(person), p=odds), 0.0)
        held += [one.low <= truth <= one.high for one in [rare_mean(fen, person)]]
        plain += [one.low <= truth <= one.high for one in [mean(fen, person)]]
    assert np.mean(held) >= 0.93
    assert np.mean(plain) < np.mean(held)


def test_no_sale_and_a_single_one_bound_nothing_from_above() -> None:
    assert rare_mean(np.zeros(9), np.arange(9)) == (0, 0, np.inf)
    assert rare_mean(np.array([0.0, 0, 990]), np.arange(3)) == (330, 0, np.inf)


def test_no_click_among_many_people_is_a_small_rate_and_not_none() -> None:
    assert rate(np.zeros(300), np.repeat(np.arange(100), 3)) == pytest.approx((0, 0, wilson(0, 100)[1]))
    assert 0.03 < wilson(0, 100)[1] < 0.04


def test_one_person_bounds_no_mean_and_nobody_has_none() -> None:
    assert mean(np.ones(9), np.zeros(9, dtype=int))[1:] == (-np.inf, np.inf)
    assert np.isnan(mean(np.zeros(0), np.zeros(0, dtype=int)).value)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_unequal_weights_amount_to_fewer_rows(weights: list[float]) -> None:
    assert 1 - 1e-9 <= effective_size(np.array(weights)) <= len(weights) + 1e-9
    assert effective_size(np.full(len(weights), weights[0])) == pytest.approx(len(weights))
    assert effective_size(np.zeros(len(weights))) == 0


@pytest.mark.parametrize("logged", [0.0, -0.1, 1.1])
def test_a_logged_probability_that_is_none_is_refused(logged: float) -> None:
    one = np.ones(1)
    with pytest.raises(ValueError, match="probability"):
        Log(np.zeros(1, dtype=int), np.ones(1, dtype=int), one, one * logged, one, one, one)
