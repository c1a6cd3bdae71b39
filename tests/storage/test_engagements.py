"""What one follower did with one item is one row, written by many acts in any order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.answer import Exposure
from domain.interests import faded
from domain.message import MESSAGE, Message
from storage import behaviours, engagements, erasure, exposures, followers, unanswered
from storage.store import Store

DAY = 86_400


def row(store: Store, openid: str, slug: str) -> dict[str, object]:
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select * from engagements where openid = ? and slug = ?", (openid, slug)
        ).mappings()
        return dict(found.one())


def test_strengths_add_up_and_the_first_and_the_last_time_are_kept(store: Store) -> None:
    with store.write() as tx:
        engagements.add(tx, "o1", "run-30", 1_000, 1.0)
        engagements.add(tx, "o1", "run-30", 1_000 + 30 * DAY, 0.5)
    kept = row(store, "o1", "run-30")
    assert (kept["first_at"], kept["changed_at"]) == (1_000, 1_000 + 30 * DAY)
    assert faded(float(str(kept["strength"])), 1_000 + 30 * DAY) == pytest.approx(1.0)


def test_who_scrolls_back_up_has_still_read_so_far(store: Store) -> None:
    with store.write() as tx:
        engagements.add(tx, "o1", "run-30", 5, 0)
        engagements.opened(tx, "o1", "run-30", 5)
        read = [engagements.read(tx, "o1", "run-30", *one) for one in ((25, 60, 20), (30, 30, 5), (31, 70, 0))]
    assert read == [(60, 20), (60, 25), (70, 25)]


def test_a_reader_nobody_saw_begin_is_believed_within_reason(store: Store) -> None:
    with store.write() as tx:
        engagements.add(tx, "r:1", "run-30", 5, 0)
        assert engagements.read(tx, "r:1", "run-30", 5, 60, 40) == (60, 40)
        engagements.add(tx, "r:2", "run-30", 5, 0)
        assert engagements.read(tx, "r:2", "run-30", 5, 60, 10**9) == (60, engagements.MOST_AT_ONCE)


def test_a_clock_that_goes_back_takes_no_reading_away(store: Store) -> None:
    with store.write() as tx:
        engagements.add(tx, "o1", "run-30", 100, 0)
        engagements.opened(tx, "o1", "run-30", 100)
        engagements.read(tx, "o1", "run-30", 130, 50, 30)
        assert engagements.read(tx, "o1", "run-30", 90, 50, 30).seconds == 30


def test_what_a_browser_did_becomes_the_followers(store: Store) -> None:
    with store.write() as tx:
        for who, at, fen in (("r:1", 5, 990), ("o1", 9, 0)):
            engagements.add(tx, who, "run-30", at, 1.0)
            if fen:
                engagements.bought(tx, who, "run-30", at, fen)
        engagements.opened(tx, "r:1", "run-30", 6)
        engagements.read(tx, "r:1", "run-30", 16, 80, 10)
        engagements.read(tx, "o1", "run-30", 29, 30, 7)
        engagements.rated_first(tx, "r:1", "run-30", 4)
        engagements.add(tx, "r:1", "one-bag", 7, 2.0)
        engagements.move(tx, "r:1", "o1")
        engagements.move(tx, "r:nobody", "o1")
    kept = row(store, "o1", "run-30")
    assert (kept["opened_at"], kept["bought_at"], kept["paid_fen"], kept["stars"]) == (6, 5, 990, 4)
    assert (kept["percent"], kept["seconds"], kept["changed_at"]) == (80, 17, 9)
    assert faded(float(str(kept["strength"])), 9) == pytest.approx(2.0)
    assert faded(float(str(row(store, "o1", "one-bag")["strength"])), 7) == pytest.approx(2.0)
    with store.engine.connect() as connection:
        assert set(connection.exec_driver_sql("select openid from engagements").scalars()) == {"o1"}


@given(posts=st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 100), st.integers(-5, 10**12)), max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_reads_longer_than_time_goes_by(store: Store, posts: list[tuple[int, int, int]]) -> None:
    at, before = 1_000, (0, 0)
    with store.write() as tx:
        erasure.erase(tx, "o1")
        engagements.add(tx, "o1", "run-30", at, 0)
        engagements.opened(tx, "o1", "run-30", at)
        for later, percent, seconds in posts:
            at += later
            read = engagements.read(tx, "o1", "run-30", at, percent, seconds)
            assert read.percent == max(before[0], percent)
            assert before[1] <= read.seconds <= before[1] + min(max(seconds, 0), later, engagements.MOST_AT_ONCE)
            before = read


def test_the_first_opening_and_the_first_end_are_kept(store: Store) -> None:
    with store.write() as tx:
        engagements.add(tx, "o1", "run-30", 5, 0)
        for at in (6, 9):
            engagements.opened(tx, "o1", "run-30", at)
            engagements.finished(tx, "o1", "run-30", at + 1)
    kept = row(store, "o1", "run-30")
    assert (kept["opened_at"], kept["finished_at"]) == (6, 7)


def test_a_return_needs_a_purchase_and_buying_anew_ends_it(store: Store) -> None:
    with store.write() as tx:
        followers.seen(tx, "o1", 1)
        engagements.add(tx, "o1", "run-30", 5, 1)
        engagements.returned(tx, "o1", "run-30", 6)
        assert engagements.of(tx, "o1")[1][0].returned_at is None
        engagements.bought(tx, "o1", "run-30", 7, 990)
        engagements.returned(tx, "o1", "run-30", 8)
        assert engagements.of(tx, "o1")[1][0].returned_at == 8
        engagements.bought(tx, "o1", "run-30", 9, 990)
        (only,) = engagements.of(tx, "o1")[1]
    assert (only.bought_at, only.paid_fen, only.returned_at) == (9, 990, None)


def test_a_buyers_place_is_one_in_the_whole_text_and_not_that_in_the_free_part(store: Store) -> None:
    with store.write() as tx:
        engagements.add(tx, "o1", "run-30", 5, 1)
        engagements.read(tx, "o1", "run-30", 30, 89, 20)
        engagements.bought(tx, "o1", "run-30", 31, 990)
        engagements.read(tx, "o1", "run-30", 50, 40, 10)
    kept = row(store, "o1", "run-30")
    assert kept["percent"] == 40 and int(str(kept["seconds"])) > 10


def test_one_read_gives_the_source_and_the_items_latest_first(store: Store) -> None:
    with store.write() as tx:
        assert engagements.of(tx, "o1") == ("", [])
        followers.followed(tx, "o1", 1, "qr:c_42")
        assert engagements.of(tx, "o1") == ("qr:c_42", [])
        for slug, at in (("a", 5), ("c", 9), ("b", 7)):
            engagements.add(tx, "o1", slug, at, 1.0)
        engagements.add(tx, "o2", "d", 9, 1.0)
        source, rows = engagements.of(tx, "o1")
    assert source == "qr:c_42" and [one.slug for one in rows] == ["c", "b", "a"]


def test_a_click_opens_an_exposure_once(store: Store) -> None:
    with store.write() as tx:
        exposures.add(tx, "o1", 5, "m1", [Exposure("e1", "run-30", 1, "p", 1.0, "新", '{"fresh":0.1}')])
        assert [exposures.open_once(tx, "e1", at) for at in (6, 7)] == [True, False]
        found = exposures.find(tx, "e1")
    assert found and (found.opened_at, found.terms) == (6, '{"fresh":0.1}')


def test_an_erasure_takes_what_was_done_with_items_and_what_was_asked_in_vain(store: Store) -> None:
    with store.write() as tx:
        for who in ("o1", "o2"):
            followers.seen(tx, who, 1)
            behaviours.add(tx, Message(f"m-{who}", who, "gh", 5, MESSAGE, "text", "量子"), ())
            engagements.add(tx, who, "run-30", 5, 1.0)
            unanswered.add(tx, f"m-{who}", who, 5, "量子计算")
        erasure.erase(tx, "o1")
    with store.engine.connect() as connection:
        for table in ("engagements", "unanswered"):
            assert connection.exec_driver_sql(f"select openid from {table}").scalars().all() == ["o2"]
