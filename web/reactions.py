"""What a reader does on an item's page: like, share, progress, feedback."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from domain.item import Item
from errors import StoreBusy
from flows import react_to_item
from flows.react_to_item import LONGEST_WORDS, TooOften
from web.forms import BROKEN, BUSY, form, refusal, refuse, whole, words
from web.shop import Shop
from web.visitor import Visitor

GONE = "这一篇已经下架了"
TOO_OFTEN = "今天已经说了很多次，明天再来吧"
SHARED_TO = ("friend", "moments")
LONGEST_READ = 86_400


def make_reactions(shop: Shop) -> Blueprint:
    """The blueprint with the four routes under /a/<slug>/."""
    reactions = Blueprint("reactions", __name__)
    store, visitors = shop.store, shop.visitors

    def item_of(slug: str) -> Item:
        item = shop.item(slug)
        if item is None:
            refuse(404, GONE)
        return item

    def who(visitor: Visitor) -> str:
        return react_to_item.who_reads(store, visitor.openid, visitor.buyer, shop.cookie.read(request))

    @reactions.post("/a/<slug>/like")
    def like(slug: str) -> Response:
        visitor, sent = form(visitors)
        item, on = item_of(slug), sent.get("on")
        if not isinstance(on, bool):
            refuse(400, BROKEN)
        react_to_item.like(store, who(visitor), item, on, shop.now)
        return jsonify(on=on)

    @reactions.post("/a/<slug>/share")
    def share(slug: str) -> Response:
        visitor, sent = form(visitors)
        item, to = item_of(slug), sent.get("to")
        if to not in SHARED_TO:
            refuse(400, BROKEN)
        react_to_item.share(store, who(visitor), item, str(to), shop.now)
        return jsonify(to=to)

    @reactions.post("/a/<slug>/progress")
    def progress(slug: str) -> Response:
        visitor, sent = form(visitors)
        item = item_of(slug)
        percent, seconds = whole(sent, "percent", 0, 100), whole(sent, "seconds", 0, LONGEST_READ)
        react_to_item.progress(store, who(visitor), item, percent, seconds, shop.now)
        return jsonify(percent=percent)

    @reactions.post("/a/<slug>/feedback")
    def feedback(slug: str) -> Response:
        visitor, sent = form(visitors)
        item = item_of(slug)
        stars = whole(sent, "stars", 1, 5) if sent.get("stars") is not None else 0
        said = words(sent, "text", LONGEST_WORDS) if sent.get("text") is not None else ""
        if not stars and not said:
            refuse(400, "打个分，或者写一句话")
        react_to_item.feedback(store, who(visitor), item, stars, said, shop.now)
        return jsonify(stars=stars)

    @reactions.errorhandler(TooOften)
    def enough(trouble: TooOften) -> Response:
        return refusal(429, TOO_OFTEN)

    @reactions.errorhandler(StoreBusy)
    def busy(trouble: StoreBusy) -> Response:
        return refusal(503, BUSY)

    return reactions
