"""The signature that WeChat's browser wants before a page may show its open tags."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify, request

from errors import PlatformError, StoreBusy
from web.forms import BROKEN, BUSY, refuse
from web.places import NoPlace
from web.shop import Shop
from web.sign_in import local

log = logging.getLogger(__name__)


def make_js_config(shop: Shop) -> Blueprint:
    """The blueprint with the one route; it is for who is signed in, and for addresses of this site alone."""
    js_config = Blueprint("js_config", __name__)

    @js_config.get("/js-config")
    def config() -> Response:
        path = local(request.args.get("path", ""))
        if shop.signer is None or not path:
            refuse(400, BROKEN)
        if not shop.visitors.of(request).openid:
            refuse(403, BROKEN)
        try:
            with shop.places.one():
                return jsonify(shop.signer.config(path))
        except NoPlace:
            refuse(503, BUSY)
        except (PlatformError, StoreBusy) as trouble:
            log.warning("a page could not be signed: %s", trouble)
            refuse(503, BUSY)

    return js_config
