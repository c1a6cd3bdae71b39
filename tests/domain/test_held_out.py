"""Recall and nDCG on likes that were held out by time."""

from __future__ import annotations

import math
import random

import pytest

from domain.held_out import Like, score, split


def likes(*times: int, person: int = 1) -> list[Like]:
    return [Like(person, n, at) for n, at in enumerate(times)]


def test_the_last_fifth_of_each_persons_likes_is_held_out() -> None:
    parts = split([*likes(50, 10, 20, 30, 40), *likes(*range(14), person=2)])
    assert parts.later == {1: [0], 2: [12, 13]}
    assert {like.item for like in parts.known if like.person == 1} == {1, 2, 3, 4}
    assert len(parts.known) == 4 + 12


def test_who_has_fewer_than_five_likes_only_helps_to_learn() -> None:
    parts = split(likes(1, 2, 3, 4))
    assert parts.later == {} and len(parts.known) == 4


def test_likes_of_one_moment_are_ordered_by_item_however_they_come() -> None:
    theirs = likes(*[7] * 10)
    for seed in range(5):
        parts = split(random.Random(seed).sample(theirs, 10))
        assert parts.later == {1: [8, 9]}


def test_recall_is_the_share_found_among_the_first_ten() -> None:
    found = score({1: [5, 6, *range(20, 28)], 2: [*range(30, 40), 7]}, {1: [5, 9], 2: [7]})
    assert found.recalls == [0.5, 0.0] and found.recall == 0.25


def test_ndcg_is_one_for_the_best_list_and_less_the_further_down_the_hits() -> None:
    assert score({1: [3, 4, 9]}, {1: [4, 3]}).ndcg == pytest.approx(1)
    second = score({1: [9, 3]}, {1: [3]}).ndcg
    assert second == pytest.approx(1 / math.log2(3))
    assert score({1: list(range(10))}, {1: list(range(30))}).ndcg == pytest.approx(1)
    assert score({1: []}, {1: [3]}) == (0.0, 0.0, [0.0], [0.0])
