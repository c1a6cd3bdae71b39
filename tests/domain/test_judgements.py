"""When a log may say something about another policy, and what is said when it may not."""

import numpy as np
import pytest

from domain.estimate import Log
from domain.judgement import FEWEST, judge

PEOPLE = 400


def drawn(logged: float, target: float, people: int = PEOPLE, each: int = 2, seed: int = 1) -> Log:
    """Two items: the first is logged with probability `logged` and shown by the target with `target`."""
    rng = np.random.default_rng(seed)
    rows = people * each
    first = rng.random(rows) < logged
    reward = (rng.random(rows) < np.where(first, 0.4, 0.2)).astype(float)
    nothing = np.zeros(rows)
    return Log(
        np.repeat(np.arange(people), each), np.ones(rows, dtype=int), reward, np.where(first, logged, 1 - logged),
        np.where(first, target, 1 - target), nothing, nothing,
    )  # fmt: skip


def test_a_log_with_chance_in_it_gives_three_estimates_that_agree() -> None:
    found = judge(drawn(0.5, 0.9))
    for figure in (found.ips, found.snips, found.dr):
        assert figure is not None
        assert figure.value == pytest.approx(0.38, abs=0.06)
        assert 0 <= figure.low < figure.value < figure.high <= 1
    assert found.warnings == ()


def test_a_log_without_chance_says_nothing_of_another_policy() -> None:
    found = judge(drawn(1.0, 0.9))
    assert (found.ips, found.snips, found.dr) == (None, None, None)
    assert "nothing was drawn by chance" in found.warnings[0]


def test_a_log_without_chance_tells_how_good_it_is_itself() -> None:
    log = drawn(1.0, 1.0)
    found = judge(log)
    assert found.ips is not None
    assert found.ips.value == pytest.approx(log.reward.mean())
    assert found.warnings == ()


def test_an_empty_log_says_so() -> None:
    found = judge(drawn(0.5, 0.5, people=0))
    assert found.ips is None
    assert found.warnings == ("nothing is logged that could tell",)


def test_what_a_handful_of_people_were_shown_is_no_estimate() -> None:
    found = judge(drawn(0.5, 1.0, people=FEWEST, each=1))
    assert found.dr is None
    assert f"at least {FEWEST}" in found.warnings[0]


def test_a_few_people_who_outweigh_all_others_are_no_estimate() -> None:
    log = drawn(0.5, 0.5)
    rare = np.where(np.arange(len(log.person)) < 2, 1e-6, log.logged)
    found = judge(Log(log.person, log.place, log.reward, rare, log.target, log.guess, log.hope))
    assert found.ips is None
    assert "outweigh" in found.warnings[0]


def test_what_the_log_could_hardly_show_is_no_estimate() -> None:
    """Half of the time the target would show an item that was never in the draw."""
    log = drawn(0.5, 0.5)
    found = judge(Log(log.person, log.place, log.reward, log.logged, log.target / 2, log.guess, log.hope))
    assert found.ips is None
    assert found.support is not None
    assert "50 %" in found.warnings[0]


def test_a_little_that_could_not_be_shown_is_told_beside_the_estimate() -> None:
    log = drawn(0.5, 0.5)
    found = judge(Log(log.person, log.place, log.reward, log.logged, log.target * 0.95, log.guess, log.hope))
    assert found.ips is not None
    assert "could not be shown" in found.warnings[0]


def test_probabilities_that_cannot_be_true_are_no_estimate_and_doubtful_ones_are_told() -> None:
    log = drawn(0.5, 0.5)
    found = judge(Log(log.person, log.place, log.reward, log.logged / 2, log.target, log.guess, log.hope))
    assert found.ips is None
    assert "not those with which items were drawn" in found.warnings[0]
    found = judge(Log(log.person, log.place, log.reward, log.logged / 1.05, log.target, log.guess, log.hope))
    assert found.ips is not None
    assert any("may be wrong" in one for one in found.warnings)


def test_few_rows_and_one_heavy_person_are_told() -> None:
    log = drawn(0.5, 1.0, people=100, each=1)
    heavy = np.where(log.person == log.person[log.target > 0][0], 1 / 12, log.logged)
    found = judge(Log(log.person, log.place, log.reward, heavy, log.target, log.guess, log.hope))
    assert any("one person has" in one for one in found.warnings)
    assert any("people amount to" in one for one in found.warnings)
