"""The audience of a run is written down: everybody once, with the cause where somebody gets nothing, come what may."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import replace

import pytest
from campaign_world import HOUR, ZONE, Killed, Mortal, a_campaign, crowd, fan, fans, planner, with_campaigns
from conftest import DAY, NOW

from catalog.load import Catalog
from domain.answer import Lesson
from domain.audience import EVERYBODY, Likes, Told
from domain.campaign import (
    ENOUGH,
    HELD_OUT,
    LAUNCHING,
    NO_ITEM,
    NOT_FOLLOWING,
    OPTED_OUT,
    OWNED,
    PAUSED,
    PLANNED,
    RECOMMEND,
    SENDING,
    SKIPPED,
    TOO_LATE,
    Campaign,
    Schedule,
    Variant,
    is_held_out,
)
from errors import ShutongError, StoreBusy
from flows import plan_audience
from flows.launch_campaign import launch_now
from flows.plan_audience import LEASE_SECONDS, plan_campaigns, plan_run
from storage import campaign_deliveries as deliveries
from storage import campaign_runs as runs
from storage import entitlements, followers, interests, opt_outs, sends
from storage.campaign_deliveries import Delivery
from storage.store import Store


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_audience, "PAGE", 7)


def launched(catalog: Catalog, store: Store, campaign: Campaign, now: int = NOW) -> str:
    """Launched and planned; the run's id."""
    shop = with_campaigns(catalog, campaign)
    run = launch_now(shop, store, campaign.name, "shell:anna", now)
    assert plan_run(planner(shop, now), store, run)
    return run.id


def rows(store: Store, run_id: str) -> dict[str, Delivery]:
    with store.read() as tx:
        states = [one.state for one in deliveries.counts(tx, run_id)]
        return {one.openid: one for state in states for one in deliveries.page(tx, run_id, state, "", 1_000)}


def of(store: Store, run_id: str, openids: Iterable[str]) -> list[tuple[str, str]]:
    found = rows(store, run_id)
    return [(found[openid].state, found[openid].why) for openid in openids]


def test_everybody_of_the_audience_has_one_row(catalog: Catalog, store: Store) -> None:
    openids = fans(store, 20)
    with store.write() as tx:
        fan(tx, "x-other", likes={"理财": 3.0})
        followers.followed(tx, "x-new", NOW, "")
    run_id = launched(catalog, store, a_campaign())
    found = rows(store, run_id)
    assert sorted(found) == openids
    assert {(one.state, one.slug, one.variant, one.due_at) for one in found.values()} == {
        (PLANNED, "run-30", "main", NOW)
    }
    with store.read() as tx:
        assert runs.state(tx, run_id) == SENDING


def test_who_gets_nothing_has_a_row_that_says_why(catalog: Catalog, store: Store) -> None:
    all_of_it, topic, tag, owned, busy, week, fine = fans(store, 7)
    with store.write() as tx:
        opt_outs.stop(tx, all_of_it, "", NOW)
        opt_outs.stop(tx, topic, "减脂", NOW)
        opt_outs.stop(tx, tag, "新品", NOW)
        entitlements.grant(tx, owned, "run-30", "order:1", NOW)
        sends.add(tx, busy, "earlier", NOW - HOUR, "mass", "marketing")
        for day in (2, 3, 4):
            sends.add(tx, week, f"earlier{day}", NOW - day * DAY, "window", "marketing")
        sends.add(tx, fine, "earlier", NOW - HOUR, "window", "service")
    run_id = launched(catalog, store, a_campaign(topics=("新品",)))
    assert of(store, run_id, (all_of_it, topic, tag, owned, busy, week, fine)) == [
        (SKIPPED, OPTED_OUT), (SKIPPED, OPTED_OUT), (SKIPPED, OPTED_OUT), (SKIPPED, OWNED), (SKIPPED, ENOUGH),
        (SKIPPED, ENOUGH), (PLANNED, ""),
    ]  # fmt: skip


def test_who_leaves_while_it_is_launched_gets_nothing(catalog: Catalog, store: Store) -> None:
    one, other = fans(store, 2)
    shop = with_campaigns(catalog, a_campaign())
    deciding = plan_audience.Deciding(shop, shop.campaigns["weekend"], {"main": 1.0}, NOW, NOW, ZONE, dict)
    with store.write() as tx:
        followers.unfollowed(tx, one, NOW)
    found = plan_audience.plans_of(store, deciding, [one, other], NOW)
    assert [(plan.state, plan.why) for plan in found] == [(SKIPPED, NOT_FOLLOWING), (PLANNED, "")]


def test_at_night_it_is_planned_for_the_morning(catalog: Catalog, store: Store) -> None:
    evening = int(dt.datetime(2026, 11, 18, 22, tzinfo=ZONE).timestamp())
    one, busy, free = fans(store, 3)
    with store.write() as tx:
        sends.add(tx, busy, "earlier", evening - HOUR, "window", "marketing")
        sends.add(tx, free, "earlier", evening - 12 * HOUR, "window", "marketing")  # at ten; a day later is ten again
    found = rows(store, launched(catalog, store, a_campaign(), evening))
    nine = evening + 11 * HOUR
    assert (found[one].state, found[one].due_at) == (PLANNED, nine)
    assert (found[busy].state, found[busy].why) == (SKIPPED, ENOUGH)
    assert (found[free].state, found[free].due_at) == (PLANNED, nine + HOUR + 1)
    found = rows(store, launched(catalog, store, a_campaign("short", until_hours=10), evening))
    assert {one.why for one in found.values()} == {TOO_LATE}


# --- who is held out, and who gets which words ----------------------------------------------------------------------


def test_the_same_causes_are_asked_of_who_is_held_out(catalog: Catalog, store: Store) -> None:
    openids = fans(store, 60)
    campaign = a_campaign(holdout=0.5)
    with store.write() as tx:
        for openid in openids[::3]:
            opt_outs.stop(tx, openid, "", NOW)
    found = rows(store, launched(catalog, store, campaign))
    for openid in openids:
        gone = openid in openids[::3]
        assert found[openid].state == (SKIPPED if gone else HELD_OUT if is_held_out(campaign, openid) else PLANNED)
    held = [one for one in found.values() if one.state == HELD_OUT]
    assert 10 < len(held) < 30 and {one.slug for one in held} == {"run-30"}, "both sides are told of the same item"


def test_a_variant_made_for_somebody_goes_before_shares(catalog: Catalog, store: Store) -> None:
    openids = fans(store, 40)
    with store.write() as tx:
        for openid in openids[:3]:
            interests.learn(tx, openid, [Lesson("理财", 3.0, "like", "理财")], NOW)
    variants = (
        Variant("a", "甲 {link}", 0.5), Variant("rich", "丙 {link}", audience=Likes("理财", 0.3)),
        Variant("b", "乙 {link}", 0.5), Variant("too", "丁 {link}", audience=Likes("理财", 0.2)),
    )  # fmt: skip
    found = rows(store, launched(catalog, store, a_campaign(variants=variants)))
    assert {found[openid].variant for openid in openids[:3]} == {"rich"}, "the first that fits"
    assert {found[openid].variant for openid in openids[3:]} == {"a", "b"}


def test_shares_are_those_of_the_moment(catalog: Catalog, store: Store) -> None:
    fans(store, 10)
    variants = (Variant("a", "甲 {link}", 0.5), Variant("b", "乙 {link}", 0.5))
    shop = with_campaigns(catalog, a_campaign(variants=variants))
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)
    assert plan_run(planner(shop, shares=lambda store, campaign: {"a": 0.0, "b": 1.0}), store, run)
    assert {one.variant for one in rows(store, run.id).values()} == {"b"}


def test_a_recommended_item_suits_each_person(catalog: Catalog, store: Store) -> None:
    with store.write() as tx:
        fan(tx, "o-fit", likes={"健身": 3.0, "跑步": 3.0})
        fan(tx, "o-all", likes={"健身": 3.0})
        for slug in ("run-30", "dumbbell", "stretch"):
            entitlements.grant(tx, "o-all", slug, "order:1", NOW)
        fan(tx, "o-stop", likes={"健身": 3.0, "跑步": 3.0})
        opt_outs.stop(tx, "o-stop", "跑步", NOW)
    found = rows(store, launched(catalog, store, a_campaign(item=RECOMMEND)))
    assert (found["o-fit"].state, found["o-fit"].slug) == (PLANNED, "run-30")
    assert (found["o-all"].state, found["o-all"].why) == (SKIPPED, NO_ITEM)
    assert found["o-stop"].state == PLANNED and found["o-stop"].slug in ("dumbbell", "stretch")


def test_an_item_that_is_not_out_reaches_nobody(catalog: Catalog, store: Store) -> None:
    fans(store, 2)
    found = rows(store, launched(catalog, store, a_campaign(item="not-yet")))
    assert {(one.state, one.why) for one in found.values()} == {(SKIPPED, NO_ITEM)}


def test_facts_are_asked_too(catalog: Catalog, store: Store) -> None:
    fans(store, 9)
    with store.write() as tx:
        followers.tell(tx, "o0003", "", "成都")
    shop = with_campaigns(catalog, a_campaign(audience=Told("city", ("成都",))))
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)
    assert plan_run(replace(planner(shop), show=lambda hidden: {"city": hidden}), store, run)
    assert [*rows(store, run.id)] == ["o0003"]


# --- whatever happens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_write_it_goes_on_where_it_was(after: bool, catalog: Catalog, store: Store) -> None:
    crowd(store, 5, 40)
    shop = with_campaigns(catalog, a_campaign(audience=EVERYBODY, holdout=0.2))
    whole = launch_now(shop, store, "weekend", "shell:anna", NOW)
    plan_run(planner(shop), store, whole)
    expected = decided(store, whole.id)
    assert len(expected) > 30 and {one[0] for one in expected.values()} == {PLANNED, SKIPPED, HELD_OUT}
    died = 0
    for nth in range(1, 12):
        with store.write() as tx:
            runs.launch(tx, "weekend", NOW + nth, "", "clock", NOW)
        run_id = runs.run_id("weekend", NOW + nth)
        mortal = Mortal(str(store.engine.url), nth, after)
        try:
            plan_campaigns(planner(shop), mortal, NOW)
        except Killed:
            died += 1
        finally:
            mortal.close()
        plan_campaigns(planner(shop, NOW + LEASE_SECONDS), store, NOW)
        with store.read() as tx:
            assert runs.state(tx, run_id) == SENDING
        assert decided(store, run_id) == expected
    assert died >= 6, "it was killed at each of its writes"


def decided(store: Store, run_id: str) -> dict[str, tuple[str, ...]]:
    return {name: (one.state, one.why, one.variant, one.slug) for name, one in rows(store, run_id).items()}


def test_two_at_once_write_everybody_down_once(catalog: Catalog, store: Store) -> None:
    openids = fans(store, 60)
    shop = with_campaigns(catalog, a_campaign())
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)
    outcomes: list[bool] = []
    threads = [threading.Thread(target=lambda: outcomes.append(plan_run(planner(shop), store, run))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [False, False, False, True]
    assert sorted(rows(store, run.id)) == openids


def test_who_is_overtaken_writes_nothing_more(catalog: Catalog, store: Store) -> None:
    fans(store, 30)
    shop = with_campaigns(catalog, a_campaign())
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)

    def taken_over(people: int) -> None:
        with store.write() as tx:
            assert runs.claim(tx, run.id, "another", NOW + LEASE_SECONDS, NOW + 2 * LEASE_SECONDS)

    assert not plan_run(planner(shop), store, run, taken_over)
    assert len(rows(store, run.id)) == plan_audience.PAGE


def test_paused_in_the_middle_it_stops_and_later_goes_on(catalog: Catalog, store: Store) -> None:
    openids = fans(store, 30)
    shop = with_campaigns(catalog, a_campaign())
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)

    def paused(people: int) -> None:
        with store.write() as tx:
            runs.pause(tx, run.id)

    assert not plan_run(planner(shop), store, run, paused)
    assert len(rows(store, run.id)) == plan_audience.PAGE
    assert plan_campaigns(planner(shop), store, NOW) == ""
    with store.write() as tx:
        assert runs.resume(tx, run.id) and runs.state(tx, run.id) == LAUNCHING
    assert plan_campaigns(planner(shop), store, NOW) == "" != plan_campaigns(planner(shop, NOW + 60), store, NOW)
    assert sorted(rows(store, run.id)) == openids


def test_when_the_clock_stops_it_begins_no_other_page(catalog: Catalog, store: Store) -> None:
    fans(store, 30)
    shop = with_campaigns(catalog, a_campaign(schedule=Schedule(cron="0 10 * * 6")))
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)
    stopping = planner(shop)
    assert not plan_run(stopping, store, run, lambda people: stopping.stopped.set())
    assert len(rows(store, run.id)) == plan_audience.PAGE
    assert plan_campaigns(stopping, store, NOW) == ""


def test_a_run_whose_file_cannot_be_read_any_more_pauses_itself(catalog: Catalog, store: Store) -> None:
    shop = with_campaigns(catalog, a_campaign())
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)

    def unreadable(run: object) -> Campaign:
        raise ShutongError("campaigns/weekend.yaml: holds no campaign")

    assert plan_campaigns(replace(planner(shop), read=unreadable), store, NOW) == ""
    with store.read() as tx:
        found = runs.find(tx, run.id)
    assert found is not None
    assert (found.state, found.trouble) == (PAUSED, "campaigns/weekend.yaml: holds no campaign")


def test_a_busy_database_is_no_reason_to_pause(catalog: Catalog, store: Store) -> None:
    shop = with_campaigns(catalog, a_campaign())
    run = launch_now(shop, store, "weekend", "shell:anna", NOW)

    def locked(run: object) -> Campaign:
        raise StoreBusy("locked")

    with pytest.raises(StoreBusy):
        plan_campaigns(replace(planner(shop), read=locked), store, NOW)
    with store.read() as tx:
        assert runs.state(tx, run.id) == LAUNCHING
