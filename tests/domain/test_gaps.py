"""What followers ask in vain, gathered by what it is about."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.gaps import LONGEST_EXAMPLE, Question, gaps, masked


def asked(openid: str, *missing: str, at: int = 0, plain: str = "", tags: tuple[str, ...] = ()) -> Question:
    return Question(openid, at, missing, tags, plain or f"有没有{'和'.join(missing)}的文章")


def test_what_most_different_followers_ask_comes_first() -> None:
    found = gaps([
        *(asked("o1", "吉他", at=n) for n in range(9)), *(asked(f"o{n}", "法语", at=100) for n in range(3)),
        asked("o5", "书法"),
    ])  # fmt: skip
    assert [(one.name, one.followers, one.times, one.last) for one in found] == [
        ("法语", 3, 3, 100), ("吉他", 1, 9, 8), ("书法", 1, 1, 0),
    ]  # fmt: skip


def test_a_question_is_about_its_subject_and_not_about_a_turn_of_phrase() -> None:
    """聊 and 看看 are used by more people than any subject, but never stand alone."""
    subjects = ("芯片", "三国", "煲汤")
    found = gaps([
        *(asked(f"o{n}", "聊", subject) for n, subject in enumerate(subjects * 2)),
        *(asked(f"p{n}", subject) for n, subject in enumerate(subjects)),
    ])  # fmt: skip
    assert {one.name: (one.followers, one.beside) for one in found} == dict.fromkeys(subjects, (3, ("聊",)))


words = st.lists(st.sampled_from(["法语", "吉他", "书法", "聊", "看看"]), min_size=1, max_size=3, unique=True)
questions = st.lists(
    st.builds(lambda who, at, used: asked(f"o{who}", *used, at=at), st.integers(0, 4), st.integers(0, 9), words)
)


@given(questions, st.randoms(use_true_random=False))
def test_the_board_does_not_depend_on_the_order_of_the_questions(listed: list[Question], chance: random.Random) -> None:
    shuffled = list(listed)
    chance.shuffle(shuffled)
    assert gaps(listed) == gaps(shuffled)
    assert sum(one.times for one in gaps(listed)) == len(listed)


def test_an_example_is_the_shortest_that_several_typed() -> None:
    found = gaps([
        asked("o1", "法语", plain="法语！"), asked("o1", "法语", plain="法语"),
        *(asked(f"o{n}", "法语", plain="想学法语，从哪开始？") for n in (1, 2)),
        *(asked(f"o{n}", "法语", plain="有没有教法语发音的文章") for n in (3, 4)),
    ])  # fmt: skip
    assert found[0].example == "想学法语从哪开始"


def test_what_only_one_person_typed_is_never_quoted() -> None:
    found = gaps([asked("o1", "法语", plain=f"我女儿小雅第{n}次考法语") for n in (1, 1, 2)])
    assert (found[0].example, found[0].name) == ("", "法语")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我的电话13812345678想学法语", "我的电话***想学法语"), ("身份证11010119900101123x", "身份证***"),
        ("写信到lin.zhiyuan@example.cn", "写信到***"), ("加我wx_lin1988学法语", "加我***学法语"),
        ("我叫林知远，想学法语", "我叫***，想学法语"), ("电话 138 1234 5678", "电话 ***"), ("问王女士", "***女士"),
        ("2026年的法语考试", "2026年的法语考试"), ("photoshop怎么学", "photoshop怎么学"),
    ],
)  # fmt: skip
def test_personal_data_in_an_example_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_an_example_is_short() -> None:
    (one,) = gaps([asked(f"o{n}", "法语", plain="法语" * 200) for n in range(2)])
    assert len(one.example) == LONGEST_EXAMPLE


def test_nothing_asked_is_an_empty_board() -> None:
    assert gaps([]) == []
