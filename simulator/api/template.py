"""Template messages and the one-time subscription message (platform.md 4.2, 4.4)."""

import secrets
from functools import partial
from typing import Any

from simulator import inbound, templates
from simulator.api.call import Call, Route
from simulator.api.custom import OK, recipient
from simulator.api.errors import ApiError
from simulator.followers import Follower
from simulator.platform import Platform
from simulator.webhook import push


def known(call: Call, kind: str) -> templates.Template:
    """The template of the body: 40037 when this account has none with that id."""
    template_id = str(call.body.get("template_id", ""))
    found = call.platform.templates.get(template_id)
    if found is None and call.platform.settings.any_template:
        found = templates.Template(template_id, "通知", "", kind)
    if found is None or (found.kind != kind):
        raise ApiError(40037, "invalid template_id")
    return found


def _target(call: Call) -> str:
    mini = call.body.get("miniprogram")
    if isinstance(mini, dict) and mini.get("appid"):
        return str(call.body.get("url") or f"weixin://miniprogram/{mini['appid']}")
    return str(call.body.get("url") or "")


def send(call: Call) -> dict[str, Any]:
    platform, person = call.platform, recipient(call)
    if not person.subscribed:
        raise ApiError(43004, "require subscribe")
    template = known(call, "template")
    rows = templates.rows(template, call.body.get("data"), platform.settings.unverified_keyword_rules)
    repeated = platform.remembered(str(call.body.get("client_msg_id") or ""), call.now)
    if repeated:
        return {**OK, "msgid": repeated}
    platform.note_marketing(person, template.title, rows)
    msgid = platform.next_id() % 10**12
    platform.remember(str(call.body.get("client_msg_id") or ""), msgid, call.now)
    status = platform.template_status(person)
    if status == "success":
        content = {"rows": rows, "url": _target(call)}
        person.write(call.now, "account", "template", template.title, content, "template")
    platform.agenda.after(platform.settings.job_delay_seconds, partial(_finish, platform, person, msgid, status))
    return {**OK, "msgid": msgid}


def _finish(platform: Platform, person: Follower, msgid: int, status: str) -> None:
    more = {"MsgID": msgid, "Status": status}
    push(platform, person.openid, inbound.event(platform, person.openid, "TEMPLATESENDJOBFINISH", more))


def subscribe(call: Call) -> dict[str, Any]:
    """One-time subscription: one consent on the confirmation page, one message."""
    person = recipient(call)
    known(call, "once")
    title = str(call.body.get("title", ""))
    data = call.body.get("data")
    content = data.get("content", {}).get("value", "") if isinstance(data, dict) else ""
    if not 1 <= len(title) <= 15:
        raise ApiError(47003, "argument invalid! title invalid")
    if not 1 <= len(str(content)) <= 200:
        raise ApiError(47003, "argument invalid! data.content.value invalid")
    key = f"once:{call.body.get('scene')}"
    if not person.consents.pop(key, 0):
        raise ApiError(43101, "user refuse to accept the msg")
    rows = [{"key": "content", "name": "内容", "value": str(content)}]
    person.write(call.now, "account", "template", title, {"rows": rows, "url": _target(call)}, "once")
    return OK


def add(call: Call) -> dict[str, Any]:
    short = str(call.body.get("template_id_short") or "")
    if not short:
        raise ApiError(40037, "invalid template_id")
    if sum(one.kind == "template" for one in call.platform.templates.values()) >= templates.MOST:
        raise ApiError(45026, "template num exceeds limit")
    names = call.body.get("keyword_name_list") or ["内容"]
    fields = {f"thing{at}": str(name) for at, name in enumerate(names, 1)}
    template_id = secrets.token_urlsafe(32)[:43]
    call.platform.templates[template_id] = templates.from_fields(template_id, short, fields, "template")
    return {**OK, "template_id": template_id}


def listed(call: Call) -> dict[str, Any]:
    return {
        "template_list": [
            {
                "template_id": one.template_id,
                "title": one.title,
                "primary_industry": "教育",
                "deputy_industry": "培训",
                "content": one.content,
                "example": "",
            }
            for one in call.platform.templates.values()
            if one.kind == "template"
        ]
    }


def remove(call: Call) -> dict[str, Any]:
    known(call, "template")
    del call.platform.templates[str(call.body["template_id"])]
    return OK


def set_industry(_call: Call) -> dict[str, Any]:
    return OK


def get_industry(_call: Call) -> dict[str, Any]:
    return {
        "primary_industry": {"first_class": "教育", "second_class": "培训"},
        "secondary_industry": {"first_class": "IT科技", "second_class": "互联网|电子商务"},
    }


ROUTES = (
    Route("POST", "/cgi-bin/message/template/send", send),
    Route("POST", "/cgi-bin/message/template/subscribe", subscribe),
    Route("POST", "/cgi-bin/template/api_add_template", add),
    Route("GET", "/cgi-bin/template/get_all_private_template", listed),
    Route("POST", "/cgi-bin/template/del_private_template", remove),
    Route("POST", "/cgi-bin/template/api_set_industry", set_industry),
    Route("GET", "/cgi-bin/template/get_industry", get_industry),
)
