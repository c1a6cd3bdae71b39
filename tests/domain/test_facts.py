"""Facts about a person: the newer replaces, an age grows, what is forgotten is gone."""

from __future__ import annotations

from conftest import DAY, NOW

from domain.about import lines, merged, named, of_now, without

HELD = {"age": 30, "age_at": NOW, "name": "小李", "notes": ["有两个孩子"]}


def test_an_age_grows_by_the_years_since_it_was_said() -> None:
    assert of_now(HELD, NOW)["age"] == of_now(HELD, NOW + 364 * DAY)["age"] == 30
    assert of_now(HELD, NOW + 366 * DAY)["age"] == 31
    assert of_now(HELD, NOW + 3_660 * DAY)["age"] == 40
    assert of_now(HELD, NOW - DAY)["age"] == 30, "a clock that jumps back makes nobody younger"


def test_the_newer_replaces_and_the_rest_stays() -> None:
    now = merged(HELD, {"age": 40, "age_at": NOW + DAY, "city": "成都"})
    assert now == {**HELD, "age": 40, "age_at": NOW + DAY, "city": "成都"}


def test_an_exact_age_takes_the_place_of_a_guess() -> None:
    guess = merged({}, {"age": 29, "age_words": "95后", "age_at": NOW})
    assert of_now(guess, NOW) == {"age": 29, "age_words": "95后"}
    assert of_now(merged(guess, {"age": 30, "age_at": NOW}), NOW) == {"age": 30}


def test_notes_are_added_once_and_the_oldest_of_too_many_go() -> None:
    held: dict[str, object] = {}
    for note in "一二二三四五六":
        held = merged(held, {"notes": (note,)})
    assert held["notes"] == ["二", "三", "四", "五", "六"]


def test_a_forgotten_age_leaves_no_trace() -> None:
    assert without({**HELD, "age_words": "95后"}, "age") == {"name": "小李", "notes": ["有两个孩子"]}


def test_what_forgetting_may_name() -> None:
    assert named("年龄") == ("age",) and named("名字和职业") == ("name", "occupation")
    assert named("信息") == ("name", "age", "gender", "occupation", "city", "notes")
    assert named("密码") == named("年龄和密码") == named("") == ()


def test_facts_are_told_in_words() -> None:
    held = {**HELD, "gender": "female", "occupation": "护士", "city": "成都"}
    assert [f"{word}：{value}" for _, word, value in lines(held, NOW)] == [
        "称呼：小李", "年龄：30 岁", "性别：女", "职业：护士", "城市：成都", "备注：有两个孩子",
    ]  # fmt: skip
    assert lines({"age": 29, "age_at": NOW, "age_words": "95后"}, NOW) == [("age", "年龄", "95后（约 29 岁）")]
    assert lines({}, NOW) == []
