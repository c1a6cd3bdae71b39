"""Requests that lead nowhere: the server API and the control API each say so in their own way."""

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from simulator.api.call import dumps, refusal
from simulator.api.errors import ApiError
from simulator.platform import Platform
from simulator.wire import WireEntry

API_PATHS = (
    "/cgi-bin/",
    "/customservice/",
    "/card/",
    "/datacube/",
    "/semantic/",
    "/shakearound/",
    "/sns/",
    "/wxa/",
    "/wxaapi/",
)
"""Families of the server API; of some nothing is simulated."""


def register(app: Flask, platform: Platform) -> None:
    @app.errorhandler(HTTPException)
    def stray(error: HTTPException) -> ResponseReturnValue:
        if request.path.startswith("/_control/"):
            return jsonify({"error": f"{request.method} {request.path}: {error.name}."}), error.code or 400
        if request.path.startswith(API_PATHS) and isinstance(error, NotFound | MethodNotAllowed):
            return _api_answer(platform, isinstance(error, NotFound))
        return error.get_response()


def _api_answer(platform: Platform, unknown: bool) -> Response:
    """40066 for an unknown address; 43001 and 43002 for the wrong method. HTTP 200 all the same."""
    if unknown:
        code, words = 40066, "invalid url"
    elif request.method == "GET":
        code, words = 43002, "require POST method"
    else:
        code, words = 43001, "require GET method"
    body = dumps(refusal(platform, ApiError(code, words)))
    platform.wire.add(
        WireEntry(
            kind="api",
            at=platform.clock.now(),
            what=f"{request.method} {request.path}",
            request=request.get_data(as_text=True),
            answer=body.decode(),
            status=200,
            ok=False,
            rule=str(code),
            detail=words,
        )
    )
    platform.touch()
    return Response(body, content_type="application/json; encoding=utf-8")
