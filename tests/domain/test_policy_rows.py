"""Lists drawn place by place tell what another ranking's lists would have been opened."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from domain.estimate import Estimate, doubly_robust, ips, snips
from domain.judgement import judge
from domain.policy_rows import Rows, log_of, replay

KINDS, ITEMS, PLACES, PEOPLE, EACH = 3, 6, 3, 200, 4
APPEAL = np.random.default_rng(4).uniform(0.1, 0.6, (KINDS, ITEMS))
LOOKS = np.array([1.0, 0.8, 0.5])
SCORES = APPEAL + np.random.default_rng(5).normal(0, 0.1, APPEAL.shape)
"""What the ranking believes; the rival shows the best of it, the log draws with odds that favour the better."""
BEST = np.argsort(-SCORES, axis=1)[:, :PLACES]
TRUTH = float(np.mean([APPEAL[kind, BEST[kind]] * LOOKS for kind in range(KINDS)]))
LOGS = 300


def drawn(seed: int, warmth: float = 0.1, people: int = PEOPLE) -> Rows:
    """A log of lists, each place drawn among what is left; the smaller the `warmth` the rarer the worse items."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), EACH)
    lists = np.arange(len(person))
    kind = rng.integers(0, KINDS, people)[person]
    mood = rng.choice([0.6, 1.4], people)[person]
    left = np.exp(SCORES[kind] / warmth)
    person_, list_, place, click, odds, agrees = [], [], [], [], [], []
    for n in range(PLACES):
        chance = left / left.sum(axis=1, keepdims=True)
        item = np.minimum((chance.cumsum(axis=1) < rng.random((len(lists), 1))).sum(axis=1), ITEMS - 1)
        odds.append(chance[lists, item])
        # Below the same items the best that is left; the log's own draw stands above it.
        agrees.append(item == np.where(left > 0, SCORES[kind], -np.inf).argmax(axis=1))
        click.append((rng.random(len(lists)) < APPEAL[kind, item] * LOOKS[n] * mood).astype(float))
        person_.append(person), list_.append(lists), place.append(np.full(len(lists), n + 1))
        left[lists, item] = 0.0
    every = [np.concatenate(one) for one in (person_, list_, place, click, odds, agrees)]
    return Rows(*every[:4], np.zeros(len(every[0])), every[4], {"greedy": every[5]})


@pytest.mark.parametrize("estimate", [ips, snips, doubly_robust])
def test_the_rivals_lists_are_judged_rightly_by_their_places(estimate: Callable[..., Estimate]) -> None:
    found = [estimate(log_of(drawn(seed), "greedy")) for seed in range(LOGS)]
    assert np.mean([one.value for one in found]) == pytest.approx(TRUTH, abs=0.005)
    assert np.mean([one.low <= TRUTH <= one.high for one in found]) >= 0.92


def test_the_guess_of_the_reader_makes_the_estimate_steadier() -> None:
    logs = [log_of(drawn(seed), "greedy") for seed in range(100)]
    assert np.var([doubly_robust(log).value for log in logs]) < 0.9 * np.var([ips(log).value for log in logs])


def test_a_guess_knows_nothing_of_its_own_list_and_what_comes_later() -> None:
    rows = drawn(1)
    last = rows.list_ % EACH == EACH - 1
    changed = Rows(
        rows.person, rows.list_, rows.place, np.where(last & (rows.person == 7), 1 - rows.click, rows.click),
        rows.fen, rows.propensity, rows.agrees,
    )  # fmt: skip
    mine = rows.person == 7
    assert (log_of(rows, "greedy").guess[mine] == log_of(changed, "greedy").guess[mine]).all()


def test_a_place_counts_only_below_the_rivals_own_items() -> None:
    """The second place of each list agrees, the first only in the second list."""
    rows = Rows(
        person=np.array([0, 0, 1, 1]), list_=np.array([0, 0, 1, 1]), place=np.array([1, 2, 1, 2]), click=np.ones(4),
        fen=np.zeros(4), propensity=np.array([0.5, 0.5, 0.5, 0.25]), agrees={"greedy": np.array([0, 1, 1, 1], bool)},
    )  # fmt: skip
    log = log_of(rows, "greedy")
    assert log.target.tolist() == [0, 0, 1, 1]
    assert log.logged.tolist() == [0.5, 0.25, 0.5, 0.125]


def test_replay_agrees_though_the_odds_were_uneven() -> None:
    rng = np.random.default_rng(1)
    found = [replay(drawn(seed, people=2_000), "greedy", rng.random(2_000 * EACH)) for seed in range(30)]
    values = [one[0].value for one in found if one is not None]
    assert len(values) == len(found)
    assert np.mean(values) == pytest.approx(TRUTH, abs=0.01)


def test_replay_of_a_handful_of_lists_is_withheld() -> None:
    assert replay(drawn(1, people=10), "greedy", np.zeros(10 * EACH)) is None
    rows = drawn(1)
    never = Rows(rows.person, rows.list_, rows.place, rows.click, rows.fen, rows.propensity,
                 {"newest": np.zeros(len(rows.click), bool)})  # fmt: skip
    assert replay(never, "newest", np.zeros(PEOPLE * EACH)) is None
    assert judge(log_of(never, "newest")).ips is None


def test_a_part_of_the_rows_is_numbered_anew() -> None:
    rows = drawn(1)
    part = rows.where(rows.person % 2 == 1)
    assert part.person.max() == PEOPLE // 2 - 1
    assert part.list_.max() == PEOPLE * EACH // 2 - 1
    assert len(part.agrees["greedy"]) == len(part.place) == len(rows.place) // 2
    assert log_of(rows.where(rows.person < 0), "greedy").reward.tolist() == []
