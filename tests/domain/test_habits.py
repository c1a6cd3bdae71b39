"""What a follower opens more often than other things, and less."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.follower import Follower
from domain.habit import leanings
from domain.item import Item
from domain.ranking import Ranking
from domain.shelf import Shelf

MakeItem = Callable[..., Item]


@pytest.fixture
def shelf(item: MakeItem) -> Shelf:
    return Shelf([item(f"{subject}-{n}", subject) for subject in ("健身", "旅行") for n in range(6)])


def lean(shelf: Shelf, follower: Follower) -> dict[str, float]:
    found = leanings(shelf, follower)
    return {tag: float(found[number]) for tag, number in shelf.tags.items()}


def test_what_is_opened_more_often_than_other_things_is_leaned_to(shelf: Shelf) -> None:
    found = lean(shelf, Follower(engaged={"健身-0": 0.5, "健身-1": 0.3}, silent={"旅行-0": 2, "健身-2": 1}))
    assert found["健身"] > 0 > found["旅行"]


def test_silence_alone_tells_no_subject_from_another_that_had_as_much_of_it(shelf: Shelf) -> None:
    found = lean(shelf, Follower(silent={"健身-0": 3, "旅行-0": 3}))
    assert found["健身"] == found["旅行"]
    longer = lean(shelf, Follower(silent={"健身-0": 3, "旅行-0": 9}))
    assert longer["健身"] > longer["旅行"]


def test_who_opens_little_is_not_told_by_one_silence_and_one_opening_tells_more_of_them(shelf: Shelf) -> None:
    seldom = lean(shelf, Follower(engaged={"健身-0": 0.5}, silent={"旅行-0": 20}))
    often = lean(shelf, Follower(engaged={f"旅行-{n}": 0.5 for n in range(6)} | {"健身-0": 0.5}, silent={"旅行-1": 1}))
    assert seldom["健身"] > 0.3 > often["健身"]


def test_what_went_badly_was_seen_and_not_opened(shelf: Shelf) -> None:
    bad, good = (lean(shelf, Follower(engaged={"健身-0": felt}, silent={"旅行-0": 1})) for felt in (-0.5, 0.5))
    assert bad["健身"] < 0 < good["健身"]


def test_of_who_was_shown_nothing_or_wants_no_personalisation_nothing_is_told(shelf: Shelf, now: int) -> None:
    assert not leanings(shelf, Follower(engaged={"健身-0": 0.5})).any(), "what is opened alone is no rate"
    assert not leanings(shelf, Follower()).any() and not leanings(shelf, Follower(engaged={"gone": 0.5})).any()
    off = Follower(silent={"健身-0": 3}, personal=False)
    assert not leanings(shelf, off).any()
    assert Ranking(shelf).explain(off, "健身-1", now).ranked.terms["habit"] == 0.0
