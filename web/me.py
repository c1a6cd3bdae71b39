"""``/me``: what I own, what is known about me and how to have it forgotten."""

from __future__ import annotations

import datetime as dt
import logging

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request

from errors import Declined, StoreBusy
from flows.deliver_receipt import Letter, Place, show_news
from flows.refund_order import return_within_cooling_off
from flows.show_me import forget_tag, set_personal, show_me
from web.forms import BROKEN, BUSY, form, refusal, refuse, words
from web.places import NoPlace
from web.shop import Shop
from web.sign_in import start_address

log = logging.getLogger(__name__)

LONGEST_TAG = 64
CANNOT_RETURN = "这一单不能在这里退，回到公众号回复「人工」说明一下"
NOT_SIGNED_IN = "先在微信里登录，再来改这一项"


def make_me(shop: Shop) -> Blueprint:
    """The blueprint with /me, its two switches, and the way back for what was bought."""
    me = Blueprint("me", __name__)
    store, visitors = shop.store, shop.visitors

    @me.get("/me")
    def page() -> Response:
        visitor = shop.visitor()
        if visitor.must_sign_in and "guest" not in request.args:
            return make_response(redirect(start_address("/me"), 302))
        mine, news = show_me(store, shop.catalog.current, visitor.buyer, shop.now), _news(shop, visitor.buyer)
        token = visitors.form_token(visitor)
        response = make_response(render_template("me.html", me=mine, news=news, visitor=visitor, form_token=token))
        visitors.keep_browser(response, visitor)
        return response

    @me.post("/me/forget")
    def forget() -> Response:
        visitor, sent = form(visitors)
        tag = words(sent, "tag", LONGEST_TAG)
        if not visitor.openid:
            refuse(403, NOT_SIGNED_IN)
        if not forget_tag(store, visitor.openid, tag, shop.now):
            refuse(404, "这里没有记着它，刷新一下看看")
        return jsonify(tag=tag)

    @me.post("/me/personalisation")
    def personalisation() -> Response:
        visitor, sent = form(visitors)
        on = sent.get("on")
        if not isinstance(on, bool):
            refuse(400, BROKEN)
        if not visitor.openid:
            refuse(403, NOT_SIGNED_IN)
        set_personal(store, visitor.openid, on, shop.now)
        return jsonify(on=on)

    @me.post("/me/return")
    def give_back() -> Response:
        visitor, sent = form(visitors)
        if shop.till is None:
            refuse(503, CANNOT_RETURN)
        try:
            with shop.places.one():
                return_within_cooling_off(shop.till, words(sent, "order_no", 32), visitor.buyer, shop.now)
        except NoPlace:
            refuse(503, BUSY)
        except Declined:
            refuse(409, CANNOT_RETURN)
        return jsonify(ok=True)

    @me.errorhandler(StoreBusy)
    def busy(trouble: StoreBusy) -> Response | tuple[str, int]:
        return refusal(503, BUSY) if request.method == "POST" else (render_template("failed.html"), 503)

    return me


def _news(shop: Shop, buyer: str) -> list[Letter]:
    """Receipts and refunds that no channel could carry. A page without them is better than none."""
    if request.method == "HEAD":
        return []
    place = Place(shop.public_url, dt.UTC)  # the page tells no time of day
    try:
        return show_news(shop.store, shop.catalog.current, place, buyer, shop.now)
    except StoreBusy as trouble:
        log.error("news were not shown: %s", trouble)
        return []
