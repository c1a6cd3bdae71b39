"""Mass send (platform.md 4.5)."""

from functools import partial
from typing import Any

from simulator import inbound, mass
from simulator.api.call import Call, Route
from simulator.api.custom import OK, TEXT_MAX, recipient
from simulator.api.drafts import SYSTEM_SENDER
from simulator.api.errors import ApiError
from simulator.followers import Follower
from simulator.platform import Platform
from simulator.webhook import push

Content = tuple[str, str, dict[str, Any]]


def _content(call: Call) -> Content:
    """What is sent: kind, text and card, after the checks of its kind."""
    kind = str(call.body.get("msgtype", ""))
    part = call.body.get(kind)
    if kind in ("wxcard",):
        raise ApiError(48008, "no permission for this msgtype")
    if kind not in ("mpnews", "text", "voice", "image", "images", "mpvideo") or not isinstance(part, dict):
        raise ApiError(40008, "invalid message type")
    if kind == "text":
        text = str(part.get("content") or "")
        if not text:
            raise ApiError(44004, "empty content")
        if len(text.encode()) > TEXT_MAX:
            raise ApiError(45002, "content size out of limit")
        return "text", text, {}
    if kind == "mpnews":
        first = call.platform.drafts.get(part.get("media_id"))[0]
        article = {"Title": first["title"], "Description": first["digest"], "Url": "", "PicUrl": ""}
        return "news", "[图文]", {"Articles": [article], "media_id": part["media_id"]}
    for media_id in part.get("media_ids") or [part.get("media_id")]:
        call.platform.media.get(media_id, call.now)
    return kind.removeprefix("mp").removesuffix("s"), f"[{kind}]", {}


def sendall(call: Call) -> dict[str, Any]:
    chosen = call.body.get("filter")
    if not isinstance(chosen, dict):
        raise ApiError(47001, "data format error: filter is missing")
    people = [one for one in call.platform.followers.all() if one.subscribed]
    if not chosen.get("is_to_all"):
        number = call.platform.tags.check(chosen.get("tag_id"))
        people = [one for one in people if number in one.tags]
    return _submit(call, [one.openid for one in people])


def send(call: Call) -> dict[str, Any]:
    named = call.body.get("touser")
    if not isinstance(named, list) or len(named) > mass.TOUSER_MAX:
        raise ApiError(40032, "invalid openid list size")
    openids = list(dict.fromkeys(str(name) for name in named))
    known = [name for name in openids if (one := call.platform.followers.find(name)) and one.subscribed]
    if len(known) < mass.TOUSER_MIN:
        raise ApiError(40130, "invalid openid list size, at least two openid")
    return _submit(call, openids)


def _submit(call: Call, openids: list[str]) -> dict[str, Any]:
    platform = call.platform
    client_id = str(call.body.get("clientmsgid") or mass.digest(call.body))
    try:
        platform.mass.check_repeat(client_id, call.now, platform.settings.mass_client_id_seconds)
    except mass.RepeatedError as repeated:
        job = repeated.job
        more = {"msg_id": job.msg_id, "msg_data_id": job.msg_data_id}
        raise ApiError(45065, "clientmsgid exist", more) from repeated
    kind, text, content = _content(call)
    number = platform.next_id() % 10**9
    job = mass.MassJob(number, platform.next_id() % 10**10, client_id, call.now, text, content, kind, openids)
    platform.mass.jobs[number] = job
    _judge(platform, job)
    platform.agenda.after(platform.settings.job_delay_seconds, partial(_finish, platform, job))
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": number}
    return answer | ({"msg_data_id": job.msg_data_id} if kind == "news" else {})


def _judge(platform: Platform, job: mass.MassJob) -> None:
    """Count who should not have been on the list, as it is submitted."""
    for openid in job.openids:
        person = platform.followers.find(openid)
        if person is None:
            continue
        if not person.subscribed:
            platform.violations.sent_to_one_who_left(person, "mass", job.at)
        elif person.mass.get(mass.month(job.at), 0) >= mass.PER_MONTH:
            platform.violations.note("mass_month", job.at, "mass", openid, job.text)


def _finish(platform: Platform, job: mass.MassJob) -> None:
    with platform.lock:
        if job.status != "SENDING":
            return
        status = platform.mass_ends.pop(0) if platform.mass_ends else "send success"
        sent = _deliver(platform, job) if status == "send success" else 0
        job.status = "SEND_SUCCESS" if status == "send success" else "SEND_FAIL"
    total = len(job.openids)
    more: dict[str, Any] = {
        "MsgID": job.msg_id,
        "Status": status,
        "TotalCount": total,
        "FilterCount": total,
        "SentCount": sent,
        "ErrorCount": total - sent,
        "CopyrightCheckResult": {"Count": 0, "ResultList": {}, "CheckState": 2},
    }
    if job.pages:
        items = [{"ArticleIdx": at, "ArticleUrl": url} for at, url in enumerate(job.pages, 1)]
        more["ArticleUrlResult"] = {"Count": len(items), "ResultList": {"item": items}}
    push(platform, SYSTEM_SENDER, inbound.event(platform, SYSTEM_SENDER, "MASSSENDJOBFINISH", more))


def _deliver(platform: Platform, job: mass.MassJob) -> int:
    """Into each chat it reaches; the draft is gone afterwards."""
    now, sent = platform.now(), 0
    media_id = job.content.get("media_id")
    if media_id in platform.drafts.kept:
        article_id = f"mass{job.msg_data_id}"
        published = platform.drafts.publish(str(media_id), article_id, platform.base_url)
        job.content["Articles"][0]["Url"] = published[0]["url"]
        job.pages = [one["url"] for one in published]
    for openid in job.openids:
        person = platform.followers.find(openid)
        if person is not None and mass.reachable(person, now):
            month = mass.month(now)
            person.mass[month] = person.mass.get(month, 0) + 1
            platform.violations.sent(person, "mass", job.text, now, platform.orders)
            person.write(now, "account", job.kind, job.text, job.content, "mass")
            sent += 1
    return sent


def preview(call: Call) -> dict[str, Any]:
    person = _named(call) if call.body.get("towxname") else recipient(call)
    if not person.subscribed:
        raise ApiError(43004, "require subscribe")
    kind, text, content = _content(call)
    person.write(call.now, "account", kind, text, content, "preview")
    return {"errcode": 0, "errmsg": "preview success", "msg_id": call.platform.next_id() % 10**9}


def _named(call: Call) -> Follower:
    """Whom `towxname` means: here a WeChat name is the name the phone shows."""
    for person in call.platform.followers.all():
        if person.name == call.body["towxname"]:
            return person
    raise ApiError(40003, "invalid openid")


def get(call: Call) -> dict[str, Any]:
    job = call.platform.mass.get(call.body.get("msg_id"))
    return {"msg_id": job.msg_id, "msg_status": job.status}


def delete(call: Call) -> dict[str, Any]:
    call.platform.mass.get(call.body.get("msg_id")).status = "DELETE"
    return OK


def speed_get(call: Call) -> dict[str, Any]:
    return {"speed": call.platform.mass.speed, "realspeed": (80, 60, 45, 30, 10)[call.platform.mass.speed]}


def speed_set(call: Call) -> dict[str, Any]:
    speed = call.body.get("speed")
    if not isinstance(speed, int) or not 0 <= speed <= 4:
        raise ApiError(45083, "invalid speed")
    call.platform.mass.speed = speed
    return OK


ROUTES = (
    Route("POST", "/cgi-bin/message/mass/sendall", sendall),
    Route("POST", "/cgi-bin/message/mass/send", send),
    Route("POST", "/cgi-bin/message/mass/preview", preview),
    Route("POST", "/cgi-bin/message/mass/get", get),
    Route("POST", "/cgi-bin/message/mass/delete", delete),
    Route("POST", "/cgi-bin/message/mass/speed/get", speed_get),
    Route("POST", "/cgi-bin/message/mass/speed/set", speed_set),
)
