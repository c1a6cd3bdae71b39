"""The control API: settings, mistakes, reset, updates."""

import pytest
from conftest import CHEN, Api, Control
from flask.testing import FlaskClient
from tiny_bot import TinyBot

from simulator.platform import Platform


def test_ready(control: Control) -> None:
    assert control.get("ready")["ready"] is True


@pytest.mark.parametrize(
    "values",
    [
        {"mode": "loud"},
        {"tries": 0},
        {"tries": "3"},
        {"timeout_seconds": True},
        {"nonsense": 1},
        {"ip_whitelist": "1.2.3.4"},
        {"several_articles": "all", "tries": 2},
    ],
)
def test_a_bad_setting_changes_nothing(control: Control, values: dict[str, object]) -> None:
    before = control.get("settings")
    status, sentence = control.refused("settings", values)
    assert status == 400
    assert sentence
    assert control.get("settings") == before


def test_mistakes_are_one_sentence(control: Control) -> None:
    assert control.refused("followers/oNobody/say", {"text": "x"})[0] == 404
    assert control.refused(f"followers/{CHEN}/say", {"text": 3})[0] == 400
    assert control.refused(f"followers/{CHEN}/say", [1])[0] == 400
    answer = control.client.post("/_control/settings", data="{", content_type="application/json")
    assert answer.status_code == 400
    assert control.client.get("/_control/wire?after=x").status_code == 400


def test_foreign_pages_are_refused(control: Control) -> None:
    url = "/_control/settings"
    for origin, status in (
        ("http://evil.example", 403),
        ("http://p0.localhost", 403),
        ("http://localhost", 200),
    ):
        assert control.client.post(url, json={}, headers={"Origin": origin}).status_code == status


def test_requests_that_lead_nowhere(control: Control) -> None:
    client = control.client
    assert client.get("/_control/nothing").get_json()["error"]
    assert client.get("/_control/nothing").status_code == 404
    assert client.get("/_control/verify").status_code == 405
    assert client.get("/cgi-bin/sing").get_json(force=True)["errcode"] == 40066
    assert client.get("/cgi-bin/menu/create").get_json(force=True)["errcode"] == 43002
    assert client.post("/cgi-bin/menu/get").get_json(force=True)["errcode"] == 43001
    assert client.get("/nowhere").status_code == 404


def test_reset_goes_back_to_the_first_day(control: Control, bot: TinyBot) -> None:
    control.post("openings")
    control.post("settings", {"tries": 1})
    control.post("reset")
    assert not any(person["subscribed"] for person in control.get("followers")["followers"])
    assert control.get("settings")["tries"] == 3
    assert control.get("wire")["wire"] == []


def test_a_gentle_reset_keeps_the_account(control: Control, api: Api) -> None:
    api.post("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "甲", "key": "A"}]})
    control.post("settings", {"tries": 1})
    control("follow")
    control.post("reset", {"keep_account": True})
    assert not control.get(f"followers/{CHEN}")["subscribed"]
    assert control.get("menu")["button"]
    assert control.get("settings")["tries"] == 1
    assert api.get("/cgi-bin/menu/get")["menu"], "the token lives on"
    control.post("reset", {"keep_account": "yes"}, status=400)


def test_updates_answer_what_is_new(control: Control, platform: Platform) -> None:
    control("follow")
    first = control.get(f"updates?openid={CHEN}")
    assert first["chat"]
    assert first["wire"]
    last = first["chat"][-1]["seq"]
    later = control.get(f"updates?openid={CHEN}&chat_after={last}&wire_after={first['wire'][-1]['seq']}")
    assert (later["chat"], later["wire"]) == ([], [])
    assert later["followers"][0]["subscribed"]


def test_waiting_ends_with_a_change(platform: Platform) -> None:
    assert platform.wait_for_change(platform.revision - 1, 5) == platform.revision
    assert platform.wait_for_change(platform.revision, 0) == platform.revision


def test_the_page_and_its_files(control: Control) -> None:
    client: FlaskClient = control.client
    page = client.get("/").get_data(as_text=True)
    assert 'data-testid="say"' in page
    assert client.get("/_static/js/main.js").status_code == 200
    assert client.get("/_static/weui/weui.min.css").status_code == 200
