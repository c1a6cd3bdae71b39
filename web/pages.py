"""Pages for followers: an item, the tracked link to it, and what to say when there is none."""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, render_template, request

from catalog.live import LiveCatalog
from domain.ids import CHANCE_BYTES, new_id, same_follower
from domain.item import KIND_NAMES, yuan
from domain.link import LinkSigner
from errors import StoreBusy
from flows.open_link import open_link
from flows.react_to_item import likes, who_reads
from flows.read_page import note_view, read_page
from storage.store import Store
from web.markdown import to_html
from web.reader import ReaderCookie
from web.sign_in import start_address
from web.visitor import Visitors

log = logging.getLogger(__name__)

_IOS = re.compile(r"iPhone|iPad|iPod")


def make_pages(
    store: Store, catalog: LiveCatalog, links: LinkSigner, cookie: ReaderCookie, visitors: Visitors,
    clock: Callable[[], float], zone: ZoneInfo, ios_goods: str,
) -> Blueprint:  # fmt: skip
    """The blueprint with every page for followers."""
    pages = Blueprint("pages", __name__)

    @pages.get("/go/<token>")
    def go(token: str) -> Response:
        slug, exposure_id = links.read(token)
        item = catalog.current.items.get(slug)
        if item is None or not item.is_out(int(clock())):
            return _missing()
        response = make_response(redirect(f"/a/{slug}", 302))
        try:
            same = same_follower(cookie.read(request), exposure_id)
            opened = exposure_id and request.method != "HEAD"
            if opened and open_link(store, exposure_id, item, same, int(clock())):
                cookie.write(response, exposure_id)
        except StoreBusy as busy:
            log.error("a click was not stored: %s", busy)
        return response

    @pages.get("/a/<slug>")
    def article(slug: str) -> Response:
        now, visitor, exposure_id = int(clock()), visitors.of(request), cookie.read(request)
        page = read_page(store, catalog.current, slug, visitor.openid, visitor.buyer, exposure_id, now)
        if page is None:
            return _missing()
        if visitor.must_sign_in and "guest" not in request.args and request.method != "HEAD":
            return make_response(redirect(start_address(request.full_path.rstrip("?")), 302))
        _note(store, slug, page.sent_to, exposure_id, now)
        who = who_reads(store, visitor.openid, visitor.buyer, exposure_id)
        hide = ios_goods != "allow" and bool(_IOS.search(request.user_agent.string or ""))
        response = make_response(
            render_template(
                "item.html", page=page, item=page.item, free=to_html(page.item.free),
                paid=None if page.paid is None else to_html(page.paid), price=yuan(page.item.price_fen),
                hide_price=hide, kind=KIND_NAMES[page.item.kind], yuan=yuan, visitor=visitor,
                form_token=visitors.form_token(visitor), liked=likes(store, who, page.item),
                day=dt.datetime.fromtimestamp(page.item.published, zone).date().isoformat(),
            )
        )  # fmt: skip
        visitors.keep_browser(response, visitor)
        return response

    return pages


def _missing() -> Response:
    return make_response(render_template("missing.html"), 404)


def _note(store: Store, slug: str, openid: str, exposure_id: str, now: int) -> None:
    if request.method == "HEAD":
        return
    try:
        note_view(store, slug, openid, exposure_id, now, "v" + new_id(now, secrets.token_bytes(CHANCE_BYTES)))
    except StoreBusy as busy:
        log.error("a page view was not stored: %s", busy)
