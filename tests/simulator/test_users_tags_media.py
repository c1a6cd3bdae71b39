"""Users, tags, QR scenes, media, sign-in, JS ticket, statistics and helpers."""

import io
from typing import Any

import pytest
from conftest import CHEN, Api, Control

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.platform import Platform


def test_users(control: Control, api: Api) -> None:
    assert api.get("/cgi-bin/user/get") == {"total": 0, "count": 0, "next_openid": ""}
    control("scan", scene="c_42")
    listed = api.get("/cgi-bin/user/get")
    assert listed["data"]["openid"] == [CHEN]
    assert "data" not in api.get("/cgi-bin/user/get", next_openid=CHEN)
    info = api.get("/cgi-bin/user/info", openid=CHEN)
    assert (info["subscribe"], info["qr_scene_str"], info["subscribe_scene"]) == (
        1,
        "c_42",
        "ADD_SCENE_QR_CODE",
    )
    assert "nickname" not in info
    assert api.get("/cgi-bin/user/info", openid="oNobody")["errcode"] == 40003
    assert api.post("/cgi-bin/user/info/batchget", {"user_list": []})["errcode"] == 40032
    assert api.post("/cgi-bin/user/info/updateremark", {"openid": CHEN, "remark": "老陈"})["errcode"] == 0
    control("unfollow")
    assert api.get("/cgi-bin/user/info", openid=CHEN) == {"subscribe": 0, "openid": CHEN}
    assert api.post("/cgi-bin/user/info/updateremark", {"openid": CHEN, "remark": "x"})["errcode"] == 50005


def test_tags(control: Control, api: Api, platform: Platform) -> None:
    tag = api.post("/cgi-bin/tags/create", {"tag": {"name": "健身"}})["tag"]["id"]
    assert api.post("/cgi-bin/tags/create", {"tag": {"name": "健身"}})["errcode"] == 45157
    assert api.post("/cgi-bin/tags/create", {"tag": {"name": "长" * 31}})["errcode"] == 45158
    assert api.post("/cgi-bin/tags/update", {"tag": {"id": 2, "name": "x"}})["errcode"] == 45058
    assert api.post("/cgi-bin/tags/update", {"tag": {"id": tag, "name": "跑步"}})["errcode"] == 0
    control("follow")
    join = "/cgi-bin/tags/members/batchtagging"
    assert api.post(join, {"openid_list": [CHEN] * 51, "tagid": tag})["errcode"] == 40032
    assert api.post(join, {"openid_list": [CHEN], "tagid": 9})["errcode"] == 45159
    assert api.post(join, {"openid_list": [CHEN], "tagid": tag})["errcode"] == 0
    assert api.post("/cgi-bin/tags/getidlist", {"openid": CHEN})["tagid_list"] == [tag]
    assert api.post("/cgi-bin/user/tag/get", {"tagid": tag})["data"]["openid"] == [CHEN]
    platform.followers.get(CHEN).tags = list(range(200, 220))
    assert api.post(join, {"openid_list": [CHEN], "tagid": tag})["errcode"] == 45059
    for number in range(99):
        api.post("/cgi-bin/tags/create", {"tag": {"name": f"t{number}"}})
    assert api.post("/cgi-bin/tags/create", {"tag": {"name": "多"}})["errcode"] == 45056
    with pytest.raises(Exception, match="45057"):
        platform.tags.delete(tag, 100_001)
    assert api.post("/cgi-bin/tags/delete", {"tag": {"id": tag}})["errcode"] == 0


def test_black_list(control: Control, api: Api) -> None:
    control("follow")
    assert api.post("/cgi-bin/tags/members/batchblacklist", {"openid_list": [CHEN]})["errcode"] == 0
    assert api.post("/cgi-bin/tags/members/getblacklist", {})["data"]["openid"] == [CHEN]
    assert api.post("/cgi-bin/tags/members/batchblacklist", {"openid_list": [CHEN] * 21})["errcode"] == 40032
    assert api.post("/cgi-bin/tags/members/batchunblacklist", {"openid_list": [CHEN]})["errcode"] == 0


def qr(action: str, scene: dict[str, Any], seconds: Any = 600) -> dict[str, Any]:
    return {"expire_seconds": seconds, "action_name": action, "action_info": {"scene": scene}}


def test_scene_codes(control: Control, api: Api) -> None:
    made = api.post("/cgi-bin/qrcode/create", qr("QR_STR_SCENE", {"scene_str": "c_42"}))
    assert made["expire_seconds"] == 600
    picture = control.client.get("/cgi-bin/showqrcode", query_string={"ticket": made["ticket"]})
    assert "c_42" in picture.get_data(as_text=True)
    assert control.get("codes")["codes"][0]["scene"] == "c_42"
    limit = api.post("/cgi-bin/qrcode/create", qr("QR_LIMIT_SCENE", {"scene_id": 100_000}))
    assert "expire_seconds" not in limit
    create = "/cgi-bin/qrcode/create"
    assert api.post(create, qr("QR_LIMIT_SCENE", {"scene_id": 100_001}))["errcode"] == 40053
    assert api.post(create, qr("QR_STR_SCENE", {"scene_str": "x" * 65}))["errcode"] == 40053
    assert api.post(create, qr("QR_DANCE", {"scene_id": 1}))["errcode"] == 40052
    assert api.post(create, qr("QR_SCENE", {"scene_id": 1}, None))["expire_seconds"] == 30


def upload(api: Api, path: str, name: str, data: bytes, kind: str = "image") -> Any:
    address = f"{path}?access_token={api.token}&type={kind}"
    return api.client.post(address, data={"media": (io.BytesIO(data), name)}).get_json(force=True)


def test_media(api: Api, clock: PlatformClock) -> None:
    media_id = upload(api, "/cgi-bin/media/upload", "a.jpg", b"\xff\xd8")["media_id"]
    got = api.client.get("/cgi-bin/media/get", query_string={"access_token": api.token, "media_id": media_id})
    assert got.get_data() == b"\xff\xd8"
    assert upload(api, "/cgi-bin/media/upload", "a.txt", b"x")["errcode"] == 40005
    assert upload(api, "/cgi-bin/media/upload", "a.jpg", b"x" * (64 * 1024 + 1), "thumb")["errcode"] == 40006
    assert upload(api, "/cgi-bin/media/upload", "a.jpg", b"x", "smell")["errcode"] == 40004
    assert upload(api, "/cgi-bin/media/uploadimg", "a.png", b"png")["url"].startswith("http://")
    film = upload(api, "/cgi-bin/media/upload", "a.mp4", b"mp4", "video")["media_id"]
    assert api.get("/cgi-bin/media/get", media_id=film)["video_url"]
    clock.advance(3 * 86400 + 1)
    api.token = api.stable()["access_token"]
    assert api.get("/cgi-bin/media/get", media_id=media_id)["errcode"] == 40007
    kept = upload(api, "/cgi-bin/material/add_material", "b.jpg", b"\xff\xd8")["media_id"]
    assert api.get("/cgi-bin/material/get_materialcount")["image_count"] == 2
    assert (
        api.post("/cgi-bin/material/batchget_material", {"type": "image", "offset": 0, "count": 20})["total_count"] == 2
    )
    assert api.post("/cgi-bin/material/del_material", {"media_id": kept})["errcode"] == 0


def sign_in(control: Control, account: Account, **more: str) -> Any:
    query = {
        "appid": account.app_id,
        "redirect_uri": "https://example.com/cb",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        "sim_openid": CHEN,
        **more,
    }
    return control.client.get("/connect/oauth2/authorize", query_string=query)


def exchange(control: Control, account: Account, code: str) -> Any:
    query = {
        "appid": account.app_id,
        "secret": account.app_secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    return control.client.get("/sns/oauth2/access_token", query_string=query).get_json(force=True)


def code_of(answer: Any) -> str:
    return str(answer.headers["Location"].split("code=")[1].split("&")[0])


def test_sign_in(control: Control, account: Account, clock: PlatformClock) -> None:
    answer = sign_in(control, account)
    assert answer.headers["Location"].endswith("&state=s1")
    code = code_of(answer)
    signed = exchange(control, account, code)
    assert signed["openid"] == CHEN
    assert exchange(control, account, code)["errcode"] == 40163
    old = code_of(sign_in(control, account))
    clock.advance(301)
    assert exchange(control, account, old)["errcode"] == 40029
    query = {"appid": account.app_id, "grant_type": "refresh_token", "refresh_token": signed["refresh_token"]}
    renewed = control.client.get("/sns/oauth2/refresh_token", query_string=query).get_json(force=True)
    assert renewed["openid"] == CHEN
    query = {"access_token": renewed["access_token"], "openid": CHEN}
    assert control.client.get("/sns/auth", query_string=query).get_json(force=True)["errcode"] == 0
    assert control.client.get("/sns/userinfo", query_string=query).get_json(force=True)["errcode"] == 48001


def test_snapshot_users_and_domains(control: Control, account: Account) -> None:
    control.post("settings", {"snapshot_users": True})
    signed = exchange(control, account, code_of(sign_in(control, account, scope="snsapi_userinfo")))
    assert signed["is_snapshotuser"] == 1
    assert signed["openid"] != CHEN
    control.post("settings", {"oauth_domain": "book.example"})
    refused = sign_in(control, account)
    assert refused.status_code == 400
    assert "10003" in refused.get_data(as_text=True)


def test_js_ticket_is_kept(api: Api, clock: PlatformClock) -> None:
    first = api.get("/cgi-bin/ticket/getticket", type="jsapi")
    clock.advance(100)
    second = api.get("/cgi-bin/ticket/getticket", type="jsapi")
    assert (second["ticket"], second["expires_in"]) == (first["ticket"], 7100)


def test_statistics(control: Control, api: Api, clock: PlatformClock) -> None:
    control("follow")
    clock.advance(86400)
    api.token = api.stable()["access_token"]
    one_day = {"begin_date": "2025-11-25", "end_date": "2025-11-25"}
    assert api.post("/datacube/getusersummary", one_day)["list"][0]["new_user"] == 1
    assert api.post("/datacube/getusercumulate", one_day)["list"][0]["cumulate_user"] == 1
    assert api.post("/datacube/getbizsummary", one_day)["is_delay"] is False
    today = {"begin_date": "2025-11-26", "end_date": "2025-11-26"}
    assert api.post("/datacube/getusersummary", today)["errcode"] == 61501
    assert api.post("/datacube/getusersummary", {"begin_date": "x", "end_date": "y"})["errcode"] == 61500


def test_quotas_rids_and_bans(control: Control, api: Api, account: Account) -> None:
    control.post("quotas", {"path": "/cgi-bin/menu/get", "limit": 1})
    api.get("/cgi-bin/menu/get")
    refused = api.get("/cgi-bin/menu/get")
    assert refused["errcode"] == 45009
    rid = refused["errmsg"].split("rid: ")[1]
    told = api.post("/cgi-bin/openapi/rid/get", {"rid": rid})["request"]
    assert "45009" in told["response_body"]
    assert api.token not in told["request_url"]
    quota = api.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/menu/get"})["quota"]
    assert quota == {"daily_limit": 1, "used": 1, "remain": 0}
    for _ in range(10):
        assert api.post("/cgi-bin/clear_quota", {"appid": account.app_id})["errcode"] == 0
    assert api.post("/cgi-bin/clear_quota", {"appid": account.app_id})["errcode"] == 48006
    control.post("settings", {"banned_calls": ["/cgi-bin/menu/get"], "unusual_ip": True})
    assert api.get("/cgi-bin/menu/get")["errcode"] == 48004
    assert api.stable()["errcode"] == 89503
    assert api.get("/cgi-bin/getcallbackip")["ip_list"] == ["127.0.0.1"]


def test_comments_need_the_privilege(control: Control, api: Api) -> None:
    assert api.post("/cgi-bin/comment/list", {})["errcode"] == 88000
    control.post("settings", {"comment_privilege": True})
    assert api.post("/cgi-bin/comment/list", {})["errcode"] == 0


def test_short_keys(api: Api, clock: PlatformClock) -> None:
    key = api.post("/cgi-bin/shorten/gen", {"long_data": "loooong", "expire_seconds": 60})["short_key"]
    assert len(key) == 15
    assert api.post("/cgi-bin/shorten/fetch", {"short_key": key})["long_data"] == "loooong"
    clock.advance(61)
    assert api.post("/cgi-bin/shorten/fetch", {"short_key": key})["errcode"] == 40169


def test_conditional_menus(control: Control, api: Api, platform: Platform) -> None:
    leaf = {"type": "click", "name": "甲", "key": "A"}
    add = "/cgi-bin/menu/addconditional"
    body: dict[str, Any] = {"button": [leaf], "matchrule": {"tag_id": "101"}}
    assert api.post(add, body)["errcode"] == 65303
    api.post("/cgi-bin/menu/create", {"button": [{**leaf, "name": "默"}]})
    assert api.post(add, {**body, "matchrule": {}})["errcode"] == 65304
    assert api.post(add, {**body, "matchrule": {"sex": "1"}})["errcode"] == 65320
    sites = [{"type": "view", "name": str(n), "url": f"https://{n}.example/"} for n in range(4)]
    many = [{"name": "父", "sub_button": sites}]
    assert api.post(add, {**body, "button": many})["errcode"] == 65316
    menuid = api.post(add, body)["menuid"]
    platform.followers.get(CHEN).tags = [101]
    assert api.post("/cgi-bin/menu/trymatch", {"user_id": CHEN})["button"][0]["name"] == "甲"
    assert api.get("/cgi-bin/menu/get")["conditionalmenu"][0]["menuid"]
    assert api.post("/cgi-bin/menu/delconditional", {"menuid": "1"})["errcode"] == 65301
    assert api.post("/cgi-bin/menu/delconditional", {"menuid": menuid})["errcode"] == 0
    assert api.post("/cgi-bin/menu/trymatch", {"user_id": CHEN})["button"][0]["name"] == "默"


def test_menu_domains(control: Control, api: Api) -> None:
    def create(url: str) -> int:
        return int(
            api.post("/cgi-bin/menu/create", {"button": [{"type": "view", "name": "看", "url": url}]})["errcode"]
        )

    assert create("https://mp.weixin.qq.com/mp/profile_ext?action=home") == 40155
    control.post("settings", {"menu_domains": ["book.example"]})
    assert create("https://other.example/") == 40054
    assert create("https://book.example/") == 0


def test_tokens_can_be_expired(control: Control, api: Api) -> None:
    control.post("tokens/expire")
    assert api.get("/cgi-bin/user/get")["errcode"] == 42001
    api.token = api.stable()["access_token"]
    control.post("tokens/invalidate")
    assert api.get("/cgi-bin/user/get")["errcode"] == 40001
    control.post("tokens/sing", status=400)
