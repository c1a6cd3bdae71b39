"""Orders in the console: the list, one order with everything about it, evidence, and the way to a payment."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, make_response, redirect, request

from domain.console import MONEY
from domain.order import METHODS, STATES
from flows.console_orders import funnel_of, needs_attention, note_seen, order_sheet, settle_evidence
from storage import order_pages
from storage.evidence import Evidence
from web.console_door import PATH
from web.console_office import PAGE_ROWS, Office, position

PERIODS = (1, 7, 30, 90)
LONGEST_NOTE = 120


def add_orders(console: Blueprint, office: Office) -> None:
    """The pages that look at orders."""

    @console.get("/orders", endpoint="orders")
    def listed() -> Response:
        number = re.sub(r"\s", "", request.args.get("number", ""))[:64]
        if number:
            return _found(office, number)
        state = request.args.get("state", "")
        state = state if state in STATES else ""
        given = request.args.get("after", "")
        with office.store.read() as tx:
            found = order_pages.page(tx, state, PAGE_ROWS + 1, position(given))
        rows, more = found[:PAGE_ROWS], len(found) > PAGE_ROWS
        after = f"{rows[-1].created_at}.{rows[-1].order_no}" if more else ""
        kept = f"state={state}" if state else ""
        return office.page("orders.html", orders=rows, state=state, after=after, first=not given, filter=kept)

    @console.get("/orders/<order_no>", endpoint="order")
    def one(order_no: str) -> Response:
        sheet = order_sheet(office.store, order_no, office.show) if order_no.isprintable() else None
        if sheet is None:
            abort(404)
        if sheet.order and office.me.may(MONEY):
            note_seen(office.store, order_no, office.me.name, office.now)
        return office.page("order.html", sheet=sheet, order=sheet.order, methods=METHODS)

    @console.post("/evidence", endpoint="settled")
    def settled() -> Response:
        order_no = request.form.get("order_no", "")
        note = " ".join(request.form.get("note", "").split())[:LONGEST_NOTE]
        if order_no.isprintable() and note.isprintable():
            settle_evidence(office.store, order_no, office.me.name, note, office.now)
        return make_response(redirect(f"{PATH}/evidence", 303))

    @console.get("/evidence", endpoint="evidence")
    def evidence() -> Response:
        numbers: dict[str, list[Evidence]] = {}
        for found in needs_attention(office.store, office.now).evidence:
            numbers.setdefault(found.order_no, []).append(found)
        return office.page("evidence.html", numbers=numbers)

    @console.get("/funnel", endpoint="funnel")
    def way() -> Response:
        given = request.args.get("days", "")
        days = int(given) if given in map(str, PERIODS) else 30
        found = funnel_of(office.store, days, office.now)
        return office.page("funnel.html", funnel=found, days=days, periods=PERIODS)


def _found(office: Office, number: str) -> Response:
    """What a number leads to: the order itself when there is one only."""
    usable = re.fullmatch(r"[0-9A-Za-z]{4,64}", number)
    with office.store.read() as tx:
        rows = order_pages.look_for(tx, number, PAGE_ROWS) if usable else []
    if len(rows) == 1:
        return make_response(redirect(f"{PATH}/orders/{rows[0].order_no}", 303))
    return office.page("orders.html", orders=rows, number=number, state="", after="", first=True, filter="")
