"""The web application: WeChat's pushes go straight to the webhook, everything else to Flask."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from web.forms import TOKEN
from web.webhook import Webhook

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

log = logging.getLogger(__name__)

BODY_BYTES = 64 * 1024
REFUSED, FAILED = "这一步没有做成，刷新这一页再试", "书童出了点小差错，请过一会儿再试"

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; script-src 'nonce-{nonce}'; frame-ancestors {frames}"
)

OPEN_TAGS_POLICY = "; frame-src https://*.qq.com webcompt:"
"""What WeChat's open tags need beside it, on the pages that have one. Their script comes by the nonce."""

Rooms = Iterable[Blueprint]
WSGI = Callable[[dict[str, Any], "StartResponse"], Iterable[bytes]]


def make_app(blueprints: Rooms, frame_ancestors: str) -> Flask:
    """Flask with these blueprints, safe headers, and a page for every error."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for blueprint in blueprints:
        app.register_blueprint(blueprint)

    @app.before_request
    def nonce() -> None:
        g.nonce = secrets.token_urlsafe(12)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # WeChat Pay opens an h5_url by where it comes from; other sites are told of this one, and of no page of it.
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        if response.mimetype == "text/html":  # depends on who reads, and on what
            response.headers.setdefault("Cache-Control", "private, no-cache")
        elif response.mimetype == "application/json":
            response.headers.setdefault("Cache-Control", "no-store")
        policy = CONTENT_POLICY.format(nonce=g.get("nonce", ""), frames=frame_ancestors)
        policy += OPEN_TAGS_POLICY if g.get("open_tags") else ""
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        by_script = request.is_json or TOKEN in request.headers
        page = jsonify(error=REFUSED) if by_script else render_template("missing.html")
        response = make_response(page, error.code or 500)
        for name, value in error.get_headers():
            if name != "Content-Type":
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[str | Response, int]:
        log.exception("a page failed")
        by_script = request.is_json or TOKEN in request.headers
        return jsonify(error=FAILED) if by_script else render_template("failed.html"), 500

    return app


def front(app: WSGI, webhook: Webhook) -> WSGI:
    """One application out of two."""

    def choose(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/wechat":
            return webhook(environ, start_response)
        return app(environ, start_response)

    return choose
