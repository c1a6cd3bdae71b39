"""Each term of the score, the first list of somebody nobody knows, and what chance adds."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Collection

import pytest

from catalog.load import Catalog
from domain.exploration import EVEN
from domain.follower import NOBODY, Follower
from domain.item import Item
from domain.learned import NOTHING_LEARNED, Figures, Learned
from domain.ranking import Ranked, Ranking
from domain.shelf import Shelf

DAY = 86_400
SUBJECTS = ("健身", "理财", "旅行", "科技")
TAGS = ("入门", "省钱", "周末")
MakeItem = Callable[..., Item]


def the_best() -> float:
    """Chance that always draws the best."""
    return 0.0


def ranked(
    items: Collection[Item], follower: Follower, now: int, count: int = 3, learned: Learned = NOTHING_LEARNED
) -> list[Ranked]:
    return Ranking(Shelf(items), learned).rank(follower, now, count, the_best)


# --- each term ---------------------------------------------------------------------------------------------------


def test_what_went_together_with_what_they_liked_comes_first_and_is_named(item: MakeItem, now: int) -> None:
    items = [item("read", "健身"), item("near", "旅行"), item("far", "科技")]
    learned = Learned({}, {"read": [("near", 0.2)]}, {})
    first = ranked(items, Follower(engaged={"read": 0.7}), now, 1, learned=learned)[0]
    assert first.item.slug == "near" and first.near is not None and first.near.slug == "read"
    shunned = ranked(items, Follower(engaged={"read": -0.7}), now, 3, learned=learned)
    assert shunned[-1].item.slug == "near" and shunned[-1].near is None


def test_what_was_opened_before_comes_after_what_was_not(item: MakeItem, now: int) -> None:
    items = [item("a", "健身"), item("b", "健身")]
    assert ranked(items, Follower({"健身": 0.6}, {"a": 0.3}), now, 1)[0].item.slug == "b"


def figures(exposed: int, opened: int, finished: int = 0, stars: int = 0, rated: int = 0) -> Figures:
    return Figures(exposed, opened, finished, finished, 0, stars * rated, rated, 0, 0)


def test_what_is_opened_read_and_praised_more_comes_first(item: MakeItem, now: int) -> None:
    items = [item(slug, "健身") for slug in "abcd"]
    plain = figures(100, 20, 6, 4, 5)
    for better in (figures(100, 60, 18, 4, 5), figures(100, 20, 18, 4, 5), figures(100, 20, 6, 5, 5)):
        learned = Learned({"a": plain, "b": plain, "c": better, "d": plain}, {}, {})
        assert ranked(items, NOBODY, now, 1, learned=learned)[0].item.slug == "c"
    returned = Learned({slug: Figures(100, 20, 6, 6, 0, 0, 0, 9, 6 * (slug != "d")) for slug in "abcd"}, {}, {})
    assert ranked(items, NOBODY, now, 1, learned=returned)[0].item.slug == "d"


def test_two_of_two_is_luck_and_sixty_of_a_hundred_is_not(item: MakeItem, now: int) -> None:
    items = [item(slug, "健身") for slug in "abc"]
    learned = Learned({"a": figures(100, 15, 4), "b": figures(2, 2, 1), "c": figures(100, 60, 18)}, {}, {})
    assert ranked(items, NOBODY, now, 1, learned=learned)[0].item.slug == "c"


def test_a_newcomer_is_not_shown_the_dearest_first_and_who_paid_99_is(item: MakeItem, now: int) -> None:
    items = [item("free", "健身", price=0), item("cheap", "健身", price=990), item("course", "健身", price=9_900)]
    items.append(item("member", "健身", price=29_900))
    order = {paid: [one.item.slug for one in ranked(items, Follower(paid=paid), now, 4)] for paid in ((), (9_900,))}
    assert order[()] == ["free", "cheap", "course", "member"]
    assert order[(9_900,)][:2] == ["course", "member"]


# --- cold start --------------------------------------------------------------------------------------------------


def test_an_account_with_no_events_offers_something_new_of_several_subjects(real_catalog: Catalog, now: int) -> None:
    ranking = real_catalog.ranking
    first = ranking.rank(NOBODY, now, 3, the_best)
    assert len({one.item.subject for one in first}) == 3
    assert first == ranking.rank(NOBODY, now, 3, the_best)
    for seed in range(50):  # whatever is drawn
        drawn = ranking.rank(NOBODY, now, 3, random.Random(seed).random)
        assert len({one.item.subject for one in drawn}) >= 2
        assert all(one.terms["price"] >= 0 for one in drawn), "nothing dear for somebody nobody knows"


def test_where_somebody_comes_from_speaks_until_they_do(item: MakeItem, now: int) -> None:
    items = [item(f"{subject}-{n}", subject) for subject in SUBJECTS for n in range(3)]
    learned = Learned({}, {}, {"qr:c_1": {"旅行": 0.4}, "": {"科技": 0.3}})
    for source, subject, whose in (("qr:c_1", "旅行", "source"), ("qr:c_9", "科技", "all"), ("", "科技", "all")):
        first = ranked(items, Follower(source=source), now, 1, learned=learned)[0]
        assert (first.item.subject, first.tag, first.whose) == (subject, subject, whose)
    known = ranked(items, Follower({"健身": 0.7}, source="qr:c_1"), now, 1, learned=learned)[0]
    assert (known.item.subject, known.whose) == ("健身", "own")
    off = ranked(items, Follower(source="qr:c_1", personal=False), now, 1, learned=learned)[0]
    assert off.terms["content"] == 0.0 and off.tag == ""


def test_a_qr_code_that_names_a_tag_or_an_item_speaks_for_itself(item: MakeItem, now: int) -> None:
    items = [item(f"{subject}-{n}", subject, TAGS[n]) for subject in SUBJECTS for n in range(3)]
    named = ranked(items, Follower(source="qr:旅行"), now, 1)[0]
    assert (named.item.subject, named.tag, named.whose) == ("旅行", "旅行", "scene")
    scanned = ranked(items, Follower(source="qr:科技-2"), now, 1)[0]
    assert (scanned.item.slug, scanned.whose) == ("科技-2", "scene")


def test_an_item_with_no_events_gets_its_chance(item: MakeItem, now: int) -> None:
    """Fifty items of known middling quality and one that nobody has seen: its chance is far above its share."""
    items = [item(f"s{n:02}", "健身") for n in range(50)] + [item("unseen", "健身")]
    learned = Learned({f"s{n:02}": figures(2_000, 300) for n in range(50)}, {}, {})
    ranking, chance = Ranking(Shelf(items), learned), random.Random(7)
    times = sum(ranking.rank(NOBODY, now, 1, chance.random)[0].item.slug == "unseen" for _ in range(400))
    assert times > 3 * 400 / 51


# --- chance ------------------------------------------------------------------------------------------------------


def test_items_are_shown_as_often_as_their_propensity_says(item: MakeItem, now: int) -> None:
    items = [item(f"s{n}", SUBJECTS[n % 4], published=now - n * DAY) for n in range(12)]
    ranking, chance, draws = Ranking(Shelf(items)), random.Random(3), 4_000
    shown: Counter[str] = Counter()
    told: dict[str, float] = {}
    for _ in range(draws):
        first = ranking.rank(NOBODY, now, 1, chance.random)[0]
        shown[first.item.slug] += 1
        told[first.item.slug] = first.propensity
    for slug, propensity in told.items():
        assert shown[slug] / draws == pytest.approx(propensity, abs=5 * math.sqrt(propensity / draws))


def test_what_exploration_added_is_told(item: MakeItem, now: int) -> None:
    items = [item(f"s{n}", SUBJECTS[n % 4]) for n in range(8)]
    best = Ranking(Shelf(items)).rank(Follower({"健身": 0.5}), now, 1, the_best)[0]
    last = Ranking(Shelf(items)).rank(Follower({"健身": 0.5}), now, 1, lambda: 0.999_999)[0]
    assert best.terms["explore"] == 0.0 < last.terms["explore"] == pytest.approx(best.score - last.score)


def test_each_place_tells_which_rivals_would_have_chosen_the_same(item: MakeItem, now: int) -> None:
    items = [item("new", "旅行", published=now), item("loved", "健身"), item("fits", "科技")]
    learned = Learned({"loved": figures(100, 80), "fits": figures(100, 1), "new": figures(100, 30)}, {}, {})
    first = {
        luck: Ranking(Shelf(items), learned).rank(Follower({"科技": 0.3}), now, 1, lambda: luck)[0]  # noqa: B023
        for luck in (0.0, 0.9999)
    }
    assert first[0.0].item.slug == "loved" and first[0.0].agrees == "gp"
    assert first[0.9999].agrees in {"n", "c"}


def test_something_strange_is_not_tried_in_the_place_of_what_they_like(item: MakeItem, now: int) -> None:
    likes = [item(f"run-{n}", "健身") for n in range(3)]
    strange = [item(f"save-{n}", "理财") for n in range(6)]
    ranking, luck = Ranking(Shelf([*likes, *strange])), random.Random(7)
    follower = Follower({"健身": 0.05})
    first = [ranking.rank(follower, now, 1, luck.random)[0] for _ in range(2_000)]
    strangers = [one for one in first if one.item.subject != "健身"]
    assert all(one.propensity < EVEN / 3 for one in strangers), "no more than an even share of what is shared evenly"
    assert len(strangers) < 2_000 * EVEN
    assert {one.item.slug for one in first} >= {one.slug for one in likes}, "among what they like chance chooses"
    nobody = [ranking.rank(NOBODY, now, 1, luck.random)[0].item.subject for _ in range(200)]
    assert {"健身", "理财"} <= set(nobody)
