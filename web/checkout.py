"""Buying on an item's page: the order for the button, the question whether it is paid, and the cashier's opening."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from domain.order import H5, NATIVE, WAITING, Order
from domain.payment_method import scene_of
from errors import PayDeclined, PayUnclear, StoreBusy
from flows.ask_order import ask_order
from flows.check_out import CLAIMED, FREE, NO_METHOD, NOT_ON_IOS, OWNED, NotSold, cashier_opened, check_out
from flows.start_order import BeingMade, CouponSpent
from flows.till import Till
from storage import orders
from web.forms import BUSY, form, refusal, refuse
from web.places import NoPlace
from web.qr import svg
from web.shop import Shop
from web.visitor import SNAPSHOT

log = logging.getLogger(__name__)

ASK_APART_SECONDS = 3
"""WeChat Pay is asked about an order at most so often, however often its page asks us."""
MOST_ASKED = 1_000

GONE = "这一篇已经下架了"
NO_SUCH_ORDER = "没有找到这笔订单"
SENTENCES: dict[str, tuple[int, str]] = {
    FREE: (409, "这一篇是免费的，刷新一下就能读"),
    OWNED: (409, "你已经买过这一篇，正在打开"),
    CLAIMED: (409, "这一篇已经归到你的微信里，回到公众号回复「已购」就能打开"),
    NOT_ON_IOS: (403, "这一篇不在苹果设备上出售"),
    NO_METHOD: (403, "这台设备上没有能用的付款方式，换微信打开试试"),
}
"""Why nothing is sold -> status and sentence."""
CHANGED = "价格刚刚变了，刷新这一页看新的价格"
NOT_YET = "在线购买还没有开通，过些天再来看看"
DECLINED = "微信支付没有接受这笔订单，请过一会儿再试"
UNCLEAR = "微信支付没有回应，没有扣款，请再点一次"
SNAPSHOT_WORDS = "现在是预览。点页面底部的「使用完整服务」，再来购买"


class _Lately:
    """When each order was last asked about. Forgets the oldest; in each worker its own, which only asks a bit more."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}

    def is_long_ago(self, order_no: str, now: int) -> bool:
        if abs(now - self._asked.get(order_no, 0)) < ASK_APART_SECONDS:
            return False
        self._asked.pop(order_no, None)
        self._asked[order_no] = now
        while len(self._asked) > MOST_ASKED:
            self._asked.pop(next(iter(self._asked), ""), None)
        return True


def make_checkout(shop: Shop) -> Blueprint:
    """The blueprint with /checkout/<slug> and /orders/<no>."""
    checkout = Blueprint("checkout", __name__)
    store, visitors, lately = shop.store, shop.visitors, _Lately()

    @checkout.post("/checkout/<slug>")
    def start(slug: str) -> Response:
        visitor, sent = form(visitors)
        item, now = shop.item(slug), shop.now
        if item is None:
            refuse(404, GONE)
        if visitor.guest == SNAPSHOT and not visitor.openid:
            refuse(403, SNAPSHOT_WORDS)
        if shop.till is None:
            refuse(503, NOT_YET)
        shopper = shop.shopper(visitor)
        try:
            with shop.places.one():
                offer = shop.offer(item, shopper.buyer)
                if sent.get("shown_fen", offer.amount_fen) != offer.amount_fen:
                    refuse(409, CHANGED, amount_fen=offer.amount_fen)
                made = check_out(shop.till, item, offer, shopper, shop.ios_goods, now)
        except NotSold as not_sold:
            refuse(*SENTENCES[not_sold.why], owned=not_sold.why == OWNED)
        except CouponSpent:  # on another item, in this very moment
            refuse(409, CHANGED, amount_fen=shop.offer(item, shopper.buyer).amount_fen)
        order = made.order
        return jsonify(
            order_no=order.order_no, amount_fen=order.amount_fen, method=order.method, reason=order.reason,
            params=_params(shop, order, made.params),
        )  # fmt: skip

    @checkout.get("/orders/<order_no>")
    def state(order_no: str) -> Response:
        order = _mine(shop, order_no)
        if order.state == WAITING and shop.till and lately.is_long_ago(order_no, shop.now):
            _ask(shop, shop.till, order)
            order = _mine(shop, order_no)
        return jsonify(order_no=order.order_no, state=order.state, slug=order.slug)

    @checkout.post("/orders/<order_no>/opened")
    def opened(order_no: str) -> Response:
        form(visitors)
        order = _mine(shop, order_no)
        cashier_opened(store, order, scene_of(request.user_agent.string or "", True).browser, shop.now)
        return jsonify(order_no=order.order_no)

    checkout.register_error_handler(PayDeclined, _declined)
    checkout.register_error_handler(PayUnclear, _unclear)
    for trouble in (NoPlace, StoreBusy, BeingMade):
        checkout.register_error_handler(trouble, _busy)
    return checkout


def _mine(shop: Shop, order_no: str) -> Order:
    """The order, if it is this buyer's; anybody else's is not there."""
    buyer = shop.visitor().buyer
    with shop.store.read() as tx:
        order = orders.find(tx, order_no)
    if order is None or order.buyer != buyer:
        refuse(404, NO_SUCH_ORDER)
    return order


def _ask(shop: Shop, till: Till, order: Order) -> None:
    """Ask WeChat Pay, if it can be asked now: the page will ask us again."""
    try:
        with shop.places.one():
            ask_order(till, order, shop.now)
    except (NoPlace, PayDeclined, PayUnclear, StoreBusy) as trouble:
        log.warning("an order was asked about in vain: %s", trouble)


def _params(shop: Shop, order: Order, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the page needs, with the picture of a code and the way back from h5."""
    if order.method == NATIVE:
        return {**params, "qr_svg": svg(params["code_url"])}
    if order.method == H5:
        back = quote(f"{shop.public_url}/a/{order.slug}", safe="")
        return {"h5_url": f"{params['h5_url']}&redirect_url={back}"}
    return dict(params)


def _busy(trouble: Exception) -> Response:
    return refusal(503, BUSY, again=True)


def _declined(trouble: Exception) -> Response:
    log.error("no order: %s", trouble)
    return refusal(502, DECLINED)


def _unclear(trouble: Exception) -> Response:
    log.warning("no order yet: %s", trouble)
    return refusal(502, UNCLEAR)
