"""The shares of wordings follow what is measured."""

from __future__ import annotations

import numpy as np
import pytest

from domain.always_valid import Batch
from domain.shares import FARTHEST_MOVE, FLOOR, Result, adjusted, chance_of_best

HALF = {"a": 1.0, "b": 1.0}


def batch(drawn: tuple[int, ...], hits: tuple[int, ...]) -> Batch:
    return Batch(dict(zip("abc", drawn, strict=False)), dict(zip("abc", hits, strict=False)))


def moved(opened: Batch, left: Batch | None = None, shares: dict[str, float] = HALF) -> dict[str, float] | None:
    return adjusted(shares, Result([opened], [left] if left else []), np.random.default_rng(1))


def test_the_better_wording_gets_more_but_not_all_at_once() -> None:
    assert moved(batch((500, 500), (20, 80))) == pytest.approx({"a": 0.5 - FARTHEST_MOVE, "b": 0.5 + FARTHEST_MOVE})


def test_the_worse_wording_keeps_its_floor() -> None:
    shares = dict(HALF)
    for _ in range(5):
        shares = moved(batch((5_000, 5_000), (200, 800)), shares=shares) or shares
    assert shares == pytest.approx({"a": FLOOR, "b": 1 - FLOOR})


def test_nothing_moves_before_enough_people_were_asked() -> None:
    assert moved(batch((500, 49), (20, 40))) is None


def test_equal_wordings_stay() -> None:
    assert moved(batch((500, 500), (50, 50))) is None


def test_a_wording_that_drives_followers_away_loses() -> None:
    found = moved(batch((2_000, 2_000), (200, 240)), batch((2_000, 2_000), (2, 40)))
    assert found is not None and found["a"] > 0.6


def test_one_wording_has_nothing_to_share() -> None:
    assert moved(batch((500,), (20,)), shares={"a": 1.0}) is None


def test_the_same_figures_give_the_same_shares() -> None:
    assert moved(batch((300, 300), (20, 33))) == moved(batch((300, 300), (20, 33)))


def test_each_of_many_wordings_keeps_something() -> None:
    names = [str(nth) for nth in range(10)]
    seen = Batch(dict.fromkeys(names, 1_000), {name: 10 + 80 * (name == "3") for name in names})
    shares = dict.fromkeys(names, 0.1)
    for _ in range(6):
        shares = adjusted(shares, Result([seen], []), np.random.default_rng(2)) or shares
    assert shares["3"] == max(shares.values())
    assert min(shares.values()) >= 0.049
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)


def test_without_any_opening_every_wording_is_as_likely_the_best() -> None:
    found = chance_of_best(["a", "b"], Result([batch((100, 100), (0, 0))], []), np.random.default_rng(3))
    assert sum(found.values()) == pytest.approx(1)


def test_a_day_of_many_openings_does_not_speak_for_who_had_the_larger_share_on_it() -> None:
    seen = [batch((900, 100), (90, 10)), batch((100, 900), (50, 450))]
    found = chance_of_best(["a", "b"], Result(seen, []), np.random.default_rng(4))
    assert found["a"] == pytest.approx(0.5, abs=0.15)
