"""Tags and the black list (platform.md 4.8)."""

from typing import Any

from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError
from simulator.followers import Follower
from simulator.tags import PER_CALL, PER_USER

BLACKLIST_PER_CALL = 20


def _tag(call: Call) -> dict[str, Any]:
    tag = call.body.get("tag")
    if not isinstance(tag, dict):
        raise ApiError(47001, "data format error: tag is missing")
    return tag


def _people(call: Call, most: int) -> list[Follower]:
    names = call.body.get("openid_list")
    if not isinstance(names, list) or not 1 <= len(names) <= most:
        raise ApiError(40032, "invalid openid list size")
    found = [call.platform.followers.find(str(name)) for name in names]
    if any(person is None for person in found):
        raise ApiError(40003, "invalid openid")
    return [person for person in found if person is not None]


def _members(call: Call, number: int) -> list[Follower]:
    return [one for one in call.platform.followers.all() if number in one.tags and one.subscribed]


def create(call: Call) -> dict[str, Any]:
    name = _tag(call).get("name")
    return {"tag": {"id": call.platform.tags.create(name), "name": name}}


def get(call: Call) -> dict[str, Any]:
    return {
        "tags": [
            {"id": number, "name": name, "count": len(_members(call, number))}
            for number, name in call.platform.tags.names.items()
        ]
    }


def update(call: Call) -> dict[str, Any]:
    tag = _tag(call)
    call.platform.tags.rename(tag.get("id"), tag.get("name"))
    return OK


def delete(call: Call) -> dict[str, Any]:
    number = _tag(call).get("id")
    members = [one for one in call.platform.followers.all() if number in one.tags]
    call.platform.tags.delete(number, len(members))
    for person in members:
        person.tags = [tag for tag in person.tags if tag != number]
    return OK


def batchtagging(call: Call) -> dict[str, Any]:
    people = _people(call, PER_CALL)
    number = call.platform.tags.check(call.body.get("tagid"))
    if any(len(person.tags) >= PER_USER and number not in person.tags for person in people):
        raise ApiError(45059, "can't add this tag, user has too many")
    for person in people:
        if number not in person.tags:
            person.tags.append(number)
    return OK


def batchuntagging(call: Call) -> dict[str, Any]:
    people = _people(call, PER_CALL)
    number = call.platform.tags.check(call.body.get("tagid"))
    for person in people:
        if number in person.tags:
            person.tags.remove(number)
    return OK


def getidlist(call: Call) -> dict[str, Any]:
    person = call.platform.followers.find(str(call.body.get("openid", "")))
    if person is None:
        raise ApiError(40003, "invalid openid")
    return {"tagid_list": list(person.tags)}


def user_tag_get(call: Call) -> dict[str, Any]:
    members = _members(call, call.platform.tags.check(call.body.get("tagid")))
    return openid_page([person.openid for person in members], str(call.body.get("next_openid") or ""))


def openid_page(openids: list[str], after: str, most: int = 10_000) -> dict[str, Any]:
    """One page of openids after `after`; without `data` when there are no more."""
    start = openids.index(after) + 1 if after in openids else 0
    page = openids[start : start + most]
    if not page:
        return {"count": 0, "next_openid": ""}
    return {"count": len(page), "data": {"openid": page}, "next_openid": page[-1]}


def getblacklist(call: Call) -> dict[str, Any]:
    listed = [one.openid for one in call.platform.followers.all() if one.blacklisted]
    return {"total": len(listed), **openid_page(listed, str(call.body.get("begin_openid") or ""))}


def batchblacklist(call: Call) -> dict[str, Any]:
    for person in _people(call, BLACKLIST_PER_CALL):
        person.blacklisted = True
    return OK


def batchunblacklist(call: Call) -> dict[str, Any]:
    for person in _people(call, BLACKLIST_PER_CALL):
        person.blacklisted = False
    return OK


ROUTES = (
    Route("POST", "/cgi-bin/tags/create", create),
    Route("GET", "/cgi-bin/tags/get", get),
    Route("POST", "/cgi-bin/tags/update", update),
    Route("POST", "/cgi-bin/tags/delete", delete),
    Route("POST", "/cgi-bin/tags/members/batchtagging", batchtagging),
    Route("POST", "/cgi-bin/tags/members/batchuntagging", batchuntagging),
    Route("POST", "/cgi-bin/tags/getidlist", getidlist),
    Route("POST", "/cgi-bin/user/tag/get", user_tag_get),
    Route("POST", "/cgi-bin/tags/members/getblacklist", getblacklist),
    Route("POST", "/cgi-bin/tags/members/batchblacklist", batchblacklist),
    Route("POST", "/cgi-bin/tags/members/batchunblacklist", batchunblacklist),
)
