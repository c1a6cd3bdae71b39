"""The operator console: its guard, sign-in, the page of what needs attention, and the log of acts."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from domain.console import AUDIT, CAMPAIGNS, CONTENT, FACTS, LOOK, MONEY, PEOPLE, SEND
from errors import ShutongError
from flows.console_orders import needs_attention
from flows.console_sign_in import SignIn, TooManyTries, sign_in, sign_out
from flows.preview_campaign import Previewer
from storage import console_acts
from web.console_campaigns import add_campaigns
from web.console_content import add_content
from web.console_door import PATH, key_of, network, same
from web.console_followers import add_followers
from web.console_launch import add_launch
from web.console_office import PAGE_ROWS, Office, position
from web.console_orders import add_orders
from web.console_refund import add_refund
from web.console_why import add_why
from web.places import NoPlace, Places
from web.sign_in import local

log = logging.getLogger(__name__)

OPEN = "open"
PAGES = {
    "sign_in": OPEN, "sign_in_form": OPEN, "sign_out": LOOK,
    "start": LOOK, "orders": LOOK, "order": LOOK, "evidence": LOOK, "funnel": LOOK,
    "settled": MONEY, "refund_form": MONEY, "refund_preview": MONEY, "refund": MONEY,
    "followers": PEOPLE, "follower_found": PEOPLE, "follower": PEOPLE, "buyer": PEOPLE, "why": PEOPLE, "facts": FACTS,
    "content": CONTENT, "content_item": CONTENT, "gaps": CONTENT, "words": CONTENT,
    "campaigns": LOOK, "campaign": LOOK, "campaign_pause": CAMPAIGNS, "campaign_resume": SEND,
    "campaign_preview": CAMPAIGNS, "campaign_launch": SEND,
    "campaign_undo": CAMPAIGNS, "campaign_new": CAMPAIGNS, "campaign_edit": CAMPAIGNS, "campaign_save": CAMPAIGNS,
    "log": AUDIT,
}  # fmt: skip
"""Page -> the right it needs. A page that is not here is for nobody."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
FORM_TOKEN = "csrf_token"  # noqa: S105 - a field's name
COMPARED_AT_ONCE = 1
"""Comparing a password takes 64 MiB and a fraction of a second: strangers may not have a worker do much of it."""
WRONG = "名字或密码不对"
TOO_MANY = "试的次数太多了，过 15 分钟再来"
STALE = "这一页放得太久了，再提交一次"
BUSY = "这会儿有点忙，过几秒再试"


def make_console(office: Office, previewer: Callable[[], Previewer]) -> Blueprint:
    """The blueprint with everything under /console."""
    console = Blueprint("console", __name__, url_prefix=PATH)
    _guard(console, office)
    _sign_in(console, office)
    add_orders(console, office)
    add_refund(console, office)
    add_followers(console, office)
    add_why(console, office)
    add_content(console, office)
    add_campaigns(console, office)
    add_launch(console, office, previewer)

    @console.get("/")
    def start() -> Response:
        found = needs_attention(office.store, office.now)
        return office.page("start.html", found=found, mistakes=office.catalog.mistakes)

    @console.get("/log", endpoint="log")
    def acts() -> Response:
        before = position(request.args.get("after", ""))
        with office.store.read() as tx:
            found = console_acts.page(tx, PAGE_ROWS + 1, before)
        rows, more = found[:PAGE_ROWS], len(found) > PAGE_ROWS
        after = f"{rows[-1].at}.{rows[-1].id}" if more else ""
        return office.page("log.html", acts=rows, after=after, first=not request.args.get("after"))

    return console


def _guard(console: Blueprint, office: Office) -> None:
    """Nobody passes but who may, and no form without its token."""

    @console.before_request
    def guard() -> Response | None:
        g.operator = me = office.door.operator(request, office.now)
        right = PAGES.get((request.endpoint or "").removeprefix("console."))
        if right == OPEN:
            return None
        if me is None:
            if request.method not in ("GET", "HEAD"):
                abort(403)
            wanted = request.full_path.rstrip("?")
            return make_response(redirect(f"{PATH}/sign-in?" + urlencode({"next": wanted}), 303))
        if right is None or not me.may(right):
            abort(403)
        if request.method == "POST" and not same(me.token, request.form.get(FORM_TOKEN, "")):
            abort(400)
        return None

    @console.after_request
    def headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @console.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return office.page("refused.html", error.code or 500, code=error.code)

    @console.errorhandler(ShutongError)
    def failed(trouble: ShutongError) -> Response:
        log.error("a page of the console failed: %s", trouble)
        return office.page("refused.html", 503, code=503)


def _sign_in(console: Blueprint, office: Office) -> None:
    door, places = office.door, Places(COMPARED_AT_ONCE)

    def form(status: int = 200, told: str = "", name: str = "") -> Response:
        visit, after = door.visit(request), local(request.values.get("next", ""))
        response = office.page("sign_in.html", status, token=visit.token, told=told, after=after, name=name)
        door.keep_visit(response, visit)
        return response

    @console.get("/sign-in")
    def sign_in_form() -> Response:
        return make_response(redirect(f"{PATH}/", 303)) if g.operator else form()

    @console.post("/sign-in", endpoint="sign_in")
    def enter() -> Response:
        name, password = request.form.get("name", "").strip().lower(), request.form.get("password", "")
        visit = door.visit(request)
        if visit.new or not same(visit.token, request.form.get(FORM_TOKEN, "")):
            return form(400, STALE, name)
        session = secrets.token_hex(32)
        wish = SignIn(name, password, network(), key_of(session), door.blind)
        try:
            with places.one():
                user = sign_in(office.store, office.users, wish, office.now)
        except TooManyTries as trouble:
            log.warning("%s", trouble)
            return form(429, TOO_MANY, name)
        except NoPlace:
            return form(503, BUSY, name)
        if user is None:
            return form(403, WRONG, name)
        if g.operator:
            sign_out(office.store, g.operator.name, g.operator.key, office.now)
        after = local(request.form.get("next", ""))
        response = make_response(redirect(after if after.startswith(PATH + "/") else f"{PATH}/", 303))
        door.let_in(response, session)
        return response

    @console.post("/sign-out", endpoint="sign_out")
    def leave() -> Response:
        sign_out(office.store, office.me.name, office.me.key, office.now)
        response = make_response(redirect(f"{PATH}/sign-in", 303))
        door.let_out(response)
        return response
