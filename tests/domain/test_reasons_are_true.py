"""The sentence under a recommendation is true of the follower and the item."""

import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.follower import Follower
from domain.interests import STRENGTHS, Interest
from domain.item import Item, yuan
from domain.learned import Figures, Learned
from domain.message import source_of
from domain.ranking import OWN, Ranked, Ranking
from domain.reasons import NEW_FOR, RATERS, READERS
from domain.reasons import reason as reason_of
from domain.shelf import Shelf

MakeItem = Callable[..., Item]
DAY = 86_400


def known(tag: str, weight: float, cause: str, word: str = "") -> dict[str, Interest]:
    return {tag: Interest(tag, weight, cause, word)}


def reason(one: Item, tag: str, interests: Mapping[str, Interest] | None, asked: Mapping[str, str], now: int) -> str:
    """The reason of an item whose score is all from this tag, or that nothing speaks for."""
    terms = {"content": 0.5} if tag else {}
    return reason_of(Ranked(one, 0.5, 1.0, terms, tag, OWN if tag else ""), interests, asked, (), now)


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        ("ask", "因为你问过「夜跑」"),
        ("kin", "因为你问过「夜跑」，也属于「跑步」"),
        ("like", "因为你说过喜欢「跑步」"),
        ("tap", "因为你点过「跑步」"),
        ("click", "因为你看过「跑步」的内容"),
        ("buy", "因为你买过「跑步」的内容"),
    ],
)
def test_what_the_follower_did_is_told_as_what_it_was(cause: str, sentence: str, item: MakeItem, now: int) -> None:
    one = item("a", "健身", "跑步")
    assert reason(one, "跑步", known("跑步", 0.4, cause, "夜跑"), {}, now) == sentence


def test_every_act_that_speaks_for_a_tag_has_its_sentence(item: MakeItem, now: int) -> None:
    one = item("a", "健身")
    told = {
        cause: reason(one, "健身", known("健身", 0.4, cause, "锻炼"), {}, now)
        for cause, strength in STRENGTHS.items()
        if strength > 0
    }
    assert len(set(told.values())) == len(told) and all(text.startswith("因为你") for text in told.values())


def test_what_this_very_message_asked_comes_first(item: MakeItem, now: int) -> None:
    one = item("a", "健身", "跑步")
    assert reason(one, "健身", known("健身", 0.9, "buy"), {"跑步": "慢跑"}, now) == "因为你问到「慢跑」"
    assert reason(one, "健身", {}, {"健身": "锻炼", "跑步": "慢跑"}, now) == "因为你问到「锻炼」"


def test_a_word_about_another_subject_is_no_reason(item: MakeItem, now: int) -> None:
    assert "理财" not in reason(item("a", "健身"), "", {}, {"理财": "理财"}, now)


def test_a_taste_that_came_last_from_a_refusal_is_not_claimed(item: MakeItem, now: int) -> None:
    told = reason(item("a", "健身"), "健身", known("健身", 0.2, "refuse", "健身"), {}, now)
    assert told == "随手翻翻「健身」"


def test_where_interests_may_not_be_used_none_is_claimed(item: MakeItem, now: int) -> None:
    assert reason(item("a", "健身"), "", None, {}, now) == "没有按你的兴趣挑，各样看看"


def test_a_tag_now_refused_is_not_claimed(item: MakeItem, now: int) -> None:
    assert "因为你" not in reason(item("a", "健身"), "健身", known("健身", -0.2, "ask", "健身"), {}, now)


@pytest.mark.parametrize(("age", "new"), [(0, True), (NEW_FOR - 1, True), (NEW_FOR, False), (-1, False)])
def test_new_means_out_for_less_than_a_month(age: int, new: bool, item: MakeItem, now: int) -> None:
    assert (reason(item("a", "健身", published=now - age), "", {}, {}, now) == "因为它刚上新") is new


def test_free_is_said_of_free_items_only(item: MakeItem, now: int) -> None:
    assert reason(item("a", "健身", price=0), "", {}, {}, now) == "因为它可以免费读完"
    assert "免费" not in reason(item("a", "健身", price=1), "", {}, {}, now)


def test_a_stranger_is_told_that_nothing_is_known(item: MakeItem, now: int) -> None:
    assert reason(item("a", "健身"), "", {}, {}, now) == "我还不知道你的喜好，先各样看看"
    assert reason(item("a", "健身"), "", known("理财", -0.5, "refuse"), {}, now).startswith("我还不知道")
    assert reason(item("a", "健身"), "", known("理财", 0.5, "ask", "理财"), {}, now) == "换换口味，来点「健身」"


def test_the_reason_belongs_to_the_term_that_gave_most_of_the_score(item: MakeItem, now: int) -> None:
    interests = {
        "健身": Interest("健身", 0.2, "tap", "健身"), "跑步": Interest("跑步", 0.8, "ask", "夜跑"),
        "理财": Interest("理财", 0.5, "like", "理财"),
    }  # fmt: skip
    shelf = Shelf([item("a", "健身", "跑步"), item("b", "理财"), item("c", "旅行")])
    follower = Follower({tag: one.weight for tag, one in interests.items()})
    ranked = Ranking(shelf).rank(follower, now, 3, lambda: 0.0)
    told = {one.item.slug: reason_of(one, interests, {}, (), now) for one in ranked}
    assert told == {"a": "因为你问过「夜跑」", "b": "因为你说过喜欢「理财」", "c": "换换口味，来点「旅行」"}


def numbers(finished: int, stars: float = 0.0, rated: int = 0) -> Figures:
    return Figures(900, 500, finished, finished, 0, round(stars * rated), rated, 0, 0)


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (numbers(READERS), f"{READERS} 人读完"),
        (numbers(321, 4.6, 50), "321 人读完，评分 4.6"),
        (numbers(321, 4.6, RATERS - 1), "321 人读完"),
        (numbers(321, 3.9, 50), "321 人读完"),
        (numbers(READERS - 1, 4.5, 50), "评分 4.5"),
        (numbers(READERS - 1, 4.5, RATERS - 1), "我还不知道你的喜好，先各样看看"),
        (None, "我还不知道你的喜好，先各样看看"),
    ],
)
def test_readers_and_stars_are_told_where_there_are_enough(
    figures: Figures | None, sentence: str, item: MakeItem, now: int
) -> None:
    one = Ranked(item("a"), 0.5, 1.0, {"quality": 0.5}, figures=figures)
    assert reason_of(one, {}, {}, (), now) == sentence


def test_a_change_is_told_only_of_what_is_one(item: MakeItem, now: int) -> None:
    liked = known("健身", 0.5, "ask", "健身")
    one = Ranked(item("a", "旅行"), 0.1, 0.1, {"explore": 0.5, "fresh": 0.01})
    assert reason_of(one, liked, {}, (), now) == "换个口味，试试这个"
    assert reason_of(one._replace(item=item("b", "健身")), liked, {}, (), now) == "随手翻翻「健身」"
    assert "口味" not in reason_of(one, {}, {}, (), now)
    assert "口味" not in reason_of(one, None, {}, (), now)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Item], Learned, Follower, dict[str, Interest]]:
    """A few items, what was learned of them, and a follower with the causes of their interests."""
    chance = draw(st.randoms(use_true_random=False))
    tags = ["健身", "理财", "旅行", "科技", "入门", "跑步"]
    now = 1_795_000_000
    items = [
        Item(
            f"s{n}", f"题目{n}", "article", chance.choice((0, 990, 9_900)), tuple(chance.sample(tags, 2)), "林知远", "",
            now - chance.choice((1, 29, 31, 300)) * DAY, "", "",
        )
        for n in range(chance.randint(1, 9))
    ]  # fmt: skip
    every = [one.slug for one in items]
    figures = {
        slug: numbers(chance.randint(0, 60), chance.randint(10, 50) / 10, chance.randint(0, 30)) for slug in every
    }
    near = {slug: [(other, chance.random() / 2) for other in chance.sample(every, len(every) // 2)] for slug in every}
    sources = ("", "qr:c_1", "qr:健身", "qr:s0")
    tastes = {source: {tag: chance.random() for tag in chance.sample(tags, 3)} for source in sources[:2]}
    interests = {
        tag: Interest(tag, chance.uniform(-0.2, 1), chance.choice(["ask", "like", "buy", "finish"]), f"说{tag}")
        for tag in chance.sample(tags, chance.randint(0, 3))
    }
    follower = Follower(
        {tag: one.weight for tag, one in interests.items()},
        {slug: chance.uniform(-1, 1) for slug in chance.sample(every, len(every) // 2)},
        paid=tuple(chance.choice((990, 9_900)) for _ in range(chance.randint(0, 2))),
        source=chance.choice(sources),
    )
    return items, Learned(figures, near, tastes), follower, interests


def is_true(
    told: str, one: Ranked, items: list[Item], learned: Learned, who: Follower, interests: dict[str, Interest], now: int
) -> bool:
    """Does the data say what the sentence says?"""
    item, usual = one.item, learned.tastes[""]
    by_title = {other.title: other.slug for other in items}
    liked = {tag for tag, interest in interests.items() if interest.weight > 0}
    figures = learned.figures[item.slug]
    if shape := re.fullmatch(r"因为你(问过|说过喜欢|买过|读完过)「(.+?)」(的内容)?", told):
        done = {"问过": "ask", "说过喜欢": "like", "买过": "buy", "读完过": "finish"}[shape[1]]
        return any(interests[tag].cause == done and shape[2] in (tag, f"说{tag}") for tag in liked & {*item.tags})
    if shape := re.fullmatch(r"因为你扫的码说的就是「(.+)」", told):
        scene = who.source.removeprefix("qr:")
        meant = next((other.tags for other in items if other.slug == scene), (scene,))
        return who.source.startswith("qr:") and shape[1] in meant and shape[1] in item.tags
    if shape := re.fullmatch(r"和你从同一处来的读者更喜欢「(.+)」", told):
        return learned.tastes[who.source][shape[1]] > usual.get(shape[1], min(usual.values())) and shape[1] in item.tags
    if shape := re.fullmatch(r"这里的读者也喜欢「(.+)」", told):
        everybody = usual.keys() | learned.tastes.get(who.source, {}).keys()
        return shape[1] in everybody and shape[1] in item.tags
    if shape := re.fullmatch(r"读过《(.+)》的人也喜欢这篇", told):
        read = by_title[shape[1]]
        given = {
            slug: who.engaged.get(slug, 0) * dict(near).get(item.slug, 0) for slug, near in learned.neighbours.items()
        }
        return who.engaged[read] > 0 and given[read] == max(given.values()) > 0
    if shape := re.fullmatch(r"(?:(\d+) 人读完)?，?(?:评分 ([\d.]+))?", told):
        enough = shape[1] is None or int(shape[1]) == figures.finished >= READERS
        mean = figures.stars_sum / max(figures.stars_count, 1)
        rated = shape[2] is None or (shape[2] == f"{mean:.1f}" and figures.stars_count >= RATERS and mean >= 4)
        return enough and rated
    if told == "因为它刚上新":
        return now - item.published < NEW_FOR
    if told == "因为它可以免费读完":
        return item.price_fen == 0
    if told == "和你买过的价位差不多":
        return item.price_fen in who.paid
    if told == "我还不知道你的喜好，先各样看看":
        return not liked
    if told in ("换个口味，试试这个", f"换换口味，来点「{item.subject}」"):
        return bool(liked) and item.subject not in liked
    return told == f"随手翻翻「{item.subject}」" and item.subject in liked


@settings(max_examples=300)
@given(world=worlds(), luck=st.floats(0, 0.999))
def test_whatever_is_said_is_true(
    world: tuple[list[Item], Learned, Follower, dict[str, Interest]], luck: float, now: int
) -> None:
    items, learned, who, interests = world
    for one in Ranking(Shelf(items), learned).rank(who, now, 4, lambda: luck):
        told = reason_of(one, interests, {}, who.paid, now)
        assert is_true(told, one, items, learned, who, interests, now), (told, one)


@given(world=worlds(), luck=st.floats(0, 0.999))
def test_the_largest_term_speaks_where_it_has_something_true_to_say(
    world: tuple[list[Item], Learned, Follower, dict[str, Interest]], luck: float, now: int
) -> None:
    items, learned, who, interests = world
    for one in Ranking(Shelf(items), learned).rank(who, now, 4, lambda: luck):
        largest = max(one.terms, key=lambda name: one.terms[name])
        told = reason_of(one, interests, {}, who.paid, now)
        if largest == "together":
            assert told.startswith("读过《")
        if largest == "content" and one.whose == "own":
            assert told.startswith("因为你")


@pytest.mark.parametrize(("fen", "text"), [(0, "免费"), (1, "¥0.01"), (990, "¥9.90"), (10_005, "¥100.05")])
def test_an_amount_is_told_to_the_fen(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("form", "detail", "source"),
    [
        ("subscribe_event", "qrscene_c_42", "qr:c_42"),
        ("subscribe_event", "last_trade_no_4200001", "pay"),
        ("subscribe_event", "", ""),
        ("scan_event", "c_42", "qr:c_42"),
        ("scan_event", "", ""),
        ("subscribe_event", "qrscene_" + "x" * 300, "qr:" + "x" * 125),
    ],
)
def test_where_a_follower_came_from(form: str, detail: str, source: str) -> None:
    assert source_of(form, detail) == source
