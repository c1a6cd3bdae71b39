"""Bodies of the wrong shape: the platform answers 47001 with HTTP 200, and the wire log shows it."""

from typing import Any

import pytest
from conftest import CHEN, Api, Control
from flask import Flask

from simulator.api.routes import ROUTES


def test_a_handler_that_stumbles_answers_47001(api: Api, control: Control) -> None:
    control("follow")
    control.post("templates", {"template_id": "T", "title": "t", "fields": {"thing1": "甲"}, "kind": "once"})
    body = {"touser": CHEN, "template_id": "T", "scene": 1, "title": "t", "data": {"content": "no object"}}
    assert api.post("/cgi-bin/message/template/subscribe", body)["errcode"] == 47001
    last = control.get("wire?kind=api")["wire"][-1]
    assert (last["what"], last["rule"]) == ("POST /cgi-bin/message/template/subscribe", "47001")


@pytest.mark.parametrize("value", [None, 3, "x", [1], [[]], {"a": []}, True, -1])
def test_no_call_breaks_over_a_wrong_type(app: Flask, api: Api, value: Any) -> None:
    names = ("button", "matchrule", "tag", "tagid", "openid_list", "touser", "filter", "msgtype", "text", "articles")
    names += ("template_id", "data", "media_id", "index", "user_list", "action_info", "expire_seconds", "rid", "scene")
    for route in ROUTES:
        if route.method == "POST" and route.token:
            answer = app.test_client().post(f"{route.path}?access_token={api.token}", json=dict.fromkeys(names, value))
            assert answer.status_code == 200, route.path


def test_lone_surrogates_are_no_data(api: Api, control: Control) -> None:
    control.post("settings", {"literal_unicode_escapes": False})
    address = f"/cgi-bin/menu/create?access_token={api.token}"
    body = b'{"button":[{"type":"click","name":"\\ud800","key":"A"}]}'
    assert api.client.post(address, data=body).get_json(force=True)["errcode"] == 47001
