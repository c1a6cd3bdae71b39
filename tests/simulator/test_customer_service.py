"""Customer-service messages: windows, counts, typing, kinds (platform.md 4.1)."""

import io
from typing import Any

import pytest
from conftest import CHEN, Api, Control
from tiny_bot import TinyBot

from simulator.clock import PlatformClock

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"


def text(content: str = "在", openid: str = CHEN) -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def codes(api: Api, times: int) -> list[int]:
    return [api.post(SEND, text())["errcode"] for _ in range(times)]


def test_following_allows_three_within_a_minute(control: Control, api: Api, clock: PlatformClock) -> None:
    assert codes(api, 1) == [45015]
    control("follow")
    assert codes(api, 4) == [0, 0, 0, 45047]
    clock.advance(61)
    assert codes(api, 1) == [45015]


def test_a_message_allows_five_within_48_hours(control: Control, api: Api, clock: PlatformClock) -> None:
    control("follow")
    clock.advance(61)
    control("say", text="在吗")
    clock.advance(47 * 3600)
    api.renew()
    assert codes(api, 6) == [0, 0, 0, 0, 0, 45047]
    control("say", text="还在吗")
    assert codes(api, 1) == [0]
    clock.advance(48 * 3600 + 1)
    api.renew()
    assert codes(api, 1) == [45015]
    assert [line["channel"] for line in control.chat()].count("kf") == 6


def test_a_new_message_may_only_extend(control: Control, api: Api, clock: PlatformClock) -> None:
    control.post("settings", {"kf_count_resets": False})
    control("follow")
    clock.advance(61)
    control("say", text="一")
    assert codes(api, 5) == [0] * 5
    control("say", text="二")
    assert codes(api, 1) == [45047]


def test_a_view_opens_no_window(control: Control, api: Api, clock: PlatformClock, bot: TinyBot) -> None:
    control("follow")
    clock.advance(61)
    control("view", url="http://127.0.0.1/")
    assert codes(api, 1) == [45015]
    control("scan", scene="c_1")
    assert codes(api, 1) == [0]


def test_who_cannot_be_written_to(control: Control, api: Api) -> None:
    control("follow")
    assert api.post(SEND, text(openid="oNobody"))["errcode"] == 40003
    control("switches", blacklisted=True)
    assert api.post(SEND, text())["errcode"] == 43019
    control("switches", blacklisted=False, refuses=True)
    assert api.post(SEND, text())["errcode"] == 48002
    control("switches", refuses=False)
    control("unfollow")
    assert api.post(SEND, text())["errcode"] == 45015


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text"}, 47001),
        ({"msgtype": "poem", "poem": {}}, 40008),
        ({"msgtype": "image", "image": {"media_id": "nothing"}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{"title": "a"}] * 2}}, 45008),
        ({"msgtype": "wxcard", "wxcard": {"card_id": "x"}}, 48008),
        ({"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "x"}}, 53600),
    ],
)
def test_refused_contents_cost_nothing(control: Control, api: Api, body: dict[str, Any], code: int) -> None:
    control("follow")
    assert api.post(SEND, {"touser": CHEN, **body})["errcode"] == code
    state = control.get(f"followers/{CHEN}")["state"]
    assert state["windows"]["action"]["left"] == 3


def test_kinds_that_work(control: Control, api: Api) -> None:
    control("follow")
    upload = {"media": (io.BytesIO(b"\xff\xd8jpeg"), "a.jpg")}
    address = f"/cgi-bin/media/upload?access_token={api.token}&type=image"
    media_id = api.client.post(address, data=upload).get_json(force=True)["media_id"]
    news = {"articles": [{"title": "书", "description": "好", "url": "https://example.com/", "picurl": ""}]}
    menu = {"head_content": "喜欢吗", "list": [{"id": "1", "content": "喜欢"}], "tail_content": ""}
    for kind, part in (("image", {"media_id": media_id}), ("news", news), ("msgmenu", menu)):
        assert api.post(SEND, {"touser": CHEN, "msgtype": kind, kind: part})["errcode"] == 0
    assert [line["kind"] for line in control.chat()[-3:]] == ["image", "news", "msgmenu"]
    control("say", text="喜欢", bizmsgmenuid="1")
    control.post("settings", {"test_account": True})
    assert api.post(SEND, {"touser": CHEN, "msgtype": "msgmenu", "msgmenu": menu})["errcode"] == 40200


def test_typing(control: Control, api: Api, clock: PlatformClock) -> None:
    body = {"touser": CHEN, "command": "Typing"}
    assert api.post(TYPING, body)["errcode"] == 45080
    control("follow")
    assert api.post(TYPING, {**body, "command": "Sing"})["errcode"] == 45072
    assert api.post(TYPING, body)["errcode"] == 0
    assert api.post(TYPING, body)["errcode"] == 45081
    assert api.post(SEND, text())["errcode"] == 0
    assert api.post(TYPING, body)["errcode"] == 0
    clock.advance(16)
    assert api.post(TYPING, body)["errcode"] == 0
    clock.advance(31)
    assert api.post(TYPING, body)["errcode"] == 45080
