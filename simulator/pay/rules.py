"""What a prepay request must look like (platform.md 6.4)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from simulator.pay.errors import PayError

NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
DESCRIPTION_MAX = 127
"""Characters."""
H5_TYPES = ("Wap", "iOS", "Android")
_OBJECTS = frozenset({"payer", "scene_info", "detail", "settle_info"})
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def bad(message: str) -> PayError:
    return PayError(400, "PARAM_ERROR", message)


def text(body: Mapping[str, Any], name: str, most: int, least: int = 1) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise bad(f"{name}: needs {least} to {most} characters")
    return value


def out_number(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise bad(f"{name}: 6 to 32 of digits, letters, _ - | *")
    return value


def fen(amount: Any, name: str) -> int:
    """A whole number of fen, at least 1."""
    value = amount.get(name) if isinstance(amount, Mapping) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise bad(f"amount.{name}: a whole number of fen, at least 1")
    return value


def moment(value: Any, name: str) -> float:
    """RFC 3339 as epoch seconds."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise bad(f"{name}: not an RFC 3339 time") from error
    if parsed.tzinfo is None:
        raise bad(f"{name}: has no time zone")
    return parsed.timestamp()


def notify_address(value: Any) -> str:
    """https without a query; plain http is let through to loopback only, where the simulator lives."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
    except ValueError as error:
        raise bad("notify_url: not an address") from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.query:
        raise bad("notify_url: https without a query string")
    return str(value)


def check_prepay(body: Mapping[str, Any], kind: str, now: float, attach_max: int = 128) -> None:
    """Everything of a prepay request but who sent it; `kind` is jsapi, native, h5 or app."""
    for name in _OBJECTS & set(body):
        if not isinstance(body[name], Mapping):
            raise bad(f"{name}: not an object")
    text(body, "description", DESCRIPTION_MAX)
    text(body, "attach", attach_max, 0)
    out_number(body, "out_trade_no")
    notify_address(body.get("notify_url"))
    fen(body.get("amount"), "total")
    if body["amount"].get("currency", "CNY") != "CNY":
        raise bad("amount.currency: CNY")
    if "time_expire" in body and moment(body["time_expire"], "time_expire") < now + 60:
        raise bad("time_expire: at least one minute ahead")
    if kind == "jsapi" and not (isinstance(body.get("payer"), Mapping) and body["payer"].get("openid")):
        raise bad("payer.openid: missing")
    if kind == "h5":
        _check_h5(body.get("scene_info"))


def _check_h5(scene: Any) -> None:
    if not isinstance(scene, Mapping) or not scene.get("payer_client_ip"):
        raise bad("scene_info.payer_client_ip: missing")
    info = scene.get("h5_info")
    if not isinstance(info, Mapping) or info.get("type") not in H5_TYPES:
        raise bad(f"scene_info.h5_info.type: one of {', '.join(H5_TYPES)}")
