"""How each error number of the platform's table (platform.md 4.14) comes about: one scene per number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conftest import CHEN, Api, Control

from simulator.account import Account

LIN = "oSim02LinXiaoYu4Rt8cZp1Hs6dQ"
SEND, TEMPLATE, TYPING = ("/cgi-bin/message/" + name for name in ("custom/send", "template/send", "custom/typing"))
MASS_ALL, MASS = "/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"
TAGS, TAGGING = "/cgi-bin/tags/create", "/cgi-bin/tags/members/batchtagging"
MENU, CONDITIONAL = "/cgi-bin/menu/create", "/cgi-bin/menu/addconditional"
LEAF = {"type": "click", "name": "甲", "key": "A"}


@dataclass
class Scene:
    """An account that nobody follows yet, and short words for what the scenes need."""

    api: Api
    control: Control
    account: Account

    def say(self) -> None:
        if not self.control.get(f"followers/{CHEN}")["subscribed"]:
            self.control("follow")
        self.control("say", text="在吗")

    def wait(self, seconds: float) -> None:
        self.control.post("clock", {"advance": seconds})

    def set(self, **values: Any) -> None:
        self.control.post("settings", values)

    def text(self, content: str = "好", **more: Any) -> Any:
        return self.api.post(SEND, {"touser": CHEN, "msgtype": "text", "text": {"content": content}, **more})

    def kind(self, kind: str, part: Any) -> Any:
        return self.api.post(SEND, {"touser": CHEN, "msgtype": kind, kind: part})

    def template(self, value: str = "好", template_id: str = "T") -> Any:
        self.control.post("templates", {"template_id": "T", "fields": {"thing1": "课程"}})
        data = {"thing1": {"value": value}}
        return self.api.post(TEMPLATE, {"touser": CHEN, "template_id": template_id, "data": data})

    def mass(self, **more: Any) -> Any:
        body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "早"}}
        return self.api.post(MASS_ALL, body | more)

    def typing(self, command: str = "Typing") -> Any:
        return self.api.post(TYPING, {"touser": CHEN, "command": command})

    def menu(self, **leaf: Any) -> Any:
        return self.api.post(MENU, {"button": [LEAF | leaf]})

    def conditional(self, rule: Any, *urls: str) -> Any:
        self.menu()
        leaves = [{"type": "view", "name": "页", "url": url} for url in urls]
        button = [{"name": "多", "sub_button": leaves}] if leaves else [LEAF]
        return self.api.post(CONDITIONAL, {"button": button, "matchrule": rule})

    def tag(self, name: str = "健身") -> Any:
        return self.api.post(TAGS, {"tag": {"name": name}})

    def use(self, code: str) -> Any:
        app = {"appid": self.account.app_id, "secret": self.account.app_secret}
        query = app | {"code": code, "grant_type": "authorization_code"}
        return self.api.client.get("/sns/oauth2/access_token", query_string=query).get_json(force=True)

    def raw(self, body: bytes) -> Any:
        return self.api.client.post(f"{SEND}?access_token={self.api.token}", data=body).get_json(force=True)

    def draft(self, **more: Any) -> Any:
        return self.api.post("/cgi-bin/draft/add", {"articles": [{"article_type": "newspic", "title": "题"} | more]})

    def fault(self, kind: str) -> Any:
        self.control.post("faults", {"next": [{"kind": kind}]})
        return self.api.get("/cgi-bin/user/get")


def _token_of(scene: Scene, action: str) -> Any:
    scene.control.post(f"tokens/{action}")
    return scene.api.get("/cgi-bin/user/get")


def _with_token(scene: Scene, token: str) -> Any:
    return scene.api.client.get(f"/cgi-bin/user/get?access_token={token}").get_json(force=True)


def _used_code(scene: Scene) -> Any:
    query = {
        "appid": scene.account.app_id,
        "redirect_uri": "https://shop.example/back",
        "response_type": "code",
        "scope": "snsapi_base",
        "sim_openid": CHEN,
    }
    where = scene.api.client.get("/connect/oauth2/authorize", query_string=query).headers["Location"]
    code = where.partition("code=")[2].partition("&")[0]
    assert scene.use(code)["openid"] == CHEN
    return scene.use(code)


def _switched(scene: Scene, **switches: bool) -> Any:
    scene.say()
    scene.control("switches", **switches)
    return scene.text()


def _spent(scene: Scene) -> Any:
    scene.say()
    for _ in range(5 + 3):  # the follow's three end first, then the message's five
        assert scene.text()["errcode"] == 0
    return scene.text()


def _out_of_quota(scene: Scene, path: str, call: Callable[[], Any]) -> Any:
    scene.control.post("quotas", {"path": path, "limit": 1})
    assert call()["errcode"] == 0
    return call()


def _sixty_one_sends(scene: Scene) -> Any:
    scene.control.post("quotas", {"path": MASS_ALL, "limit": 100})
    for at in range(60):
        assert scene.mass(clientmsgid=str(at))["errcode"] == 0
    return scene.mass(clientmsgid="60")


def _a_hundred_tags(scene: Scene) -> Any:
    for at in range(100):
        assert "tag" in scene.tag(f"t{at}")
    return scene.tag("more")


def _twenty_one_tags(scene: Scene) -> Any:
    scene.control("follow")
    numbers = [scene.tag(f"t{at}")["tag"]["id"] for at in range(21)]
    return [scene.api.post(TAGGING, {"openid_list": [CHEN], "tagid": number}) for number in numbers][-1]


def _popular_tag(scene: Scene) -> Any:
    number = scene.tag()["tag"]["id"]
    people = scene.control.client.application.extensions["platform"].followers
    someone = people.get(CHEN)
    someone.tags.append(number)
    people.all = lambda: [someone] * 100_001
    return scene.api.post("/cgi-bin/tags/delete", {"tag": {"id": number}})


def _twice(scene: Scene, pause: float) -> Any:
    assert scene.mass(clientmsgid="one")["errcode"] == 0
    scene.wait(pause)
    return scene.mass(clientmsgid="one")


def _typing_again(scene: Scene) -> Any:
    scene.say()
    assert scene.typing()["errcode"] == 0
    return scene.typing()


def _cleared_too_often(scene: Scene) -> Any:
    body = {"appid": scene.account.app_id}
    for _ in range(10):
        assert scene.api.post("/cgi-bin/clear_quota", body)["errcode"] == 0
    return scene.api.post("/cgi-bin/clear_quota", body)


def _configured(scene: Scene, call: Callable[[], Any], **settings: Any) -> Any:
    scene.say()
    scene.set(**settings)
    return call()


def _no_consent(scene: Scene) -> Any:
    scene.control.post("templates", {"template_id": "N", "kind": "notice", "fields": {"thing1": "课程"}})
    body = {"touser": CHEN, "template_id": "N", "data": {"thing1": {"value": "开课"}}}
    return scene.api.post("/cgi-bin/message/subscribe/bizsend", body)


def _renamed(scene: Scene, number: int) -> Any:
    return scene.api.post("/cgi-bin/tags/update", {"tag": {"id": number, "name": "新名"}})


def _remark_of_a_stranger(scene: Scene) -> Any:
    return scene.api.post("/cgi-bin/user/info/updateremark", {"openid": CHEN, "remark": "友"})


def _lost_medium(scene: Scene) -> Any:
    path = f"/cgi-bin/media/get?access_token={scene.api.token}&media_id=nothing"
    return scene.api.client.get(path).get_json(force=True)


def _tag_twice(scene: Scene) -> Any:
    scene.tag()
    return scene.tag()


def _two_articles(scene: Scene) -> Any:
    scene.say()
    return scene.kind("news", {"articles": [{"title": "一"}, {"title": "二"}]})


def _long_menu_message(scene: Scene) -> Any:
    menu = {"head_content": "选", "list": [{"id": "1", "content": "甲"}]}
    return _configured(scene, lambda: scene.kind("msgmenu", menu), test_account=True)


def _mass_to(scene: Scene, count: int) -> Any:
    body = {"touser": [f"o{at}" for at in range(count)], "msgtype": "text", "text": {"content": "早"}}
    return scene.api.post(MASS, body)


def _conditional_without_default(scene: Scene) -> Any:
    return scene.api.post(CONDITIONAL, {"button": [LEAF], "matchrule": {"tag_id": "2"}})


TABLE: dict[int, Callable[[Scene], Any]] = {
    -1: lambda scene: scene.fault("busy"),
    40001: lambda scene: _token_of(scene, "invalidate"),
    40014: lambda scene: _with_token(scene, "short"),
    42001: lambda scene: _token_of(scene, "expire"),
    41001: lambda scene: _with_token(scene, ""),
    40003: lambda scene: scene.text(touser="oNobody"),
    40007: _lost_medium,
    40013: lambda scene: scene.api.stable(appid="wx0"),
    40125: lambda scene: scene.api.stable(secret="0"),
    40018: lambda scene: scene.menu(name="一二三四五六"),
    40029: lambda scene: scene.use("nothing"),
    40163: _used_code,
    40032: lambda scene: _mass_to(scene, 10_001),
    40130: lambda scene: _mass_to(scene, 2),
    40037: lambda scene: _configured(scene, lambda: scene.template(template_id="foreign")),
    40054: lambda scene: _configured(
        scene, lambda: scene.menu(type="view", url="https://other.example/"), menu_domains=["shop.example"]
    ),
    40155: lambda scene: scene.menu(type="view", url="https://mp.weixin.qq.com/mp/profile_ext?action=home"),
    40164: lambda scene: _configured(scene, scene.api.stable, ip_whitelist=["10.0.0.1"]),
    89503: lambda scene: _configured(scene, scene.api.stable, unusual_ip=True),
    40200: _long_menu_message,
    43004: lambda scene: scene.template(),
    43019: lambda scene: _switched(scene, blacklisted=True),
    43101: _no_consent,
    48002: lambda scene: _switched(scene, refuses=True),
    50005: _remark_of_a_stranger,
    44002: lambda scene: scene.raw(b""),
    47001: lambda scene: scene.raw(b"{"),
    47003: lambda scene: _configured(scene, lambda: scene.template("字" * 21)),
    45002: lambda scene: _configured(scene, lambda: scene.text("字" * 683)),
    45003: lambda scene: scene.draft(title="字" * 33),
    45008: _two_articles,
    45009: lambda scene: _configured(scene, lambda: _out_of_quota(scene, SEND, scene.text)),
    45011: _sixty_one_sends,
    45015: lambda scene: scene.text(),
    45047: _spent,
    45028: lambda scene: _out_of_quota(scene, MASS_ALL, scene.mass),
    45056: _a_hundred_tags,
    45057: _popular_tag,
    45058: lambda scene: _renamed(scene, 2),
    45059: _twenty_one_tags,
    45157: _tag_twice,
    45158: lambda scene: scene.tag("字" * 31),
    45159: lambda scene: _renamed(scene, 999),
    45065: lambda scene: _twice(scene, 61),
    45066: lambda scene: _twice(scene, 59),
    45067: lambda scene: scene.mass(clientmsgid="a" * 65),
    45072: lambda scene: scene.typing("Sing"),
    45080: lambda scene: scene.typing(),
    45081: _typing_again,
    48001: lambda scene: _configured(scene, scene.text, forbidden_calls=[SEND]),
    48004: lambda scene: _configured(scene, scene.text, banned_calls=[SEND]),
    48006: _cleared_too_often,
    48008: lambda scene: _configured(scene, lambda: scene.kind("wxcard", {"card_id": "c"})),
    65301: lambda scene: scene.api.post("/cgi-bin/menu/delconditional", {"menuid": "1"}),
    65303: _conditional_without_default,
    65304: lambda scene: scene.conditional({}),
    65316: lambda scene: scene.conditional({"tag_id": "2"}, *(f"https://{name}.example/" for name in "abcd")),
    65320: lambda scene: scene.conditional({"sex": "1"}),
    88000: lambda scene: scene.api.post("/cgi-bin/comment/list", {"msg_data_id": 1, "index": 0}),
}
"""Error number → what brings it about; each answers with the error."""
