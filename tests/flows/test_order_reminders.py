"""Who left an order lying is reminded of it once, by day, and only where WeChat allows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bot_in_process import Workshop
from platform_at_hand import PlatformAtHand
from shop_at_hand import CHEN

from catalog.load import Catalog
from flows.remind_order import AFTER_SECONDS, owe_reminders
from storage import opt_outs, orders
from tests.flows.counter_at_hand import (
    CUSTOM,
    TEMPLATES,
    Counter,
    MakeCounter,
    catalog_with,
    counters_at_hand,
    platform_with_templates,
)


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    with platform_with_templates() as made:
        yield made


@pytest.fixture(scope="module")
def with_template(workshop: Workshop) -> Catalog:
    return catalog_with(workshop, "template")


@pytest.fixture
def counter_with(workshop: Workshop, platform: PlatformAtHand) -> Iterator[MakeCounter]:
    with counters_at_hand(workshop, platform) as make:
        yield make


@pytest.fixture
def counter(counter_with: MakeCounter) -> Counter:
    return counter_with()


def remind(counter: Counter) -> str:
    owe_reminders(counter.bot.store, counter.now)
    return counter.send()


def test_an_order_left_lying_is_reminded_of_once(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.begun()
    counter.advance(AFTER_SECONDS - 1)
    assert remind(counter) == "" and counter.heard() == []
    counter.advance(2)
    assert remind(counter) == "send: 1"
    (told,) = counter.heard()
    assert "「从喘到跑」还没付款" in told["text"] and "退订" in told["text"]
    counter.begun("order0002")
    counter.advance(AFTER_SECONDS + 1)
    assert remind(counter) == "" and len(counter.heard()) == 1, "not again for the same item"


def test_nobody_is_reminded_at_night_and_the_morning_makes_up_for_it(counter: Counter) -> None:
    counter.advance(9 * 3_600)  # nine in the evening
    counter.acts(text="你好")
    counter.begun()
    counter.advance(AFTER_SECONDS + 1)
    assert remind(counter) == "later: 1" and counter.platform.calls(CUSTOM) == []
    counter.advance(12 * 3_600)
    assert remind(counter) == "send: 1"


@pytest.mark.parametrize("topic", ["", "跑步"])
def test_who_opted_out_is_not_reminded(topic: str, counter: Counter) -> None:
    counter.acts(text="你好")
    counter.begun()
    with counter.bot.store.write() as tx:
        opt_outs.stop(tx, CHEN, topic, counter.now)
    counter.advance(AFTER_SECONDS + 1)
    assert remind(counter) == "drop: 1" and counter.platform.calls(CUSTOM) == []


def test_outside_the_window_there_is_no_reminder_even_with_a_template(
    counter_with: MakeCounter, with_template: Catalog
) -> None:
    counter = counter_with(with_template)
    counter.begun()
    counter.advance(AFTER_SECONDS + 1)
    assert remind(counter) == "drop: 1"
    assert counter.platform.calls(CUSTOM) == [] and counter.platform.calls(TEMPLATES) == []


def test_who_paid_meanwhile_is_not_reminded(counter: Counter) -> None:
    counter.acts(text="你好")
    order = counter.begun()
    counter.advance(AFTER_SECONDS + 1)
    owe_reminders(counter.bot.store, counter.now)
    with counter.bot.store.write() as tx:
        orders.pay(tx, order.order_no, "T1", "JSAPI", counter.now)
    assert counter.send() == "drop: 1" and counter.heard() == []


def test_a_browser_nobody_signed_in_with_is_not_reminded(counter: Counter) -> None:
    counter.begun(buyer="r:0123456789abcdef")
    counter.advance(AFTER_SECONDS + 1)
    assert remind(counter) == "" and counter.bot.rows("deliveries") == []
