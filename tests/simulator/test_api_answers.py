"""Every recorded API answer has its keys, with values of the same kind, in ours."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CHEN, Api, Control
from flask import Flask
from sample_world import LIN, TEMPLATE, World, manifest

from simulator.account import Account
from simulator.clock import PlatformClock

NOT_TOLD_ANY_MORE = {"nickname", "sex", "city", "province", "country", "headimgurl", "unionid"}


@pytest.fixture
def world(app: Flask, control: Control, api: Api, account: Account, clock: PlatformClock) -> World:
    return World(app, control, api, account)


def signed_in(world: World) -> Any:
    query = {
        "appid": world.account.app_id,
        "redirect_uri": "https://e.example/",
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "sim_openid": CHEN,
    }
    answer = world.control.client.get("/connect/oauth2/authorize", query_string=query)
    code = answer.headers["Location"].split("code=")[1].split("&")[0]
    return world.api.get(
        "/sns/oauth2/access_token",
        appid=world.account.app_id,
        secret=world.account.app_secret,
        code=code,
        grant_type="authorization_code",
    )


def about_the_account(world: World) -> dict[str, Any]:
    post, get, app_id, signed = world.api.post, world.api.get, world.account.app_id, signed_in(world)
    post("/cgi-bin/tags/members/batchtagging", {"openid_list": [CHEN], "tagid": world.tag})
    rid = get("/cgi-bin/user/info", openid="oNobody")["errmsg"].split("rid: ")[1]
    day = {"begin_date": "2025-11-20", "end_date": "2025-11-20"}
    return {
        "token.json": get(
            "/cgi-bin/token", grant_type="client_credential", appid=app_id, secret=world.account.app_secret
        ),
        "ticket_getticket.json": get("/cgi-bin/ticket/getticket", type="jsapi"),
        "getcallbackip.json": get("/cgi-bin/getcallbackip"),
        "callback_check.json": post("/cgi-bin/callback/check", {"action": "all"}),
        "openapi_quota_get.json": post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/message/custom/send"}),
        "openapi_rid_get_45009.json": post("/cgi-bin/openapi/rid/get", {"rid": rid}),
        "tags_create.json": post("/cgi-bin/tags/create", {"tag": {"name": "广东"}}),
        "tags_get.json": get("/cgi-bin/tags/get"),
        "user_tag_get.json": post("/cgi-bin/user/tag/get", {"tagid": world.tag}),
        "tags_getidlist.json": post("/cgi-bin/tags/getidlist", {"openid": CHEN}),
        "user_get.json": get("/cgi-bin/user/get"),
        "user_info_OLD_FIELDS.json": get("/cgi-bin/user/info", openid=CHEN),
        "user_info_batchget_OLD_FIELDS.json": post("/cgi-bin/user/info/batchget", {"user_list": [{"openid": CHEN}]}),
        "datacube_getusersummary.json": post("/datacube/getusersummary", day),
        "datacube_getusercumulate.json": post("/datacube/getusercumulate", day),
        "datacube_getarticletotal.json": post("/datacube/getarticletotal", day),
        "datacube_getuserread.json": post("/datacube/getuserread", day),
        "sns_oauth2_access_token.json": signed,
        "sns_oauth2_access_token_snapshot.json": {**signed, "is_snapshotuser": 1},
        "sns_userinfo.json": get("/sns/userinfo", access_token=signed["access_token"], openid=CHEN),
        "shorten_gen.json": post("/cgi-bin/shorten/gen", {"long_data": "x"}),
    }


def about_messages(world: World) -> dict[str, Any]:
    post, get, draft = world.api.post, world.api.get, world.new_draft()
    rule = {"button": [{"type": "click", "name": "乙", "key": "B"}], "matchrule": {"tag_id": str(world.tag)}}
    post("/cgi-bin/menu/addconditional", rule)
    sendall = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": draft}}
    text = {"touser": CHEN, "msgtype": "text", "text": {"content": "好"}}
    return {
        "menu_get.json": get("/cgi-bin/menu/get"),
        "menu_addconditional.json": post(
            "/cgi-bin/menu/addconditional",
            {"button": [{"type": "click", "name": "丙", "key": "C"}], "matchrule": {"tag_id": "2"}},
        ),
        "mass_sendall.json": post("/cgi-bin/message/mass/sendall", sendall),
        "mass_send_ok.json": post(
            "/cgi-bin/message/mass/send",
            {"touser": [CHEN, LIN], "msgtype": "mpnews", "mpnews": {"media_id": draft}},
        ),
        "mass_get.json": post("/cgi-bin/message/mass/get", {"msg_id": world.mass}),
        "mass_speed_get.json": post("/cgi-bin/message/mass/speed/get", {}),
        "template_send.json": post(
            "/cgi-bin/message/template/send",
            {"touser": CHEN, "template_id": TEMPLATE, "data": {"thing1": {"value": "好"}}},
        ),
        "qrcode_create.json": post(
            "/cgi-bin/qrcode/create",
            {"expire_seconds": 60, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 1}}},
        ),
        "template_api_add_template.json": post("/cgi-bin/template/api_add_template", {"template_id_short": "TM1"}),
        "template_get_all_private_template.json": get("/cgi-bin/template/get_all_private_template"),
        "template_get_industry.json": get("/cgi-bin/template/get_industry"),
        "newtmpl_gettemplate.json": get("/wxaapi/newtmpl/gettemplate"),
        "custom_send_ok.json": post("/cgi-bin/message/custom/send", text),
    }


def about_contents(world: World) -> dict[str, Any]:
    post, get, token = world.api.post, world.api.get, world.api.token
    material = f"/cgi-bin/material/add_material?access_token={token}&type=image"
    picture = f"/cgi-bin/media/uploadimg?access_token={token}"
    short = f"/cgi-bin/media/upload?access_token={token}&type=image"

    def sent(path: str) -> Any:
        upload = {"media": (io.BytesIO(b"\xff\xd8"), "a.jpg")}
        return world.api.client.post(path, data=upload).get_json(force=True)

    return {
        "draft_add.json": {"media_id": world.new_draft()},
        "freepublish_submit.json": post("/cgi-bin/freepublish/submit", {"media_id": world.new_draft()}),
        "freepublish_get.json": world.published,
        "material_add_material.json": sent(material),
        "material_get_materialcount.json": get("/cgi-bin/material/get_materialcount"),
        "media_upload.json": sent(short),
        "media_uploadimg.json": sent(picture),
        "comment_list.json": post("/cgi-bin/comment/list", {"msg_data_id": 1}),
    }


def test_recorded_answers(samples: Path, world: World) -> None:
    ours = {**about_the_account(world), **about_messages(world), **about_contents(world)}
    for name, _ in manifest(samples, "response"):
        recorded = json.loads((samples / "api/response" / name).read_text("utf-8"))
        missing = set(recorded) - set(ours[name]) - NOT_TOLD_ANY_MORE
        if name == "user_info_OLD_FIELDS.json":
            assert not NOT_TOLD_ANY_MORE & set(ours[name])
        assert not missing, (name, missing, ours[name])
        for key in set(recorded) & set(ours[name]) - {"errmsg"}:
            numbers = {int, str} if key in ("publish_id", "menuid") else {type(recorded[key])}
            assert type(ours[name][key]) in numbers, (name, key)
