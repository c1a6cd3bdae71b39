"""A counter: the bot that owes messages, the simulated WeChat, and the sender between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bot_in_process import NOON, SHOP, Bot, Workshop
from platform_at_hand import PlatformAtHand, platform_at_hand
from shop_at_hand import CHEN, an_order

import wiring
from catalog.load import Catalog
from domain.order import Order
from flows.deliver_receipt import Place
from flows.send_deliveries import Sender, send_deliveries
from simulator.clock import PlatformClock
from storage import deliveries, entitlements, orders
from wechat.outbox import Outbox

TEMPLATE_ID, NOTICE_ID = "Receipt0123456789", "Notice0123456789"
FIELDS = 'fields: {thing1: "{title}", amount2: "{amount}", time3: "{paid_at}"}'
CUSTOM, TEMPLATES = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"


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


def catalog_with(workshop: Workshop, kind: str) -> Catalog:
    """The shop's catalogue, where receipts go out by a ``template`` or a ``notice``."""
    template_id = {"template": TEMPLATE_ID, "notice": NOTICE_ID}[kind]
    text = f"receipt: {{kind: {kind}, template_id: {template_id}, {FIELDS}}}\n"
    return workshop.catalog({**SHOP, "templates.yaml": text})


@contextmanager
def platform_with_templates() -> Iterator[PlatformAtHand]:
    """The simulated WeChat, at noon and standing still, where the account has its templates."""
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        labels = {"thing1": "商品", "amount2": "金额", "time3": "时间"}
        for template_id, kind in ((TEMPLATE_ID, "template"), (NOTICE_ID, "notice")):
            made.post("templates", {"template_id": template_id, "title": "通知", "fields": labels, "kind": kind})
        yield made


@contextmanager
def counters_at_hand(workshop: Workshop, platform: PlatformAtHand) -> Iterator[MakeCounter]:
    """Makes counters, each with a follower whose window is closed."""
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
