"""Where readers stop: which passage is named, and which is not."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from domain.passages import FREE, WHOLE, Passage
from domain.stops import reading

TENTHS = [Passage(f"第{n}段", 10 + 2 * n, n / 10, (n + 1) / 10) for n in range(10)]
LENGTH = 3_000
"""Characters: the first screen is the first tenth."""


def readers(chance: random.Random, count: int, leaving: float, at: dict[int, float] | None = None) -> Counter[int]:
    """`count` readers of whom a share `leaving` leaves in each tenth, but in those of `at` so many."""
    furthest: Counter[int] = Counter()
    for _ in range(count):
        place = next((n for n in range(10) if chance.random() < (at or {}).get(n, leaving)), None)
        furthest[100 if place is None else chance.randint(place * 10 + 1, place * 10 + 10)] += 1
    return furthest


def test_a_passage_at_which_a_third_leaves_is_named() -> None:
    found = reading(WHOLE, TENTHS, LENGTH, readers(random.Random(1), 200, 0.04, {5: 0.33}))
    (worst,) = found.losing
    assert worst.passage.begins == "第5段"
    assert worst.stopped.estimate == pytest.approx(0.33, abs=0.1) and worst.usual < 0.1


def test_an_even_text_is_hardly_ever_blamed() -> None:
    """Of 500 texts without a fault at most 3 % may be named one."""
    named = sum(
        bool(reading(WHOLE, TENTHS, LENGTH, readers(random.Random(seed), 150, 0.08)).losing) for seed in range(500)
    )
    assert named <= 15


def test_too_few_readers_blame_nothing() -> None:
    assert not reading(WHOLE, TENTHS, LENGTH, {55: 12, 100: 7}).losing
    assert reading(WHOLE, TENTHS, LENGTH, {55: 120, 100: 70}).losing


def test_who_leaves_on_the_first_screen_or_at_the_end_blames_no_passage() -> None:
    found = reading(WHOLE, TENTHS, LENGTH, {8: 300, 95: 200})
    assert not found.losing
    assert (found.opening.hits, found.finished.hits, found.readers) == (300, 200, 500)


def test_stopping_at_the_price_is_counted_apart_and_is_no_fault_of_the_text() -> None:
    strangers = reading(FREE, TENTHS, LENGTH, {45: 10, 89: 200, 86: 30})
    assert strangers.finished.hits == 230 and not strangers.losing
    owners = reading(WHOLE, TENTHS, LENGTH, {45: 10, 89: 200, 86: 30, 100: 20})
    assert owners.finished.hits == 20 and owners.losing[0].passage.begins == "第8段"


def test_a_difference_that_is_certain_and_small_is_not_told() -> None:
    many = {n * 10 + 5: 100_000 for n in range(1, 9)} | {100: 1_000_000}
    assert not reading(WHOLE, TENTHS, LENGTH, many | {55: 110_000}).losing
    assert reading(WHOLE, TENTHS, LENGTH, many | {55: 200_000}).losing
    hardly_any = {n * 10 + 5: 1_000 for n in range(1, 9)} | {55: 20_000, 100: 1_000_000}
    assert not reading(WHOLE, TENTHS, LENGTH, hardly_any).losing


def test_a_text_of_one_screen_or_none_says_nothing() -> None:
    assert not reading(WHOLE, TENTHS, 200, {55: 100, 100: 100}).passages
    assert reading(WHOLE, [], 0, {100: 3}).finished.hits == 3
    assert reading(WHOLE, TENTHS, LENGTH, {}).readers == 0
