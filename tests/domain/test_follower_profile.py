"""The profile of a follower is one pure function of stored rows: any order, bounded, fading, refusals first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.follower import MOST_PAID, NOBODY, Engagement, felt, profile
from domain.interests import EPOCH, HALF_LIFE, REFUSED, STRENGTHS, Interest, faded, grown, weight_of

NOW = EPOCH + 400 * 86_400
moments = st.integers(EPOCH, NOW)
slugs = st.sampled_from([f"item-{n}" for n in range(12)])
tags = st.sampled_from(["健身", "科技", "旅行", "理财"])
engagements = st.builds(
    lambda slug, strength, at, stars, bought, fen, back: Engagement(
        slug, grown(strength, at), at, stars, bought, fen if bought else 0, back if bought else None
    ),
    slugs, st.floats(0, 50), moments, st.integers(0, 5), st.none() | moments, st.integers(1, 10**6),
    st.none() | moments,
)  # fmt: skip
rows = st.lists(engagements, max_size=12, unique_by=lambda one: one.slug)
interests = st.lists(
    st.builds(Interest, tags, st.floats(0, 1) | st.just(REFUSED), st.sampled_from(sorted(STRENGTHS)), st.just("w")),
    max_size=4,
    unique_by=lambda one: one.tag,
)


@given(interests, rows, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(known: list[Interest], did: list[Engagement], chance: object) -> None:
    one = profile(known, did, (), {}, {}, "qr:1", True, NOW)
    chance.shuffle(known)  # type: ignore[attr-defined]
    chance.shuffle(did)  # type: ignore[attr-defined]
    assert profile(known, did, (), {}, {}, "qr:1", True, NOW) == one


@given(interests, rows)
def test_everything_lies_within_minus_one_and_one(known: list[Interest], did: list[Engagement]) -> None:
    seen = profile(known, did, (), {}, {}, "", True, NOW)
    assert all(-1 <= weight <= 1 for weight in (*seen.weights.values(), *seen.engaged.values()))
    assert set(seen.engaged) == {one.slug for one in did} and len(seen.paid) <= MOST_PAID


@given(engagements, st.integers(0, 10))
def test_what_was_done_with_an_item_fades_to_nothing_and_never_changes_its_mind(one: Engagement, halvings: int) -> None:
    now, later = felt(one, NOW), felt(one, NOW + halvings * HALF_LIFE)
    assert abs(later) <= abs(now) and (later == 0 or (later > 0) == (now > 0))
    score = faded(one.strength, NOW)
    assert abs(later) == pytest.approx(weight_of(score / 2**halvings), abs=1e-9)


@given(engagements)
def test_a_bad_experience_counts_as_much_as_a_good_one_with_the_other_sign(one: Engagement) -> None:
    good = felt(one._replace(stars=5, returned_at=None), NOW)
    assert good >= 0
    assert felt(one._replace(stars=0, returned_at=None), NOW) == good
    for bad in (one._replace(stars=1), one._replace(stars=2), one._replace(returned_at=NOW)):
        assert felt(bad, NOW) == -good


@given(interests, rows)
def test_without_personalisation_only_refusals_are_left(known: list[Interest], did: list[Engagement]) -> None:
    seen = profile(known, did, ("mine",), {"shown": 2}, {"shown": 3}, "qr:1", False, NOW)
    assert seen.weights == {one.tag: REFUSED for one in known if one.weight < 0}
    assert (seen.engaged, seen.paid, seen.source, seen.personal) == ({}, (), "", False)
    assert (seen.owned, seen.shown) == (("mine",), {"shown": 2}), "what is owned or was shown is no guess about them"


def test_what_they_paid_is_told_newest_first_without_what_went_back() -> None:
    did = [
        Engagement(f"item-{n}", 0.0, NOW, 0, EPOCH + n, 100 * n, NOW if n == 3 else None) for n in range(1, 5)
    ] + [Engagement("free", 0.0, NOW, 0, None, 0, None)]  # fmt: skip
    assert profile([], did, (), {}, {}, "", True, NOW).paid == (400, 200, 100)


def test_only_the_latest_purchases_tell_what_they_are_used_to_pay() -> None:
    did = [Engagement(f"item-{n}", 0.0, NOW, 0, EPOCH + n, n, None) for n in range(MOST_PAID + 5)]
    assert profile([], did, (), {}, {}, "", True, NOW).paid == tuple(range(MOST_PAID + 4, 4, -1))


def test_of_a_stranger_nothing_is_known() -> None:
    assert profile([], [], (), {}, {}, "", True, NOW) == NOBODY
