"""Misbehaviour on request and by rate."""

import threading
from collections.abc import Iterator

import pytest
import requests
from conftest import CHEN, Api, Control
from flask import Flask
from tiny_bot import TinyBot, text_reply
from werkzeug.serving import make_server

from simulator.account import Account
from simulator.platform import Platform

SEND = "/cgi-bin/message/custom/send"
TEXT = {"touser": CHEN, "msgtype": "text", "text": {"content": "在"}}


def order(control: Control, kind: str, **more: object) -> None:
    control.post("faults", {"next": [{"kind": kind, **more}]})


@pytest.mark.parametrize(
    ("kind", "code"), [("busy", -1), ("45009", 45009), ("45011", 45011), ("48004", 48004), ("40001", 40001)]
)
def test_refusals_strike_once_and_without_effect(control: Control, api: Api, kind: str, code: int) -> None:
    control("follow")
    order(control, kind, path=SEND)
    assert api.get("/cgi-bin/tags/get")["tags"]
    assert api.post(SEND, TEXT)["errcode"] == code
    assert not any(line["channel"] == "kf" for line in control.chat())
    assert api.post(SEND, TEXT)["errcode"] == 0


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


def test_a_reset_after_the_effect(control: Control, api: Api, address: str) -> None:
    control("follow")
    url = f"{address}{SEND}?access_token={api.token}"
    order(control, "reset_after")
    with pytest.raises(requests.ConnectionError):
        requests.post(url, json=TEXT, timeout=5)
    assert sum(line["channel"] == "kf" for line in control.chat()) == 1
    order(control, "reset_before")
    with pytest.raises(requests.ConnectionError):
        requests.post(url, json=TEXT, timeout=5)
    assert sum(line["channel"] == "kf" for line in control.chat()) == 1
    order(control, "http_502")
    assert requests.post(url, json=TEXT, timeout=5).status_code == 502
    control.post("faults", {"next": [{"kind": "slow"}], "slow_seconds": 0.3})
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, json=TEXT, timeout=0.1)


def test_a_lost_answer_is_asked_for_again(control: Control, bot: TinyBot) -> None:
    control("follow")
    bot.answer = lambda fields: text_reply(fields, "好")
    order(control, "push_answer_lost")
    assert control("say", text="在吗")["delivery"]["attempts"] == 2
    assert len({fields["MsgId"] for fields in bot.received[1:]}) == 1
    assert sum(line["text"] == "好" for line in control.chat()) == 1
    tries = [entry for entry in control.get("wire?kind=push")["wire"] if entry["what"].startswith("text")]
    assert [(entry["attempt"], entry["fault"]) for entry in tries] == [(1, "push_answer_lost"), (2, "")]


def test_duplicates_come_together(control: Control, bot: TinyBot) -> None:
    control("follow")
    bot.delays = [0.1, 0.1]
    order(control, "push_duplicate")
    control("say", text="在吗")
    assert len(bot.received) == 3
    assert len({fields["MsgId"] for fields in bot.received[1:]}) == 1


def test_a_held_push_is_overtaken(control: Control, bot: TinyBot, app: Flask) -> None:
    control("follow")
    control.post("faults", {"next": [{"kind": "push_reordered"}], "slow_seconds": 0.3})
    first = threading.Thread(target=lambda: Control(app.test_client())("say", text="先"))
    first.start()
    while control.get("faults")["next"]:
        pass
    control("say", text="后")
    first.join()
    assert [fields["Content"] for fields in bot.received[1:]] == ["后", "先"]


def test_rates_are_repeatable(control: Control, api: Api) -> None:
    def round_of() -> list[int]:
        control.post("faults", {"rates": {"busy": 0.3}, "seed": 7})
        return [api.get("/cgi-bin/tags/get").get("errcode", 0) for _ in range(30)]

    first = round_of()
    assert first == round_of()
    assert 0 < first.count(-1) < 25
    control.post("faults/clear")
    assert api.get("/cgi-bin/tags/get").get("errcode", 0) == 0


def test_all_spreads_over_every_kind(control: Control, platform: Platform) -> None:
    rates = control.post("faults", {"rates": {"all": 0.1}})["rates"]
    assert sum(rates[kind] for kind in ("push_duplicate", "push_answer_lost", "push_reordered")) == pytest.approx(0.1)
    assert platform.faults.pick("push") in ("", "push_duplicate", "push_answer_lost", "push_reordered")


@pytest.mark.parametrize(
    "values",
    [
        {"next": [{"kind": "dance"}]},
        {"next": [{"kind": "busy", "count": 0}]},
        {"next": "busy"},
        {"rates": {"busy": 2}},
        {"rates": {"dance": 0.1}},
        {"slow_seconds": 99},
    ],
)
def test_bad_orders_change_nothing(control: Control, values: dict[str, object]) -> None:
    before = control.get("faults")
    assert control.refused("faults", values)[0] == 400
    assert control.get("faults") == before


def test_pay_faults(account: Account, bot: TinyBot, control: Control, app: Flask) -> None:
    client = app.test_client()
    order(control, "pay_busy")
    assert client.get("/v3/certificates").get_json()["code"] == "SYSTEM_ERROR"
    order(control, "pay_frequency")
    assert client.get("/v3/certificates").status_code == 429
    order(control, "pay_502")
    assert client.get("/v3/certificates").status_code == 502
    order(control, "pay_reset_after")
    assert client.get("/v3/certificates").get_data() == b""


def test_a_sound_bot_is_heard_through_every_fault(control: Control, bot: TinyBot) -> None:
    """With every kind at ten percent each message is answered once, however the pushes went."""
    control("follow")
    bot.answer = lambda fields: text_reply(fields, f"好 {fields['Content']}")
    control.post("faults", {"rates": {"all": 0.1}, "slow_seconds": 0.01, "seed": 5})
    for number in range(60):
        control("say", text=f"第 {number} 句")
    answers = [line["text"] for line in control.chat() if line["sender"] == "account"]
    assert answers == [f"好 第 {number} 句" for number in range(60)]
    assert sum(control.get("faults")["happened"].values()) > 0
