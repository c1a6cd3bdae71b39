"""订阅通知: sending on consent, and the templates of it (platform.md 4.3)."""

import re
import secrets
from functools import partial
from typing import Any

from simulator import inbound, templates
from simulator.api.call import Call, Route
from simulator.api.custom import OK, recipient
from simulator.api.errors import ApiError
from simulator.api.template import known
from simulator.followers import Follower
from simulator.platform import Platform
from simulator.webhook import push

LIBRARY: dict[int, tuple[str, tuple[tuple[str, str], ...]]] = {
    2001: ("开课提醒", (("thing", "课程名称"), ("time", "开课时间"), ("thing", "温馨提示"))),
    2002: ("内容更新提醒", (("thing", "更新内容"), ("time", "更新时间"), ("thing", "作者"))),
    2003: ("购买成功通知", (("thing", "商品名称"), ("amount", "支付金额"), ("time", "支付时间"))),
}
"""The public library: tid → title and keywords (their rule and label; kid is the place, from 1)."""
_PAGE = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")


def bizsend(call: Call) -> dict[str, Any]:
    platform, person = call.platform, recipient(call)
    template = known(call, "notice")
    page = call.body.get("page")
    if page and not _PAGE.fullmatch(str(page)):
        raise ApiError(41030, "page path error")
    rows = templates.rows(template, call.body.get("data"), platform.settings.unverified_keyword_rules)
    left = person.consents.get(template.template_id, 0)
    if left < 1:
        raise ApiError(43101, "user refuse to accept the msg")
    person.consents[template.template_id] = left - 1
    words = " ".join([template.title, *(row["value"] for row in rows)])
    platform.violations.sent(person, "notice", words, call.now, platform.orders)
    person.write(call.now, "account", "notice", template.title, {"rows": rows, "url": page or ""}, "notice")
    job = partial(_sent, platform, person, template.template_id, platform.next_id())
    platform.agenda.after(platform.settings.job_delay_seconds, job)
    return OK


def _sent(platform: Platform, person: Follower, template_id: str, msgid: int) -> None:
    row = {"TemplateId": template_id, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
    more = {"SubscribeMsgSentEvent": {"List": row}}
    push(platform, person.openid, inbound.event(platform, person.openid, "subscribe_msg_sent_event", more))


def add(call: Call) -> dict[str, Any]:
    names = call.body.get("kidList")
    if not isinstance(names, list) or not 2 <= len(names) <= 5:
        raise ApiError(200014, "invalid kidList")
    fields = dict(_field(call.body.get("tid"), number) for number in names)
    template_id = secrets.token_urlsafe(32)[:43]
    title = str(call.body.get("sceneDesc") or call.body.get("tid"))
    call.platform.templates[template_id] = templates.from_fields(template_id, title, fields, "notice")
    return {**OK, "priTmplId": template_id}


def _field(tid: Any, kid: Any) -> tuple[str, str]:
    """Key and label of a chosen keyword; outside the library a made-up one."""
    keywords = LIBRARY.get(_number(tid), ("", ()))[1]
    place = _number(kid)
    rule, label = keywords[place - 1] if 1 <= place <= len(keywords) else ("thing", f"内容{kid}")
    return f"{rule}{kid}", label


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0


def titles(_call: Call) -> dict[str, Any]:
    rows = [{"tid": tid, "title": title, "type": 2, "categoryId": "616"} for tid, (title, _) in LIBRARY.items()]
    return {**OK, "count": len(rows), "data": rows}


def keywords(call: Call) -> dict[str, Any]:
    tid = _number(call.query.get("tid"))
    if tid not in LIBRARY:
        raise ApiError(200012, "invalid tid")
    rows = [
        {"kid": kid, "name": label, "example": label, "rule": rule}
        for kid, (rule, label) in enumerate(LIBRARY[tid][1], 1)
    ]
    return {**OK, "count": len(rows), "data": rows}


def listed(call: Call) -> dict[str, Any]:
    return {
        **OK,
        "data": [
            {
                "priTmplId": one.template_id,
                "title": one.title,
                "content": one.content,
                "example": "",
                "type": 2,
            }
            for one in call.platform.templates.values()
            if one.kind == "notice"
        ],
    }


def remove(call: Call) -> dict[str, Any]:
    found = call.platform.templates.get(str(call.body.get("priTmplId", "")))
    if found is None or found.kind != "notice":
        raise ApiError(40037, "invalid template_id")
    del call.platform.templates[found.template_id]
    return OK


def category(_call: Call) -> dict[str, Any]:
    return {**OK, "data": [{"id": 616, "name": "教育信息服务"}]}


ROUTES = (
    Route("POST", "/cgi-bin/message/subscribe/bizsend", bizsend),
    Route("POST", "/wxaapi/newtmpl/addtemplate", add),
    Route("GET", "/wxaapi/newtmpl/gettemplate", listed),
    Route("POST", "/wxaapi/newtmpl/deltemplate", remove),
    Route("GET", "/wxaapi/newtmpl/getcategory", category),
    Route("GET", "/wxaapi/newtmpl/getpubtemplatetitles", titles),
    Route("GET", "/wxaapi/newtmpl/getpubtemplatekeywords", keywords),
)
