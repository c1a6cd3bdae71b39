"""An audience nobody can belong to is found, and one that somebody can belong to is left alone."""

from __future__ import annotations

import pytest

from domain.audience import (
    EVERYBODY,
    ActiveWithin,
    All,
    Bought,
    CameBy,
    Condition,
    Did,
    Either,
    FollowedWithin,
    Likes,
    Not,
    Owns,
    Reached,
    Told,
)
from domain.contradiction import contradictions, is_owner_only

FIT, RUN = Likes("健身", 0.3), Owns("run-30")


@pytest.mark.parametrize(
    "rule",
    [
        All((RUN, Not(RUN))),
        All((RUN, Not(Either((Owns("other"), RUN))))),
        All((RUN, Either((All((FIT, Not(RUN))), ActiveWithin(3))))),  # one branch is for nobody
        All((All((RUN,)), All((FIT, Not(Not(Not(RUN))))))),
        All((FIT, Not(Likes("健身", 0.2)))),
        All((ActiveWithin(7), Not(ActiveWithin(30)))),
        All((FollowedWithin(7), Not(FollowedWithin(7)))),
        All((CameBy("pay"), CameBy(""))),
        All((Bought(3, 0, 30), Not(Bought()))),
        All((Did("read", "run-30"), Not(Did("read")))),
        All((Reached("ordered"), Reached("paid"))),
        All((Told("gender", ("male",)), Told("gender", ("female",)))),
        All((Told("age", (), 20, 30), Told("age", (), 31, 40))),
        All((Told("age", (), 20, 30), Not(Told("age", (), 18, 60)))),
        All((Told("city", ("成都",)), Not(Told("city", ("成都", "重庆"))))),
        Not(Either((RUN, Not(RUN)))),
    ],
)
def test_what_excludes_itself_is_found(rule: Condition) -> None:
    assert [*contradictions(rule)] != []


@pytest.mark.parametrize(
    "rule",
    [
        EVERYBODY,
        All((RUN, Not(Owns("other")))),
        Either((RUN, Not(RUN))),
        Not(All((RUN, Not(FIT)))),
        All((FIT, Not(Likes("健身", 0.8)))),  # between 0.3 and 0.8
        All((FIT, Not(Likes("理财", 0.1)))),
        All((ActiveWithin(30), Not(ActiveWithin(7)))),
        All((Bought(), Not(Bought(3)))),
        All((Bought(1, 0, 90), Not(Bought(1, 0, 30)))),
        All((Did("read"), Not(Did("read", "run-30")))),
        All((Did("opened", "run-30"), Not(Did("finished", "run-30")))),
        All((Reached("ordered", "a"), Reached("paid", "b"))),
        All((Reached("ordered", days=7), Reached("paid", days=90))),
        All((Told("age", (), 20, 30), Told("age", (), 30, 40))),
        All((Told("city", ("成都",)), Told("gender", ("male",)))),
    ],
)
def test_what_somebody_can_be_is_left_alone(rule: Condition) -> None:
    assert [*contradictions(rule)] == []


def test_a_pair_is_told_as_it_stands() -> None:
    assert [*contradictions(All((FIT, RUN, Not(RUN))))] == [(RUN, Not(RUN))]


def test_whom_an_item_cannot_be_offered() -> None:
    assert is_owner_only(All((FIT, RUN)), "run-30") and is_owner_only(RUN, "run-30")
    assert not is_owner_only(Either((FIT, RUN)), "run-30") and not is_owner_only(Not(RUN), "run-30")
