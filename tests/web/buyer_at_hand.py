"""A buyer on an item's page of a shop that sells through the simulated WeChat Pay."""

from __future__ import annotations

from typing import Any

from bot_in_process import PAID_WORDS
from shop_at_hand import CHEN, Shop

from domain.order import Order
from storage import orders
from tests.web.signed_in import WECHAT, Reader

NOTHING, WHOLE = (False, True, []), (True, False, ["run-30"])
"""Is the paid part on the page? Is the button? What is owned?"""


class Buyer(Reader):
    """A follower in WeChat's browser, on the item's page of a shop."""

    def __init__(self, shop: Shop, agent: str = WECHAT) -> None:
        super().__init__(shop.bot, CHEN if agent == WECHAT else "", agent)
        self.shop = shop
        self.get("/a/run-30")

    def tap(self, status: int = 200) -> dict[str, Any]:
        """The button; the answer, whose status is this."""
        answer = self.post("/checkout/run-30", {})
        assert answer.status_code == status, answer.text
        return dict(answer.json)

    def pay(self, way: str = "pay") -> str:
        """Tap and pay; the order's number."""
        made = self.tap()
        self.shop.paid_by(
            self.order(made["order_no"]), made["params"].get("package") or made["params"]["code_url"], way=way
        )
        return str(made["order_no"])

    def order(self, number: str) -> Order:
        with self.shop.bot.store.read() as tx:
            found = orders.find(tx, number)
        assert found
        return found

    @property
    def sees(self) -> tuple[bool, bool, list[str]]:
        """As ``NOTHING`` and ``WHOLE``."""
        page = self.get("/a/run-30").text
        buyer = CHEN if self.agent == WECHAT else self.shop.bot.rows("orders")[0]["buyer"]
        return PAID_WORDS in page, 'id="buy"' in page, self.shop.owned(buyer)

    def asks(self, number: str) -> str:
        """The state in the page's own question, which makes us ask WeChat Pay."""
        return str(self.get(f"/orders/{number}").json["state"])
