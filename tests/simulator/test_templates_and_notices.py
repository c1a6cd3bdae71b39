"""Template messages, 订阅通知 and one-time subscriptions (platform.md 4.2 to 4.4)."""

from typing import Any

import pytest
from conftest import CHEN, Api, Control
from tiny_bot import TinyBot

from simulator.clock import PlatformClock

SEND = "/cgi-bin/message/template/send"
FIELDS = {"thing1": "商品", "amount2": "金额", "time3": "时间"}
DATA = {
    "thing1": {"value": "跑步三十天"},
    "amount2": {"value": "9.90元"},
    "time3": {"value": "2026-11-23 10:00"},
}


@pytest.fixture
def receipt(control: Control) -> dict[str, Any]:
    control.post("templates", {"template_id": "T1", "title": "购买成功通知", "fields": FIELDS})
    return {"touser": CHEN, "template_id": "T1", "url": "https://example.com/a", "data": DATA}


def test_a_template_message_arrives_and_its_result_follows(
    control: Control, api: Api, bot: TinyBot, receipt: dict[str, Any]
) -> None:
    assert api.post(SEND, receipt)["errcode"] == 43004
    control("follow")
    receipt["data"] = {**DATA, "first": {"value": "您好"}, "remark": {"value": "再见", "color": "#f00"}}
    answer = api.post(SEND, receipt)
    assert answer["errcode"] == 0
    card = control.chat()[-1]
    assert [row["value"] for row in card["content"]["rows"]] == ["跑步三十天", "9.90元", "2026-11-23 10:00"]
    assert card["content"]["rows"][0]["name"] == "商品"
    control.post("clock", {"advance": 3})
    done = bot.received[-1]
    assert (done["Event"], done["MsgID"], done["Status"]) == (
        "TEMPLATESENDJOBFINISH",
        str(answer["msgid"]),
        "success",
    )


def test_the_three_ends(control: Control, api: Api, bot: TinyBot, receipt: dict[str, Any]) -> None:
    control("follow")
    control.post("template-ends", {"statuses": ["failed: system failed"]})
    api.post(SEND, receipt)
    control.post("clock", {"advance": 3})
    assert bot.received[-1]["Status"] == "failed: system failed"
    control("switches", refuses=True)
    api.post(SEND, receipt)
    control.post("clock", {"advance": 3})
    assert bot.received[-1]["Status"] == "failed:user block"
    assert control.refused("template-ends", {"statuses": ["maybe"]})[0] == 400


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("thing1", "二" * 20, True),
        ("thing1", "二" * 21, False),
        ("thing1", "两\n行", False),
        ("thing1", "", False),
        ("amount2", "很贵", False),
        ("amount2", "¥9.90", True),
        ("time3", "昨天", False),
        ("time3", "15:04", True),
    ],
)
def test_field_rules(control: Control, api: Api, receipt: dict[str, Any], key: str, value: str, good: bool) -> None:
    control("follow")
    answer = api.post(SEND, {**receipt, "data": {**DATA, key: {"value": value}}})
    assert answer["errcode"] == (0 if good else 47003)
    assert good or key in answer["errmsg"]


def test_a_foreign_template_and_a_stranger(control: Control, api: Api, receipt: dict[str, Any]) -> None:
    control("follow")
    assert api.post(SEND, {**receipt, "template_id": "T9"})["errcode"] == 40037
    assert api.post(SEND, {**receipt, "touser": "oNobody"})["errcode"] == 40003
    control.post("settings", {"any_template": True})
    assert api.post(SEND, {**receipt, "template_id": "T9"})["errcode"] == 0


def test_client_msg_id_guards_against_sending_twice(
    control: Control, api: Api, receipt: dict[str, Any], clock: PlatformClock
) -> None:
    control("follow")
    body = {**receipt, "client_msg_id": "order-1-paid"}
    first, second = api.post(SEND, body)["msgid"], api.post(SEND, body)["msgid"]
    assert first == second
    assert [line["kind"] for line in control.chat()].count("template") == 1
    clock.advance(601)
    assert api.post(SEND, body)["msgid"] != first


def test_marketing_is_a_ban_risk(control: Control, api: Api, receipt: dict[str, Any]) -> None:
    control("follow")
    body = {**receipt, "data": {**DATA, "thing1": {"value": "限时优惠三折"}}}
    assert api.post(SEND, body)["errcode"] == 0
    assert control.get("ban-risks")["ban_risks"][0]["words"] == ["优惠", "限时"]
    control.post("settings", {"ban_after_risks": 1})
    assert api.post(SEND, receipt)["errcode"] == 48004


def test_templates_are_added_and_listed(api: Api) -> None:
    body = {"template_id_short": "TM00015", "keyword_name_list": ["课程", "时间"]}
    template_id = api.post("/cgi-bin/template/api_add_template", body)["template_id"]
    listed = api.get("/cgi-bin/template/get_all_private_template")["template_list"]
    assert [one["template_id"] for one in listed] == [template_id]
    for _ in range(24):
        assert api.post("/cgi-bin/template/api_add_template", body)["errcode"] == 0
    assert api.post("/cgi-bin/template/api_add_template", body)["errcode"] == 45026
    gone = api.post("/cgi-bin/template/del_private_template", {"template_id": template_id})
    assert gone["errcode"] == 0


def test_a_notice_needs_a_consent_for_each(control: Control, api: Api, bot: TinyBot) -> None:
    control.post(
        "templates",
        {"template_id": "N1", "title": "开课提醒", "fields": {"thing1": "课程"}, "kind": "notice"},
    )
    body = {
        "touser": CHEN,
        "template_id": "N1",
        "page": "https://example.com/",
        "data": {"thing1": {"value": "跑步"}},
    }
    send = "/cgi-bin/message/subscribe/bizsend"
    assert api.post(send, body)["errcode"] == 43101
    control("consent", templates={"N1": "accept"})
    assert bot.received[-1]["Event"] == "subscribe_msg_popup_event"
    assert api.post(send, {**body, "page": "pages/x"})["errcode"] == 41030
    assert api.post(send, {**body, "data": {}})["errcode"] == 47003
    assert api.post(send, body)["errcode"] == 0
    assert api.post(send, body)["errcode"] == 43101
    control.post("clock", {"advance": 3})
    assert bot.received[-1]["Event"] == "subscribe_msg_sent_event"
    control("consent", templates={"N1": "accept"})
    control("withdraw", template_id="N1")
    assert bot.received[-1]["Event"] == "subscribe_msg_change_event"
    assert api.post(send, body)["errcode"] == 43101


def test_one_time_subscription(control: Control, api: Api) -> None:
    control.post("templates", {"template_id": "O1", "title": "一次性", "kind": "once"})
    body = {
        "touser": CHEN,
        "template_id": "O1",
        "scene": "7",
        "title": "开课了",
        "data": {"content": {"value": "今晚八点"}},
    }
    send = "/cgi-bin/message/template/subscribe"
    assert api.post(send, body)["errcode"] == 43101
    query = {
        "action": "get_confirm",
        "scene": "7",
        "template_id": "O1",
        "redirect_url": "https://example.com/back?x=1",
        "reserved": "r",
        "sim_openid": CHEN,
    }
    answer = control.client.get("/mp/subscribemsg", query_string=query)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://example.com/back?x=1&template_id=O1&action=confirm")
    assert api.post(send, {**body, "title": "长" * 16})["errcode"] == 47003
    assert api.post(send, body)["errcode"] == 0
    assert api.post(send, body)["errcode"] == 43101
