"""What becomes of a receipt while WeChat gives no clear answer, a sender dies, or two send at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from bot_in_process import Workshop
from platform_at_hand import PlatformAtHand
from shop_at_hand import CHEN

import wiring
from catalog.load import Catalog
from flows import send_deliveries as sending
from flows.claim_purchase import claim, claim_code
from flows.send_deliveries import FORSAKEN_SECONDS
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


def test_an_expired_token_is_renewed_and_the_message_goes_out_once(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.platform.post("faults", {"next": [{"kind": "40001", "path": CUSTOM}]})
    counter.bought()
    assert counter.send() == "send: 1" and len(counter.heard()) == 1


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "http_502", "busy"])
def test_a_text_without_a_clear_answer_is_unsure_and_never_sent_again(fault: str, counter: Counter) -> None:
    counter.acts(text="你好")
    counter.platform.post("faults", {"next": [{"kind": fault, "path": CUSTOM}]})
    counter.bought()
    assert counter.send() == "unsure: 1" and counter.state() == "unsure"
    counter.advance(3_600)
    assert counter.send() == "" and len(counter.platform.calls(CUSTOM)) == 1
    assert "付款成功" in counter.bot.say(CHEN, "推荐").words, "a receipt read twice is better than none"
    assert counter.state() == "shown"


def test_a_template_message_without_an_answer_is_repeated_and_arrives_once(
    counter_with: MakeCounter, with_template: Catalog
) -> None:
    counter = counter_with(with_template)
    counter.platform.post("faults", {"next": [{"kind": "reset_after", "path": TEMPLATES}]})
    counter.bought()
    assert counter.send() == "later: 1" and counter.state() == "owed"
    counter.advance(30)
    assert counter.send() == "send: 1" and counter.state() == "sent"
    assert len(counter.heard()) == 1


def test_a_template_message_that_did_not_arrive_is_read_at_the_next_visit(
    counter_with: MakeCounter, with_template: Catalog
) -> None:
    counter = counter_with(with_template)
    counter.bought()
    counter.send()
    (row,) = counter.bot.rows("deliveries")
    status = {"MsgID": row["message_id"], "Status": "failed:user block"}
    assert counter.bot.event(CHEN, "TEMPLATESENDJOBFINISH", **status).silent
    assert counter.state() == "waiting" and "付款成功" in counter.bot.say(CHEN, "推荐").words


def test_while_wechat_cannot_be_reached_nothing_is_lost(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.bought()
    reachable, counter.api._base = counter.api._base, "http://127.0.0.1:1"
    assert counter.send() == "later: 1" and counter.state() == "owed"
    counter.advance(29)
    assert counter.send() == ""
    counter.api._base = reachable
    counter.advance(1)
    assert counter.send() == "send: 1" and len(counter.heard()) == 1


def test_a_sender_that_dies_between_sending_and_writing_leaves_it_unsure(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.acts(text="你好")
    counter.bought()

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending.deliveries, "sent", die)
        with pytest.raises(Killed):
            counter.send()
    assert len(counter.heard()) == 1 and counter.state() == "sending"
    assert counter.send() == "" and counter.state() == "sending"
    counter.advance(FORSAKEN_SECONDS + 1)
    assert counter.send() == "" and counter.state() == "unsure" and len(counter.heard()) == 1


def test_of_two_senders_at_once_one_sends(counter: Counter) -> None:
    counter.acts(text="你好")
    for number in range(4):
        counter.bought(f"order000{number}")
    others = [Counter(counter.bot, counter.platform) for _ in range(3)]
    start = threading.Barrier(3)

    def go(one: Counter) -> None:
        start.wait()
        one.send()

    threads = [threading.Thread(target=go, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counter.heard()) == 4 and len(counter.platform.calls(CUSTOM)) == 4


def test_a_claimed_purchase_brings_its_receipt_into_the_chat(counter: Counter) -> None:
    reader = "r:0123456789abcdef"
    counter.bought(buyer=reader)
    assert counter.send() == "wait: 1"
    codes = wiring.ClaimCodes(counter.bot.settings.secret_key)
    code = claim_code(counter.bot.store, codes, reader, counter.now)
    with counter.bot.store.write() as tx:
        claim(tx, codes.stored(code), CHEN, counter.now)
    counter.acts(text="你好")
    counter.advance(1)
    assert counter.state() == "shown", "the answer to the next message told it"
