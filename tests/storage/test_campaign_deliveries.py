"""Each person of a run's audience has one row, and what came of a run is counted from them."""

from __future__ import annotations

from domain.campaign import HELD_OUT, OPTED_OUT, OWNED, PLANNED, SKIPPED
from storage import campaign_deliveries as deliveries
from storage.campaign_deliveries import Plan
from storage.store import Store

RUN = "weekend@1795000000"
PLANS = (
    Plan("o1", PLANNED, variant="a", slug="run-30", reason="因为你喜欢跑步", due_at=1_795_000_000),
    Plan("o2", PLANNED, variant="b", slug="run-30", due_at=1_795_000_000),
    Plan("o3", HELD_OUT, variant="a", slug="run-30"),
    Plan("o4", SKIPPED, OWNED),
    Plan("o5", SKIPPED, OPTED_OUT),
    Plan("o6", SKIPPED, OWNED),
)


def planned(store: Store, now: int) -> None:
    with store.write() as tx:
        deliveries.plan(tx, RUN, PLANS, now)


def test_nobody_is_planned_twice(store: Store, now: int) -> None:
    planned(store, now)
    with store.write() as tx:
        deliveries.plan(tx, RUN, [Plan("o1", SKIPPED, OWNED), Plan("o7", PLANNED)], now + 9)
        kept = deliveries.find(tx, RUN, "o1")
        assert kept is not None
        assert (kept.state, kept.variant, kept.planned_at) == (PLANNED, "a", now)
        assert deliveries.find(tx, RUN, "o7") is not None and deliveries.find(tx, RUN, "o8") is None


def test_what_came_of_it_is_counted_from_the_rows(store: Store, now: int) -> None:
    planned(store, now)
    with store.read() as tx:
        counts = deliveries.counts(tx, RUN)
    assert deliveries.by_state(counts) == {PLANNED: 2, HELD_OUT: 1, SKIPPED: 3}
    assert deliveries.by_cause(counts, SKIPPED) == {OWNED: 2, OPTED_OUT: 1}
    assert deliveries.by_channel(counts, PLANNED) == {}
    assert sum(one.people for one in counts if one.variant == "a") == 2


def test_rows_are_read_page_by_page(store: Store, now: int) -> None:
    planned(store, now)
    with store.read() as tx:
        first = deliveries.page(tx, RUN, SKIPPED, "", 2)
        then = deliveries.page(tx, RUN, SKIPPED, first[-1].openid, 2)
    assert [one.openid for one in (*first, *then)] == ["o4", "o5", "o6"]


def test_what_campaigns_had_for_one_person_is_found_newest_first(store: Store, now: int) -> None:
    planned(store, now)
    with store.write() as tx:
        deliveries.plan(tx, "later@1", [Plan("o1", SKIPPED, OPTED_OUT)], now + 9)
        assert [one.run_id for one in deliveries.of(tx, "o1", 5)] == ["later@1", RUN]
