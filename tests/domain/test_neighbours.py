"""Which items go together: the rules, and the strengths reckoned the slow way."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import neighbours as rules
from domain.neighbours import CONSTANT, FEWEST_FOLLOWERS, MOST_ACTS, PROPORTIONAL, WEAKEST, neighbours

Act = tuple[int, int, float]
Found = dict[int, dict[int, float]]


@pytest.fixture(params=["regression", "cosine"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """As for a catalogue of few items, and as for one of many."""
    if request.param == "cosine":
        monkeypatch.setattr(rules, "MOST_EXACT", 0)
    return str(request.param)


def find(acts: list[Act]) -> Found:
    columns = list(zip(*acts, strict=True)) or [(), (), ()]
    followers, items = (np.array(column, dtype=np.int32) for column in columns[:2])
    found = neighbours(followers, items, np.array(columns[2], dtype=np.float32))
    return {
        one.item: dict(zip(one.others.tolist(), map(float, one.strengths), strict=True)) for one in found
    }  # fmt: skip


def acts_of(*rows: str) -> list[Act]:
    """One follower a row; one digit an item, from 0 (nothing) to 9."""
    return [(n, item, int(digit) / 9) for n, row in enumerate(rows) for item, digit in enumerate(row) if digit != "0"]


def random_acts(people: int, items: int, seed: int) -> list[Act]:
    """Every follower prefers the items of one of four subjects; the first items are popular with all."""
    chance = random.Random(seed)
    acts = []
    for n in range(people):
        subject = chance.randrange(4)
        for item in range(items):
            likely = 0.5 if item % 4 == subject else 0.1
            if chance.random() < likely + (0.3 if item < 4 else 0):
                acts.append((n, item, chance.choice((0.2, 0.5, 1.0))))
    return acts


# --- the formula -----------------------------------------------------------------------------------------------


def matrices(acts: list[Act], items: int) -> tuple[np.ndarray, np.ndarray]:
    """(what goes together beyond chance, the enlarged diagonal)"""
    people = {n: row for row, n in enumerate(sorted({act[0] for act in acts}))}
    strengths = np.zeros((len(people), items))
    for who, item, strength in acts:
        strengths[people[who], item] = strength
    sums = strengths.sum(axis=0)
    together = strengths.T @ strengths - np.outer(sums, sums) / len(people)
    return together, (1 + PROPORTIONAL) * together.diagonal() + CONSTANT


@pytest.mark.parametrize("block", [7, 512])
def test_up_to_ten_thousand_items_the_strengths_are_those_of_the_textbook(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_BLOCK", block)
    monkeypatch.setattr(rules, "_STRIPE", 11)
    monkeypatch.setattr(rules, "_SLICE", 13)
    acts = random_acts(300, 40, seed=1)
    matrix, enlarged = matrices(acts, 40)
    np.fill_diagonal(matrix, enlarged)
    inverse = np.linalg.inv(matrix)
    expected = -inverse / inverse.diagonal()
    found = find(acts)
    assert len(found) == 40
    for item in range(40):
        positive = {other for other in range(40) if other != item and expected[item, other] > WEAKEST * 1.01}
        assert positive <= found[item].keys()
        assert all(abs(expected[item, other] - strength) < 1e-4 for other, strength in found[item].items())


def test_of_more_items_the_strengths_are_shrunken_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_EXACT", 0)
    acts = random_acts(300, 40, seed=2)
    matrix, enlarged = matrices(acts, 40)
    expected = matrix / np.sqrt(np.outer(enlarged, enlarged))
    for item, others in find(acts).items():
        positive = {other for other in range(40) if other != item and expected[item, other] > WEAKEST * 1.01}
        assert positive <= others.keys()
        assert all(abs(expected[item, other] - strength) < 1e-5 for other, strength in others.items())


# --- what may be relied on -------------------------------------------------------------------------------------


def test_items_that_the_same_people_like_are_neighbours(either_way: str) -> None:
    found = find(acts_of(*["9900"] * 10, *["0099"] * 10))
    assert {item: set(others) for item, others in found.items()} == {0: {1}, 1: {0}, 2: {3}, 3: {2}}


def test_what_everybody_likes_is_nobodys_neighbour(either_way: str) -> None:
    found = find(acts_of(*["9909"] * 10, *["0099"] * 10))
    assert set(found) == {0, 1}
    assert all(3 not in others for others in found.values())


def test_where_all_like_everything_equally_nothing_is_learned(either_way: str) -> None:
    assert find(acts_of(*["555"] * 20)) == {}


def test_one_follower_teaches_nothing(either_way: str) -> None:
    assert find(acts_of("9999")) == {}
    assert find([]) == {}


def test_an_item_that_fewer_than_three_had_to_do_with_has_no_neighbours(either_way: str) -> None:
    two = acts_of(*["99"] * (FEWEST_FOLLOWERS - 1), *["00"], *["09"] * 3, *["001"] * 5)
    assert 0 not in find(two)
    assert 0 in find([*two, (50, 0, 1.0), (50, 1, 1.0)])


def test_an_item_nobody_had_to_do_with_is_not_named(either_way: str) -> None:
    acts = [(who, item * 3, strength) for who, item, strength in acts_of(*["990"] * 9, *["009"] * 9)]
    assert find(acts).keys() == {0, 3}


def test_the_more_people_show_it_the_stronger_it_is(either_way: str) -> None:
    strengths = [find(acts_of(*["990"] * n, *["009"] * n))[0][1] for n in (3, 30, 300)]
    assert strengths == sorted(strengths)
    assert strengths[0] < 0.05 and strengths[2] > 0.1


def test_weak_acts_teach_less_than_strong_ones(either_way: str) -> None:
    weak, strong = (find(acts_of(*[row] * 20, *["009"] * 20))[0][1] for row in ("220", "990"))
    assert weak < strong / 5


def test_an_act_without_strength_is_none(either_way: str) -> None:
    acts = acts_of(*["990"] * 9, *["009"] * 9)
    assert find([*acts, (0, 2, 0.0), (3, 2, -0.5)]) == find(acts)


def test_the_order_of_the_acts_does_not_matter(either_way: str) -> None:
    acts = random_acts(80, 20, seed=3)
    shuffled = random.Random(4).sample(acts, len(acts))
    assert find(shuffled) == find(acts)


def test_who_opens_everything_counts_with_a_bounded_number_of_items(either_way: str) -> None:
    acts = random_acts(60, 30, seed=5)
    louder = [(1_000, item, 0.9) for item in range(30, 30 + MOST_ACTS)]
    weaker = [(1_000, item, 0.3) for item in range(10)]
    assert find([*acts, *louder, *weaker]) == find([*acts, *louder])
    assert find([*acts, *louder[1:], *weaker]) != find([*acts, *louder[1:]])


def test_of_many_neighbours_the_strongest_are_kept(either_way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    acts = random_acts(200, 24, seed=6)
    whole = find(acts)
    monkeypatch.setattr(rules, "MOST_NEIGHBOURS", 3)
    monkeypatch.setattr(rules, "FEWEST_NEIGHBOURS", 1)
    assert any(len(others) > 3 for others in whole.values())
    for item, others in find(acts).items():
        assert list(others.items()) == list(whole[item].items())[:3]


def test_strengths_come_the_strongest_first(either_way: str) -> None:
    found = find(random_acts(200, 24, seed=7))
    assert found
    for others in found.values():
        assert list(others.values()) == sorted(others.values(), reverse=True)


def acts_at_random() -> st.SearchStrategy[list[Act]]:
    strength = st.floats(0, 1, width=32) | st.just(1.0) | st.just(1e-30)
    pairs = st.dictionaries(st.tuples(st.integers(0, 12), st.integers(0, 9)), strength, max_size=120)
    return pairs.map(lambda found: [(who, item, strength) for (who, item), strength in found.items()])


@given(acts_at_random())
def test_strengths_are_numbers_between_nothing_and_one(acts: list[Act]) -> None:
    for way in _ways(acts):
        assert all(WEAKEST < strength < 1 for others in way.values() for strength in others.values())


@given(acts_at_random())
def test_no_item_is_its_own_neighbour(acts: list[Act]) -> None:
    for way in _ways(acts):
        assert all(item not in others for item, others in way.items())


def _ways(acts: list[Act]) -> Iterator[Found]:
    with pytest.MonkeyPatch.context() as patch:
        for most in (rules.MOST_EXACT, 0):
            patch.setattr(rules, "MOST_EXACT", most)
            yield find(acts)
