"""What is told before a launch is what the launch does: how many, who not and why, through which channel."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from campaign_world import HOUR, ZONE, a_campaign, crowd, fan, fans, planner, with_campaigns
from conftest import DAY, NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.load import Catalog
from domain import message as kinds
from domain.audience import EVERYBODY, Likes, Not
from domain.campaign import (
    HELD_OUT,
    MASS,
    NO_ITEM,
    PLANNED,
    RECOMMEND,
    SERVICE,
    SKIPPED,
    Campaign,
    Caps,
    Trigger,
    Variant,
    drawn_channels,
    next_push,
)
from domain.delivery import NOTICE, TEMPLATE, VISIT, WINDOW
from domain.link import LinkSigner
from domain.message import Message
from domain.notice import Notice
from domain.quota import quiet_until
from flows import count_audience
from flows.adjust_shares import channel_shares
from flows.deliver_receipt import Place
from flows.know_reach import reach
from flows.launch_campaign import launch_now, pause
from flows.plan_audience import plan_run, written_shares
from flows.preview_campaign import Preview, Previewer, preview_campaign
from storage import behaviours, consents, entitlements, followers, opt_outs
from storage import campaign_deliveries as deliveries
from storage.campaign_deliveries import Delivery
from storage.store import Store

EVENING = int(dt.datetime(2026, 11, 18, 22, tzinfo=ZONE).timestamp())


def previewer(catalog: Catalog, store: Store) -> Previewer:
    place = Place("https://read.example.cn", ZONE)
    return Previewer(store, catalog, place, LinkSigner("secret"), None, dict, written_shares)


def preview(catalog: Catalog, store: Store, campaign: Campaign, now: int = NOW) -> Preview:
    return preview_campaign(previewer(with_campaigns(catalog, campaign), store), campaign, now)


def launched(catalog: Catalog, store: Store, campaign: Campaign, now: int) -> list[Delivery]:
    shop = with_campaigns(catalog, campaign)
    run = launch_now(shop, store, campaign.name, "shell:anna", now)
    assert plan_run(planner(shop, now), store, run)
    with store.read() as tx:
        states = {one.state for one in deliveries.counts(tx, run.id)}
        return [one for state in states for one in deliveries.page(tx, run.id, state, "", 10_000)]


def channels(store: Store, catalog: Catalog, campaign: Campaign, planned: list[Delivery], now: int) -> Counter[str]:
    """What each planned row would go through at its first moment, asked one by one as a sender does; that a few wait
    for an hour because of the caps is left aside."""
    at = quiet_until(now, ZONE) or now
    told: Counter[str] = Counter()
    for row in planned:
        with store.read() as tx:
            person = reach(tx, campaign, "T-news", [row.openid], at)[row.openid]
        item = catalog.items.get(row.slug)
        with store.read() as tx:
            order = drawn_channels(campaign, channel_shares(tx, campaign), row.openid)
        theirs = replace(campaign, channels=order)
        step = next_push(theirs, person._replace(touched=()), row.slug, item.tags if item else (), at, at, ZONE)
        told[step.channel] += 1
    return told


variants = (Variant("a", "甲 {link}", 0.6), Variant("b", "乙 {link}", 0.4, Likes("理财", 0.3)))
campaigns = st.builds(
    lambda **more: a_campaign(**more),
    item=st.sampled_from(["run-30", "run-30", "", "index-fund", RECOMMEND, "not-yet"]),
    audience=st.sampled_from([EVERYBODY, Likes("健身", 0.3), Not(Likes("理财", 0.6))]),
    channels=st.permutations([WINDOW, NOTICE, MASS]).map(lambda some: tuple(some[:2])),
    topics=st.sampled_from([(), ("理财",)]),
    holdout=st.sampled_from([0.0, 0.3]),
    caps=st.sampled_from([Caps(), Caps(2, 2), Caps(1, 3, 2)]),
    until_hours=st.sampled_from([10, 24]),
    adjust=st.booleans(),
)


@settings(max_examples=25)
@given(st.integers(0, 10**6), campaigns, st.sampled_from([NOW, EVENING]))
def test_a_launch_at_this_moment_does_what_was_told(
    fresh: Callable[[], Store], catalog: Catalog, seed: int, campaign: Campaign, now: int
) -> None:
    store = fresh()
    crowd(store, seed, 40, now)
    told = preview(catalog, store, campaign, now)
    rows = launched(catalog, store, campaign, now)
    planned = [row for row in rows if row.state == PLANNED]
    assert told.audience == len(rows)
    assert told.excluded == Counter(row.why for row in rows if row.state == SKIPPED)
    assert told.holdout == sum(row.state == HELD_OUT for row in rows)
    assert told.by_channel == channels(store, catalog, campaign, planned, now)
    assert told.reaches == len(planned)
    assert {one.openid for one in told.samples} <= {row.openid for row in planned}


@pytest.fixture
def fresh(migrated_file: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Gives a new database each time."""
    opened: list[Store] = []

    def make() -> Store:
        file = tmp_path / f"{len(opened)}.db"
        file.write_bytes(migrated_file.read_bytes())
        opened.append(Store(f"sqlite:///{file}"))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def test_the_words_are_those_that_would_be_sent(catalog: Catalog, store: Store) -> None:
    fans(store, 3)
    found = preview(catalog, store, a_campaign(channels=(NOTICE, WINDOW)))
    assert found.by_channel == {VISIT: 3}
    assert [(one.openid, one.channel) for one in found.samples] == [("o0000", VISIT), ("o0001", VISIT)]
    assert found.samples[0].text.startswith("晚上好，这个周末动起来：从喘到跑：八周连续跑三十分钟 <a href=")
    assert "/a/run-30" in found.samples[0].text, "a sample's link is nobody's"


def test_a_service_notice_goes_by_template_and_marketing_never(catalog: Catalog, store: Store) -> None:
    fans(store, 3)
    shop = with_campaigns(catalog, a_campaign(purpose=SERVICE, channels=(WINDOW, TEMPLATE)))
    shop = replace(shop, notices={"news": Notice("template", "T-news", {"thing1": "{title}"})})
    found = preview_campaign(previewer(shop, store), shop.campaigns["weekend"], NOW)
    assert found.by_channel == {TEMPLATE: 3}
    assert found.samples[0].text == "从喘到跑：八周连续跑三十分钟"


def test_of_a_large_audience_few_are_asked_which_item_suits_them(
    catalog: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_audience, "LOOKED_AT", 10)
    openids = fans(store, 40)
    with store.write() as tx:
        for openid in openids[::4]:
            for slug in ("run-30", "dumbbell", "stretch"):
                entitlements.grant(tx, openid, slug, "order:1", NOW)
    found = preview(catalog, store, a_campaign(item=RECOMMEND))
    again = preview(catalog, store, a_campaign(item=RECOMMEND))
    assert found == again, "it is the same guess each time"
    assert found.audience == 40 == found.reaches + sum(found.excluded.values())
    assert "whom no item suits was asked of 10 people: no_item is their share of all" in found.problems
    assert 0 <= found.excluded.get(NO_ITEM, 0) <= 40
    monkeypatch.setattr(count_audience, "LOOKED_AT", 40)
    assert preview(catalog, store, a_campaign(item=RECOMMEND)).excluded == {NO_ITEM: 10}


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"audience": Likes("书法", 0.3)}, "nobody is of its audience"),
        ({"draft": True}, "it is a draft: write status: ready in campaigns/weekend.yaml"),
        ({"item": "not-yet"}, "the item not-yet is not on the shelf"),
        ({"notice": ""}, "channel notice is not used: no template_id of this kind for a notice"),
        ({"schedule": None, "trigger": Trigger("followed", DAY)}, "it is a series"),
        ({"audience": Likes("编程", 0.3)}, "a mass send needs at least 2 people"),
        ({"topics": ("停",)}, "nobody is left who would get it"),
    ],
)
def test_what_is_in_the_way_is_told(more: dict[str, object], problem: str, catalog: Catalog, store: Store) -> None:
    with store.write() as tx:
        fan(tx, "o1", likes={"健身": 3.0, "编程": 3.0})
        fan(tx, "o2")
        if "topics" in more:
            for openid in ("o1", "o2"):
                opt_outs.stop(tx, openid, "停", NOW)
    found = preview(catalog, store, a_campaign(**more))
    assert [one for one in found.problems if one.startswith(problem)], found.problems


def test_a_plain_campaign_has_no_problems(catalog: Catalog, store: Store) -> None:
    fans(store, 2)
    assert preview(catalog, store, a_campaign()).problems == ()


def test_at_night_and_when_paused_that_is_told(catalog: Catalog, store: Store) -> None:
    fans(store, 2)
    shop = with_campaigns(catalog, a_campaign())
    pause(shop, store, "weekend", "shell:anna", EVENING)
    assert preview(catalog, store, a_campaign(), EVENING).problems == (
        "it is paused: python bot.py campaign resume weekend", "it is night: nothing is sent before 09:00",
    )  # fmt: skip


def test_nothing_is_written(catalog: Catalog, store: Store) -> None:
    crowd(store, 3, 20)
    with closing(sqlite3.connect(str(store.engine.url.database))) as other:
        version = other.execute("pragma data_version").fetchone()
        preview(catalog, store, a_campaign(item=RECOMMEND, holdout=0.2))
        assert other.execute("pragma data_version").fetchone() == version
        fans(store, 1)
        assert other.execute("pragma data_version").fetchone() != version


def test_progress_is_told(catalog: Catalog, store: Store) -> None:
    told: list[float] = []
    preview_campaign(previewer(with_campaigns(catalog, a_campaign()), store), a_campaign(), NOW, told.append)
    assert told == sorted(told) and told[-1] < 1 < HOUR


def test_where_channels_take_turns_each_goes_to_those_drawn_for_it(catalog: Catalog, store: Store) -> None:
    openids = fans(store, 60)
    with store.write() as tx:
        for openid in openids:
            behaviours.add(tx, Message("m", openid, "gh", NOW - 60, kinds.MESSAGE, "text", "在吗", "", None), ())
            followers.seen(tx, openid, NOW - 60)
            consents.answered(tx, f"asked {openid}", openid, "T-news", consents.ACCEPT, consents.PAGE, NOW - HOUR)
    steady, turning = a_campaign(channels=(WINDOW, NOTICE)), a_campaign(channels=(WINDOW, NOTICE), adjust=True)
    assert preview(catalog, store, steady).by_channel == {WINDOW: 60}
    found = preview(catalog, store, turning)
    rows = [row for row in launched(catalog, store, turning, NOW) if row.state == PLANNED]
    assert {*found.by_channel} == {WINDOW, NOTICE}
    assert found.by_channel == channels(store, catalog, turning, rows, NOW)
