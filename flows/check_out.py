"""The buyer taps the button: is it sold here, at which price, by which method; then the order.

Nothing the browser sends decides anything but the item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.item import Item
from domain.order import CLOSED, Order
from domain.payment_method import ANDROID, IOS, Scene, Tally, choose_method
from domain.price import Offer
from domain.quota import PAGE_PATIENCE_SECONDS
from errors import StoreBusy
from flows.claim_purchase import was_claimed
from flows.start_order import Checkout, Owned, Sale, start_order
from flows.till import Till
from storage import entitlements, funnel, orders, pay_calls
from storage.funnel import Step
from storage.store import Store, Transaction

LOOK_BACK = 50
"""Orders of a buyer from which it is seen how a method went with them."""
RECENT_SECONDS = 600
"""How far back WeChat Pay's answers say how it is now."""
PHONES = {IOS: "iOS", ANDROID: "Android"}
"""Device -> what WeChat Pay calls it for h5; any other is ``Wap``."""
FREE, OWNED, CLAIMED, NOT_ON_IOS, NO_METHOD = "free", "owned", "claimed", "ios", "no_method"


class NotSold(Exception):
    """Nothing is sold; ``why`` is one of the words above."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who buys, where: ``openid`` is "" where nobody is signed in; ``address`` is the browser's, for h5."""

    buyer: str
    openid: str
    scene: Scene
    exposure_id: str
    address: str


def why_not_sold(store: Store, item: Item, shopper: Shopper, ios_goods: str, now: int) -> str:
    """Why there is no buy button for this buyer, "" when there is one."""
    if item.price_fen == 0:
        return FREE
    with store.read() as tx:
        if entitlements.owns(tx, shopper.buyer, item.slug, now):
            return OWNED
        if not shopper.openid and was_claimed(tx, shopper.buyer, item.slug, now):
            return CLAIMED
    return NOT_ON_IOS if shopper.scene.device == IOS and ios_goods != "allow" else ""


def check_out(till: Till, item: Item, offer: Offer, shopper: Shopper, ios_goods: str, now: int) -> Checkout:
    """The order for a tap on the button, a new one or the one that waits already. Raises ``NotSold``, and what
    ``start_order`` raises."""
    store = till.store
    if why := why_not_sold(store, item, shopper, ios_goods, now):
        raise NotSold(why)
    tapped = Step(funnel.TAPPED, now, shopper.buyer, item.slug, shopper.scene.browser, shopper.exposure_id)
    keep_step(store, tapped)
    with store.read() as tx:
        history, health = _history(orders.of(tx, shopper.buyer, LOOK_BACK)), _health(tx, now)
    choice = choose_method(shopper.scene, offer.amount_fen, history, health, ios_goods)
    if not choice.method:
        raise NotSold(NO_METHOD)
    phone = PHONES.get(shopper.scene.device, "Wap")
    sale = Sale(offer, item.kind, shopper.buyer, shopper.openid, choice, shopper.exposure_id, shopper.address, phone)
    try:
        made = start_order(till, sale, now)
    except Owned:  # paid for a moment ago
        raise NotSold(OWNED) from None
    keep_step(store, replace(tapped, step=funnel.ORDERED, order_no=made.order.order_no, method=made.order.method))
    return made


def cashier_opened(store: Store, order: Order, scene: str, now: int) -> None:
    """The page of this order called up the cashier."""
    step = Step(funnel.OPENED, now, order.buyer, order.slug, scene, order.exposure_id, order.order_no, order.method)
    keep_step(store, step)


def keep_step(store: Store, step: Step) -> None:
    """Keep a step of the way, if it can be kept at once: a figure is not worth a buyer's wait."""
    try:
        with store.write(PAGE_PATIENCE_SECONDS) as tx:
            funnel.add(tx, step)
    except StoreBusy:
        return


def _history(made: Iterable[Order]) -> Mapping[str, Tally]:
    """Method -> how often a buyer's orders by it were paid, and how often closed without."""
    good = Counter(order.method for order in made if order.paid_at is not None)
    bad = Counter(order.method for order in made if order.state == CLOSED and order.paid_at is None)
    return {method: Tally(good[method], bad[method]) for method in good | bad}


def _health(tx: Transaction, now: int) -> Mapping[str, Tally]:
    """Method -> how WeChat Pay answered its calls of the last minutes. A refusal counts as a failure: a method that the
    merchant was not granted is refused every time."""
    found = pay_calls.since(tx, now - RECENT_SECONDS)
    return {method: Tally(good, declined + unclear) for method, (good, declined, unclear) in found.items()}
