"""Followers in the console: looking one up, and everything held about one.

An openid comes in by a form and stands in no address: there it is encrypted. Facts and exact words are asked for by a
form of their own, so that no address that is passed on or opened again shows them.
"""

from __future__ import annotations

import json
from functools import partial

from flask import Blueprint, Response, abort, make_response, redirect, request

from domain import interests
from errors import ShutongError
from flows.console_follower import buyer_of, follower_sheet, is_known
from flows.remember_facts import list_facts
from storage.exposures import Shown
from web.acts_in_words import Teller, dealt
from web.console_door import PATH
from web.console_office import Office
from web.console_why import named

LONGEST_OPENID = 64
TOLD_SHOWN = 12
"""Recommendations that are told one by one."""


def add_followers(console: Blueprint, office: Office) -> None:
    """The pages that look at followers."""

    def to_sheet(openid: str) -> Response:
        return make_response(redirect(f"{PATH}/followers/{office.door.address_of(openid)}", 303))

    def sheet_page(address: str, whole: bool) -> Response:
        openid = office.door.at_address(address)
        sheet = follower_sheet(office.store, openid, office.me.name, whole, office.now) if openid else None
        if sheet is None:
            abort(404)
        tell, weight = Teller(office.catalog.current, sheet.clicked, whole), partial(interests.weight, now=office.now)
        told = _facts(office, openid) if whole else None
        return office.page(
            "follower.html",
            sheet=sheet,
            address=address,
            whole=whole,
            facts=told,
            tell=tell,
            weight=weight,
            dealt=dealt,
            terms_of=terms_of,
            most_shown=TOLD_SHOWN,
            items=named(office.catalog.current),
        )

    @console.get("/followers", endpoint="followers")
    def search() -> Response:
        return office.page("followers.html")

    @console.post("/followers", endpoint="follower_found")
    def found() -> Response:
        openid = request.form.get("openid", "").strip()[:LONGEST_OPENID]
        if not openid or not openid.isprintable() or not is_known(office.store, openid):
            return office.page("followers.html", 404, missed=True)
        return to_sheet(openid)

    @console.get("/orders/<order_no>/buyer", endpoint="buyer")
    def buyer(order_no: str) -> Response:
        openid = buyer_of(office.store, order_no) if order_no.isprintable() else ""
        if not openid or not is_known(office.store, openid):
            abort(404)
        return to_sheet(openid)

    @console.get("/followers/<address>", endpoint="follower")
    def one(address: str) -> Response:
        return sheet_page(address, whole=False)

    @console.post("/followers/<address>/facts", endpoint="facts")
    def facts(address: str) -> Response:
        return sheet_page(address, whole=True)


def terms_of(shown: Shown) -> list[tuple[str, float]]:
    """What the score of a recommendation was made of, the largest first; [] where it was not kept."""
    try:
        terms = json.loads(shown.terms or "{}")
    except ValueError:  # cut off
        return []
    numbers = [(str(name), float(value)) for name, value in terms.items() if isinstance(value, int | float)]
    return sorted(numbers, key=lambda one: -abs(one[1]))


def _facts(office: Office, openid: str) -> list[tuple[str, str, str]] | None:
    """What they told about themselves, in words; None when no key reads it."""
    try:
        return list_facts(office.store, office.vault, openid, office.now)
    except (ShutongError, ValueError):
        return None
