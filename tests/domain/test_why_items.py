"""Why an item is shown or not: told as it is, for any follower and any shelf."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import bars as why_not
from domain.bars import Bar, bars
from domain.follower import Follower
from domain.interests import Interest
from domain.item import Item
from domain.learned import NOTHING_LEARNED, Figures, Learned
from domain.ranking import MOST_TOGETHER, SEEN_ENOUGH, Explained, Ranking
from domain.shelf import Shelf
from domain.why_sentences import bar_sentence, term_sentences
from tests.domain.test_ranking_rules import random_follower, random_items, random_learned, the_best

DAY = 86_400
SHANGHAI = ZoneInfo("Asia/Shanghai")
MakeItem = Callable[..., Item]


def some_world(seed: int, item: MakeItem, now: int) -> tuple[list[Item], Follower, Ranking]:
    """Items, some still to come, a follower who refuses, owns, finished and passed over some, and what was learned."""
    chance = random.Random(seed)
    items = random_items(item, chance, chance.choice([2, 30, 100]), now + 40 * DAY)
    return items, random_follower(items, chance), Ranking(Shelf(items), random_learned(items, chance))


@given(seed=st.integers(0, 10**6))
def test_what_has_no_bar_may_be_shown_and_what_has_one_may_not(seed: int, item: MakeItem, now: int) -> None:
    items, follower, ranking = some_world(seed, item, now)
    for one in items:
        shown = ranking.rank(follower, now, 1, the_best, among=[one.slug])
        assert bool(shown) is not bool([*bars(one, follower, now)]), one.slug


@given(seed=st.integers(0, 10**6))
def test_an_item_is_explained_as_it_is_ranked(seed: int, item: MakeItem, now: int) -> None:
    items, follower, ranking = some_world(seed, item, now)
    allowed = [one for one in items if not [*bars(one, follower, now)]]
    scores = {one.slug: sum(ranking.explain(follower, one.slug, now).ranked.terms.values()) for one in items}
    order = sorted(allowed, key=lambda one: (-scores[one.slug], -one.published, one.slug))
    for place, one in enumerate(order, 1):
        told = ranking.explain(follower, one.slug, now)
        assert (told.rank, told.of) == (place, len(allowed))
        (shown,) = ranking.rank(follower, now, 1, the_best, among=[one.slug])
        assert told.ranked == shown._replace(agrees=None)
        assert sum(gives for _, _, gives in told.by_tag) == pytest.approx(told.ranked.terms["content"], abs=1e-9)
        near = sum(gives for _, gives in told.by_item)
        assert min(max(near, -MOST_TOGETHER), MOST_TOGETHER) == pytest.approx(told.ranked.terms["together"], abs=1e-6)
    for one in set(items) - set(allowed):
        better = sum(scores[other.slug] > scores[one.slug] for other in allowed)
        told = ranking.explain(follower, one.slug, now)
        assert told.rank == better + 1 and told.of == len(allowed) + 1


def test_of_equals_the_newer_ranks_first_as_on_a_list(item: MakeItem, now: int) -> None:
    items = [item(slug, "健身") for slug in "cab"]
    ranking = Ranking(Shelf(items))
    listed = [one.item.slug for one in ranking.rank(Follower(), now, 3, the_best)]
    assert sorted("abc", key=lambda slug: ranking.explain(Follower(), slug, now).rank) == listed
    assert [ranking.explain(Follower(), slug, now).rank for slug in listed] == [1, 2, 3]


def test_every_bar_is_told(item: MakeItem, now: int) -> None:
    one = item("a", "健身", "跑步", published=now + DAY)
    follower = Follower({"跑步": -0.78, "健身": 0.6}, owned=["a"], finished=["a"], shown={"a": SEEN_ENOUGH})
    found = list(bars(one, follower, now))
    assert [bar.why for bar in found] == ["not_out", "owned", "finished", "refused", "seen"]
    assert found[0].until == now + DAY and found[3].tag == "跑步" and found[4].times == SEEN_ENOUGH
    told = [bar_sentence(bar, SHANGHAI) for bar in found]
    assert told[0] == "还没到发布的日子，到 2026-11-19 19:06 为止" and told[3] == "读者不想看「跑步」"
    assert len({*told, *(bar_sentence(Bar(why), SHANGHAI) for why in ("missing", "draft", "review"))}) == 8
    every = {value for name, value in vars(why_not).items() if name.isupper() and isinstance(value, str)}
    assert {bar.why for bar in found} | {"missing", "draft", "review"} == every


def told(
    items: Collection[Item], follower: Follower, now: int, learned: Learned = NOTHING_LEARNED, **interests: Interest
) -> dict[str, str]:
    """The sentences of the terms of item ``a``."""
    explained: Explained = Ranking(Shelf(items), learned).explain(follower, "a", now)
    return term_sentences(explained, follower, interests, lambda slug: f"《{slug}》", now)


def test_each_tag_says_what_it_gives_and_where_the_taste_comes_from(item: MakeItem, now: int) -> None:
    items = [item("a", "健身", "跑步"), item("b", "旅行")]
    follower = Follower({"跑步": 0.39}, source="qr:健身")
    text = told(items, follower, now, 跑步=Interest("跑步", 0.39, "ask", "夜跑"))["content"]
    assert text.startswith("「跑步」+0.8") and "（读者问过「夜跑」）、「健身」+" in text and "来时扫的码" in text
    learned = Learned({}, {}, {"": {"健身": 0.3}, "pay": {"健身": 0.6}})
    assert "这里的读者也喜欢" in told(items, Follower(), now, learned)["content"]
    assert "从同一处来的读者更喜欢" in told(items, Follower(source="pay"), now, learned)["content"]
    assert told(items, Follower({"旅行": 0.9}), now)["content"] == "没有读者喜欢的标签"


def test_neighbours_are_named_the_weightiest_first_and_the_cut_is_told(item: MakeItem, now: int) -> None:
    items = [item(slug) for slug in "abcdefg"]
    learned = Learned({}, {slug: [("a", 0.1 * n)] for n, slug in enumerate("bcdefg", 1)}, {})
    engaged = {"b": 1.0, "c": -1.0}
    assert "：《c》-1.20、《b》+0.60" in told(items, Follower(engaged=engaged), now, learned)["together"]
    many = told(items, Follower(engaged=dict.fromkeys("bcdefg", 1.0)), now, learned)["together"]
    assert "《g》+3.60、《f》+3.00、《e》+2.40、《d》+1.80等 6 篇" in many and many.endswith("合计最多 ±4")


def test_figures_are_told_where_there_are_any(item: MakeItem, now: int) -> None:
    learned = Learned({"a": Figures(120, 30, 20, 12, 5, 45, 10, 3, 1)}, {}, {})
    assert told([item("a")], Follower(), now, learned)["quality"].startswith(
        "推过 120 次，点开 30 次，读完 12 人，评分 4.5（10 人），卖出 3 份，退 1 份；"
    )
    assert told([item("a", "跑步")], Follower(), now)["quality"] == "还没有数据，按「跑步」平常的一篇算"


def test_price_age_and_silence_are_told(item: MakeItem, now: int) -> None:
    items = [item("a", "健身", price=9_900, published=now - 3 * DAY), item("b", "健身")]
    follower = Follower(paid=(990, 500), silent={"a": 2, "b": 1}, engaged={"a": 0.5})
    text = told(items, follower, now)
    assert text["fresh"] == "发布了 3 天，60 天减半"
    assert text["price"] == "这篇在「100 元以下」一档，读者最多买到过「20 元以下」"
    assert text["tired"] == "两个月里推过 2 次没点开，已经打开过"
    fresh = told([item("a", price=0, published=now + DAY)], Follower(), now)
    assert text["habit"].startswith("这些标签的内容，读者看到时比平常更常点开的加，更少的减：「健身」+")
    assert fresh["habit"] == "还没看过什么，看不出习惯"
    assert fresh["fresh"] == "还没发布" and "读者还没有买过" in fresh["price"] and "没有推过" in fresh["tired"]


def test_who_wants_no_personalisation_is_said_to_want_none(item: MakeItem, now: int) -> None:
    text = told([item("a"), item("b")], Follower(silent={"b": 2}, personal=False), now)
    assert text["content"] == "读者关闭了个性化，不看兴趣" and "关闭了个性化" in text["together"]
    assert "关闭了个性化" in text["habit"]
