"""Users: lists and what is still told of one (platform.md 4.9)."""

from typing import Any

from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError
from simulator.api.tags import openid_page
from simulator.followers import Follower

BATCH_MAX, REMARK_MAX = 100, 30


def get(call: Call) -> dict[str, Any]:
    openids = [person.openid for person in call.platform.followers.all() if person.subscribed]
    after = call.query.get("next_openid", "")
    if after and after not in openids:
        raise ApiError(40003, "invalid openid")
    return {"total": len(openids), **openid_page(openids, after)}


def _find(call: Call, openid: Any) -> Follower:
    person = call.platform.followers.find(str(openid or ""))
    if person is None:
        raise ApiError(40003, "invalid openid")
    return person


def told(person: Follower) -> dict[str, Any]:
    """What user/info gives since 2021-12-27: no name, no picture, no sex, no place."""
    if not person.subscribed:
        return {"subscribe": 0, "openid": person.openid}
    number = int(person.qr_scene) if person.qr_scene.isdigit() else 0
    return {
        "subscribe": 1,
        "openid": person.openid,
        "language": "zh_CN",
        "subscribe_time": person.subscribe_time,
        "remark": person.remark,
        "groupid": 0,
        "tagid_list": list(person.tags),
        "subscribe_scene": person.subscribe_scene,
        "qr_scene": number,
        "qr_scene_str": "" if number else person.qr_scene,
    }


def info(call: Call) -> dict[str, Any]:
    return told(_find(call, call.query.get("openid")))


def batchget(call: Call) -> dict[str, Any]:
    wanted = call.body.get("user_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= BATCH_MAX:
        raise ApiError(40032, "invalid openid list size")
    return {"user_info_list": [told(_find(call, item.get("openid"))) for item in wanted]}


def updateremark(call: Call) -> dict[str, Any]:
    person = _find(call, call.body.get("openid"))
    if not person.subscribed:
        raise ApiError(50005, "user is unsubscribed")
    remark = call.body.get("remark")
    if not isinstance(remark, str) or len(remark) >= REMARK_MAX:
        raise ApiError(45013, "remark out of limit")
    person.remark = remark
    return OK


ROUTES = (
    Route("GET", "/cgi-bin/user/get", get),
    Route("GET", "/cgi-bin/user/info", info),
    Route("POST", "/cgi-bin/user/info/batchget", batchget),
    Route("POST", "/cgi-bin/user/info/updateremark", updateremark),
)
