"""Pages for followers: an item, the tracked link to it, and what to say when there is none."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from dataclasses import replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, make_response, redirect, render_template, request

from domain.claim import ClaimCodes
from domain.ids import CHANCE_BYTES, new_id, same_follower
from domain.item import KIND_NAMES, Item, yuan
from domain.link import LinkSigner
from domain.order import BOUGHT
from domain.payment_method import IOS
from domain.refund import promise
from errors import StoreBusy
from flows.ask_consent import notices_to_ask
from flows.check_out import CLAIMED, NOT_ON_IOS, Shopper, keep_step, why_not_sold
from flows.claim_purchase import claim_code
from flows.open_link import credit, open_link
from flows.react_to_item import given, read_bought, who_reads
from flows.read_page import Page, note_view, read_page
from storage import funnel
from storage.funnel import Step
from web.markdown import to_html
from web.robots import is_robot
from web.shop import LONGEST_COUPON, Shop
from web.sign_in import start_address
from web.visitor import SNAPSHOT, Visitor

log = logging.getLogger(__name__)


def make_pages(shop: Shop, links: LinkSigner, codes: ClaimCodes, zone: ZoneInfo) -> Blueprint:
    """The blueprint with the tracked link and the item's page."""
    pages = Blueprint("pages", __name__)
    store, catalog, visitors, cookie = shop.store, shop.catalog, shop.visitors, shop.cookie

    @pages.get("/go/<token>")
    def go(token: str) -> Response:
        slug, exposure_id = links.read(token)
        item, now = shop.item(slug), shop.now
        if item is None:
            return _missing()
        coupon = request.args.get("coupon", "")[:LONGEST_COUPON]
        response = make_response(redirect(f"/a/{slug}" + ("?" + urlencode({"coupon": coupon}) if coupon else ""), 302))
        try:
            same = same_follower(cookie.read(request), exposure_id)
            opened = exposure_id and not is_robot(request)
            if opened and (shown := open_link(store, exposure_id, item, same, now, visitors.of(request).openid)):
                cookie.write(response, shown.id)
        except StoreBusy as busy:
            log.error("a click was not stored: %s", busy)
        return response

    @pages.get("/a/<slug>")
    def article(slug: str) -> Response:
        now, visitor = shop.now, shop.visitor()
        shopper = _credited(shop, shop.shopper(visitor), slug)
        page = read_page(store, catalog.current, slug, visitor.openid, visitor.buyer, shopper.exposure_id, now)
        if page is None:
            return _missing()
        robot = is_robot(request)
        if visitor.must_sign_in and "guest" not in request.args and not robot:
            return make_response(redirect(start_address(request.full_path.rstrip("?")), 302))
        item = page.item
        if (coupon := request.args.get("coupon", "")) and not robot:
            shop.bring(coupon, visitor.buyer)
        offer = shop.offer(item, visitor.buyer)
        sale = "" if page.paid is not None else _sale(shop, shopper, visitor, item)
        _note(shop, page, shopper, sale)
        who = who_reads(store, visitor.openid, visitor.buyer, shopper.exposure_id)
        asked = notices_to_ask(store, catalog.current, visitor.openid) if shop.signer and visitor.in_wechat else None
        g.open_tags = asked is not None
        response = make_response(
            render_template(
                "item.html", asked=asked, page=page, item=item, free=to_html(item.free),
                paid=None if page.paid is None else to_html(page.paid), offer=offer, sale=sale,
                hide_price=shop.ios_goods != "allow" and shopper.scene.device == IOS, kind=KIND_NAMES[item.kind],
                promise=promise(item.kind), yuan=yuan, visitor=visitor,
                form_token=visitors.form_token(visitor), given=given(store, who, item),
                claim_code=_claim_code(shop, codes, visitor) if page.source else "",
                day=dt.datetime.fromtimestamp(item.published, zone).date().isoformat(),
            )
        )  # fmt: skip
        visitors.keep_browser(response, visitor)
        if shopper.exposure_id != cookie.read(request):
            cookie.write(response, shopper.exposure_id)
        return response

    return pages


def _credited(shop: Shop, shopper: Shopper, slug: str) -> Shopper:
    """Whoever came by the link of a mass send and has signed in since came by their own copy."""
    item = shop.item(slug)
    if item is None or is_robot(request):
        return shopper
    try:
        return replace(shopper, exposure_id=credit(shop.store, shopper.exposure_id, item, shopper.openid, shop.now))
    except StoreBusy as busy:
        log.error("a click was not stored: %s", busy)
        return shopper


def _sale(shop: Shop, shopper: Shopper, visitor: Visitor, item: Item) -> str:
    """What buy.html offers."""
    why = why_not_sold(shop.store, item, shopper, shop.ios_goods, shop.now)
    if why or shop.till is None:
        return {NOT_ON_IOS: "hidden", CLAIMED: "claimed"}.get(why, "closed")
    return "snapshot" if visitor.guest == SNAPSHOT and not visitor.openid else "open"


def _note(shop: Shop, page: Page, shopper: Shopper, sale: str) -> None:
    """Keep that the page was seen, and its price."""
    if is_robot(request):
        return
    now, slug, exposure_id = shop.now, page.item.slug, shopper.exposure_id
    key = "v" + new_id(now, secrets.token_bytes(CHANCE_BYTES))
    try:
        note_view(shop.store, slug, page.sent_to, exposure_id, now, key)
        if shopper.openid and page.source.startswith(BOUGHT):
            read_bought(shop.store, shopper.openid, page.item, now)
    except StoreBusy as busy:
        log.error("a page view was not stored: %s", busy)
    if sale == "open":
        keep_step(shop.store, Step(funnel.SEEN, now, shopper.buyer, slug, shopper.scene.browser, exposure_id))


def _claim_code(shop: Shop, codes: ClaimCodes, visitor: Visitor) -> str:
    """What a reader outside WeChat types in the chat to take over what they own."""
    if visitor.openid or is_robot(request):
        return ""
    try:
        return claim_code(shop.store, codes, visitor.buyer, shop.now)
    except StoreBusy as busy:
        log.error("a claim code was not stored: %s", busy)
        return ""


def _missing() -> Response:
    return make_response(render_template("missing.html"), 404)
