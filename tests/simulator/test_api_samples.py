"""Recorded API bodies are accepted, or refused as the README says; recorded answers have our keys."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Api, Control
from flask import Flask
from sample_world import World, manifest

from simulator import templates
from simulator.account import Account
from simulator.api.errors import ApiError
from simulator.clock import PlatformClock

REFUSED = {
    "custom_send_news.json": 45008,
    "menu_addconditional.json": 65320,
    "menu_create.json": 40016,
    "openapi_quota_get.json": 76021,
    "openapi_rid_get.json": 76022,
}
"""Two articles; a language condition; eight buttons at the top; another product's call; a stranger's rid."""
SCHEMAS = ("custom_send_ALL", "mass_sendall_ALL", "mass_send_ALL", "mass_preview_ALL")


@pytest.fixture
def world(app: Flask, control: Control, api: Api, account: Account, clock: PlatformClock) -> World:
    return World(app, control, api, account)


def test_recorded_requests(samples: Path, world: World) -> None:
    rows = manifest(samples, "request")
    assert len(rows) == 46
    world.control.post("settings", {"job_delay_seconds": 9999})
    for name, path in sorted(rows, key=lambda row: "delete" in row[0]):
        if name.startswith(SCHEMAS):
            continue
        body = json.loads((samples / "api/request" / name).read_text("utf-8"))
        world.control("say", text="还在")
        answer = world.api.post(path, world.fitted(name, body))
        assert answer.get("errcode", 0) == REFUSED.get(name, 0), (name, answer)


def test_every_recorded_kind_of_button(samples: Path, api: Api) -> None:
    """The sample shows every kind in eight top buttons; as children of one they are a menu."""
    buttons = json.loads((samples / "api/request/menu_create.json").read_text("utf-8"))["button"]
    leaves = [leaf for button in buttons for leaf in button.get("sub_button") or [button]]
    assert len({leaf["type"] for leaf in leaves}) == 13
    for leaf in leaves:
        menu = {"button": [{"name": "菜单", "sub_button": [leaf]}]}
        assert api.post("/cgi-bin/menu/create", menu)["errcode"] == 0, leaf


@pytest.mark.parametrize("name", [f"{schema}_TYPES_SCHEMA.json" for schema in SCHEMAS])
def test_recorded_schemas_of_every_type(samples: Path, world: World, name: str) -> None:
    """A schema sample holds one body for each type: each is sent by itself."""
    schema = json.loads((samples / "api/request" / name).read_text("utf-8"))
    path = dict(manifest(samples, "request"))[name]
    scope = {key: schema[key] for key in ("touser", "filter") if key in schema}
    kinds = [
        key
        for key in schema
        if key not in (*scope, "msgtype", "towxname", "customservice", "send_ignore_reprint", "clientmsgid")
    ]
    for kind in kinds:
        world.draft = world.new_draft()
        body = world.fitted(name, {**scope, "msgtype": kind, kind: schema[kind]})
        if kind == "images":
            body[kind]["media_ids"] = [world.media["image"]]
        if kind == "mpvideo":
            body[kind]["media_id"] = world.media["video"]
        if kind == "news":
            body[kind]["articles"] = body[kind]["articles"][:1]
        world.control("say", text="还在")
        answer = world.api.post(path, body)
        assert answer.get("errcode", 0) == (48008 if kind == "wxcard" else 0), (name, kind, answer)


def test_fields_too_long_are_refused_and_cut_ones_taken(samples: Path) -> None:
    for row in json.loads((samples / "api/template_field_truncation.json").read_text("utf-8")):
        template = templates.from_fields("t", "t", {row["key"]: "字段"}, "template")
        assert templates.rows(template, {row["key"]: {"value": row["out"]}})
        if row["in"] != row["out"]:
            with pytest.raises(ApiError, match="47003"):
                templates.rows(template, {row["key"]: {"value": row["in"]}})


def test_recorded_events_can_be_sent(samples: Path, control: Control, bot: Any) -> None:
    """Every recorded event body goes through the platform with all its fields."""
    from simulator import xmltext

    files = sorted((samples / "webhook/events").glob("*.xml"))
    assert len(files) > 40
    for file in files:
        fields = xmltext.read(file.read_bytes().strip())
        more = {
            key: value
            for key, value in fields.items()
            if key not in ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event")
        }
        control("event", event=fields["Event"], fields=more)
        plain = control.get("wire?kind=push")["wire"][-1]["request"]
        sent = xmltext.read(plain.encode())
        assert {key: sent[key] for key in more} == more, file.name


def test_recorded_messages_can_be_sent(samples: Path, control: Control, bot: Any) -> None:
    from simulator import inbound, xmltext

    control("follow")
    for file in sorted((samples / "webhook/inbound").glob("*.xml")):
        fields = xmltext.read(file.read_bytes().strip())
        kind = fields["MsgType"]
        if kind not in inbound.MESSAGE_FIELDS or kind == "text":
            continue
        known = (*inbound.MESSAGE_FIELDS[kind], *inbound.OPTIONAL.get(kind, ()))
        given = {key: value for key, value in fields.items() if key in known}
        control("send", kind=kind, fields=given)
        received = bot.received[-1]
        assert {key: received[key] for key in given if given[key]} == {k: v for k, v in given.items() if v}, file.name
