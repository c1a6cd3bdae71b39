"""What a list is worth by the truth of the benchmark's crowd, and how far it is from the best one."""

from itertools import permutations, product

import numpy as np
import pytest

from benchmarks.crowd import Figure, ahead
from benchmarks.crowd_truth import LOOKED_AT, SATED
from benchmarks.regret import best_worth, regret, worth_of_lists
from benchmarks.regret_picture import picture


def by_hand(opens: list[float], worth: list[float], topic: list[int]) -> float:
    """The sum over all ways in which the three places may be opened or not."""
    total = 0.0
    for opened in product((False, True), repeat=3):
        likely = 1.0
        for place in range(3):
            like = sum(opened[above] and topic[above] == topic[place] for above in range(place))
            chance = opens[place] * LOOKED_AT[place] * SATED**like
            likely *= chance if opened[place] else 1 - chance
        total += likely * sum(value for value, is_open in zip(worth, opened, strict=True) if is_open)
    return total


@pytest.mark.parametrize("topic", [[0, 1, 2], [0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]])
def test_a_list_is_worth_what_all_ways_of_opening_it_are_worth(topic: list[int]) -> None:
    opens, worth = [0.7, 0.5, 0.9], [1.0, 3.0, 2.0]
    found = worth_of_lists(np.array([opens]), np.array([worth]), np.array([topic]))
    assert found == pytest.approx([by_hand(opens, worth, topic)])


def test_the_best_list_is_the_best_of_all() -> None:
    chance = np.random.default_rng(5)
    opens, worth, topic = chance.random((4, 14)), 1 + chance.random((4, 14)), chance.integers(0, 3, 14)
    every = [list(three) for three in permutations(range(14), 3)]
    best = [
        max(worth_of_lists(opens[[who]][:, at], worth[[who]][:, at], topic[[at]])[0] for at in every)
        for who in range(4)
    ]
    assert best_worth(opens, worth, topic) == pytest.approx(best)


def test_regret_is_the_share_of_the_best_that_is_missed() -> None:
    opens, worth, topic = np.array([[0.5, 0.5, 0.5, 0.0]]), np.ones((1, 4)), np.arange(4)
    assert regret(opens, worth, topic, np.array([[2, 0, 1]])) == pytest.approx(0.0)
    assert regret(opens, worth, topic, np.array([[-1, -1, -1]])) == 1.0
    assert regret(opens, worth, topic, np.array([[0, 3, 3]])) == pytest.approx(1 - 1 / LOOKED_AT.sum())
    assert regret(opens, worth, topic, np.array([[0, -1, -1]])) == pytest.approx(1 - 1 / LOOKED_AT.sum())


def test_ours_is_held_against_the_best_other_world_by_world() -> None:
    found = {"ours": {1: [0.5, 0.7]}, "newest": {1: [0.9, 0.9]}, "popular": {1: [0.8, 0.6]}, "content": {1: [1.0, 0.5]}}
    assert ahead(found, 1) == pytest.approx([-0.3, 0.1])


def test_an_interval_is_as_wide_as_so_few_worlds_make_it() -> None:
    assert Figure.of([0.1, 0.3]) == pytest.approx((0.2, 12.706 * 0.1))
    assert Figure.of([0.1, 0.3] * 5) == pytest.approx((0.2, 2.262 * 0.1 / 3))
    assert Figure.of([0.4]) == (0.4, 0.0)


def test_the_picture_has_a_line_for_each_policy_and_more_regret_stands_higher() -> None:
    curves = {"ours": [(0, 0.6, 0.01), (30, 0.4, 0.01)], "newest": [(0, 0.9, 0.02), (30, 0.9, 0.02)]}
    drawn = picture([("one", curves), ("two", curves)])
    assert drawn.count("<polyline") == 4 and drawn.startswith("<svg") and "400" not in drawn.split("viewBox")[0]
    ours, newest = (line.split('points="')[1].split('"')[0].split() for line in drawn.split("<polyline ")[1:3])
    heights = [[float(point.split(",")[1]) for point in line] for line in (ours, newest)]
    assert heights[0][0] > heights[1][0] and heights[0][1] > heights[0][0]
