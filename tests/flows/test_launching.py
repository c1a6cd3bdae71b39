"""A due moment of a campaign is launched once; a missed one is made up while it is of use, or told."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from campaign_world import HOUR, ZONE, a_campaign, fans, planner, with_campaigns
from conftest import DAY

from catalog.load import Catalog
from domain.campaign import LAUNCHING, MISSED, SENDING, Schedule, Trigger
from errors import Declined
from flows.launch_campaign import launch_due, launch_now, pause, resume
from flows.plan_audience import plan_campaigns
from storage import campaign_runs as runs
from storage.campaign_runs import Run
from storage.store import Store

SATURDAY = int(dt.datetime(2026, 11, 28, 10, tzinfo=ZONE).timestamp())
FRIDAY = SATURDAY - DAY
LONG = a_campaign(until_hours=7 * 24)


@pytest.fixture
def shop(catalog: Catalog) -> Catalog:
    return with_campaigns(catalog, LONG)


def look(catalog: Catalog, store: Store, now: int) -> str:
    return launch_due(catalog, store, now, ZONE)


def of(store: Store, name: str = "weekend") -> list[Run]:
    with store.read() as tx:
        return runs.of(tx, name, 20)


def test_it_is_launched_when_its_moment_has_come_and_once(shop: Catalog, store: Store) -> None:
    assert look(shop, store, FRIDAY) == "" and look(shop, store, SATURDAY - 1) == ""
    assert look(shop, store, SATURDAY + 5) == "weekend launched"
    assert look(shop, store, SATURDAY + 10) == "" and look(shop, store, SATURDAY + 5 * DAY) == ""
    assert [(run.slot, run.state, run.launched_by, run.snapshot) for run in of(store)] == [
        (SATURDAY, LAUNCHING, "clock", "title: 周末健身专题")
    ]
    assert look(shop, store, SATURDAY + 7 * DAY) == "weekend launched"
    assert [run.slot for run in of(store)] == [SATURDAY + 7 * DAY, SATURDAY]


def test_clocks_that_look_at_once_launch_it_once(shop: Catalog, store: Store) -> None:
    look(shop, store, FRIDAY)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: look(shop, store, SATURDAY + 1), range(16)))
    assert sorted(said) == [""] * 15 + ["weekend launched"]
    assert len(of(store)) == 1


def test_a_moment_missed_for_a_day_is_made_up_once(shop: Catalog, store: Store) -> None:
    look(shop, store, FRIDAY)
    assert look(shop, store, SATURDAY + 2 * DAY) == "weekend launched"
    assert look(shop, store, SATURDAY + 2 * DAY + 9) == ""
    assert [run.slot for run in of(store)] == [SATURDAY]


def test_a_moment_missed_for_longer_is_told_once_and_not_made_up(
    shop: Catalog, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    look(shop, store, FRIDAY)
    assert look(shop, store, SATURDAY + 2 * DAY + 1) == "weekend missed"
    assert look(shop, store, SATURDAY + 2 * DAY + 9) == ""
    assert [(run.slot, run.state) for run in of(store)] == [(SATURDAY, MISSED)]
    assert caplog.text.count("2026-11-28 10:00 was missed") == 1
    assert look(shop, store, SATURDAY + 7 * DAY) == "weekend launched"


def test_what_would_be_of_no_use_any_more_is_not_made_up(catalog: Catalog, store: Store) -> None:
    shop = with_campaigns(catalog, a_campaign(until_hours=6))
    look(shop, store, FRIDAY)
    assert look(shop, store, SATURDAY + 6 * HOUR + 1) == "weekend missed"


def test_of_many_missed_moments_the_newest_is_made_up(catalog: Catalog, store: Store) -> None:
    shop = with_campaigns(catalog, a_campaign(schedule=Schedule(cron="0 10 * * *")))
    look(shop, store, FRIDAY - HOUR)
    assert look(shop, store, FRIDAY + 30 * DAY) == "weekend launched"
    assert [run.slot for run in of(store)] == [FRIDAY + 30 * DAY]


def test_a_file_written_after_its_moment_waits_for_the_next(shop: Catalog, store: Store) -> None:
    assert look(shop, store, SATURDAY + HOUR) == "" and look(shop, store, SATURDAY + DAY) == ""
    assert look(shop, store, SATURDAY + 7 * DAY) == "weekend launched"


def test_a_file_saved_seconds_before_its_moment_is_in_time(shop: Catalog, store: Store) -> None:
    assert look(shop, store, SATURDAY + 9) == "weekend launched"


def test_a_changed_schedule_does_not_make_up_for_what_it_would_have_been(catalog: Catalog, store: Store) -> None:
    look(with_campaigns(catalog, a_campaign(schedule=Schedule(cron="0 10 * * 0"))), store, FRIDAY)
    changed = with_campaigns(catalog, LONG)
    assert look(changed, store, SATURDAY + HOUR) == "" and look(changed, store, SATURDAY + 2 * HOUR) == ""


def test_a_draft_and_a_series_are_not_launched(catalog: Catalog, store: Store) -> None:
    draft, series = a_campaign("draft", draft=True), a_campaign("series", trigger=Trigger("followed", 0))
    shop = with_campaigns(catalog, draft, series)
    assert look(shop, store, FRIDAY) == "" == look(shop, store, SATURDAY + 1)
    for name, why in (("draft", "is a draft"), ("series", "is a series"), ("nobody", "there is no campaign")):
        with pytest.raises(Declined, match=why):
            launch_now(shop, store, name, "anna", FRIDAY)


def test_what_was_a_draft_at_its_moment_is_not_made_up(catalog: Catalog, store: Store) -> None:
    ready, draft = with_campaigns(catalog, LONG), with_campaigns(catalog, a_campaign(draft=True))
    look(ready, store, FRIDAY)
    look(draft, store, FRIDAY + HOUR)
    assert look(ready, store, SATURDAY + HOUR) == "" == look(ready, store, SATURDAY + 2 * HOUR)


def test_one_moment_is_launched_once(catalog: Catalog, store: Store) -> None:
    shop = with_campaigns(catalog, a_campaign(schedule=Schedule(at=SATURDAY)))
    assert look(shop, store, FRIDAY) == "" and look(shop, store, SATURDAY) == "weekend launched"
    assert look(shop, store, SATURDAY + 1) == "" == look(shop, store, SATURDAY + 90 * DAY)


def test_an_operator_launches_at_once_but_not_twice(shop: Catalog, store: Store) -> None:
    run = launch_now(shop, store, "weekend", "shell:anna", FRIDAY)
    assert (run.slot, run.launched_by, run.state) == (FRIDAY, "shell:anna", LAUNCHING)
    with pytest.raises(Declined, match="is being sent already"):
        launch_now(shop, store, "weekend", "shell:anna", FRIDAY + 5)
    finish(store, run)
    assert launch_now(shop, store, "weekend", "shell:anna", FRIDAY + 10).id != run.id


def test_an_earlier_launch_by_hand_does_not_replace_the_scheduled_one(shop: Catalog, store: Store) -> None:
    look(shop, store, FRIDAY)
    finish(store, launch_now(shop, store, "weekend", "shell:anna", FRIDAY))
    assert look(shop, store, SATURDAY) == "weekend launched"


def finish(store: Store, run: Run) -> None:
    with store.write() as tx:
        runs.claim(tx, run.id, "t", run.slot, run.slot + 60)
        assert runs.launched(tx, run.id, "t", "", run.slot) and runs.finish(tx, run.id, run.slot)


# --- paused ---------------------------------------------------------------------------------------------------------


def test_a_campaign_paused_over_its_moment_is_not_launched_for_it(shop: Catalog, store: Store) -> None:
    look(shop, store, FRIDAY)
    assert pause(shop, store, "weekend", "shell:anna", FRIDAY) == 0
    assert look(shop, store, SATURDAY + 5) == ""
    with pytest.raises(Declined, match="is paused"):
        launch_now(shop, store, "weekend", "shell:anna", SATURDAY + 6)
    assert resume(shop, store, "weekend", SATURDAY + HOUR) == 0
    assert look(shop, store, SATURDAY + HOUR) == "" == look(shop, store, SATURDAY + DAY)
    assert look(shop, store, SATURDAY + 7 * DAY) == "weekend launched"


def test_a_campaign_resumed_before_its_moment_is_launched_for_it(shop: Catalog, store: Store) -> None:
    look(shop, store, FRIDAY)
    pause(shop, store, "weekend", "shell:anna", FRIDAY)
    resume(shop, store, "weekend", SATURDAY - 5)
    look(shop, store, SATURDAY - 4)
    assert look(shop, store, SATURDAY + 5) == "weekend launched"


@pytest.mark.parametrize("planned", [False, True])
def test_a_run_is_paused_and_goes_on_where_it_was(planned: bool, shop: Catalog, store: Store) -> None:
    fans(store, 3)
    run = launch_now(shop, store, "weekend", "shell:anna", FRIDAY)
    if planned:
        assert plan_campaigns(planner(shop, FRIDAY), store, FRIDAY) == f"launched {run.id}"
    assert pause(shop, store, "weekend", "shell:anna", FRIDAY + 1) == 1
    with pytest.raises(Declined, match="is paused already"):
        pause(shop, store, "weekend", "shell:anna", FRIDAY + 2)
    assert plan_campaigns(planner(shop, FRIDAY), store, FRIDAY + 2) == ""
    assert resume(shop, store, "weekend", FRIDAY + 3) == 1
    with pytest.raises(Declined, match="is not paused"):
        resume(shop, store, "weekend", FRIDAY + 4)
    plan_campaigns(planner(shop, FRIDAY), store, FRIDAY + 5)
    assert [one.state for one in of(store)] == [SENDING]


def test_a_run_that_paused_itself_is_resumed_like_any(shop: Catalog, store: Store) -> None:
    run = launch_now(shop, store, "weekend", "shell:anna", FRIDAY)
    with store.write() as tx:
        runs.pause(tx, run.id, "banned: 48004")
    look(shop, store, FRIDAY)
    assert look(shop, store, SATURDAY) == "", "nothing new of it is launched before somebody has looked"
    assert resume(shop, store, "weekend", SATURDAY + 9) == 1


def test_every_step_of_a_series_is_paused_by_its_name(catalog: Catalog, store: Store) -> None:
    steps = [a_campaign(f"welcome.{nth}", schedule=None, trigger=Trigger("followed", nth * DAY)) for nth in (1, 2)]
    shop = with_campaigns(catalog, *steps)
    pause(shop, store, "welcome", "shell:anna", FRIDAY)
    with store.read() as tx:
        assert runs.is_paused(tx, "welcome.1") and runs.is_paused(tx, "welcome.2")
    resume(shop, store, "welcome", FRIDAY)
    with store.read() as tx:
        assert not runs.is_paused(tx, "welcome.1") and not runs.is_paused(tx, "welcome.2")


def test_a_run_whose_file_is_gone_can_be_paused_and_resumed(shop: Catalog, store: Store) -> None:
    launch_now(shop, store, "weekend", "shell:anna", FRIDAY)
    bare = with_campaigns(shop)
    assert pause(bare, store, "weekend", "shell:anna", FRIDAY) == 1 == resume(bare, store, "weekend", FRIDAY)
    with pytest.raises(Declined, match="there is no campaign"):
        pause(bare, store, "another", "shell:anna", FRIDAY)
