"""The sentence under a recommendation is true of the follower and the item."""

from collections.abc import Callable

import pytest

from domain.interests import STRENGTHS, Interest
from domain.item import Item, yuan
from domain.message import source_of
from domain.ranking import Shelf
from domain.reasons import NEW_FOR, reason

MakeItem = Callable[..., Item]
DAY = 86_400


def known(tag: str, weight: float, cause: str, word: str = "") -> dict[str, Interest]:
    return {tag: Interest(tag, weight, cause, word)}


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
    assert told == "换换口味，来点「健身」"


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
    ranked = shelf.rank({tag: one.weight for tag, one in interests.items()}, now, 3)
    told = {one.item.slug: reason(one.item, one.tag, interests, {}, now) for one in ranked}
    assert told == {"a": "因为你问过「夜跑」", "b": "因为你说过喜欢「理财」", "c": "换换口味，来点「旅行」"}


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
