"""Addresses that lead nowhere are answered in the manner of the side they belong to."""

import pytest
from conftest import Api, Control
from flask import Flask
from shop import Shop


@pytest.mark.parametrize("path", ["/customservice/kfaccount/add", "/card/create", "/semantic/search", "/wxa/business"])
def test_a_family_that_is_not_simulated_is_an_unknown_address(api: Api, path: str) -> None:
    answer = api.client.post(f"{path}?access_token={api.token}", json={})
    assert (answer.status_code, answer.get_json(force=True)["errcode"]) == (200, 40066)


@pytest.mark.parametrize(("method", "target"), [("GET", "/v3/nothing"), ("GET", "/v3/pay/transactions/jsapi")])
def test_pay_answers_json_that_is_signed(shop: Shop, method: str, target: str) -> None:
    answer = shop.call(method, target)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "RESOURCE_NOT_EXISTS")
    assert shop.verify(answer.headers, answer.data)


def test_a_stranger_learns_nothing_of_pay_addresses(app: Flask) -> None:
    answer = app.test_client().get("/v3/nothing", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "SIGN_ERROR")


def test_the_library_of_notices_can_be_searched(api: Api) -> None:
    listed = api.get("/wxaapi/newtmpl/getpubtemplatetitles", ids="616", start=0, limit=30)
    assert (listed["errcode"], listed["count"]) == (0, len(listed["data"]))
    tid = listed["data"][0]["tid"]
    words = api.get("/wxaapi/newtmpl/getpubtemplatekeywords", tid=tid)["data"]
    assert [word["rule"] for word in words][:2] == ["thing", "time"]
    chosen = [word["kid"] for word in words][:2]
    added = api.post("/wxaapi/newtmpl/addtemplate", {"tid": tid, "kidList": chosen, "sceneDesc": "开课"})["priTmplId"]
    kept = api.get("/wxaapi/newtmpl/gettemplate")["data"]
    assert [one["content"] for one in kept if one["priTmplId"] == added] == [
        "课程名称：{{thing1.DATA}}\n开课时间：{{time2.DATA}}"
    ]
    assert api.get("/wxaapi/newtmpl/getpubtemplatekeywords", tid="0")["errcode"] == 200012


def test_a_preview_goes_to_a_name_too(api: Api, control: Control) -> None:
    control("follow")
    body = {"towxname": "陈远", "msgtype": "text", "text": {"content": "先看看"}}
    assert api.post("/cgi-bin/message/mass/preview", body)["errcode"] == 0
    assert control.chat()[-1]["text"] == "先看看"
    assert api.post("/cgi-bin/message/mass/preview", body | {"towxname": "无名"})["errcode"] == 40003
