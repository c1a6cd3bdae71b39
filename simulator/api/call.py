"""One call of the server API: how it is read, checked, answered and logged."""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from simulator.api.errors import ApiError
from simulator.line import cut
from simulator.platform import Platform
from simulator.tokens import LATEST_TEXT
from simulator.wire import WireEntry

log = logging.getLogger("simulator")
TEMPLATE_SEND = "/cgi-bin/message/template/send"
_REFUSALS = {
    "busy": (-1, "system error"),
    "45009": (45009, "reach max api daily quota limit"),
    "45011": (45011, "api minute-quota reach limit, must slower, retry next minute"),
    "48004": (48004, "api forbidden for irregularities, view detail on mp.weixin.qq.com"),
    "40001": (40001, LATEST_TEXT),
}
_CHANNELS = {
    "/cgi-bin/message/custom/": "kf",
    TEMPLATE_SEND: "template",
    "/cgi-bin/message/subscribe/": "notice",
    "/cgi-bin/message/mass/": "mass",
}
RIDS_KEPT = 1000
_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?!00[01])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SECRET = re.compile(r"(access_token|secret)=[^&]+")


@dataclass(frozen=True)
class Call:
    """What a handler gets. `body` is the JSON object, empty for GET and uploads."""

    platform: Platform
    query: Mapping[str, str]
    body: dict[str, Any]
    upload: FileStorage | None
    address: str
    now: int
    path: str


Handler = Callable[[Call], dict[str, Any] | Response]


@dataclass(frozen=True)
class Route:
    """An address of the API. `token`: needs a valid access_token; `bare`: the body may be empty."""

    method: str
    path: str
    handler: Handler
    token: bool = True
    bare: bool = False


def read_json(raw: bytes, literal_escapes: bool) -> dict[str, Any]:
    r"""The body as a dict: 44002 when empty, 47001 when not JSON. `\uXXXX` stays as it is."""
    if not raw.strip():
        raise ApiError(44002, "empty post data")
    try:
        text = raw.decode("utf-8")
        body = json.loads(_ESCAPE.sub(r"\1\\\\u", text) if literal_escapes else text)
    except (ValueError, RecursionError) as error:
        raise ApiError(47001, "data format error") from error
    if not isinstance(body, dict) or (not literal_escapes and _SURROGATE.search(json.dumps(body, ensure_ascii=False))):
        raise ApiError(47001, "data format error")
    return body


def dumps(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _rid() -> str:
    return f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def _answer(platform: Platform, route: Route) -> tuple[dict[str, Any] | Response, ApiError | None]:
    try:
        if route.token:
            platform.tokens.check(request.args.get("access_token"), platform.now())
        _check_granted(platform, route.path)
        body: dict[str, Any] = {}
        if route.method == "POST" and not request.files:
            raw = request.get_data()
            given = bool(raw.strip()) or not route.bare
            body = read_json(raw, platform.settings.literal_unicode_escapes) if given else {}
        call = Call(
            platform,
            request.args,
            body,
            next(iter(request.files.values()), None),
            request.remote_addr or "",
            platform.now(),
            route.path,
        )
        with platform.lock:
            return _counted(route, call), None
    except ApiError as error:
        return refusal(platform, error), error


def _counted(route: Route, call: Call) -> dict[str, Any] | Response:
    """The handler's answer within the quotas; a refusal that the bot could have foreseen is a violation."""
    try:
        call.platform.quotas.count(route.path, call.now)
        return _handled(route, call)
    except ApiError as error:
        channel = next((name for path, name in _CHANNELS.items() if route.path.startswith(path)), "")
        person = call.platform.followers.find(str(call.body.get("touser", "")))
        call.platform.violations.refused(channel, error.errcode, person, call.now)
        raise


def _handled(route: Route, call: Call) -> dict[str, Any] | Response:
    """The handler's answer; a body whose values have other types than it needs is 47001."""
    try:
        return route.handler(call)
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        log.info("%s stumbled over its body", route.path, exc_info=True)
        raise ApiError(47001, "data format error") from error


def _check_granted(platform: Platform, path: str) -> None:
    settings = platform.settings
    if path in settings.forbidden_calls:
        raise ApiError(48001, "api unauthorized")
    banned = 0 < settings.ban_after_risks <= len(platform.ban_risks) and path == TEMPLATE_SEND
    if banned or path in settings.banned_calls:
        raise ApiError(48004, "api forbidden for irregularities, view detail on mp.weixin.qq.com")


def refusal(platform: Platform, error: ApiError) -> dict[str, Any]:
    """The error as answered; its rid can be asked about afterwards, the last thousand of them."""
    rid = _rid()
    answer = {"errcode": error.errcode, "errmsg": f"{error.errmsg} rid: {rid}", **error.more}
    with platform.lock:
        platform.rids[rid] = {
            "invoke_time": platform.now(),
            "cost_in_ms": 1,
            "request_url": _SECRET.sub(r"\1=…", request.full_path.rstrip("?")),
            "request_body": "" if request.files else _hidden(request.get_data(as_text=True)),
            "response_body": json.dumps(answer, ensure_ascii=False),
            "client_ip": request.remote_addr,
        }
        while len(platform.rids) > RIDS_KEPT:
            del platform.rids[next(iter(platform.rids))]
    return answer


def serve_call(platform: Platform, route: Route) -> Response:
    """Answer the request that Flask holds and write it to the wire log."""
    begun = time.monotonic()
    fault = platform.faults.pick("api", route.path)
    if fault in _REFUSALS:
        error: ApiError | None = ApiError(*_REFUSALS[fault])
        answer: dict[str, Any] | Response = refusal(platform, ApiError(*_REFUSALS[fault]))
    elif fault in ("http_502", "reset_before"):
        return _broken(platform, route, fault, begun)
    else:
        if fault == "slow":
            time.sleep(platform.faults.slow_seconds)
        answer, error = _answer(platform, route)
    if fault == "reset_after":
        return _broken(platform, route, fault, begun)
    if isinstance(answer, Response):
        response, shown = answer, f"({answer.content_length or 0} bytes of {answer.mimetype})"
    else:
        data = dumps(answer)
        response, shown = Response(data, content_type="application/json; encoding=utf-8"), data.decode()
    _log(platform, route, shown, error, begun)
    return response


def _broken(platform: Platform, route: Route, fault: str, begun: float) -> Response:
    """No WeChat answer at all: a gateway's 502 page, or a line that was cut."""
    _log(platform, route, "", ApiError(-1, f"{fault} on purpose"), begun, fault)
    if fault == "http_502":
        return Response("<html><h1>502 Bad Gateway</h1></html>", 502)
    return cut(request.environ)


def _log(platform: Platform, route: Route, answer: str, error: ApiError | None, begun: float, fault: str = "") -> None:
    sent = "(upload)" if request.files else request.get_data(as_text=True)
    platform.wire.add(
        WireEntry(
            kind="api",
            at=platform.clock.now(),
            what=f"{route.method} {route.path}",
            url=_SECRET.sub(r"\1=…", request.full_path.rstrip("?")),
            request=_hidden(sent),
            answer=answer,
            status=200,
            elapsed_ms=round((time.monotonic() - begun) * 1000, 2),
            ok=error is None,
            rule=fault or (str(error.errcode) if error else "0"),
            detail=error.errmsg if error else "ok",
            fault=fault,
        )
    )
    platform.touch()


def _hidden(sent: str) -> str:
    return re.sub(r'("secret"\s*:\s*)"[^"]*"', r'\1"…"', sent)
