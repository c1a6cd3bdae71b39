"""``/me``: what I own, what is known about me and how to have it forgotten."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request

from domain.order import READER
from errors import Declined, ShutongError, StoreBusy
from flows.choose_interests import (
    LIKE,
    REFUSE,
    TooManyChoices,
    choose,
    forget_all_tags,
    forget_tag,
    set_personal,
)
from flows.deliver_receipt import Letter, Place, show_news
from flows.refund_order import return_within_cooling_off
from flows.remember_facts import forget_fact, forget_facts, list_facts
from flows.show_held import show_held
from flows.show_me import show_me
from web.forms import BROKEN, BUSY, form, refusal, refuse, signed_in, words
from web.me_data import add_data
from web.me_pushes import add_pushes
from web.places import NoPlace
from web.shop import Shop
from web.sign_in import start_address

log = logging.getLogger(__name__)

LONGEST_TAG = 64
CANNOT_RETURN = "这一单不能在这里退，回到公众号回复「人工」说明一下"
NOT_KNOWN = "这里没有记着它，刷新一下看看"
NO_SUBJECT = "没有这个主题，刷新一下看看"
TOO_MANY = "今天改得太多了，明天再来"
SWITCH_FIRST = "先打开「按我的兴趣挑选内容」，再选喜欢的"


def make_me(shop: Shop, zone: ZoneInfo) -> Blueprint:
    """The blueprint with /me, what is changed there, and the way back for what was bought."""
    me = Blueprint("me", __name__)
    store, visitors = shop.store, shop.visitors

    @me.get("/me")
    def page() -> Response:
        visitor = shop.visitor()
        if visitor.must_sign_in and "guest" not in request.args:
            return make_response(redirect(start_address("/me"), 302))
        mine, news = show_me(store, shop.catalog.current, visitor.buyer, shop.now), _news(shop, visitor.buyer)
        token = visitors.form_token(visitor)
        facts = _facts(shop, visitor.openid)
        response = make_response(
            render_template("me.html", me=mine, news=news, facts=facts, visitor=visitor, form_token=token)
        )
        visitors.keep_browser(response, visitor)
        return response

    _change(me, shop)
    _forget_facts(me, shop)
    add_data(me, shop, zone)
    add_pushes(me, shop)

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


def _forget_facts(me: Blueprint, shop: Shop) -> None:
    """A follower has forgotten what they told about themselves."""

    @me.post("/me/facts/forget")
    def forget_one() -> Response:
        openid, sent = signed_in(shop.visitors)
        name = words(sent, "name", LONGEST_TAG)
        if shop.vault is None or not forget_fact(shop.store, shop.vault, openid, name):
            refuse(404, NOT_KNOWN)
        return jsonify(name=name)

    @me.post("/me/facts/forget-all")
    def forget_every() -> Response:
        openid, _ = signed_in(shop.visitors)
        forget_facts(shop.store, openid)
        return jsonify(ok=True)


def _change(me: Blueprint, shop: Shop) -> None:
    """What a follower changes of what is known about them."""
    store = shop.store

    @me.post("/me/forget")
    def forget() -> Response:
        openid, sent = signed_in(shop.visitors)
        tag = words(sent, "tag", LONGEST_TAG)
        if not forget_tag(store, openid, tag, shop.now):
            refuse(404, NOT_KNOWN)
        return jsonify(tag=tag)

    @me.post("/me/choose")
    def chosen() -> Response:
        openid, sent = signed_in(shop.visitors)
        tag, wanted = words(sent, "tag", LONGEST_TAG), sent.get("wanted")
        if not isinstance(wanted, bool):
            refuse(400, BROKEN)
        if tag not in shop.catalog.current.vocabulary.plain_tags:
            refuse(404, NO_SUBJECT)
        try:
            choose(store, openid, tag, LIKE if wanted else REFUSE, shop.now)
        except TooManyChoices:
            refuse(429, TOO_MANY)
        except Declined:
            refuse(409, SWITCH_FIRST)
        return jsonify(tag=tag, wanted=wanted)

    @me.post("/me/forget-all")
    def forget_all() -> Response:
        openid, _ = signed_in(shop.visitors)
        forget_all_tags(store, openid, shop.now)
        return jsonify(ok=True)

    @me.post("/me/personalisation")
    def personalisation() -> Response:
        openid, sent = signed_in(shop.visitors)
        on = sent.get("on")
        if not isinstance(on, bool):
            refuse(400, BROKEN)
        set_personal(store, openid, on, shop.now)
        return jsonify(on=on)


def _facts(shop: Shop, openid: str) -> list[tuple[str, str, str]]:
    """What they told about themselves, in words. A page without it is better than none."""
    try:
        return list_facts(shop.store, shop.vault, openid, shop.now) if openid else []
    except StoreBusy:
        raise
    except ShutongError as trouble:
        log.error("facts cannot be read: %s", trouble)
        return []


def _held(shop: Shop, buyer: str) -> list[Letter]:
    if shop.visiting is None or buyer.startswith(READER):
        return []
    return show_held(shop.visiting, shop.store, shop.catalog.current, buyer, shop.now)


def _news(shop: Shop, buyer: str) -> list[Letter]:
    """Receipts, refunds and a push that no channel could carry. A page without them is better than none."""
    if request.method == "HEAD":
        return []
    place = Place(shop.public_url, dt.UTC)  # the page tells no time of day
    try:
        return [*show_news(shop.store, shop.catalog.current, place, buyer, shop.now), *_held(shop, buyer)]
    except StoreBusy as trouble:
        log.error("news were not shown: %s", trouble)
        return []
