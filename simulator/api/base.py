"""Tokens and the helpers around them (platform.md 3)."""

from typing import Any

from simulator.api.call import Call, Route
from simulator.api.errors import ApiError


def _check_caller(call: Call, app_id: Any, secret: Any) -> None:
    allowed = call.platform.settings.ip_whitelist
    if allowed and call.address not in allowed:
        raise ApiError(40164, f"invalid ip {call.address} ipv6 ::ffff:{call.address}, not in whitelist")
    if call.platform.settings.unusual_ip:
        raise ApiError(89503, "this ip needs the confirmation of the administrator")
    if app_id != call.platform.account.app_id:
        raise ApiError(40013, "invalid appid")
    if secret != call.platform.account.app_secret:
        raise ApiError(40125, "invalid appsecret")


def _check_grant(grant_type: Any) -> None:
    if grant_type != "client_credential":
        raise ApiError(40002, "invalid grant_type")


def token(call: Call) -> dict[str, Any]:
    _check_grant(call.query.get("grant_type"))
    _check_caller(call, call.query.get("appid"), call.query.get("secret"))
    value, life = call.platform.tokens.fetch_plain(call.now)
    return {"access_token": value, "expires_in": life}


def stable_token(call: Call) -> dict[str, Any]:
    _check_grant(call.body.get("grant_type"))
    _check_caller(call, call.body.get("appid"), call.body.get("secret"))
    value, life = call.platform.tokens.fetch_stable(call.now, call.body.get("force_refresh") is True)
    return {"access_token": value, "expires_in": life}


ROUTES = (
    Route("GET", "/cgi-bin/token", token, token=False),
    Route("POST", "/cgi-bin/stable_token", stable_token, token=False),
)
