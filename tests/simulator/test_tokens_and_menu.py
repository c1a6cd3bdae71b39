"""Token rules and menu limits of the server API."""

from typing import Any

import pytest
from conftest import Api, Control
from flask import Flask

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.platform import Platform


def plain(app: Flask, account: Account, **more: str) -> Any:
    query = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret, **more}
    return app.test_client().get("/cgi-bin/token", query_string=query).get_json(force=True)


def works(api: Api, token: str) -> int:
    answer = api.client.get(f"/cgi-bin/menu/get?access_token={token}").get_json(force=True)
    return 0 if answer["errcode"] == 46003 else int(answer["errcode"])


def test_stable_token_stays_the_same_until_its_last_minutes(api: Api, clock: PlatformClock) -> None:
    clock.advance(6000)
    again = api.stable()
    assert (again["access_token"], again["expires_in"]) == (api.token, 1200)
    clock.advance(901)
    new = api.stable()
    assert new["access_token"] != api.token
    assert works(api, api.token) == 0
    clock.advance(300)
    assert works(api, api.token) == 42001
    assert works(api, new["access_token"]) == 0


def test_forced_refresh_kills_the_former_and_is_limited(api: Api, clock: PlatformClock) -> None:
    new = api.stable(force_refresh=True)["access_token"]
    assert works(api, api.token) == 40001
    assert works(api, new) == 0
    assert api.stable(force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        clock.advance(31)
        assert "access_token" in api.stable(force_refresh=True)
    clock.advance(31)
    assert api.stable(force_refresh=True)["errcode"] == 45009


def test_plain_tokens_supersede_each_other_after_five_minutes(
    app: Flask, api: Api, account: Account, clock: PlatformClock
) -> None:
    first = plain(app, account)["access_token"]
    second = plain(app, account)["access_token"]
    assert first != second
    assert works(api, first) == 0
    clock.advance(301)
    assert works(api, first) == 40001
    assert works(api, second) == 0
    assert works(api, api.token) == 0, "the two endpoints do not invalidate each other"


def test_plain_tokens_have_a_daily_quota(app: Flask, account: Account, platform: Platform) -> None:
    for _ in range(2000):
        platform.tokens.fetch_plain(platform.now())
    assert plain(app, account)["errcode"] == 45009


def test_callers_are_checked(app: Flask, account: Account, control: Control) -> None:
    assert plain(app, account, appid="wxother")["errcode"] == 40013
    assert plain(app, account, secret="wrong")["errcode"] == 40125
    assert plain(app, account, grant_type="password")["errcode"] == 40002
    control.post("settings", {"ip_whitelist": ["10.0.0.1"]})
    refused = plain(app, account)
    assert refused["errcode"] == 40164
    assert "127.0.0.1" in refused["errmsg"]


def test_every_error_is_http_200_with_a_rid(api: Api) -> None:
    answer = api.client.get("/cgi-bin/menu/get")
    assert answer.status_code == 200
    body = answer.get_json(force=True)
    assert body["errcode"] == 41001
    assert " rid: " in body["errmsg"]
    assert works(api, "short") == 40014
    assert works(api, "x" * 130) == 40001


def test_bodies_that_are_no_json(api: Api) -> None:
    address = f"/cgi-bin/menu/create?access_token={api.token}"
    assert api.client.post(address, data=b"").get_json(force=True)["errcode"] == 44002
    assert api.client.post(address, data=b"{oops").get_json(force=True)["errcode"] == 47001
    assert api.client.post(address, data=b"[1]").get_json(force=True)["errcode"] == 47001


def test_escapes_stay_visible(api: Api, control: Control) -> None:
    address = f"/cgi-bin/menu/create?access_token={api.token}"
    body = b'{"button":[{"type":"click","name":"\\u63a8","key":"A"}]}'
    api.client.post(address, data=body)
    assert control.get("menu")["button"][0]["name"] == "\\u63a8"
    control.post("settings", {"literal_unicode_escapes": False})
    api.client.post(address, data=body)
    assert control.get("menu")["button"][0]["name"] == "推"


def leaf(**more: str) -> dict[str, str]:
    return {"type": "click", "name": "按钮", "key": "K", **more}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([leaf()] * 4, 40016),
        ([leaf(name="六个汉字太长")], 40018),
        ([leaf(name="")], 40018),
        ([leaf(type="sing")], 40017),
        ([leaf(key="k" * 129)], 40019),
        ([{"type": "view", "name": "看", "url": "http://x/" + "u" * 1024}], 40020),
        ([{"type": "view", "name": "看", "url": "ftp://x/"}], 40055),
        ([{"name": "父", "sub_button": [leaf()] * 6}], 40023),
        ([{"name": "父", "sub_button": [{"name": "子", "sub_button": [leaf()]}]}], 40022),
        ([{"name": "父", "sub_button": [leaf(name="长" * 21)]}], 40025),
        ([{"name": "父", "sub_button": [leaf(type="sing")]}], 40024),
        ([{"name": "父", "sub_button": [leaf(key="")]}], 40026),
        ([{"name": "父", "sub_button": [{"type": "view", "name": "看", "url": ""}]}], 40027),
    ],
)
def test_menu_limits(api: Api, buttons: list[Any], code: int) -> None:
    assert api.post("/cgi-bin/menu/create", {"button": buttons})["errcode"] == code


def test_menu_is_created_read_and_deleted(api: Api, control: Control) -> None:
    buttons = [leaf(), {"name": "父", "sub_button": [leaf()] * 5}]
    assert api.post("/cgi-bin/menu/create", {"button": buttons}) == {"errcode": 0, "errmsg": "ok"}
    menu = api.get("/cgi-bin/menu/get")["menu"]
    assert [len(button["sub_button"]) for button in menu["button"]] == [0, 5]
    assert api.get("/cgi-bin/menu/delete")["errcode"] == 0
    assert control.get("menu")["button"] == []
    assert api.get("/cgi-bin/menu/get")["errcode"] == 46003
