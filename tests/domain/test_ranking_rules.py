"""Which items are offered, in which order: the rules, and the answer reckoned the slow way."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.follower import Follower
from domain.habit import DRAWN
from domain.interests import SATURATION
from domain.item import Item
from domain.ladder import DEARER, FREE, NEXT, PAID_FOR, RUNGS
from domain.learned import NOTHING_LEARNED, Figures, Learned
from domain.listing import VARIED
from domain.quality import ACCOUNT, OPENED
from domain.ranking import (
    AGAIN,
    CHAMPIONS,
    CONTENT,
    FRESH,
    FRESH_HALF_LIFE,
    HABIT,
    MOST_TOGETHER,
    PRIOR,
    SEEN_ENOUGH,
    TIRED,
    TOGETHER,
    Ranked,
    Ranking,
)
from domain.shelf import Shelf

DAY = 86_400
SUBJECTS = ("健身", "理财", "旅行", "科技")
TAGS = ("入门", "省钱", "周末", "孩子", "三十分钟", "跑步", "基金")
PRICES = (0, 990, 2_990, 19_900)
MakeItem = Callable[..., Item]


def the_best() -> float:
    """Chance that always draws the best."""
    return 0.0


def ranked(items: Collection[Item], follower: Follower, now: int, count: int = 3, **more: object) -> list[Ranked]:
    learned = more.pop("learned", NOTHING_LEARNED)
    return Ranking(Shelf(items), learned).rank(follower, now, count, the_best, **more)  # type: ignore[arg-type]


def slugs(items: Collection[Item], weights: Mapping[str, float], now: int, count: int = 3, **more: object) -> list[str]:
    return [one.item.slug for one in ranked(items, Follower(weights), now, count, **more)]


def random_items(item: MakeItem, chance: random.Random, number: int, now: int) -> list[Item]:
    return [
        item(
            f"s{n:04}", chance.choice(SUBJECTS), *chance.sample(TAGS, chance.randint(0, 3)),
            published=now - chance.randint(0, 400) * DAY, price=chance.choice(PRICES),
        )
        for n in range(number)
    ]  # fmt: skip


def random_follower(items: list[Item], chance: random.Random) -> Follower:
    def some(most: int) -> list[str]:
        return [one.slug for one in chance.sample(items, min(most, len(items)))]

    return Follower(
        {tag: round(chance.uniform(-0.3, 0.95), 3) for tag in chance.sample([*SUBJECTS, *TAGS], 4)},
        {slug: round(chance.uniform(-1, 1), 3) for slug in some(6)},
        some(3),
        {slug: chance.randint(1, SEEN_ENOUGH) for slug in some(6)},
        tuple(chance.choice(PRICES[1:]) for _ in range(chance.randint(0, 2))),
        "qr:c_1",
        finished=some(2),
        silent={slug: chance.randint(1, 20) for slug in some(9)},
    )


def random_learned(items: list[Item], chance: random.Random) -> Learned:
    every = [one.slug for one in items]
    figures = {
        slug: Figures(
            200, n := chance.randint(0, 200), n // 2, n // 3, 0, 9 * (n // 10), 2 * (n // 10), n // 9, n // 20
        )
        for slug in every
        if chance.random() < 0.8
    }
    near = {slug: [(chance.choice(every), round(chance.uniform(0, 0.3), 3)) for _ in range(5)] for slug in every}
    tastes = {source: {tag: round(chance.random(), 3) for tag in TAGS[:4]} for source in ("", "qr:c_1")}
    return Learned(figures, near, tastes)


def slow_importance(one: Item, items: list[Item]) -> dict[str, float]:
    carried = Counter(tag for other in items for tag in other.tags)
    idf = {tag: 1 + math.log(len(items) / carried[tag]) for tag in one.tags}
    length = math.sqrt(sum(value**2 for value in idf.values()))
    return {tag: value / length for tag, value in idf.items()}


def slow_habit(one: Item, items: list[Item], who: Follower) -> float:
    """The sum over its tags of importance times ln(opened / seen), each with the usual rate of DRAWN more."""
    if not who.silent:
        return 0.0
    sights = [(slug, 1, felt > 0) for slug, felt in who.engaged.items()]
    sights += [(slug, times, False) for slug, times in who.silent.items()]
    opened, seen = sum(is_open for *_, is_open in sights), sum(times for _, times, _ in sights)
    usual = (opened + ACCOUNT * OPENED) / (seen + ACCOUNT)
    of_slug = {other.slug: slow_importance(other, items) for other in items}
    found = 0.0
    for tag, weighs in slow_importance(one, items).items():
        hits = sum(of_slug[slug].get(tag, 0.0) for slug, _, is_open in sights if is_open)
        trials = sum(times * of_slug[slug].get(tag, 0.0) for slug, times, _ in sights)
        found += weighs * math.log((hits + DRAWN * usual) / ((trials + DRAWN) * usual))
    return found


def slow_score(
    one: Item, items: list[Item], who: Follower, learned: Learned, quality: float, now: int
) -> dict[str, float]:
    """The terms of ``domain/ranking.py``'s docstring; `quality` is taken as it is."""
    importance = slow_importance(one, items)
    lessons = sum(-SATURATION * math.log1p(-min(weight, 0.999)) for weight in who.weights.values() if weight > 0)
    share = PRIOR / (PRIOR + lessons)
    taste = {tag: share * weight for tag, weight in learned.tastes[who.source].items()}
    for tag, weight in who.weights.items():
        taste[tag] = taste.get(tag, 0.0) + max(weight, 0.0)
    near = sum(
        felt * strength
        for slug, felt in who.engaged.items()
        for other, strength in learned.neighbours.get(slug, ())
        if other == one.slug
    )
    stands = max((sum(fen >= rung for rung in RUNGS) for fen in who.paid), default=0)
    beyond = sum(one.price_fen >= rung for rung in RUNGS) - stands
    return {
        "content": CONTENT * sum(taste.get(tag, 0.0) * importance[tag] for tag in one.tags),
        "habit": HABIT * slow_habit(one, items, who),
        "together": min(max(TOGETHER * near, -MOST_TOGETHER), MOST_TOGETHER),
        "quality": quality,
        "fresh": FRESH * 2 ** ((one.published - now) / FRESH_HALF_LIFE),
        "price": 0.0 if beyond < 0 else {0: PAID_FOR if stands else FREE, 1: NEXT}.get(beyond, -DEARER * (beyond - 1)),
        "tired": -(TIRED * who.silent.get(one.slug, 0) + AGAIN * (who.engaged.get(one.slug, 0) > 0)),
    }


def slow_list(
    allowed: list[Item], scores: Mapping[str, float], liked: Collection[str], count: int
) -> list[tuple[str, float]]:
    """Take the best, then discount its subject, again and again, over everything allowed; what is strange gets nothing
    out of it beside what is liked."""
    left = sorted(allowed, key=lambda one: (-one.published, one.slug))
    taken: Counter[str] = Counter()
    chosen = []
    while left and len(chosen) < count:
        first = max(left, key=lambda one: scores[one.slug])
        off = {one.slug: VARIED * taken[one.subject] for one in left}
        if not {*first.tags}.isdisjoint(liked):
            off |= {one.slug: max(off[one.slug], off[first.slug]) for one in left if {*one.tags}.isdisjoint(liked)}
        best = max(left, key=lambda one: scores[one.slug] - off[one.slug])
        left.remove(best)
        chosen.append((best.slug, scores[best.slug] - off[best.slug]))
        taken[best.subject] += 1
    return chosen


@given(seed=st.integers(0, 10**6), number=st.integers(1, CHAMPIONS), count=st.integers(1, 6))
def test_the_list_is_exactly_the_formula(seed: int, number: int, count: int, item: MakeItem, now: int) -> None:
    chance = random.Random(seed)
    items = random_items(item, chance, number, now)
    who, learned = random_follower(items, chance), random_learned(items, chance)
    ranking = Ranking(Shelf(items), learned)
    quality = dict(zip((one.slug for one in ranking.shelf.items), ranking.quality.term, strict=True))
    terms = {one.slug: slow_score(one, items, who, learned, quality[one.slug], now) for one in items}
    refused = {tag for tag, weight in who.weights.items() if weight < 0}
    tired = {slug for slug, times in who.shown.items() if times >= SEEN_ENOUGH}
    barred = {*who.owned, *who.finished, *tired}
    allowed = [one for one in items if one.slug not in barred and refused.isdisjoint(one.tags)]
    liked = {tag for tag, weight in who.weights.items() if weight > 0}
    expected = slow_list(allowed, {slug: sum(of.values()) for slug, of in terms.items()}, liked, count)
    found = ranking.rank(who, now, count, the_best)
    assert [one.score for one in found] == pytest.approx(
        [score for _, score in expected], abs=1e-6
    )  # strengths: single
    assert [one.item.slug for one in found] == [slug for slug, _ in expected]
    for one in found:
        assert {name: one.terms[name] for name in terms[one.item.slug]} == pytest.approx(terms[one.item.slug], abs=1e-6)
        assert sum(one.terms.values()) == pytest.approx(one.score) and one.terms["explore"] == 0.0


@given(seed=st.integers(0, 10**6))
def test_what_is_owned_finished_or_refused_never_appears_whatever_is_drawn(seed: int, item: MakeItem, now: int) -> None:
    chance = random.Random(seed)
    items = random_items(item, chance, chance.choice([3, 40, 300]), now)
    owned = {one.slug for one in chance.sample(items, len(items) // 3)}
    finished = {one.slug for one in chance.sample(items, len(items) // 3)}
    refused = set(chance.sample([*SUBJECTS, *TAGS], 2))
    weights = {tag: chance.uniform(0, 1) for tag in TAGS} | dict.fromkeys(refused, -0.05)
    follower = Follower(weights, owned=owned, finished=finished)
    ranking = Ranking(Shelf(items), random_learned(items, chance))
    for one in ranking.rank(follower, now, 10, chance.random):
        assert one.item.slug not in owned | finished
        assert refused.isdisjoint(one.item.tags)


def test_when_everything_is_owned_or_refused_the_list_is_empty(item: MakeItem, now: int) -> None:
    assert slugs([item("a", "健身"), item("b", "理财")], {"理财": -0.5}, now, never={"a"}) == []
    assert slugs([], {"健身": 1.0}, now) == []


def test_three_subjects_beat_three_of_one(item: MakeItem, now: int) -> None:
    items = [item(f"{subject}-{n}", subject) for subject in ("健身", "旅行", "科技") for n in range(5)]
    found = ranked(items, Follower({"健身": 0.63, "旅行": 0.5, "科技": 0.45}), now)
    assert [one.item.subject for one in found] == ["健身", "旅行", "科技"]


def test_subjects_are_varied_in_a_big_catalogue_too(item: MakeItem, now: int) -> None:
    """A hundred items of the dearest subject before the first of the next must not fill the list."""
    items = [item(f"{subject}-{n}", subject) for subject in ("健身", "旅行", "科技") for n in range(100)]
    found = ranked(items, Follower({"健身": 0.90, "旅行": 0.88, "科技": 0.86}), now)
    assert [one.item.subject for one in found] == ["健身", "旅行", "科技"]


def test_variety_puts_nothing_strange_in_the_place_of_what_they_like(item: MakeItem, now: int) -> None:
    items = [item(f"{subject}-{n}", subject) for subject in ("健身", "旅行", "科技") for n in range(5)]
    for follower in (Follower({"健身": 0.05}), Follower(source="qr:健身")):
        assert [one.item.subject for one in ranked(items, follower, now)] == ["健身"] * 3
    assert {one.item.subject for one in ranked(items, Follower({"健身": 0.05, "旅行": 0.05}), now)} == {"健身", "旅行"}
    assert len({one.item.subject for one in ranked(items, Follower(), now)}) == 3, "to whom all is strange, all of it"


def test_a_list_is_filled_from_one_subject_when_there_is_no_other(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:03}", "健身", published=now - n * DAY) for n in range(200)]
    assert slugs(items, {"健身": 0.9}, now, 4) == ["s000", "s001", "s002", "s003"]


def test_one_strong_interest_still_leads(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "健身"), item("c", "旅行"), item("d", "科技")]
    assert slugs(items, {"健身": 0.9, "旅行": 0.1}, now)[0] == "a"


def test_an_item_shown_lately_makes_room_for_its_like(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "健身")]
    for shown, first in (({}, "a"), ({"a": 1}, "b"), ({"a": 1, "b": 2}, "a"), ({"gone": 3, "a": 0}, "a")):
        assert ranked(items, Follower({"健身": 0.6}, silent=shown), now, 1)[0].item.slug == first


def test_what_was_left_unopened_often_enough_is_not_shown_again(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "旅行")]
    for times, shown in ((SEEN_ENOUGH - 1, ["a", "b"]), (SEEN_ENOUGH, ["b"])):
        found = ranked(items, Follower({"健身": 0.9}, shown={"a": times}), now)
        assert [one.item.slug for one in found] == shown


def test_silence_about_a_subject_lets_others_come_first(item: MakeItem, now: int) -> None:
    items = [item(f"{subject}-{n}", subject) for subject in ("健身", "旅行") for n in range(5)]
    silent = {f"健身-{n}": 2 for n in range(4)}
    assert ranked(items, Follower({"健身": 0.1}), now, 1)[0].item.slug == "健身-0"
    assert ranked(items, Follower({"健身": 0.1}, silent=silent), now, 1)[0].item.slug == "旅行-0"
    assert ranked(items, Follower(silent=silent, personal=False), now, 1)[0].item.slug == "健身-4"  # newest, unseen


def test_equals_come_in_the_same_order_whatever_the_order_of_the_files(item: MakeItem, now: int) -> None:
    items = [item(slug, "健身") for slug in "dbca"]
    assert {tuple(slugs(order, {"健身": 0.5}, now, 4)) for order in permutations(items)} == {tuple("abcd")}


def test_of_many_equals_the_first_by_name_are_offered(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:03}", "健身") for n in range(400)]
    assert slugs(items, {"健身": 0.5}, now, 5) == ["s000", "s001", "s002", "s003", "s004"]
    mixed = [item(f"s{n:03}", "健身", *("入门", "省钱")[: n % 3]) for n in range(120)]
    assert slugs(mixed, {"健身": 0.5}, now, 5) == ["s000", "s003", "s006", "s009", "s012"]


def test_an_item_of_tomorrow_is_not_offered_today(item: MakeItem, now: int) -> None:
    items = [item("a", "健身", published=now), item("b", "健身", published=now + 1)]
    assert slugs(items, {"健身": 0.9}, now) == ["a"] and slugs(items, {"健身": 0.9}, now + 1)[0] == "b"


def test_equals_come_newest_first(item: MakeItem, now: int) -> None:
    items = [item(f"n{n}", "健身", published=now - n * DAY) for n in range(5)]
    assert slugs(items, {}, now, 5) == ["n0", "n1", "n2", "n3", "n4"]


def test_freshness_does_not_outweigh_one_question_asked(item: MakeItem, now: int) -> None:
    items = [item("new", "旅行", published=now), item("old", "健身", published=now - 2000 * DAY)]
    assert slugs(items, {"健身": 0.39}, now) == ["old", "new"]


def test_a_rare_tag_says_more_than_one_that_everything_carries(item: MakeItem, now: int) -> None:
    items = [item(f"c{n}", "健身", "入门") for n in range(9)] + [item("rare", "健身", "游泳")]
    assert slugs(items, {"入门": 0.5, "游泳": 0.5}, now, 1) == ["rare"]


def test_only_search_hits_are_offered_when_asked_for(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "理财"), item("c", "旅行")]
    assert set(slugs(items, {"健身": 0.9}, now, among={"b", "c", "gone"})) == {"b", "c"}
    assert slugs(items, {"健身": 0.9}, now, among=()) == []
    assert slugs(items, {"健身": 0.9, "理财": -0.1}, now, among={"a", "b"}, never={"a"}) == []


def test_the_tag_told_is_the_one_that_gave_most(item: MakeItem, now: int) -> None:
    items = [item("a", "健身", "跑步"), item("b", "旅行", "周末")]
    told = {one.item.slug: one.tag for one in ranked(items, Follower({"健身": 0.1, "跑步": 0.9}), now, 2)}
    assert told == {"a": "跑步", "b": ""}


def test_a_tag_nobody_carries_changes_nothing(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "理财")]
    assert slugs(items, {"炒菜": 1.0}, now) == slugs(items, {}, now)


def test_many_refused_or_owned_items_before_it_do_not_hide_a_good_one(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:03}", "健身", published=now - n * DAY) for n in range(120)]
    owned = {f"s{n:03}" for n in range(119)}
    assert slugs(items, {"健身": 0.9}, now, 3, never=owned) == ["s119"]


def test_in_a_big_catalogue_the_best_item_of_a_liked_tag_is_found(item: MakeItem, now: int) -> None:
    items = [item(f"s{n:04}", SUBJECTS[n % 4], "入门", published=now - (500 + n) * DAY) for n in range(1_000)]
    items.append(item("pure", "健身", published=now - 2_000 * DAY))
    assert slugs(items, {"健身": 0.9}, now, 1) == ["pure"]


def test_the_item_page_asks_for_equals_and_never_gets_the_item_itself(item: MakeItem, now: int) -> None:
    items = [item("a", "健身", "跑步"), item("b", "健身", "跑步"), item("c", "旅行")]
    assert slugs(items, {"健身": 1.0, "跑步": 1.0}, now, 2, never={"a"})[0] == "b"
