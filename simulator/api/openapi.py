"""Addresses, quotas, request ids and comments (platform.md 3, 4.12)."""

from typing import Any

from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError


def ip_list(_call: Call) -> dict[str, Any]:
    """The addresses pushes come from: here there is one."""
    return {"ip_list": ["127.0.0.1"]}


def callback_check(_call: Call) -> dict[str, Any]:
    return {
        "dns": [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}],
        "ping": [{"ip": "127.0.0.1", "from_operator": "DEFAULT", "package_loss": "0%", "time": "1.0ms"}],
    }


def clear_quota(call: Call) -> dict[str, Any]:
    if call.body.get("appid") != call.platform.account.app_id:
        raise ApiError(40013, "invalid appid")
    call.platform.quotas.clear(call.now)
    return OK


def clear_quota_v2(call: Call) -> dict[str, Any]:
    given = {**call.query, **call.body}
    if given.get("appid") != call.platform.account.app_id:
        raise ApiError(40013, "invalid appid")
    if given.get("appsecret") != call.platform.account.app_secret:
        raise ApiError(40125, "invalid appsecret")
    call.platform.quotas.clear(call.now)
    return OK


def quota_get(call: Call) -> dict[str, Any]:
    path = str(call.body.get("cgi_path", ""))
    limit = call.platform.quotas.limit(path)
    if limit is None:
        raise ApiError(76021, "cgi_path not found, please check")
    used = call.platform.quotas.used_today(path, call.now)
    return {**OK, "quota": {"daily_limit": limit, "used": used, "remain": max(limit - used, 0)}}


def rid_get(call: Call) -> dict[str, Any]:
    found = call.platform.rids.get(str(call.body.get("rid", "")))
    if found is None:
        raise ApiError(76022, "could not use this rid, it is not of this account")
    return {**OK, "request": found}


def _comments(call: Call) -> None:
    if not call.platform.settings.comment_privilege:
        raise ApiError(88000, "without comment privilege")


def comment_list(call: Call) -> dict[str, Any]:
    _comments(call)
    return {**OK, "total": 0, "comment": []}


def comment_done(call: Call) -> dict[str, Any]:
    _comments(call)
    return OK


_DONE = ("open", "close", "markelect", "unmarkelect", "delete", "reply/add", "reply/delete")
ROUTES = (
    Route("GET", "/cgi-bin/getcallbackip", ip_list),
    Route("GET", "/cgi-bin/get_api_domain_ip", ip_list),
    Route("POST", "/cgi-bin/callback/check", callback_check),
    Route("POST", "/cgi-bin/clear_quota", clear_quota),
    Route("POST", "/cgi-bin/clear_quota/v2", clear_quota_v2, token=False, bare=True),
    Route("POST", "/cgi-bin/openapi/quota/get", quota_get),
    Route("POST", "/cgi-bin/openapi/rid/get", rid_get),
    Route("POST", "/cgi-bin/comment/list", comment_list),
    *(Route("POST", f"/cgi-bin/comment/{name}", comment_done) for name in _DONE),
)
