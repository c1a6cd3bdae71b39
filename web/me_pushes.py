"""``/me``: whether, and about what, the account may write to me first."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from domain.interests import PERSONALISATION
from flows.choose_pushes import stop_pushes, want_pushes
from web.forms import BROKEN, refuse, signed_in
from web.shop import Shop

LONGEST_TOPIC = 64


def add_pushes(me: Blueprint, shop: Shop) -> None:
    """The one route; it is for who is signed in."""

    @me.post("/me/pushes")
    def pushes() -> Response:
        openid, sent = signed_in(shop.visitors)
        on, topic = sent.get("on"), sent.get("topic", "")
        named = isinstance(topic, str) and len(topic) <= LONGEST_TOPIC and topic != PERSONALISATION
        if not named or not isinstance(on, bool) or (topic and not on):
            refuse(400, BROKEN)
        if on:
            want_pushes(shop.store, openid, topic)
        else:
            stop_pushes(shop.store, openid, shop.now)
        return jsonify(on=on, topic=topic)
