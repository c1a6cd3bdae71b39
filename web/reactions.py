"""What a reader does on an item's page: like, share, progress, feedback."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from catalog.live import LiveCatalog
from domain.item import Item
from errors import StoreBusy
from flows import react_to_item
from flows.react_to_item import LONGEST_WORDS
from storage.store import Store
from web.forms import BROKEN, BUSY, form, refusal, refuse, whole, words
from web.reader import ReaderCookie
from web.visitor import Visitor, Visitors

GONE = "这一篇已经下架了"
SHARED_TO = ("friend", "moments")
LONGEST_READ = 86_400


def make_reactions(
    store: Store, catalog: LiveCatalog, visitors: Visitors, cookie: ReaderCookie, clock: Callable[[], float]
) -> Blueprint:
    """The blueprint with the four routes under /a/<slug>/."""
    reactions = Blueprint("reactions", __name__)

    def item_of(slug: str) -> Item:
        item = catalog.current.items.get(slug)
        if item is None or not item.is_out(int(clock())):
            refuse(404, GONE)
        return item

    def who(visitor: Visitor) -> str:
        return react_to_item.who_reads(store, visitor.openid, visitor.buyer, cookie.read(request))

    @reactions.post("/a/<slug>/like")
    def like(slug: str) -> Response:
        visitor, sent = form(visitors)
        item, on = item_of(slug), sent.get("on")
        if not isinstance(on, bool):
            refuse(400, BROKEN)
        react_to_item.like(store, who(visitor), item, on, int(clock()))
        return jsonify(on=on)

    @reactions.post("/a/<slug>/share")
    def share(slug: str) -> Response:
        visitor, sent = form(visitors)
        item, to = item_of(slug), sent.get("to")
        if to not in SHARED_TO:
            refuse(400, BROKEN)
        react_to_item.share(store, who(visitor), item, str(to), int(clock()))
        return jsonify(to=to)

    @reactions.post("/a/<slug>/progress")
    def progress(slug: str) -> Response:
        visitor, sent = form(visitors)
        item = item_of(slug)
        percent, seconds = whole(sent, "percent", 0, 100), whole(sent, "seconds", 0, LONGEST_READ)
        react_to_item.progress(store, who(visitor), item, percent, seconds, int(clock()))
        return jsonify(percent=percent)

    @reactions.post("/a/<slug>/feedback")
    def feedback(slug: str) -> Response:
        visitor, sent = form(visitors)
        item = item_of(slug)
        stars = whole(sent, "stars", 1, 5) if sent.get("stars") is not None else 0
        said = words(sent, "text", LONGEST_WORDS) if sent.get("text") is not None else ""
        if not stars and not said:
            refuse(400, "打个分，或者写一句话")
        react_to_item.feedback(store, who(visitor), item, stars, said, int(clock()))
        return jsonify(stars=stars)

    @reactions.errorhandler(StoreBusy)
    def busy(trouble: StoreBusy) -> Response:
        return refusal(503, BUSY)

    return reactions
