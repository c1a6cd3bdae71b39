"""The server side of web sign-in, and the JS ticket (platform.md 5.1, 5.2)."""

import secrets
from typing import Any

from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError


def _check_app(call: Call) -> None:
    if call.query.get("appid") != call.platform.account.app_id:
        raise ApiError(40013, "invalid appid")


def access_token(call: Call) -> dict[str, Any]:
    _check_app(call)
    if call.query.get("secret") != call.platform.account.app_secret:
        raise ApiError(40125, "invalid appsecret")
    if call.query.get("grant_type") != "authorization_code":
        raise ApiError(40002, "invalid grant_type")
    return call.platform.sign_in.exchange(call.query.get("code", ""), call.now)


def refresh_token(call: Call) -> dict[str, Any]:
    _check_app(call)
    return call.platform.sign_in.refresh(call.query.get("refresh_token", ""), call.now)


def userinfo(call: Call) -> dict[str, Any]:
    """Since 2021 sex and places are empty, and who does not confirm is 微信用户."""
    openid = call.query.get("openid", "")
    grant = call.platform.sign_in.check(call.query.get("access_token", ""), openid, call.now)
    if grant.scope != "snsapi_userinfo":
        raise ApiError(48001, "api unauthorized")
    person = call.platform.followers.find(openid)
    name = person.name if person and not grant.snapshot else "微信用户"
    return {
        "openid": openid,
        "nickname": name,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": f"{call.platform.base_url}/_static/picture.svg",
        "privilege": [],
    }


def auth(call: Call) -> dict[str, Any]:
    call.platform.sign_in.check(call.query.get("access_token", ""), call.query.get("openid", ""), call.now)
    return OK


def getticket(call: Call) -> dict[str, Any]:
    """The JS ticket: the same until two hours are over."""
    if call.query.get("type") != "jsapi":
        raise ApiError(40097, "invalid args")
    ticket, until = call.platform.js_ticket
    if until <= call.now:
        ticket, until = "sM4AOVdWfPE4DxkX" + secrets.token_urlsafe(52), call.now + 7200
        call.platform.js_ticket = (ticket, until)
    return {**OK, "ticket": ticket, "expires_in": until - call.now}


ROUTES = (
    Route("GET", "/sns/oauth2/access_token", access_token, token=False),
    Route("GET", "/sns/oauth2/refresh_token", refresh_token, token=False),
    Route("GET", "/sns/userinfo", userinfo, token=False),
    Route("GET", "/sns/auth", auth, token=False),
    Route("GET", "/cgi-bin/ticket/getticket", getticket),
)
