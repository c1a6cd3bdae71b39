"""Customer-service messages and typing (platform.md 4.1)."""

from collections.abc import Mapping
from typing import Any

from simulator.api.call import Call, Route
from simulator.api.errors import ApiError
from simulator.followers import Follower

OK = {"errcode": 0, "errmsg": "ok"}
TEXT_MAX = 2048


def recipient(call: Call) -> Follower:
    """The follower in `touser`: 40003 for an openid nobody has, 43019 for a blacklisted one."""
    person = call.platform.followers.find(str(call.body.get("touser", "")))
    if person is None:
        raise ApiError(40003, "invalid openid")
    if person.blacklisted:
        raise ApiError(43019, "require remove blacklist")
    return person


def _part(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    part = body.get(kind)
    if not isinstance(part, dict):
        raise ApiError(47001, f"data format error: {kind} is missing")
    return part


def _text(call: Call) -> tuple[str, dict[str, Any]]:
    content = _part(call.body, "text").get("content")
    if not isinstance(content, str) or not content:
        raise ApiError(44004, "empty content")
    if len(content.encode()) > TEXT_MAX:
        raise ApiError(45002, "content size out of limit")
    return content, {}


def _medium(call: Call) -> tuple[str, dict[str, Any]]:
    kind = str(call.body["msgtype"])
    part = _part(call.body, kind)
    medium = call.platform.media.get(part.get("media_id"), call.now)
    if medium.kind != kind:
        raise ApiError(40007, "invalid media_id")
    return f"[{kind}]", {**part, "url": f"/_media/{medium.media_id}"}


def _news(call: Call) -> tuple[str, dict[str, Any]]:
    articles = _part(call.body, "news").get("articles")
    if not isinstance(articles, list) or not articles:
        raise ApiError(44003, "empty news data")
    if len(articles) > 1:
        raise ApiError(45008, "article size out of limit")
    names = {"title": "Title", "description": "Description", "url": "Url", "picurl": "PicUrl"}
    return "[图文]", {"Articles": [{names[name]: articles[0].get(name, "") for name in names}]}


def _published(call: Call) -> tuple[str, dict[str, Any]]:
    article = call.platform.drafts.article(_part(call.body, "mpnewsarticle").get("article_id"))
    return "[图文]", {
        "Articles": [{"Title": article["title"], "Description": article["digest"], "Url": article["url"], "PicUrl": ""}]
    }


def _menu(call: Call) -> tuple[str, dict[str, Any]]:
    if call.platform.settings.test_account:
        raise ApiError(40200, "invalid account type")
    return "[菜单消息]", _part(call.body, "msgmenu")


def _music(call: Call) -> tuple[str, dict[str, Any]]:
    part = _part(call.body, "music")
    return "[音乐]", {"Music": {"Title": part.get("title", ""), "Description": part.get("description", "")}}


def _page(call: Call) -> tuple[str, dict[str, Any]]:
    part = _part(call.body, "miniprogrampage")
    return f"[小程序] {part.get('title', '')}", part


def _card(_call: Call) -> tuple[str, dict[str, Any]]:
    raise ApiError(48008, "no permission for this msgtype")


KINDS = {
    "text": _text,
    "image": _medium,
    "voice": _medium,
    "video": _medium,
    "music": _music,
    "news": _news,
    "mpnewsarticle": _published,
    "msgmenu": _menu,
    "miniprogrampage": _page,
    "wxcard": _card,
}
"""mpnews is left out: no longer supported with draft media ids."""
_SHOWN_AS = {"mpnewsarticle": "news"}


def send(call: Call) -> dict[str, Any]:
    person = recipient(call)
    kind = str(call.body.get("msgtype", ""))
    if kind not in KINDS:
        raise ApiError(40008, "invalid message type")
    text, content = KINDS[kind](call)
    if not person.subscribed:
        raise ApiError(45015, "response out of time limit or subscription is canceled")
    if person.refuses:
        raise ApiError(48002, "user refuse to receive message")
    person.windows.spend(call.now)
    call.platform.violations.sent(person, "kf", _words(text, content), call.now, call.platform.orders)
    person.write(call.now, "account", _SHOWN_AS.get(kind, kind), text, content, "kf")
    return OK


def _words(text: str, content: Mapping[str, Any]) -> str:
    """Everything there is to read in it."""
    return " ".join([text, *(str(part) for part in content.values())])


def typing(call: Call) -> dict[str, Any]:
    recipient(call).windows.type(call.body.get("command"), call.now)
    return OK


def no_agents(_call: Call) -> dict[str, Any]:
    return {"kf_list": []}


def no_agents_online(_call: Call) -> dict[str, Any]:
    return {"kf_online_list": []}


ROUTES = (
    Route("POST", "/cgi-bin/message/custom/send", send),
    Route("POST", "/cgi-bin/message/custom/typing", typing),
    Route("GET", "/cgi-bin/customservice/getkflist", no_agents),
    Route("GET", "/cgi-bin/customservice/getonlinekflist", no_agents_online),
)
