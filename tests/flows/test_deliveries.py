"""Receipts and reminders, sent through the simulated WeChat as a buyer's phone gets them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from bot_in_process import NOON, SHOP, Bot, Workshop
from platform_at_hand import PlatformAtHand, platform_at_hand
from shop_at_hand import CHEN, an_order

import wiring
from catalog.load import Catalog
from domain.order import Order
from errors import PlatformError
from flows import send_deliveries as sending
from flows.claim_purchase import claim, claim_code
from flows.deliver_receipt import Place
from flows.remind_order import AFTER_SECONDS, owe_reminders
from flows.send_deliveries import FORSAKEN_SECONDS, Sender, send_deliveries
from flows.show_follower import show_follower
from simulator.clock import PlatformClock
from storage import deliveries, entitlements, opt_outs, orders
from wechat.outbox import Outbox

TEMPLATE_ID, NOTICE_ID = "Receipt0123456789", "Notice0123456789"
FIELDS = 'fields: {thing1: "{title}", amount2: "{amount}", time3: "{paid_at}"}'
CUSTOM, TEMPLATES = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        labels = {"thing1": "商品", "amount2": "金额", "time3": "时间"}
        for template_id, kind in ((TEMPLATE_ID, "template"), (NOTICE_ID, "notice")):
            made.post("templates", {"template_id": template_id, "title": "通知", "fields": labels, "kind": kind})
        yield made


@pytest.fixture(scope="module")
def with_template(workshop: Workshop) -> Catalog:
    text = f"receipt: {{kind: template, template_id: {TEMPLATE_ID}, {FIELDS}}}\n"
    return workshop.catalog({**SHOP, "templates.yaml": text})


@pytest.fixture(scope="module")
def with_notice(workshop: Workshop) -> Catalog:
    text = f"receipt: {{kind: notice, template_id: {NOTICE_ID}, {FIELDS}}}\n"
    return workshop.catalog({**SHOP, "templates.yaml": text})


class Counter:
    """The bot, the platform, and the sender between them."""

    def __init__(self, bot: Bot, platform: PlatformAtHand) -> None:
        self.bot, self.platform = bot, platform
        place = Place(bot.settings.public_url, bot.settings.timezone)
        self.api = wiring.wechat_api(bot.house)
        self.sender = Sender(Outbox(self.api), lambda: bot.live.current, place, "sender-1")

    @property
    def now(self) -> int:
        return int(self.bot.clock.now)

    def advance(self, seconds: float) -> None:
        self.bot.clock.now += seconds
        self.platform.post("clock", {"advance": seconds})
        self.platform.post("settle")

    def acts(self, what: str = "say", **values: str) -> None:
        """The follower does something, and both sides know it."""
        self.platform.post(f"followers/{CHEN}/{what}", values)
        if what == "say":
            self.bot.say(CHEN, values["text"])
        elif what == "tap":
            self.bot.event(CHEN, "CLICK", values["key"])
        elif what == "unfollow":
            self.bot.event(CHEN, "unsubscribe", "")
        self.platform.post("clock", {"advance": 2})

    def bought(self, number: str = "order0001", buyer: str = CHEN, **more: Any) -> Order:
        """An order that is paid now; the receipt is owed."""
        values = {"state": "paid", "paid_at": self.now, "created_at": self.now, "expires_at": self.now + 1800}
        order = an_order(number, buyer=buyer, **{**values, **more})
        with self.bot.store.write() as tx:
            orders.add(tx, order)
            entitlements.grant(tx, buyer, order.slug, order.source, self.now)
            deliveries.owe(tx, "receipt", buyer, number, order.slug, self.now, self.now)
        return order

    def begun(self, number: str = "order0001", **more: Any) -> Order:
        """An order that waits for money."""
        order = an_order(number, **{"created_at": self.now, "expires_at": self.now + 1800, **more})
        with self.bot.store.write() as tx:
            orders.add(tx, order)
        return order

    def send(self) -> str:
        return send_deliveries(self.sender, self.bot.store, self.now)

    def state(self, delivery_id: str = "receipt:order0001") -> str:
        (row,) = self.bot.rows("deliveries", id=delivery_id)
        return str(row["state"])

    def heard(self) -> list[dict[str, Any]]:
        """What the account wrote to the phone first: passive replies do not reach it here."""
        chat = self.platform.get(f"followers/{CHEN}/chat")
        rows = chat["chat"] if isinstance(chat, dict) else chat
        return [row for row in rows if row["sender"] == "account"]


MakeCounter = Callable[..., Counter]


@pytest.fixture
def counter_with(workshop: Workshop, platform: PlatformAtHand) -> Iterator[MakeCounter]:
    made: list[Bot] = []

    def make(catalog: Catalog | None = None) -> Counter:
        bot = workshop.bot(catalog, WECHAT_API_BASE=platform.base)
        made.append(bot)
        counter = Counter(bot, platform)
        bot.event(CHEN, "subscribe", "")
        platform.post(f"followers/{CHEN}/follow", {"scene": ""})
        counter.advance(120)  # what a follow allows is over
        return counter

    yield make
    for bot in made:
        bot.house.close()
        bot.store.close()


@pytest.fixture
def counter(counter_with: MakeCounter) -> Counter:
    return counter_with()


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


# --- the reminder ------------------------------------------------------------------------------------------------


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


# --- what the operator sees, and the clock -------------------------------------------------------------------------


def test_the_clock_sends_what_is_owed(counter: Counter) -> None:
    counter.acts(text="你好")
    counter.bought()
    assert "send-deliveries: send: 1" in wiring.clock(counter.bot.house).tick()
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
