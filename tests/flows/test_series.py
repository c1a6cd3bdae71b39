"""A series writes to each person when their moment has come, once for each thing that happened to them."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from campaign_world import ZONE, Killed, Mortal, a_campaign, fan, planner, with_campaigns
from conftest import DAY, NOW
from shop_at_hand import an_order
from sqlalchemy import Executable, select

from catalog.load import Catalog
from domain.audience import EVERYBODY, Likes
from domain.campaign import (
    FOLLOWED,
    ITEM_PUBLISHED,
    ITS_OWN,
    MARKETING,
    NOT_READ_ON,
    ORDER_ABANDONED,
    PAUSED,
    RIGHT_ENDS,
    SENDING,
    SERVICE,
    Campaign,
    Trigger,
    Variant,
)
from flows.remind_order import owe_reminders
from flows.start_series import start_series
from storage import campaign_runs, deliveries, engagements, entitlements, followers, opt_outs, orders
from storage.schema import campaign_deliveries as table
from storage.store import Store

HOUR = 3_600
MORNING = int(dt.datetime.fromtimestamp(NOW, ZONE).replace(hour=10, minute=0, second=0).timestamp())


def a_step(event: str, after: int = 0, **more: Any) -> Campaign:
    """One step of a series, of which the item is what its event was about."""
    usual = {
        "purpose": SERVICE if event in (FOLLOWED, NOT_READ_ON, RIGHT_ENDS) else MARKETING,
        "variants": (Variant("main", "你好"),), "channels": ("window",), "audience": EVERYBODY, "schedule": None,
        "trigger": Trigger(event, after), "item": "" if event == FOLLOWED else ITS_OWN, "notice": "",
    }  # fmt: skip
    return a_campaign("series.1", **{**usual, **more})


class Series:
    """A store, a shelf and the steps that run; ``now`` is where time stands."""

    def __init__(self, store: Store, catalog: Catalog, *steps: Campaign) -> None:
        self.store, self.now = store, MORNING
        self.catalog = with_campaigns(catalog, *steps)

    def look(self, seconds: int = 0) -> str:
        """Time goes by; the clock looks."""
        self.now += seconds
        return start_series(planner(self.catalog, self.now), self.store, self.now)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """(person, item, state, day) of each row, by person."""
        with self.store.read() as tx:
            told = tx.rows(_rows)
        return [(row[1], row[2], row[3], _day(row[0])) for row in told]


def _rows(backend: str) -> Executable:
    return select(table.c.run_id, table.c.openid, table.c.slug, table.c.state).order_by(table.c.openid, table.c.run_id)


def _day(run_id: str) -> str:
    return f"{dt.datetime.fromtimestamp(int(run_id.partition('@')[2]), ZONE):%d %H:%M}"


TODAY = f"{dt.datetime.fromtimestamp(MORNING, ZONE):%d} 00:00"
TOMORROW = f"{dt.datetime.fromtimestamp(MORNING + DAY, ZONE):%d} 00:00"


def follow(store: Store, openid: str, at: int) -> None:
    with store.write() as tx:
        fan(tx, openid, at)


def test_each_follower_gets_the_step_when_their_moment_has_come(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, 30 * 60))
    series.look()
    follow(store, "early", series.now)
    assert series.look(29 * 60) == "" and series.rows() == []
    assert series.look(60) == "series.1: 1" and series.rows() == [("early", "", "planned", TODAY)]
    follow(store, "late", series.now)
    for _ in range(20):
        series.look(120)
    assert series.rows() == [("early", "", "planned", TODAY), ("late", "", "planned", TODAY)]


def test_who_followed_before_the_series_was_written_hears_nothing(store: Store, catalog: Catalog) -> None:
    follow(store, "old", MORNING - HOUR)
    series = Series(store, catalog, a_step(FOLLOWED, 30 * 60))
    series.look()
    series.look(2 * HOUR)
    assert series.rows() == []


def test_a_draft_starts_nothing(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, draft=True))
    series.look()
    follow(store, "fan", series.now + 5)
    series.look(10)
    assert series.rows() == []


def test_who_comes_back_is_welcomed_again_and_an_edited_file_repeats_nothing(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    follow(store, "fan", series.now)
    series.look(HOUR)
    assert len(series.rows()) == 1
    series.catalog = with_campaigns(catalog, a_step(FOLLOWED, 20 * HOUR))
    series.look(20 * HOUR)
    series.look(20 * HOUR)
    assert len(series.rows()) == 1, "the same following is answered already"
    with store.write() as tx:
        followers.unfollowed(tx, "fan", series.now)
        followers.followed(tx, "fan", series.now + 60, "")
    series.look(21 * HOUR)
    assert len(series.rows()) == 2


def test_those_who_left_or_are_not_meant_get_no_row(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR, audience=Likes("健身", 0.3)))
    series.look()
    follow(store, "fan", series.now)
    with store.write() as tx:
        followers.followed(tx, "stranger", series.now, "")
        fan(tx, "left", series.now)
        followers.unfollowed(tx, "left", series.now + 60)
    series.look(HOUR)
    assert series.rows() == [("fan", "", "planned", TODAY)]


def test_why_somebody_gets_nothing_is_written_down(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    follow(store, "fan", series.now)
    with store.write() as tx:
        opt_outs.stop(tx, "fan", "", series.now)
    assert series.look(HOUR) == "" and series.rows() == [("fan", "", "skipped", TODAY)]


def test_who_left_again_is_not_counted(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    follow(store, "left", series.now)
    with store.write() as tx:
        followers.unfollowed(tx, "left", series.now + 60)
    series.look(HOUR)
    assert series.rows() == []


def test_what_is_written_down_a_little_late_is_found(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED))
    series.look()
    series.look(HOUR)
    follow(store, "fan", series.now - 30)
    series.look(10)
    assert series.rows() == [("fan", "", "planned", TODAY)]


# --- orders ------------------------------------------------------------------------------------------------------


def order(store: Store, number: str, buyer: str, at: int, slug: str = "run-30") -> None:
    with store.write() as tx:
        fan(tx, buyer)
        orders.add(tx, an_order(number, buyer=buyer, payer=buyer, slug=slug, created_at=at, expires_at=at + 1800))


def test_an_unpaid_order_is_reminded_of_once(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(ORDER_ABANDONED, 2 * HOUR))
    series.look()
    order(store, "order0001", "chen", series.now)
    order(store, "order0002", "r:guest", series.now)
    series.look(2 * HOUR)
    assert series.rows() == [("chen", "run-30", "planned", TODAY)]
    order(store, "order0003", "chen", series.now + DAY)
    series.look(DAY + 2 * HOUR)
    assert len(series.rows()) == 1, "once for an item, whatever was begun since"


def test_who_paid_or_was_reminded_by_the_bot_itself_is_not_reminded(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(ORDER_ABANDONED, 2 * HOUR))
    series.look()
    for number, buyer in enumerate(("paid", "told", "silent")):
        order(store, f"order000{number}", buyer, series.now)
    with store.write() as tx:
        deliveries.owe(tx, "reminder", "told", "order0001", "run-30", series.now, series.now, series.now + DAY)
    order(store, "order0009", "paid", series.now)
    _pay(store, "order0009", series.now + 60)
    series.look(2 * HOUR)
    assert series.rows() == [("silent", "run-30", "planned", TODAY)]


def _pay(store: Store, number: str, at: int) -> None:
    with store.write() as tx:
        assert orders.pay(tx, number, "t" + number, "JSAPI", at)


def test_the_bots_own_reminder_and_the_series_never_both_remind(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(ORDER_ABANDONED, 2 * HOUR))
    series.look()
    order(store, "order0001", "chen", series.now)
    assert owe_reminders(store, series.now + HOUR, series.catalog) == "", "the series does it"
    series.look(2 * HOUR)
    assert len(series.rows()) == 1
    assert owe_reminders(store, series.now, catalog) == "", "the series was put away, and has reminded already"
    order(store, "order0002", "wang", series.now)
    assert owe_reminders(store, series.now + HOUR, catalog) == "owed 1 reminders"


# --- what they bought --------------------------------------------------------------------------------------------


def bought(store: Store, buyer: str, at: int, until: int | None = None, slug: str = "run-30") -> None:
    order(store, f"o{buyer}{slug}"[:32], buyer, at, slug)
    _pay(store, f"o{buyer}{slug}"[:32], at)
    with store.write() as tx:
        entitlements.grant(tx, buyer, slug, f"order:o{buyer}", at, until)


def test_who_stopped_reading_what_they_bought_is_reminded(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(NOT_READ_ON, 3 * DAY))
    series.look()
    begun = series.now
    for buyer in ("never-began", "read-on", "finished"):
        bought(store, buyer, begun)
    with store.write() as tx:
        for buyer in ("read-on", "finished"):
            engagements.add(tx, buyer, "run-30", begun, 1.0)
            engagements.opened(tx, buyer, "run-30", begun + 2 * DAY)
        engagements.finished(tx, "finished", "run-30", begun + 2 * DAY)
    series.look(3 * DAY)
    assert [row[:3] for row in series.rows()] == [("never-began", "run-30", "planned")]
    series.look(2 * DAY)
    assert [row[0] for row in series.rows()] == ["never-began", "read-on"]
    series.look(5 * DAY)
    assert len(series.rows()) == 2


def test_a_right_that_ends_is_told_of_before(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(RIGHT_ENDS, -3 * DAY))
    series.look()
    bought(store, "soon", series.now, series.now + 4 * DAY)
    bought(store, "later", series.now, series.now + 40 * DAY)
    bought(store, "never", series.now)
    series.look(DAY)
    assert series.rows() == [("soon", "run-30", "planned", TOMORROW)]
    series.look(HOUR)
    assert len(series.rows()) == 1


# --- something new -----------------------------------------------------------------------------------------------


def test_something_new_goes_to_those_whom_it_fits(store: Store, catalog: Catalog) -> None:
    new = catalog.items["road-trip"]
    before = replace(catalog, items={slug: one for slug, one in catalog.items.items() if slug != "road-trip"})
    series = Series(store, before, a_step(ITEM_PUBLISHED))
    with store.write() as tx:
        fan(tx, "traveller", likes={"旅行": 3.0})
        fan(tx, "owner", likes={"自驾": 3.0})
        fan(tx, "runner", likes={"健身": 3.0})
        entitlements.grant(tx, "owner", "road-trip", "gift", MORNING)
    assert series.look() == "" and series.look(HOUR) == "", "what was there before is not new"
    series.catalog = replace(series.catalog, items={**before.items, "road-trip": new})
    assert series.look(HOUR) == "series.1: 1"
    assert series.rows() == [("owner", "road-trip", "skipped", TODAY), ("traveller", "road-trip", "planned", TODAY)]
    assert series.look(HOUR) == ""


# --- pausing, days, and the end ------------------------------------------------------------------------------------


def test_a_paused_series_plans_nothing_and_makes_up_what_is_still_of_use(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    with store.write() as tx:
        campaign_runs.hold(tx, "series.1", "anna", series.now)
    follow(store, "early", series.now)
    series.look(HOUR)
    follow(store, "late", series.now + 20 * HOUR)
    series.look(30 * HOUR)
    assert series.rows() == []
    with store.write() as tx:
        campaign_runs.release(tx, "series.1")
    series.look(60)
    assert [row[0] for row in series.rows()] == ["late"], "a day later a welcome is of no use"


def test_days_are_runs_that_are_finished_when_they_are_over(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    follow(store, "fan", series.now)
    series.look(HOUR)
    run_id = campaign_runs.run_id("series.1", _midnight(series.now))
    with store.read() as tx:
        run = campaign_runs.find(tx, run_id)
    assert run is not None and (run.state, run.snapshot) == (SENDING, "title: 周末健身专题")
    series.look(30 * HOUR)
    with store.read() as tx:
        assert campaign_runs.state(tx, run_id) == SENDING, "it may still be sent"
    series.look(30 * HOUR)
    with store.read() as tx:
        assert campaign_runs.state(tx, run_id) == "finished"
    assert series.rows() == [("fan", "", "skipped", TODAY)]


def test_a_paused_day_stays_paused(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    follow(store, "fan", series.now)
    series.look(HOUR)
    run_id = campaign_runs.run_id("series.1", _midnight(series.now))
    with store.write() as tx:
        campaign_runs.pause(tx, run_id, "too many failures")
    follow(store, "next", series.now)
    series.look(HOUR)
    with store.read() as tx:
        assert campaign_runs.state(tx, run_id) == PAUSED
    assert len(series.rows()) == 1


def _midnight(at: int) -> int:
    return int(dt.datetime.fromtimestamp(at, ZONE).replace(hour=0, minute=0, second=0).timestamp())


def test_two_clocks_at_once_answer_each_moment_once(store: Store, catalog: Catalog) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    for number in range(250):
        follow(store, f"fan{number:03}", series.now)
    series.now += HOUR
    threads = [threading.Thread(target=series.look) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(series.rows()) == 250


@pytest.fixture(params=range(1, 9))
def nth(request: pytest.FixtureRequest) -> Iterator[int]:
    yield request.param


@pytest.mark.parametrize("after", [False, True])
def test_whoever_dies_in_between_is_followed_by_one_who_misses_nobody(
    nth: int, after: bool, store: Store, catalog: Catalog
) -> None:
    series = Series(store, catalog, a_step(FOLLOWED, HOUR))
    series.look()
    for number in range(250):
        follow(store, f"fan{number:03}", series.now)
    mortal = Mortal(str(store.engine.url), nth, after)
    series.now += HOUR
    with contextlib.suppress(Killed):
        start_series(planner(series.catalog, series.now), mortal, series.now)
    mortal.close()
    series.look(10)
    assert [row[0] for row in series.rows()] == [f"fan{number:03}" for number in range(250)]
