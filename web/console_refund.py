"""Returning money in the console: a form, a page that tells what will happen, and one refund for it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request

from domain.order import NUMBER_CHANCE_BYTES, Order, new_number
from domain.refund import REASON_BYTES
from errors import Declined
from flows.console_refund import return_money
from storage import orders
from web.console_door import PATH
from web.console_office import Office

CLOSED = "还没有接入微信支付，退不了款"
CHANGED = "这笔订单刚刚有变化，请重新看一遍再退"
OVER = "这一页放得太久了，请重新填一遍"
NO_AMOUNT = "金额写成 9.90 这样，大于零，不超过还能退的"
NO_REASON = f"写一句原因，买家会看到，最多 {REASON_BYTES // 3} 个字"


def add_refund(console: Blueprint, office: Office) -> None:
    """The form, its confirmation, and the refund itself."""

    def order_of(order_no: str) -> Order:
        with office.store.read() as tx:
            order = orders.find(tx, order_no) if order_no.isprintable() else None
        if order is None:
            abort(404)
        return order

    def form(order: Order, told: str = "", status: int = 200) -> Response:
        typed = {name: request.form.get(name, "") for name in ("how", "yuan", "reason")}
        return office.page("refund.html", status, order=order, told=told, typed=typed)

    @console.get("/orders/<order_no>/refund", endpoint="refund_form")
    def ask(order_no: str) -> Response:
        return form(order_of(order_no), "" if office.till else CLOSED)

    @console.post("/orders/<order_no>/refund", endpoint="refund_preview")
    def preview(order_no: str) -> Response:
        order = order_of(order_no)
        reason = " ".join(request.form.get("reason", "").split())
        fen = order.returnable_fen if request.form.get("how") == "whole" else _fen(request.form.get("yuan", ""))
        if not 1 <= fen <= order.returnable_fen:
            return form(order, NO_AMOUNT, 400)
        if not reason or len(reason.encode()) > REASON_BYTES or not reason.isprintable():
            return form(order, NO_REASON, 400)
        plan = {
            "order_no": order_no, "fen": fen, "reason": reason, "left": order.returnable_fen,
            "refund_no": new_number(secrets.token_bytes(NUMBER_CHANCE_BYTES)),
        }  # fmt: skip
        ticket = office.door.ticket(office.me, plan, office.now)
        return office.page("refund_confirm.html", order=order, fen=fen, reason=reason, ticket=ticket)

    @console.post("/orders/<order_no>/refund/confirmed", endpoint="refund")
    def confirmed(order_no: str) -> Response:
        order = order_of(order_no)
        plan: dict[str, Any] | None = office.door.open_ticket(office.me, request.form.get("ticket", ""), office.now)
        if plan is None or plan["order_no"] != order_no:
            return form(order, OVER, 400)
        if office.till is None:
            return form(order, CLOSED, 503)
        try:
            return_money(office.till, plan, office.me.name, office.now)
        except Declined:
            return form(order_of(order_no), CHANGED, 409)
        return make_response(redirect(f"{PATH}/orders/{order_no}#refunds", 303))


def _fen(yuan: str) -> int:
    """``9.90`` -> 990; 0 for what is no amount."""
    found = re.fullmatch(r"([0-9]{1,7})(?:[.．]([0-9]{1,2}))?", yuan.strip().removeprefix("¥"))
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found and found[0].isascii() else 0
