"""Which items are offered, in which order: the rules, and the answer reckoned the slow way."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.item import Item
from domain.ranking import (
    CHAMPIONS,
    FRESH_HALF_LIFE,
    FRESH_SHARE,
    SAME_SUBJECT,
    SHOWN_LATELY,
    Shelf,
)

DAY = 86_400
SUBJECTS = ("健身", "理财", "旅行", "科技")
TAGS = ("入门", "省钱", "周末", "孩子", "三十分钟", "跑步", "基金")
MakeItem = Callable[..., Item]


def slugs(shelf: Shelf, weights: Mapping[str, float], now: int, count: int = 3, **more: object) -> list[str]:
    return [one.item.slug for one in shelf.rank(weights, now, count, **more)]  # type: ignore[arg-type]


def random_items(item: MakeItem, chance: random.Random, number: int, now: int) -> list[Item]:
    return [
        item(
            f"s{n:04}", chance.choice(SUBJECTS), *chance.sample(TAGS, chance.randint(0, 3)),
            published=now - chance.randint(0, 400) * DAY,
        )
        for n in range(number)
    ]  # fmt: skip


def slow_scores(
    items: list[Item], weights: Mapping[str, float], now: int, shown: Mapping[str, int] | None = None
) -> dict[str, float]:
    """The formula of ``domain/ranking.py``'s docstring, item by item; refused items are left out."""
    carried = Counter(tag for one in items for tag in one.tags)
    scores = {}
    for one in items:
        idf = {tag: 1 + math.log(len(items) / carried[tag]) for tag in one.tags}
        length = math.sqrt(sum(value**2 for value in idf.values()))
        if any(weights.get(tag, 0.0) < 0 for tag in one.tags):
            continue
        score = sum(weights.get(tag, 0.0) * idf[tag] / length for tag in one.tags)
        score += FRESH_SHARE * 2 ** ((one.published - now) / FRESH_HALF_LIFE)
        scores[one.slug] = score * SHOWN_LATELY ** (shown or {}).get(one.slug, 0)
    return scores


def slow_list(
    items: list[Item], scores: dict[str, float], count: int, never: tuple[str, ...] = ()
) -> list[tuple[str, float]]:
    """Take the best, then discount its subject, again and again, over everything allowed."""
    order = sorted(items, key=lambda one: (-one.published, one.slug))
    allowed = [one for one in order if one.slug in scores and one.slug not in never]
    left = sorted(allowed, key=lambda one: -scores[one.slug])
    taken: Counter[str] = Counter()
    chosen = []
    while left and len(chosen) < count:
        best = max(left, key=lambda one: scores[one.slug] * SAME_SUBJECT ** taken[one.subject])
        left.remove(best)
        chosen.append((best.slug, scores[best.slug]))
        taken[best.subject] += 1
    return chosen


@given(seed=st.integers(0, 10**6), number=st.integers(1, 160), count=st.integers(1, 6))
def test_up_to_the_champions_of_a_tag_the_list_is_exactly_the_formula(
    seed: int, number: int, count: int, item: MakeItem, now: int
) -> None:
    """`number` items over four subjects: no tag is on more than CHAMPIONS of them, so nothing may be missed."""
    chance = random.Random(seed)
    items = random_items(item, chance, number, now)
    weights = {tag: round(chance.uniform(-0.4, 1), 3) for tag in chance.sample([*SUBJECTS, *TAGS], 4)}
    shown = {one.slug: chance.randint(1, 3) for one in chance.sample(items, min(5, number))}
    never = tuple(one.slug for one in chance.sample(items, min(4, number)))
    assert max(Counter(tag for one in items for tag in one.tags).values()) <= CHAMPIONS
    scores = slow_scores(items, weights, now, shown)
    found = Shelf(items).rank(weights, now, count, never, shown)
    expected = slow_list(items, scores, count, never)
    if number > CHAMPIONS:  # items that match nothing the follower likes are not looked at, but the newest are
        liked = {tag for tag, weight in weights.items() if weight > 0}
        newest = {one.slug for one in sorted(items, key=lambda one: (-one.published, one.slug))[:32]}
        scores = {
            one.slug: scores[one.slug]
            for one in items
            if one.slug in scores and (one.slug in newest or liked & {*one.tags})
        }
        expected = slow_list(items, scores, count, never)
    assert [one.score for one in found] == pytest.approx([score for _, score in expected])
    assert [one.item.slug for one in found] == [slug for slug, _ in expected]


@given(seed=st.integers(0, 10**6))
def test_what_is_owned_or_refused_never_appears(seed: int, item: MakeItem, now: int) -> None:
    chance = random.Random(seed)
    items = random_items(item, chance, chance.choice([3, 40, 300]), now)
    owned = {one.slug for one in chance.sample(items, len(items) // 2)}
    refused = set(chance.sample([*SUBJECTS, *TAGS], 2))
    weights = {tag: chance.uniform(0, 1) for tag in TAGS} | dict.fromkeys(refused, -0.05)
    for one in Shelf(items).rank(weights, now, 10, owned):
        assert one.item.slug not in owned
        assert refused.isdisjoint(one.item.tags)


def test_when_everything_is_owned_or_refused_the_list_is_empty(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身"), item("b", "理财")])
    assert slugs(shelf, {"理财": -0.5}, now, never={"a"}) == []
    assert Shelf([]).rank({"健身": 1.0}, now, 3) == []


def test_three_subjects_beat_three_of_one(item: MakeItem, now: int) -> None:
    items = [item(f"{subject}-{n}", subject) for subject in ("健身", "旅行", "科技") for n in range(5)]
    found = Shelf(items).rank({"健身": 0.63, "旅行": 0.5, "科技": 0.45}, now, 3)
    assert [one.item.subject for one in found] == ["健身", "旅行", "科技"]


def test_subjects_are_varied_in_a_big_catalogue_too(item: MakeItem, now: int) -> None:
    """A hundred items of the dearest subject before the first of the next must not fill the list."""
    items = [item(f"{subject}-{n}", subject) for subject in ("健身", "旅行", "科技") for n in range(100)]
    found = Shelf(items).rank({"健身": 0.90, "旅行": 0.88, "科技": 0.86}, now, 3)
    assert [one.item.subject for one in found] == ["健身", "旅行", "科技"]


def test_a_list_is_filled_from_one_subject_when_there_is_no_other(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:03}", "健身", published=now - n * DAY) for n in range(200)]
    assert slugs(Shelf(items), {"健身": 0.9}, now, 4) == ["s000", "s001", "s002", "s003"]


def test_one_strong_interest_still_leads(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "健身"), item("c", "旅行"), item("d", "科技")]
    assert slugs(Shelf(items), {"健身": 0.9, "旅行": 0.1}, now)[0] == "a"


def test_an_item_shown_lately_makes_room_for_its_like(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身"), item("b", "健身")])
    assert slugs(shelf, {"健身": 0.6}, now, 1) == ["a"]
    assert slugs(shelf, {"健身": 0.6}, now, 1, shown={"a": 1}) == ["b"]
    assert slugs(shelf, {"健身": 0.6}, now, 1, shown={"a": 1, "b": 2}) == ["a"]
    assert slugs(shelf, {"健身": 0.6}, now, 1, shown={"gone": 3, "a": 0}) == ["a"]


def test_each_showing_halves_the_welcome(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身")])
    (fresh,), (tired,) = (shelf.rank({"健身": 0.6}, now, 1, shown={"a": n}) for n in (0, 3))
    assert tired.score == pytest.approx(fresh.score / 8)


def test_equals_come_in_the_same_order_whatever_the_order_of_the_files(item: MakeItem, now: int) -> None:
    items = [item(slug, "健身") for slug in "dbca"]
    assert {tuple(slugs(Shelf(order), {"健身": 0.5}, now, 4)) for order in permutations(items)} == {tuple("abcd")}


def test_of_many_equals_the_first_by_name_are_offered(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:03}", "健身") for n in range(400)]
    assert slugs(Shelf(items), {"健身": 0.5}, now, 5) == ["s000", "s001", "s002", "s003", "s004"]
    mixed = [item(f"s{n:03}", "健身", *("入门", "省钱")[: n % 3]) for n in range(120)]
    assert slugs(Shelf(mixed), {"健身": 0.5}, now, 5) == ["s000", "s003", "s006", "s009", "s012"]


def test_an_item_of_tomorrow_is_not_offered_today(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身", published=now), item("b", "健身", published=now + 1)])
    assert slugs(shelf, {"健身": 0.9}, now) == ["a"] and slugs(shelf, {"健身": 0.9}, now + 1)[0] == "b"


def test_equals_come_newest_first(item: MakeItem, now: int) -> None:
    items = [item(f"n{n}", "健身", published=now - n * DAY) for n in range(5)]
    assert slugs(Shelf(items), {}, now, 5) == ["n0", "n1", "n2", "n3", "n4"]


def test_freshness_does_not_outweigh_one_question_asked(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("new", "旅行", published=now), item("old", "健身", published=now - 2000 * DAY)])
    assert slugs(shelf, {"健身": 0.39}, now) == ["old", "new"]


def test_a_rare_tag_says_more_than_one_that_everything_carries(item: MakeItem, now: int) -> None:
    items = [item(f"c{n}", "健身", "入门") for n in range(9)] + [item("rare", "健身", "游泳")]
    assert slugs(Shelf(items), {"入门": 0.5, "游泳": 0.5}, now, 1) == ["rare"]


def test_only_search_hits_are_offered_when_asked_for(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身"), item("b", "理财"), item("c", "旅行")])
    assert set(slugs(shelf, {"健身": 0.9}, now, among={"b", "c", "gone"})) == {"b", "c"}
    assert slugs(shelf, {"健身": 0.9}, now, among=()) == []
    assert slugs(shelf, {"健身": 0.9, "理财": -0.1}, now, among={"a", "b"}, never={"a"}) == []


def test_the_tag_told_is_the_one_that_gave_most(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身", "跑步"), item("b", "旅行", "周末")])
    told = {one.item.slug: one.tag for one in shelf.rank({"健身": 0.1, "跑步": 0.9}, now, 2)}
    assert told == {"a": "跑步", "b": ""}


def test_a_tag_nobody_carries_changes_nothing(item: MakeItem, now: int) -> None:
    shelf = Shelf([item("a", "健身"), item("b", "理财")])
    assert slugs(shelf, {"炒菜": 1.0}, now) == slugs(shelf, {}, now)


def test_many_refused_or_owned_items_before_it_do_not_hide_a_good_one(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:03}", "健身", published=now - n * DAY) for n in range(120)]
    owned = {f"s{n:03}" for n in range(119)}
    assert slugs(Shelf(items), {"健身": 0.9}, now, 3, never=owned) == ["s119"]


def test_in_a_big_catalogue_the_best_item_of_a_liked_tag_is_found(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:04}", SUBJECTS[n % 4], "入门", published=now - (500 + n) * DAY) for n in range(1_000)]
    items.append(item("pure", "健身", published=now - 2_000 * DAY))
    assert slugs(Shelf(items), {"健身": 0.9}, now, 1) == ["pure"]


def test_the_item_page_asks_for_equals_and_never_gets_the_item_itself(item: MakeItem, now: int) -> None:
    items = [item("a", "健身", "跑步"), item("b", "健身", "跑步"), item("c", "旅行")]
    assert slugs(Shelf(items), {"健身": 1.0, "跑步": 1.0}, now, 2, never={"a"})[0] == "b"
