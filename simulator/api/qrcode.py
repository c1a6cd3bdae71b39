"""Scene QR codes, short keys (platform.md 4.10, 4.13)."""

import secrets
import string
from typing import Any

from simulator import qr
from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError

LONG_DATA_BYTES = 4096


def create(call: Call) -> dict[str, Any]:
    code = qr.create(call.body, call.now, call.platform.settings.qr_default_seconds)
    call.platform.codes[code.ticket] = code
    answer: dict[str, Any] = {"ticket": code.ticket, "url": code.url}
    return answer | ({} if code.until is None else {"expire_seconds": code.until - call.now})


def shorten(call: Call) -> dict[str, Any]:
    data = call.body.get("long_data")
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= LONG_DATA_BYTES:
        raise ApiError(40167, "invalid long_data")
    seconds = call.body.get("expire_seconds", qr.LONGEST)
    if not isinstance(seconds, int) or not 1 <= seconds <= qr.LONGEST:
        raise ApiError(40168, "invalid expire_seconds")
    key = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(15))
    call.platform.short_keys[key] = (data, call.now, call.now + seconds)
    return {**OK, "short_key": key}


def fetch(call: Call) -> dict[str, Any]:
    found = call.platform.short_keys.get(str(call.body.get("short_key", "")))
    if found is None or found[2] <= call.now:
        raise ApiError(40169, "invalid short_key")
    return {**OK, "long_data": found[0], "create_time": found[1], "expire_seconds": found[2] - call.now}


def shorturl(call: Call) -> dict[str, Any]:
    """Stopped on 2021-03-15: the long url comes back unchanged."""
    return {**OK, "short_url": str(call.body.get("long_url", ""))}


ROUTES = (
    Route("POST", "/cgi-bin/qrcode/create", create),
    Route("POST", "/cgi-bin/shorten/gen", shorten),
    Route("POST", "/cgi-bin/shorten/fetch", fetch),
    Route("POST", "/cgi-bin/shorturl", shorturl),
)
