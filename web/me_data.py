"""``/me``: a copy of everything held about me, and having it erased."""

from __future__ import annotations

import json
import logging
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, make_response, redirect, request

from errors import ShutongError, StoreBusy
from flows.own_data import TooManyCopies, erase, take_out
from web.forms import BROKEN, BUSY, refuse, signed_in
from web.places import NoPlace
from web.shop import Shop

log = logging.getLogger(__name__)

NO_MORE_COPIES = "今天已经导出过几次了，明天再来"
NO_COPY = "现在导不出来，回公众号回复「人工」，请人帮你"
NOTHING_HELD = "这里没有存着你的数据"


def add_data(me: Blueprint, shop: Shop, zone: ZoneInfo) -> None:
    """The two routes; both are for who is signed in."""

    @me.get("/me/export")
    def copy() -> Response:
        visitor = shop.visitors.of(request)
        if not visitor.openid:
            return make_response(redirect("/me", 302))
        try:
            with shop.places.one():
                found = take_out(shop.store, shop.vault, visitor.openid, shop.now, zone) if shop.vault else None
        except TooManyCopies:
            refuse(429, NO_MORE_COPIES)
        except NoPlace:
            refuse(503, BUSY)
        except StoreBusy:
            raise
        except ShutongError as trouble:
            log.error("a copy could not be made: %s", trouble)
            refuse(503, NO_COPY)
        if found is None:
            refuse(404, NOTHING_HELD)
        response = make_response(json.dumps(found, ensure_ascii=False, indent=2))
        response.mimetype = "application/json"
        response.headers["Content-Disposition"] = "attachment; filename=shutong-my-data.json"
        return response

    @me.post("/me/erase")
    def erased() -> Response:
        openid, sent = signed_in(shop.visitors)
        if sent.get("sure") is not True:
            refuse(400, BROKEN)
        erase(shop.store, openid, shop.now)
        return jsonify(ok=True)
