"""Who of an audience gets a push, through which channel, or why not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from domain.campaign import (
    DAY,
    ENOUGH,
    MASS,
    NOT_FOLLOWING,
    OPTED_OUT,
    OWNED,
    TOO_LATE,
    Campaign,
    Caps,
    Person,
    Variant,
    drawn_channels,
    is_held_out,
    next_push,
    variant_for,
)
from domain.delivery import DROP, LATER, NOTICE, SEND, TEMPLATE, VISIT, WAIT, WINDOW, Step

CHINA = ZoneInfo("Asia/Shanghai")
NOON = int(dt.datetime(2026, 11, 24, 12, tzinfo=CHINA).timestamp())
WEEKEND = Campaign("weekend", "周末健身", "marketing", (Variant("", "动起来"),), (WINDOW, NOTICE, MASS))
ANNA = Person("o-anna", follows=True, window_left=5, consents=1, mass_left=4)


def push(person: Person, campaign: Campaign = WEEKEND, now: int = NOON, due: int = NOON, spent: tuple[str, ...] = ()):
    return next_push(campaign, person, "running-30", ("健身", "跑步"), due, now, CHINA, spent)


def test_channels_are_tried_in_the_order_of_the_file() -> None:
    assert push(ANNA) == Step(SEND, WINDOW)
    assert push(ANNA._replace(window_left=0)) == Step(SEND, NOTICE)
    assert push(ANNA._replace(window_left=0, consents=0)) == Step(SEND, MASS)
    assert push(ANNA, spent=(WINDOW,)) == Step(SEND, NOTICE)


@pytest.mark.parametrize(
    ("channels", "shares"),
    [
        ((WINDOW, NOTICE, MASS), {WINDOW: 0.5, NOTICE: 0.5}),
        ((MASS, NOTICE, WINDOW), {NOTICE: 0.9, WINDOW: 0.1}),
        ((NOTICE, MASS, WINDOW), {NOTICE: 0.5, WINDOW: 0.5}),
    ],
)
def test_only_channels_with_a_share_take_turns(channels: tuple[str, ...], shares: dict[str, float]) -> None:
    campaign = replace(WEEKEND, channels=channels)
    orders = Counter(drawn_channels(campaign, shares, f"o{n}") for n in range(2_000))
    place = min(channels.index(name) for name in shares)
    assert {order[:place] for order in orders} == {channels[:place]}
    assert all(sorted(order) == sorted(channels) for order in orders)
    for name, share in shares.items():
        assert sum(n for order, n in orders.items() if order[place] == name) / 2_000 == pytest.approx(share, abs=0.05)
    assert drawn_channels(campaign, {}, "o1") == channels


def test_what_no_channel_may_carry_waits_for_the_next_visit() -> None:
    step = push(ANNA._replace(window_left=0, consents=0, mass_left=0))
    assert (step.do, step.channel) == (WAIT, VISIT)


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (ANNA._replace(follows=False), NOT_FOLLOWING),
        (ANNA._replace(opted_out=("",)), OPTED_OUT),
        (ANNA._replace(opted_out=("跑步",)), OPTED_OUT),
        (ANNA._replace(owned=("running-30",)), OWNED),
        (ANNA._replace(touched=(NOON - 3_600,)), ENOUGH),
        (ANNA._replace(touched=(NOON - 5 * DAY, NOON - 4 * DAY, NOON - 3 * DAY)), ENOUGH),
    ],
)
def test_who_gets_nothing_is_told_why(person: Person, why: str) -> None:
    assert push(person) == Step(DROP, why=why)


def test_another_topic_does_not_stop_it() -> None:
    assert push(ANNA._replace(opted_out=("理财",))).do == SEND


def test_a_daily_campaign_waits_the_seconds_that_are_missing_to_a_day() -> None:
    step = push(ANNA._replace(touched=(NOON - DAY + 30,)))
    assert step.do == LATER
    assert NOON < step.at <= NOON + 31


def test_nothing_goes_out_at_night() -> None:
    step = push(ANNA, now=NOON + 10 * 3_600, due=NOON + 10 * 3_600)
    assert (step.do, step.at) == (LATER, NOON + 21 * 3_600)


def test_what_is_decided_on_just_before_the_night_would_be_called_in_it() -> None:
    evening, morning = NOON + 9 * 3_600, NOON + 21 * 3_600
    assert push(ANNA, now=evening - 61, due=NOON).do == SEND
    assert push(ANNA, now=evening - 1, due=NOON) == Step(LATER, at=morning, why="at night")


def test_a_push_that_is_too_late_is_dropped() -> None:
    assert push(ANNA, now=NOON + DAY + 1) == Step(DROP, why=TOO_LATE)


def test_a_service_notice_is_not_capped_and_may_go_by_template() -> None:
    service = replace(WEEKEND, purpose="service", channels=(WINDOW, TEMPLATE), caps=Caps())
    busy = ANNA._replace(window_left=0, touched=(NOON - 60,))
    assert push(busy, service) == Step(SEND, TEMPLATE)


def test_a_service_campaign_that_names_caps_is_held_to_them_and_counts() -> None:
    service = replace(WEEKEND, purpose="service", names_caps=True)
    assert push(ANNA._replace(touched=(NOON - 3_600,)), service) == Step(DROP, why=ENOUGH)
    assert (service.counts_as, replace(service, names_caps=False).counts_as) == ("marketing", "service")


def test_marketing_by_template_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="template"):
        replace(WEEKEND, channels=(WINDOW, TEMPLATE))


def test_the_holdout_is_a_stable_tenth() -> None:
    tenth = replace(WEEKEND, holdout=0.1)
    held = [is_held_out(tenth, f"o-{n}") for n in range(10_000)]
    assert 900 < sum(held) < 1_100
    assert held == [is_held_out(tenth, f"o-{n}") for n in range(10_000)]


def test_variants_are_drawn_by_their_shares_and_apart_from_the_holdout() -> None:
    tenth = replace(WEEKEND, holdout=0.5)
    people = [f"o-{n}" for n in range(10_000) if is_held_out(tenth, f"o-{n}")]
    drawn = Counter(variant_for("weekend", {"a": 0.7, "b": 0.3}, openid) for openid in people)
    assert 0.67 < drawn["a"] / len(people) < 0.73
