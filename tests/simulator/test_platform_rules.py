"""Smaller rules of the platform."""

import pytest
from conftest import CHEN, Api, Control
from flask import Flask

from simulator.account import Account
from simulator.clock import PlatformClock


def button(key: str) -> list[dict[str, str]]:
    return [{"type": "click", "name": key, "key": key}]


def test_a_menu_for_one_kind_of_phone(api: Api, control: Control) -> None:
    api.post("/cgi-bin/menu/create", {"button": button("A")})
    rule = {"client_platform_type": "1"}
    assert "menuid" in api.post("/cgi-bin/menu/addconditional", {"button": button("I"), "matchrule": rule})
    for system, key in (("android", "A"), ("ios", "I"), ("desktop", "A")):
        control.post("settings", {"phone_system": system})
        assert control.get(f"updates?openid={CHEN}")["menu"][0]["key"] == key


def test_an_expired_code_cannot_be_scanned(api: Api, control: Control, clock: PlatformClock) -> None:
    body = {"expire_seconds": 60, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "camp"}}}
    api.post("/cgi-bin/qrcode/create", body)
    assert control("scan", scene="camp")["delivery"]["ok"]
    clock.advance(61)
    assert control.refused(f"followers/{CHEN}/scan", {"scene": "camp"})[0] == 409
    assert control("scan", scene="other")["delivery"]["ok"], "a scene the bot never made is made up"


def test_clear_quota_v2_reads_the_query(app: Flask, account: Account) -> None:
    path = f"/cgi-bin/clear_quota/v2?appid={account.app_id}&appsecret={account.app_secret}"
    assert app.test_client().post(path).get_json(force=True)["errcode"] == 0


def test_stray_calls_carry_a_rid(api: Api) -> None:
    for answer in (
        api.client.get("/cgi-bin/sing"),
        api.client.get("/cgi-bin/menu/create"),
        api.client.post("/cgi-bin/menu/get"),
    ):
        assert " rid: " in answer.get_json(force=True)["errmsg"]


def test_a_repeated_mass_send_carries_a_rid(api: Api, control: Control) -> None:
    control("follow")
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "好"}, "clientmsgid": "one"}
    first = api.post("/cgi-bin/message/mass/sendall", body)
    control.post("clock", {"advance": 61})
    again = api.post("/cgi-bin/message/mass/sendall", body)
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert " rid: " in again["errmsg"]


def test_a_repeated_template_message_is_one_risk(api: Api, control: Control) -> None:
    control("follow")
    control.post("templates", {"template_id": "T", "title": "限时优惠", "fields": {"thing1": "甲"}})
    body = {"touser": CHEN, "template_id": "T", "data": {"thing1": {"value": "优惠促销"}}, "client_msg_id": "c"}
    first = api.post("/cgi-bin/message/template/send", body)
    assert api.post("/cgi-bin/message/template/send", body)["msgid"] == first["msgid"]
    assert len(control.get("ban-risks")["ban_risks"]) == 1


def test_an_expired_token_stays_expired(api: Api, clock: PlatformClock) -> None:
    old = api.token
    clock.advance(7200 * 3)
    api.renew()
    answer = api.client.get(f"/cgi-bin/menu/get?access_token={old}").get_json(force=True)
    assert answer["errcode"] == 42001


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8100", 200), ("127.0.0.1:1", 200), ("[::1]:8100", 200), ("evil.example", 403), ("p0.evil:80", 403)],
)
def test_control_answers_only_to_its_own_names(app: Flask, host: str, status: int) -> None:
    assert app.test_client().get("/_control/ready", headers={"Host": host}).status_code == status


def test_control_answers_to_the_host_it_was_given(app: Flask) -> None:
    app.extensions["platform"].host = "sim.example"
    assert app.test_client().get("/_control/ready", headers={"Host": "sim.example:8100"}).status_code == 200
