"""What the control API refuses, and that a refusal changes nothing."""

import json
from typing import Any

import pytest
from conftest import CHEN, NOON, Control

from simulator.platform import Platform

LAST = 4102444800


@pytest.mark.parametrize(
    "values",
    [
        {"set": NOON + 10, "advance": -1},
        {"set": NOON + 10, "speed": 1001},
        {"set": NOON + 10, "advance": LAST},
        {"advance": LAST},
        {"advance": float("nan")},
        {"advance": 10**400},
        {"set": float("inf"), "speed": 2},
        {"speed": float("nan"), "advance": 5},
        {"speed": 2, "set": -1},
    ],
)
def test_a_clock_order_is_checked_before_anything_moves(control: Control, values: dict[str, Any]) -> None:
    before = control.get("clock")
    assert control.refused("clock", values)[0] == 400
    assert control.get("clock") == before


def test_setting_the_clock_forward_runs_what_is_due_on_the_way(control: Control, platform: Platform) -> None:
    seen: list[float] = []
    for seconds in (50, 10):
        platform.agenda.after(seconds, lambda: seen.append(platform.clock.now()))
    assert control.post("clock", {"set": NOON + 60})["now"] == NOON + 60
    assert seen == [NOON + 10, NOON + 50]
    assert control.post("clock", {"set": NOON - 60})["now"] == NOON - 60


@pytest.mark.parametrize("scene", [0, 3, True, "x", 1.5, None])
def test_a_consent_needs_a_known_scene(control: Control, platform: Platform, scene: Any) -> None:
    values = {"templates": {"T": "accept"}, "scene": scene}
    assert control.refused(f"followers/{CHEN}/consent", values)[0] == 400
    assert platform.followers.get(CHEN).consents == {}


@pytest.mark.parametrize(
    "path",
    [
        "wire?after=nan",
        "wire?after=inf",
        "updates?seen=inf",
        "updates?seen=1&wait=nan",
        f"updates?openid={CHEN}&chat_after=nan",
        f"followers/{CHEN}/chat?after=inf",
    ],
)
def test_numbers_of_the_query_are_finite(control: Control, path: str) -> None:
    assert control.client.get(f"/_control/{path}").status_code == 400


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (f"followers/{CHEN}/address", {"url": "http://["}),
        (f"followers/{CHEN}/tap-link", {"href": "http://["}),
        (f"followers/{CHEN}/say", {"text": "\ud800"}),
        (f"followers/{CHEN}/say", {"text": "好", "shout": 1}),
        (f"followers/{CHEN}/follow", {"scene": "a", "speed": 1}),
        (f"followers/{CHEN}/follow", {"scene": "长" * 65}),
        ("settings", {"job_delay_seconds": float("nan")}),
        ("settings", {"job_delay_seconds": -1}),
        ("settings", {"timeout_seconds": 10**400}),
        ("settings", {"refund_delay_seconds": float("inf")}),
        ("settings", {"reply_max_bytes": -5}),
        ("settings", {"ban_after_risks": -1}),
        ("settings", {"refund_balance_fen": -2}),
        ("settings", {"site_url": "nonsense"}),
        ("settings", {"site_url": "http://["}),
        ("settings", {"site_url": "http://a:99999"}),
        ("settings", {"site_url": "ftp://a"}),
        ("job-ends", {"mass": ["sing"]}),
        ("job-ends", {"publish": [True]}),
        ("job-ends", {"publish": [2.0]}),
        ("job-ends", {"dance": []}),
        ("quotas", {"path": "/cgi-bin/menu/create", "limit": True}),
        ("quotas", {"path": "nonsense", "limit": 1}),
        ("quotas", {"path": "/cgi-bin/menu/create", "limit": 1, "more": 1}),
        ("faults", {"next": [{"kind": "busy", "count": True}]}),
        ("faults", {"next": [{"kind": "busy", "often": 2}]}),
        ("faults", {"slow_seconds": True}),
        ("faults", {"seed": [1]}),
        ("faults", {"rate": {"all": 0.5}}),
        ("crowd", {"people": True}),
        ("crowd", {"people": 1, "seed": True}),
        ("crowd", {"people": 1, "wait": "no"}),
        ("crowd", {"folk": 1}),
        ("followers", {"name": ""}),
        ("followers", {"name": "甲", "openid": "o汉字"}),
        ("followers", {"name": "甲", "age": 3}),
        ("templates", {"template_id": "", "fields": {"thing1": "a"}}),
        ("templates", {"template_id": "T", "fields": {"thing1": 3}}),
        ("reset", {"keep": True}),
        ("clock", {"set": True}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    control: Control, platform: Platform, path: str, values: dict[str, Any]
) -> None:
    def told() -> list[Any]:
        asked = ("settings", "quotas", "faults", "followers", "clock", "templates", "crowd")
        return [control.get(one) for one in asked] + [platform.mass_ends, platform.publish_ends]

    if path.endswith("say"):
        control("follow")
    before = told()
    answer = control.client.post(f"/_control/{path}", data=json.dumps(values), content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert told() == before
