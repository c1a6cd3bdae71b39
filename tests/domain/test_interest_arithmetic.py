"""Tag arithmetic: forward decay, weights, and what a message teaches."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answer import Lesson
from domain.interests import (
    EPOCH,
    HALF_LIFE,
    MOST_TAGS_PER_MESSAGE,
    REFUSED,
    SAME_ACT_SECONDS,
    SATURATION,
    SHOWN_WEIGHT,
    STRENGTHS,
    Interest,
    Taste,
    faded,
    grown,
    lesson,
    lessons,
    not_repeated,
    weight,
    weight_of,
    weights,
    with_lessons,
)

DAY = 86_400
strengths = st.floats(-10, 10, allow_nan=False)
moments = st.integers(EPOCH, EPOCH + 20 * 365 * DAY)
histories = st.lists(st.tuples(strengths, moments), max_size=30)


@given(strengths, moments, st.integers(0, 20))
def test_a_score_is_halved_by_every_half_life(strength: float, at: int, halvings: int) -> None:
    stored = grown(strength, at)
    assert faded(stored, at) == pytest.approx(strength)
    assert faded(stored, at + halvings * HALF_LIFE) == pytest.approx(strength / 2**halvings)


def test_a_question_is_worth_half_after_a_month_in_plain_numbers() -> None:
    asked = grown(1.0, EPOCH + 10 * DAY)
    assert faded(asked, EPOCH + 40 * DAY) == pytest.approx(0.5)
    assert weight(asked, EPOCH + 10 * DAY) == pytest.approx(0.3935, abs=1e-4)
    assert weight(asked, EPOCH + 40 * DAY) == pytest.approx(1 - math.exp(-0.25))


def test_the_order_of_learning_does_not_matter() -> None:
    history = [(1.0, EPOCH + 3 * DAY), (-3.0, EPOCH + 90 * DAY), (2.0, EPOCH), (0.6, EPOCH + 30 * DAY)]
    sums = [sum(grown(*one) for one in order) for order in permutations(history)]
    assert max(sums) - min(sums) < 1e-9


@given(histories, moments)
def test_the_stored_sum_is_the_sum_of_faded_lessons(history: list[tuple[float, int]], now: int) -> None:
    """The definition in the module's docstring, reckoned the slow way."""
    stored = sum(grown(strength, at) for strength, at in history)
    slow = math.fsum(strength * 2 ** (-(now - at) / HALF_LIFE) for strength, at in history)
    size = math.fsum(abs(strength) * 2 ** (-(now - at) / HALF_LIFE) for strength, at in history)
    assert faded(stored, now) == pytest.approx(slow, abs=1e-9 * max(size, 1.0))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_weights_lie_between_minus_one_and_one_and_rise_with_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert -1 <= weight_of(low) <= weight_of(high) <= 1
    assert weight_of(-low) == pytest.approx(-weight_of(low))


@given(histories, moments, st.floats(0.01, 10))
def test_one_more_liking_never_lowers_and_one_more_refusal_never_raises(
    history: list[tuple[float, int]], now: int, more: float
) -> None:
    stored = sum(grown(strength, at) for strength, at in history)
    assert weight(stored + grown(more, now), now) >= weight(stored, now)
    assert weight(stored + grown(-more, now), now) <= weight(stored, now)


@given(histories)
def test_many_weights_at_once_are_each_the_weight_of_one(history: list[tuple[float, int]]) -> None:
    stored = [grown(abs(strength), at) for strength, at in history]
    found = weights(np.array(stored), np.array([float(at) for _, at in history]))
    assert found.tolist() == pytest.approx([weight(one, at) for one, (_, at) in zip(stored, history, strict=True)])


def test_a_stranger_has_weight_nothing() -> None:
    assert weight_of(0.0) == 0.0


def test_the_dearer_the_act_the_more_it_teaches() -> None:
    order = ["buy", "like", "finish", "read", "ask", "click", "tap"]
    assert sorted(order, key=lambda act: -STRENGTHS[act]) == order


def test_one_refusal_outweighs_two_questions_and_a_chosen_interest_beats_one_question() -> None:
    assert weight_of(2 * STRENGTHS["ask"] + STRENGTHS["refuse"]) < 0
    assert weight_of(STRENGTHS["like"]) == pytest.approx(0.632, abs=1e-3)


def test_one_question_is_forgotten_after_four_and_a_half_months() -> None:
    asked = grown(STRENGTHS["ask"], EPOCH)
    assert weight(asked, EPOCH + 120 * DAY) >= SHOWN_WEIGHT
    assert weight(asked, EPOCH + 150 * DAY) < SHOWN_WEIGHT


def test_no_overflow_within_eighty_years() -> None:
    late = EPOCH + 80 * 365 * DAY
    assert faded(grown(4.0, late), late) == pytest.approx(4.0)


# --- what a message teaches -----------------------------------------------------------------------------------

PARENTS = {"跑步": "健身", "基金": "理财"}


def test_the_same_word_a_hundred_times_teaches_no_more_than_once() -> None:
    once = lessons([("健身", "锻炼", True)], {})
    assert lessons([("健身", "锻炼", True)] * 100, {}) == once == (Lesson("健身", STRENGTHS["ask"], "ask", "锻炼"),)


def test_the_first_word_is_kept_as_evidence() -> None:
    (taught,) = lessons([("健身", "撸铁", True), ("健身", "锻炼", True)], {})
    assert taught.word == "撸铁"


@pytest.mark.parametrize("found", permutations([("健身", "a", True), ("健身", "b", False), ("健身", "c", True)]))
def test_wanted_and_refused_in_one_message_was_refused(found: list[tuple[str, str, bool]]) -> None:
    assert lessons(found, {}) == (Lesson("健身", STRENGTHS["refuse"], "refuse", "b"),)


def test_a_wanted_tag_teaches_a_little_of_its_subject() -> None:
    assert lessons([("跑步", "夜跑", True)], PARENTS) == (
        Lesson("跑步", 1.0, "ask", "夜跑"), Lesson("健身", STRENGTHS["kin"], "kin", "夜跑"),
    )  # fmt: skip


def test_a_refused_tag_says_nothing_of_its_subject() -> None:
    assert [one.tag for one in lessons([("跑步", "跑步", False)], PARENTS)] == ["跑步"]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_subject_that_was_named_itself_gets_only_its_own_lesson(wanted: bool) -> None:
    taught = {one.tag: one.strength for one in lessons([("跑步", "跑步", True), ("健身", "健身", wanted)], PARENTS)}
    assert taught == {"跑步": 1.0, "健身": STRENGTHS["ask" if wanted else "refuse"]}


def test_a_pasted_article_teaches_a_handful_of_tags() -> None:
    assert len(lessons([(f"tag{n}", "w", True) for n in range(100)], {})) == MOST_TAGS_PER_MESSAGE


def test_the_kind_of_act_sets_the_strength() -> None:
    assert lesson("健身", "tap", "菜单") == Lesson("健身", 0.5, "tap", "菜单")


words = st.sampled_from(["健身", "跑步", "理财", "基金", "旅行"])


@given(st.lists(st.tuples(words, words, st.booleans()), max_size=20))
def test_at_most_one_lesson_a_tag_and_only_about_what_was_named_or_its_subject(
    found: list[tuple[str, str, bool]],
) -> None:
    taught = lessons(found, PARENTS)
    named = {tag for tag, _, _ in found}
    assert len({one.tag for one in taught}) == len(taught)
    assert named <= {one.tag for one in taught} <= named | {PARENTS.get(tag, tag) for tag in named}
    refused = {tag for tag, _, wanted in found if not wanted}
    assert {one.tag for one in taught if one.strength < 0} == refused


# --- answering with what was learned a moment ago ---------------------------------------------------------------


acts = st.sampled_from(sorted(STRENGTHS))


@given(st.lists(st.tuples(acts, st.integers(0, 60)), max_size=12), acts)
def test_knowing_at_once_and_knowing_from_the_database_is_the_same(history: list[tuple[str, int]], act: str) -> None:
    """What a message taught counts in its own answer exactly as it will in the next."""
    taste, now = Taste(), EPOCH + 61 * DAY
    for cause, day in history:
        taste = taste.taught(lesson("健身", cause, "w"), EPOCH + day * DAY)
    before = taste.interest("健身", "ask", "w", 0, faded(1.0, now))
    (after,) = with_lessons([before], [lesson("健身", act, "x")], now)
    stored = taste.taught(lesson("健身", act, "x"), now).interest("健身", act, "x", now, faded(1.0, now))
    assert after.weight == pytest.approx(stored.weight, abs=1e-5)
    assert after.beneath == pytest.approx(stored.beneath, abs=1e-5)
    assert (after.cause, after.word, after.at) == (act, "x", now)


@given(
    st.lists(st.tuples(acts, moments), max_size=8).flatmap(lambda one: st.tuples(st.just(one), st.permutations(one)))
)
def test_tastes_come_out_the_same_in_whatever_order_they_are_learned(
    orders: tuple[list[tuple[str, int]], list[tuple[str, int]]],
) -> None:
    tastes = []
    for order in orders:
        taste = Taste()
        for cause, at in order:
            taste = taste.taught(lesson("健身", cause, "w"), at)
        tastes.append(taste)
    one, other = tastes
    assert one.score == pytest.approx(other.score) and one[1:] == other[1:]


@given(st.lists(st.tuples(acts, st.integers(0, 99)), max_size=20), st.integers(100, 5_000))
def test_a_refusal_stands_whatever_else_is_done_until_they_say_they_like_it(
    history: list[tuple[str, int]], days: int
) -> None:
    taste, now = Taste(), EPOCH + days * DAY
    for cause, day in history:
        taste = taste.taught(lesson("理财", cause, "w"), EPOCH + day * DAY)
    felt = taste.interest("理财", "", "", 0, faded(1.0, now))
    refusals, words = ([day for cause, day in history if cause == act] for act in ("refuse", "like"))
    stands = bool(refusals) and max(refusals) >= max(words, default=-1)
    assert felt.weight == REFUSED if stands else 0 <= felt.weight <= 1
    assert 0 <= felt.beneath <= 1


def test_likings_fade_and_refusals_do_not() -> None:
    taste = Taste().taught(lesson("健身", "buy", ""), EPOCH)
    weights = [taste.interest("健身", "", "", 0, faded(1.0, EPOCH + n * HALF_LIFE)).weight for n in range(12)]
    assert weights == sorted(weights, reverse=True) and weights[0] > 0.8 and weights[-1] < SHOWN_WEIGHT


def test_a_saturated_taste_can_be_learned_on() -> None:
    (after,) = with_lessons([Interest("健身", 1.0, "ask", "w")], [lesson("健身", "buy", "x")], 0)
    assert 0.999 < after.weight <= 1


def test_interests_come_strongest_first_and_refused_ones_last() -> None:
    known = [Interest("旅行", 0.2, "tap", ""), Interest("健身", 0.5, "ask", "")]
    after = with_lessons(known, [lesson("理财", "refuse", ""), lesson("科技", "like", "")], 0)
    assert [one.tag for one in after] == ["科技", "健身", "旅行", "理财"]
    assert SATURATION > 0


def test_the_same_act_again_within_a_minute_is_left_out() -> None:
    known = [Interest("健身", 0.2, "tap", "健身", 100)]
    tap = lesson("健身", "tap", "健身")
    assert not_repeated([tap], known, 100 + SAME_ACT_SECONDS - 1) == ()
    assert not_repeated([tap], known, 100 + SAME_ACT_SECONDS) == (tap,)
    others = [lesson("健身", "ask", "健身"), lesson("健身", "tap", "锻炼"), lesson("旅行", "tap", "健身")]
    assert list(not_repeated(others, known, 101)) == others
