"""Receipts, sent through the simulated WeChat as a buyer's phone gets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from bot_in_process import Workshop
from platform_at_hand import PlatformAtHand
from shop_at_hand import CHEN

import clockwork
from catalog.load import Catalog
from errors import PlatformError
from flows.show_follower import show_follower
from storage import deliveries
from tests.flows.counter_at_hand import (
    CUSTOM,
    NOTICE_ID,
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


@pytest.fixture
def counter_with(workshop: Workshop, platform: PlatformAtHand) -> Iterator[MakeCounter]:
    with counters_at_hand(workshop, platform) as make:
        yield make


@pytest.fixture
def counter(counter_with: MakeCounter) -> Counter:
    return counter_with()


@pytest.fixture(scope="module")
def with_template(workshop: Workshop) -> Catalog:
    return catalog_with(workshop, "template")


@pytest.fixture(scope="module")
def with_notice(workshop: Workshop) -> Catalog:
    return catalog_with(workshop, "notice")


def test_a_receipt_comes_at_once_while_the_window_is_open(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.bought()
    assert counter.send() == "send: 1" and counter.state() == "sent"
    (told,) = counter.heard()
    assert "付款成功：「从喘到跑」¥9.90" in told["text"] and "/a/run-30" in str(told) and "order0001" in told["text"]
    assert counter.send() == "" and len(counter.heard()) == 1


def test_paying_opens_no_window_so_the_receipt_comes_by_template(
    counter_with: MakeCounter, with_template: Catalog
) -> None:
    counter = counter_with(with_template)
    counter.bought()
    assert counter.send() == "send: 1" and counter.state() == "sent"
    (told,) = counter.heard()
    values = {row["key"]: row["value"] for row in told["content"]["rows"]}
    assert values["thing1"] == "从喘到跑" and values["amount2"] == "9.90元"
    assert told["content"]["url"].endswith("/a/run-30") and counter.platform.calls(CUSTOM) == []
    assert counter.platform.get("ban-risks")["ban_risks"] == []


def test_with_a_notice_the_followers_consent_is_used_and_without_one_the_receipt_waits(
    counter_with: MakeCounter, with_notice: Catalog
) -> None:
    counter = counter_with(with_notice)
    counter.bought()
    assert counter.send() == "wait: 1" and counter.state() == "waiting"
    counter.platform.post(f"followers/{CHEN}/consent", {"templates": {NOTICE_ID: "accept"}})
    counter.bought("order0002")
    assert counter.send() == "send: 1" and counter.state("receipt:order0002") == "sent"


def test_what_no_channel_may_carry_is_read_at_the_next_visit_once(counter: Counter) -> None:
    counter.bought()
    assert counter.send() == "wait: 1" and counter.state() == "waiting"
    first, second = counter.bot.say(CHEN, "推荐"), counter.bot.say(CHEN, "推荐")
    assert first.words.startswith("付款成功：「从喘到跑」¥9.90") and "为你挑了" in first.words
    assert "付款成功" not in second.words and counter.state() == "shown"
    counter.advance(10)
    assert counter.send() == "" and counter.heard() == []


def test_a_receipt_that_is_just_being_sent_is_not_shown_too(counter: Counter) -> None:
    counter.bought()
    with counter.bot.store.write() as tx:
        assert deliveries.claim(tx, "receipt:order0001", "window", "another", counter.now)
    assert "付款成功" not in counter.bot.say(CHEN, "推荐").words


def test_the_window_allows_five_and_the_sixth_receipt_waits(counter: Counter) -> None:
    counter.acts(text="你好")
    for number in range(7):
        counter.bought(f"order000{number}")
    assert counter.send() == "send: 5, wait: 2"
    assert len(counter.platform.calls(CUSTOM)) == 5, "what our ledger says is used up is not even tried"


def test_a_menu_tap_allows_three_within_a_minute(counter: Counter) -> None:
    counter.api.menu.create({"button": [{"name": "推荐", "type": "click", "key": "RECOMMEND"}]})
    counter.acts("tap", key="RECOMMEND")
    for number in range(4):
        counter.bought(f"order000{number}")
    assert counter.send() == "send: 3, wait: 1"
    counter.advance(60)
    counter.bought("order0009")
    assert counter.send() == "wait: 1"


def test_a_window_closed_behind_our_back_leads_to_the_template(
    counter_with: MakeCounter, with_template: Catalog
) -> None:
    counter = counter_with(with_template)
    counter.bot.say(CHEN, "你好")  # the platform knows of no message: 45015
    counter.bought()
    assert counter.send() == "send: 1" and counter.state() == "sent"
    assert len(counter.platform.calls(CUSTOM)) == 1 and len(counter.platform.calls(TEMPLATES)) == 1
    assert [row["channel"] for row in counter.bot.rows("sends")] == ["template", "shut"]
    counter.advance(60)
    counter.bought("order0002")
    assert counter.send() == "send: 1" and len(counter.platform.calls(CUSTOM)) == 1, "we know of it now"
    counter.acts(text="还在吗")
    counter.bought("order0003")
    assert counter.send() == "send: 1" and len(counter.platform.calls(CUSTOM)) == 2, "a new message opens it again"


def test_where_a_new_message_gives_no_new_count_one_refusal_teaches_it(
    counter_with: MakeCounter, with_template: Catalog
) -> None:
    counter = counter_with(with_template)
    counter.platform.post("settings", {"kf_count_resets": False})
    counter.acts(text="你好")
    for number in range(5):
        counter.bought(f"order000{number}")
    assert counter.send() == "send: 5" and len(counter.platform.calls(CUSTOM)) == 5
    counter.acts(text="还在吗")
    for number in range(5, 8):
        counter.bought(f"order000{number}")
    assert counter.send() == "send: 3"
    rules = [call["rule"] for call in counter.platform.calls(CUSTOM)]
    assert rules == ["0"] * 5 + ["45047"] and len(counter.platform.calls(TEMPLATES)) == 3


@pytest.mark.parametrize("switch", ["refuses", "blacklisted"])
def test_somebody_who_blocked_the_account_is_left_alone(switch: str, counter: Counter) -> None:
    counter.acts(text="你好")
    counter.platform.post(f"followers/{CHEN}/switches", {switch: True})
    counter.bought()
    assert counter.send() == "wait: 1" and counter.state() == "waiting"
    counter.advance(3_600)
    assert counter.send() == "" and len(counter.platform.calls(CUSTOM)) == 1


def test_somebody_who_left_is_not_written_to(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.acts("unfollow")
    counter.bought()
    assert counter.send() == "wait: 1" and counter.platform.calls(CUSTOM) == []


@pytest.mark.parametrize(("fault", "later"), [("45011", 30), ("45009", 12 * 3600)])
def test_a_limit_stops_everything_for_as_long_as_it_lasts(fault: str, later: int, counter: Counter) -> None:
    counter.acts(text="你好")
    counter.platform.post("faults", {"next": [{"kind": fault, "path": CUSTOM}]})
    for number in (1, 2):
        counter.bought(f"order000{number}")
    assert counter.send() == "later: 1" and len(counter.platform.calls(CUSTOM)) == 1
    assert counter.send() == "" and len(counter.platform.calls(CUSTOM)) == 1
    counter.advance(later)
    assert counter.send() == "send: 2" and {counter.state(), counter.state("receipt:order0002")} == {"sent"}


def test_a_ban_stops_everything_at_once_and_tells_the_operator(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    counter.acts(text="你好")
    counter.platform.post("faults", {"next": [{"kind": "48004", "path": CUSTOM}]})
    for number in (1, 2):
        counter.bought(f"order000{number}")
    assert counter.send() == "wait: 1" and counter.send() == ""
    assert len(counter.platform.calls(CUSTOM)) == 1
    assert [one for one in caplog.records if one.levelname == "CRITICAL" and "48004" in one.message]


# --- what the operator sees, and the clock -------------------------------------------------------------------------


def test_the_clock_sends_what_is_owed(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.bought()
    assert "send-deliveries: send: 1" in clockwork.clock(counter.bot.house).tick()
    assert len(counter.heard()) == 1


def test_a_refused_message_is_told_in_the_log_without_the_person(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    counter.bot.say(CHEN, "你好")
    counter.bought()
    counter.send()
    assert "45015" in caplog.text and CHEN not in caplog.text and "从喘到跑" not in caplog.text


def test_an_answer_is_clear_unless_the_line_broke(counter: Counter) -> None:
    counter.platform.post("faults", {"next": [{"kind": "http_502", "path": CUSTOM}]})
    outbox = counter.sender.outbox
    with pytest.raises(PlatformError) as broken:
        outbox.text(CHEN, "你好")
    with pytest.raises(PlatformError) as refused:
        outbox.text(CHEN, "你好")
    assert broken.value.unclear and not refused.value.unclear and refused.value.errcode == 45015


def test_the_operator_sees_orders_what_is_owned_and_what_the_window_still_allows(counter: Counter) -> None:
    counter.acts(text="你好")
    said_at = counter.now
    counter.bought()
    counter.begun("order0002", slug="ai-ask", amount_fen=660)
    counter.send()
    shown = show_follower(counter.bot.store, CHEN, counter.now, counter.bot.settings.timezone, lambda _: {})
    assert shown is not None
    assert sorted(shown["orders"], key=lambda one: one["order_no"]) == [
        {"order_no": "order0001", "slug": "run-30", "state": "paid", "amount_fen": 990},
        {"order_no": "order0002", "slug": "ai-ask", "state": "waiting", "amount_fen": 660},
    ]
    assert shown["owns"] == ["run-30"]
    until = datetime.fromtimestamp(said_at + 48 * 3600, counter.bot.settings.timezone).isoformat()
    assert shown["window"] == {"open": True, "left": 4, "until": until}
