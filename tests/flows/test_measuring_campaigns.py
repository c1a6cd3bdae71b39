"""What became of a campaign is counted from rows: on both sides, for as long, and each thing once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bot_in_process import Workshop
from effect_at_hand import DAY, NOON, Effect, link, who

from domain.audience import Likes
from domain.campaign import Campaign, Variant, drawn_first
from domain.shares import FARTHEST_MOVE
from flows.adjust_shares import REST_SECONDS, RIPE_SECONDS, adjust, adjust_shares, channel_shares, shares_now, undo
from flows.measure_campaign import measure_campaign
from flows.measure_campaigns import measure_campaigns
from flows.tidy_up import forget_who_left
from storage import campaign_deliveries, campaign_measures, erasure, share_changes
from storage.store import Store

TWO = Campaign(
    "weekend", "周末", "marketing", (Variant("a", "x", 0.5), Variant("b", "y", 0.5)), ("window",), adjust=True
)  # fmt: skip


@pytest.fixture
def store(workshop: Workshop) -> Iterator[Store]:
    bot = workshop.bot()
    yield bot.store
    bot.close()


def test_everybody_who_was_planned_is_compared_with_who_was_held_out(store: Store) -> None:
    effect = Effect(store)
    run = effect.run(planned=10, held=4, excluded=3)
    effect.sent(run, *range(8))
    effect.opened(run, 0, 1)
    effect.saw(9, NOON + DAY)  # was planned, never reached
    effect.saw(11, NOON + DAY)  # held out
    found = measure_campaign(store, "weekend", NOON + 2 * DAY)
    assert (found.measure.people, found.measure.people_held) == (10, 4)
    assert (found.measure.opened, found.measure.opened_held) == (3, 1)
    assert found.total.states == {"sent": 8, "planned": 2, "held_out": 4, "skipped": 3}
    assert found.total.excluded == {"enough": 3}
    assert found.total.clicked == 2


def test_only_what_happens_within_the_window_counts(store: Store) -> None:
    effect = Effect(store)
    effect.run(planned=4, held=4)
    effect.bought(0, NOON - 1)
    effect.bought(1, NOON + 1)
    effect.bought(2, NOON + 7 * DAY - 1)
    effect.bought(3, NOON + 7 * DAY)
    effect.bought(5, NOON + DAY, refunded_fen=400)
    effect.bought(5, NOON + 2 * DAY)
    found = measure_campaign(store, "weekend", NOON + 9 * DAY).measure
    assert (found.bought, found.bought_held) == (2, 1)
    assert (found.fen, found.fen_held) == (1_980, 1_580)
    assert found.squares == 2 * 990**2 + 1_580**2


def test_an_order_is_the_last_messages_that_told_of_the_item(store: Store) -> None:
    effect = Effect(store)
    first, second = effect.run(planned=3), effect.run(planned=3, at=NOON + 2 * DAY)
    effect.sent(first, 0, 1, 2)
    effect.sent(second, 0, 1, at=NOON + 2 * DAY)
    effect.bought(0, NOON + DAY)
    effect.bought(0, NOON + 3 * DAY)
    effect.bought(1, NOON + 3 * DAY, slug="dumbbell")  # not what it told of
    effect.bought(1, NOON + 3 * DAY, slug="dumbbell", exposure_id=link(first, 1))  # through its link
    effect.bought(2, NOON + 8 * DAY)  # too late
    found = measure_campaign(store, "weekend", NOON + 20 * DAY)
    tallies = {run.id: (tally.bought, tally.revenue_fen) for run, tally in found.runs}
    assert tallies == {second: (1, 990), first: (2, 1_980)}


def test_who_left_the_audience_later_stays_counted(store: Store) -> None:
    effect = Effect(store)
    effect.run(planned=4, held=2)
    effect.run(planned=2, held=2, at=NOON + 7 * DAY, first=2)  # 0 and 1 bought and are left out
    effect.bought(0, NOON + DAY)
    effect.bought(5, NOON + 10 * DAY)
    found = measure_campaign(store, "weekend", NOON + 30 * DAY).measure
    assert (found.people, found.people_held) == (4, 2)
    assert (found.bought, found.bought_held) == (1, 1)


def test_leaving_counts_and_is_not_forgotten_with_who_left(store: Store) -> None:
    effect = Effect(store)
    run = effect.run(planned=5, held=5)
    effect.sent(run, *range(5))
    effect.opened(run, 1)
    effect.left(0, NOON + DAY)
    effect.left(7, NOON + 2 * DAY)
    before = measure_campaign(store, "weekend", NOON + 7 * DAY)
    assert (before.measure.left, before.measure.left_held, before.total.left) == (1, 1, 1)
    assert forget_who_left(store, NOON + 10 * DAY) == "2 followers forgotten"
    after = measure_campaign(store, "weekend", NOON + 10 * DAY)
    assert (after.measure, after.total.left) == (before.measure, 1)
    assert after.total.states == before.total.states
    with store.read() as tx:
        known = {row.openid for row in campaign_deliveries.page(tx, run, "sent", "", 100)}
    assert not {who(0), who(7)} & known
    assert len(known) == 5


def test_what_was_not_sent_yet_to_somebody_who_is_erased_is_not_sent(store: Store) -> None:
    Effect(store).run(planned=2)
    with store.write() as tx:
        erasure.erase(tx, who(0))
    assert measure_campaign(store, "weekend", NOON + DAY).total.states == {"planned": 1, "skipped": 1}


def test_campaigns_are_measured_each_night_until_everybody_was_followed(store: Store) -> None:
    Effect(store).run(planned=5, held=5)
    assert measure_campaigns(store, NOON + DAY) == "1 campaigns measured"
    assert measure_campaigns(store, NOON + 8 * DAY) == "1 campaigns measured"
    assert measure_campaigns(store, NOON + 9 * DAY) == "0 campaigns measured"
    with store.read() as tx:
        kept = campaign_measures.find(tx, "weekend")
    assert kept is not None and kept.whole and kept.measure.people == 5


def moved(store: Store, hits: tuple[int, int] = (5, 40)) -> Effect:
    """Two wordings, 200 people each, of whom so many opened."""
    effect = Effect(store)
    run = effect.run(planned=400, held=40, variants=("a", "b"))
    effect.sent(run, *range(400))
    effect.opened(run, *range(0, 2 * hits[0], 2), *range(1, 2 * hits[1], 2))
    return effect


def test_shares_move_toward_what_does_better_with_the_reason_written_down(store: Store) -> None:
    moved(store)
    assert adjust_shares(store, [TWO], NOON + RIPE_SECONDS) == "shares moved: weekend"
    assert shares_now(store, TWO) == pytest.approx({"a": 0.5 - FARTHEST_MOVE, "b": 0.5 + FARTHEST_MOVE})
    with store.read() as tx:
        (change,) = share_changes.of(tx, "weekend")
    assert "「b」200 人中 40 人点开" in change.why
    assert "50% → 70%" in change.why


def test_a_fixed_campaign_stays_fixed(store: Store) -> None:
    moved(store)
    fixed = replace(TWO, adjust=False)
    assert adjust_shares(store, [fixed], NOON + RIPE_SECONDS) == "shares moved: none"
    adjust(store, TWO, NOON + RIPE_SECONDS)
    assert shares_now(store, fixed) == {"a": 0.5, "b": 0.5}


def test_a_run_of_today_moves_nothing(store: Store) -> None:
    moved(store)
    assert not adjust(store, TWO, NOON + RIPE_SECONDS - 1)


def test_an_operator_takes_a_move_back_and_it_does_not_come_again_at_once(store: Store) -> None:
    moved(store)
    at = NOON + RIPE_SECONDS
    assert adjust(store, TWO, at)
    taken = undo(store, "weekend", "lin", at + 60)
    assert taken is not None
    assert shares_now(store, TWO) == {"a": 0.5, "b": 0.5}
    assert not adjust(store, TWO, at + DAY)
    assert adjust(store, TWO, at + 60 + REST_SECONDS)
    assert undo(store, "weekend", "lin", at + 2 * REST_SECONDS) is not None
    assert undo(store, "weekend", "lin", at + 2 * REST_SECONDS) is None


def test_who_edits_the_shares_in_the_file_begins_anew(store: Store) -> None:
    moved(store)
    adjust(store, TWO, NOON + RIPE_SECONDS)
    edited = replace(TWO, variants=(Variant("a", "x", 0.8), Variant("b", "y", 0.2)))
    assert shares_now(store, edited) == {"a": 0.8, "b": 0.2}
    third = replace(TWO, variants=(*TWO.variants, Variant("c", "z", 1.0)))
    assert shares_now(store, third) == {"a": 0.25, "b": 0.25, "c": 0.5}


def test_a_wording_for_people_of_its_own_has_no_share(store: Store) -> None:
    mixed = replace(TWO, variants=(*TWO.variants, Variant("c", "z", 1.0, Likes("健身", 0.5))))
    assert shares_now(store, mixed) == {"a": 0.5, "b": 0.5}


def test_who_opened_before_is_no_new_evidence_for_a_wording(store: Store) -> None:
    effect = Effect(store)
    for day in (0, 7):
        run = effect.run(planned=4, at=NOON + day * DAY, variants=("a", "b"))
        effect.sent(run, 0, 1, 2, 3, at=NOON + day * DAY)
        effect.opened(run, 0, 1, at=NOON + day * DAY)
    found = measure_campaign(store, "weekend", NOON + 20 * DAY)
    assert [dict(batch.drawn) for batch in found.by_variant.opened] == [{"a": 2, "b": 2}, {"a": 1, "b": 1}]
    assert [sum(batch.hits.values()) for batch in found.by_variant.opened] == [2, 0]


def test_the_channel_tried_first_follows_what_is_measured_and_a_run_keeps_its_own_order(store: Store) -> None:
    turns = replace(TWO, variants=TWO.variants[:1], channels=("window", "notice", "mass"))
    effect = Effect(store)
    run = effect.run(planned=1_000)
    effect.sent(run, *range(1_000))
    with store.read() as tx:
        begun = channel_shares(tx, turns)
    assert begun == pytest.approx({"window": 0.9, "notice": 0.1})
    by_notice = [n for n in range(1_000) if drawn_first(turns, begun, who(n)) == "notice"]
    assert 70 < len(by_notice) < 130
    effect.opened(run, *by_notice[:50], *[n for n in range(80) if n not in by_notice])
    at = NOON + RIPE_SECONDS
    assert adjust(store, turns, at)
    with store.read() as tx:
        moved = channel_shares(tx, turns)
        assert channel_shares(tx, turns, at - 1) == begun
        assert channel_shares(tx, replace(turns, adjust=False)) == {}
        assert channel_shares(tx, replace(turns, channels=("window", "mass"))) == {}
    assert moved == pytest.approx({"window": 0.7, "notice": 0.3})
    assert undo(store, "weekend", "lin", at + 60) is not None
    with store.read() as tx:
        assert channel_shares(tx, turns) == begun
        assert channel_shares(tx, turns, at + 30) == moved


def test_a_campaign_that_never_ran_brought_nothing(store: Store) -> None:
    found = measure_campaign(store, "weekend", NOON)
    assert found.runs == []
    assert found.measure.people == 0
