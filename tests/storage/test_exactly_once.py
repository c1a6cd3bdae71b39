"""The row count decides: insert-once, leases, slots of jobs, and learning in any order."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import interests as rules
from domain.answer import Exposure, Lesson
from domain.ids import handle, new_id
from domain.message import MESSAGE, Message
from storage import (
    behaviours,
    entitlements,
    erasure,
    exposures,
    followers,
    interests,
    job_runs,
    leases,
    long_texts,
    opt_outs,
    replies,
    reports,
    secrets_held,
)
from storage.store import Store, Transaction

THREADS = 8
DAY = 86_400


def message(key: str, openid: str = "o1", at: int = 5, text: str = "跑步") -> Message:
    return Message(key, openid, "gh_1", at, MESSAGE, "text", text)


def at_once(store: Store, do: Callable[[Transaction, int], bool]) -> list[bool]:
    """`do` in as many threads at once, each in a transaction of its own."""
    gate, outcomes, faults = threading.Barrier(THREADS), [], []

    def one(number: int) -> None:
        try:
            gate.wait(10)
            with store.write() as tx:
                outcomes.append(do(tx, number))
        except Exception as fault:  # noqa: BLE001 - told by the thread that waits
            faults.append(fault)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == [] and len(outcomes) == THREADS
    return outcomes


@pytest.mark.parametrize(
    "insert",
    [
        lambda tx, n: behaviours.add(tx, message("m1", text=str(n)), ()),
        lambda tx, n: entitlements.grant(tx, "o1", "run-30", f"order:{n}", n),
        lambda tx, n: job_runs.claim(tx, "tidy", 1_000),
        lambda tx, n: reports.add(tx, "r1", n, "event", "{}"),
        lambda tx, n: leases.take(tx, "clock", f"process {n}", 100, 200),
    ],
    ids=["behaviour", "entitlement", "job slot", "report", "lease"],
)
def test_of_eight_at_once_one_wins(insert: Callable[[Transaction, int], bool], store: Store) -> None:
    assert sorted(at_once(store, insert)) == [False] * (THREADS - 1) + [True]


def test_the_first_is_kept_and_the_second_changes_nothing(store: Store) -> None:
    with store.write() as tx:
        assert behaviours.add(tx, message("m1", text="先到"), [Lesson("健身", 1.0, "ask", "跑步")])
        assert not behaviours.add(tx, message("m1", text="后到", at=9), ())
        assert behaviours.add(tx, message("m1", openid="o2"), ()), "another follower's push is another push"
    with store.read() as tx:
        (kept,) = behaviours.of(tx, "o1", 10)
        assert (kept.text, kept.at, kept.taught) == ("先到", 5, (Lesson("健身", 1.0, "ask", "跑步"),))
        assert behaviours.count(tx, "o1") == (1, 5) and behaviours.count(tx, "nobody") == (0, None)


def test_behaviours_come_newest_first_and_no_more_than_asked(store: Store) -> None:
    with store.write() as tx:
        for n in range(5):
            behaviours.add(tx, message(f"m{n}", at=100 + n), ())
    with store.read() as tx:
        assert [one.id for one in behaviours.of(tx, "o1", 3)] == ["m4", "m3", "m2"]


# --- leases and jobs ---------------------------------------------------------------------------------------------


def test_a_lease_is_renewed_by_its_owner_and_taken_over_after_silence(store: Store) -> None:
    def take(owner: str, now: int) -> bool:
        with store.write() as tx:
            return leases.take(tx, "clock", owner, now, now + 60)

    assert take("a", 0) and not take("b", 30)
    assert take("a", 50), "the owner renews"
    assert not take("b", 109), "it was renewed until 110"
    assert take("b", 110) and not take("a", 120)
    with store.write() as tx:
        leases.give_back(tx, "clock", "a")
    assert not take("a", 130), "who lost it cannot give it away"
    with store.write() as tx:
        leases.give_back(tx, "clock", "b")
    assert take("a", 131)


def test_leases_of_different_names_do_not_meet(store: Store) -> None:
    with store.write() as tx:
        assert leases.take(tx, "clock", "a", 0, 60) and leases.take(tx, "worker", "b", 0, 60)


def test_a_slot_of_a_job_runs_once_and_its_end_is_noted(store: Store) -> None:
    with store.write() as tx:
        assert job_runs.last_slot(tx, "tidy", 10**12) == 0
        assert job_runs.claim(tx, "tidy", 100) and job_runs.claim(tx, "tidy", 200) and job_runs.claim(tx, "menu", 300)
        assert not job_runs.claim(tx, "tidy", 100)
        job_runs.finish(tx, "tidy", 100, 101, "长" * 300)
        assert not job_runs.claim(tx, "tidy", 100), "a finished slot stays claimed"
        assert job_runs.last_slot(tx, "tidy", 10**12) == 200


# --- interests ---------------------------------------------------------------------------------------------------

LESSONS = [
    ("健身", 1.0, "ask", 0), ("健身", -3.0, "refuse", 40 * DAY), ("健身", 2.0, "like", 50 * DAY),
    ("健身", 2.0, "praise", 70 * DAY), ("理财", 2.0, "like", 10 * DAY), ("理财", -3.0, "refuse", 20 * DAY),
]  # fmt: skip


@given(order=st.permutations(range(len(LESSONS))))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_interests_add_up_in_any_order(order: list[int], store: Store, now: int) -> None:
    """Likings add up; of a refusal and a word of liking the later stands, whichever was stored first."""
    begin, who = now - 90 * DAY, f"o{order}"
    with store.write() as tx:
        for tag, strength, cause, after in (LESSONS[n] for n in order):
            interests.learn(tx, who, [Lesson(tag, strength, cause, "w")], begin + after)
    with store.read() as tx:
        known = {one.tag: one for one in interests.of(tx, who, now)}
    score = sum(s * 2 ** (-(now - begin - at) / rules.HALF_LIFE) for t, s, _, at in LESSONS if t == "健身" and s > 0)
    assert known["健身"].weight == pytest.approx(rules.weight_of(score))
    assert known["理财"].weight == rules.REFUSED


@pytest.mark.parametrize(
    ("lesson", "after", "counts"),
    [
        (Lesson("健身", 0.5, "tap", "健身"), 59, False), (Lesson("健身", 0.5, "tap", "健身"), 60, True),
        (Lesson("健身", 0.5, "tap", "健身"), -59, False), (Lesson("健身", 0.5, "tap", "健身"), -60, True),
        (Lesson("健身", 1.0, "ask", "健身"), 1, True),
        (Lesson("健身", 0.5, "tap", "锻炼"), 1, True), (Lesson("旅行", 0.5, "tap", "健身"), 1, True),
    ],
)  # fmt: skip
def test_a_double_tap_teaches_once(store: Store, now: int, lesson: Lesson, after: int, counts: bool) -> None:
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson("健身", 0.5, "tap", "健身")], now)
        interests.learn(tx, "o1", [lesson], now + after)
    with store.read() as tx:
        total = sum(-rules.SATURATION * math.log1p(-one.weight) for one in interests.of(tx, "o1", now))
    assert total == pytest.approx(0.5 + lesson.strength * counts, rel=1e-3)


def test_taps_at_the_same_moment_teach_once(store: Store, now: int) -> None:
    def learn(tx: Transaction, number: int) -> bool:
        interests.learn(tx, "o1", [Lesson("健身", 0.5, "tap", "健身")], now)
        return True

    at_once(store, learn)
    with store.read() as tx:
        (known,) = interests.of(tx, "o1", now)
    assert known.weight == pytest.approx(rules.weight_of(0.5))


def test_refusals_are_read_however_many_likings_there_are(store: Store, now: int) -> None:
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson(f"t{n}", 1.0, "ask", "") for n in range(interests.MOST_TAGS + 50)], now)
        interests.learn(tx, "o1", [Lesson("理财", -3.0, "refuse", "")], now - 900 * DAY)
    with store.read() as tx:
        known = interests.of(tx, "o1", now)
    assert len(known) == interests.MOST_TAGS + 1 and known[-1].tag == "理财"


def test_eight_writers_lose_no_lesson(store: Store, now: int) -> None:
    def learn(tx: Transaction, number: int) -> bool:
        interests.learn(tx, "o1", [Lesson("健身", 1.0, "ask", str(number))], now)
        return True

    at_once(store, learn)
    with store.read() as tx:
        (known,) = interests.of(tx, "o1", now)
    assert known.weight == pytest.approx(rules.weight_of(float(THREADS)))


def test_reading_rewrites_nothing(store: Store, now: int) -> None:
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson("健身", 1.0, "ask", "跑步")], now)
    with store.engine.connect() as connection:
        before = connection.exec_driver_sql("select * from interests").all()
        with store.read() as tx:
            weights = [interests.of(tx, "o1", now + days * DAY)[0].weight for days in (0, 30, 60)]
        assert connection.exec_driver_sql("select * from interests").all() == before
    assert weights == sorted(weights, reverse=True) and weights[1] == pytest.approx(rules.weight_of(0.5))


def test_the_strongest_come_first_refused_last_and_faded_ones_not_at_all(store: Store, now: int) -> None:
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson("健身", 1.0, "ask", ""), Lesson("旅行", 4.0, "buy", "")], now)
        interests.learn(tx, "o1", [Lesson("理财", -3.0, "refuse", "")], now)
        interests.learn(tx, "o1", [Lesson("科技", 1.0, "ask", "")], now - 200 * DAY)
    with store.read() as tx:
        assert [one.tag for one in interests.of(tx, "o1", now)] == ["旅行", "健身", "理财"]


def test_the_newest_lesson_gives_the_reason(store: Store, now: int) -> None:
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson("健身", 1.0, "ask", "跑步")], now)
        interests.learn(tx, "o1", [Lesson("健身", 0.5, "tap", "健身")], now)
    with store.read() as tx:
        (known,) = interests.of(tx, "o1", now)
    assert (known.cause, known.word) == ("tap", "健身")


def test_what_is_forgotten_is_gone_with_its_evidence_and_can_be_learned_again(store: Store, now: int) -> None:
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson("健身", 4.0, "buy", "")], now)
        interests.forget(tx, "o1", "健身", now + 5)
        interests.forget(tx, "o1", "没学过的", now + 5)
        assert interests.of(tx, "o1", now + 5) == []
        assert interests.forgotten_since(tx, "o1") == {"健身": now + 5, "没学过的": now + 5}
        interests.learn(tx, "o1", [Lesson("健身", 1.0, "ask", "")], now + 6)
        (known,) = interests.of(tx, "o1", now + 6)
    assert known.weight == pytest.approx(rules.weight_of(1.0), rel=1e-6)


# --- followers, exposures, the small nouns -------------------------------------------------------------------------


def test_the_first_source_of_a_follower_is_kept(store: Store) -> None:
    with store.write() as tx:
        followers.followed(tx, "o1", 10, "")
        followers.followed(tx, "o1", 20, "qr:a")
        followers.unfollowed(tx, "o1", 30)
        left = followers.find(tx, "o1")
        followers.followed(tx, "o1", 40, "qr:b")
        back = followers.find(tx, "o1")
    assert left is not None and back is not None
    assert (left.subscribed, left.unsubscribed_at, left.source) == (False, 30, "qr:a")
    assert (back.subscribed, back.subscribed_at, back.unsubscribed_at) == (True, 40, None)
    assert (back.source, back.first_seen_at) == ("qr:a", 10)


def test_who_left_long_ago_is_found_once(store: Store) -> None:
    with store.write() as tx:
        for n in range(5):
            followers.unfollowed(tx, f"o{n}", 10 + n)
        followers.followed(tx, "o1", 100, "")
        assert sorted(followers.left_before(tx, 13, 9)) == ["o0", "o2"]
        assert len(followers.left_before(tx, 99, 2)) == 2
        followers.forgotten(tx, "o0")
        assert followers.left_before(tx, 13, 9) == ["o2"]


def test_exposures_come_newest_answer_first_in_the_order_they_were_read(store: Store) -> None:
    def shown(openid: str, at: int, chance: int, position: int) -> Exposure:
        made = handle(openid) + new_id(at, bytes([chance] * 6))
        return Exposure(made, f"s{at}-{position}", position, "content-1", 1.0, "理由" * 200)

    with store.write() as tx:
        exposures.add(tx, "o1", 100, "b1", [shown("o1", 100, 9, 1), shown("o1", 100, 3, 2)])
        exposures.add(tx, "o1", 200, "b2", [shown("o1", 200, 7, 1), shown("o1", 200, 8, 2)])
        exposures.add(tx, "o2", 300, "b3", [shown("o2", 300, 1, 1)])
        exposures.add(tx, "o1", 300, "b4", [])
        slugs = [one.slug for one in exposures.lately(tx, "o1", 0, 30)]
        assert slugs == ["s200-1", "s200-2", "s100-1", "s100-2"]
        assert [one.slug for one in exposures.lately(tx, "o1", 101, 30)] == ["s200-1", "s200-2"]
        one = exposures.find(tx, shown("o1", 100, 9, 1).id)
        assert one is not None and (one.openid, one.slug, len(one.reason)) == ("o1", "s100-1", 255)
        assert exposures.find(tx, "nothing") is None


def test_silence_is_counted_item_by_item_among_the_last_exposures(store: Store) -> None:
    def shown(at: int, slug: str) -> Exposure:
        return Exposure(handle("o1") + new_id(at, bytes([at] * 6)), slug, 1, "content-1", 1.0, "")

    rows = [shown(at, slug) for at, slug in ((10, "a"), (20, "b"), (30, "a"), (40, "a"), (50, "c"))]
    with store.write() as tx:
        for one in rows:
            exposures.add(tx, "o1", 0, one.id, [one])
        assert exposures.open_once(tx, rows[3].id, 60) and exposures.open_once(tx, rows[4].id, 60)
        assert exposures.silent(tx, "o1", 0, 9) == {"a": 2, "b": 1}
        assert exposures.silent(tx, "o1", 20, 9) == {"a": 1, "b": 1}
        assert exposures.silent(tx, "o1", 0, 3) == {"a": 1}, "the opened ones are among the last too"
        assert exposures.silent(tx, "o2", 0, 9) == {}


def test_a_right_to_read_ends_when_it_says_so(store: Store) -> None:
    with store.write() as tx:
        entitlements.grant(tx, "o1", "for-ever", "order:1", 10)
        entitlements.grant(tx, "o1", "for-a-while", "order:2", 20, until=100)
        assert entitlements.owned(tx, "o1", 99) == ("for-a-while", "for-ever")
        assert entitlements.owned(tx, "o1", 100) == ("for-ever",)
        assert entitlements.owned(tx, "o2", 50) == ()


def test_erasure_takes_what_speaks_of_a_person_and_leaves_what_they_own(store: Store, now: int) -> None:
    with store.write() as tx:
        for openid in ("o1", "o2"):
            followers.followed(tx, openid, now, "qr:a")
            behaviours.add(tx, message("m1", openid), ())
            interests.learn(tx, openid, [Lesson("健身", 1.0, "ask", "跑步")], now)
            exposure = Exposure(handle(openid) + new_id(now, b"123456"), "run-30", 1, "p", 1.0, "r")
            exposures.add(tx, openid, now, "m1", [exposure])
            long_texts.keep(tx, openid, "还没说完")
            opt_outs.stop(tx, openid, "", now)
            entitlements.grant(tx, openid, "run-30", "order:1", now)
        erasure.erase(tx, "o1")
    with store.read() as tx:
        held = {
            openid: (
                behaviours.count(tx, openid)[0], len(interests.of(tx, openid, now)), long_texts.rest(tx, openid),
                len(exposures.lately(tx, openid, 0, 9)), entitlements.owned(tx, openid, now), opt_outs.of(tx, openid),
            )
            for openid in ("o1", "o2")
        }  # fmt: skip
        follower = followers.find(tx, "o1")
    assert held == {"o1": (0, 0, "", 0, ("run-30",), [""]), "o2": (1, 1, "还没说完", 1, ("run-30",), [""])}
    assert follower is not None and (follower.subscribed, follower.source, follower.about) == (True, "", "")


def test_the_small_nouns_keep_what_they_are_given(store: Store) -> None:
    with store.write() as tx:
        replies.remember(tx, "m1", 100, "早")
        replies.remember(tx, "m2", 200, "晚")
        assert (replies.find(tx, "m1"), replies.find(tx, "m9")) == ("早", "")
        assert replies.forget(tx, 200) == 1 and replies.find(tx, "m1") == "" and replies.find(tx, "m2") == "晚"
        long_texts.keep(tx, "o1", "一")
        long_texts.keep(tx, "o1", "二")
        assert (long_texts.rest(tx, "o1"), long_texts.rest(tx, "o2")) == ("二", "")
        opt_outs.stop(tx, "o1", "理财", 1)
        opt_outs.stop(tx, "o1", "理财", 2)
        opt_outs.stop(tx, "o1", "", 2)
        assert opt_outs.of(tx, "o1") == ["", "理财"]
        opt_outs.resume(tx, "o1", "")
        assert opt_outs.of(tx, "o1") == []
        assert secrets_held.find(tx, "token") == ("", 0)
        secrets_held.keep(tx, "token", "a", 5)
        secrets_held.keep(tx, "token", "b", 9)
        assert secrets_held.find(tx, "token") == ("b", 9)
