"""What pages send by script: JSON with the page's token. A refusal is JSON too, with one sentence for the reader."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Response, abort, jsonify, make_response, request

from web.visitor import Visitor, Visitors

TOKEN = "X-CSRFToken"  # noqa: S105 - a header's name
STALE = "这一页放得太久了，刷新一下再试"
BROKEN = "这次提交的内容不完整，刷新一下再试"
NOT_SIGNED_IN = "先在微信里登录，再来改这一项"
BUSY = "书童这会儿有点忙，请过几秒再试"


def refuse(status: int, sentence: str, **more: Any) -> NoReturn:
    """End the request with this status and sentence."""
    abort(refusal(status, sentence, **more))


def refusal(status: int, sentence: str, **more: Any) -> Response:
    """The answer that says so."""
    return make_response(jsonify(error=sentence, **more), status)


def form(visitors: Visitors) -> tuple[Visitor, dict[str, Any]]:
    """Who sends, and what. Without the token that this very browser's page holds: 403; no JSON object: 400."""
    visitor = visitors.of(request)
    if not visitors.is_from_our_page(visitor, request.headers.get(TOKEN, "")):
        refuse(403, STALE)
    raw = request.get_data()
    try:
        sent = request.get_json(force=True, silent=True) if raw else {}
    except RecursionError:
        sent = None
    if not isinstance(sent, dict):
        refuse(400, BROKEN)
    return visitor, sent


def signed_in(visitors: Visitors) -> tuple[str, dict[str, Any]]:
    """The openid of who sends, and what; 403 for who is not signed in."""
    visitor, sent = form(visitors)
    if not visitor.openid:
        refuse(403, NOT_SIGNED_IN)
    return visitor.openid, sent


def whole(sent: dict[str, Any], name: str, least: int, most: int) -> int:
    """A whole number of the form, cut to its span; 400 when it is none."""
    given = sent.get(name)
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given:
        refuse(400, BROKEN)
    return int(min(max(given, least), most))


def words(sent: dict[str, Any], name: str, most: int) -> str:
    """Text of the form without what no database takes, at most so long; 400 when it is no text."""
    given = sent.get(name, "")
    if not isinstance(given, str):
        refuse(400, BROKEN)
    kept = given[:most].encode("utf-8", "ignore").decode()
    return "".join(one for one in kept if one.isprintable() or one == "\n").strip()
