"""Mass sends, drafts and publishing (platform.md 4.5, 4.6)."""

import io
from typing import Any

import pytest
from conftest import CHEN, Api, Control
from tiny_bot import TinyBot

from simulator import xmltext
from simulator.clock import PlatformClock

LIN = "oSim02LinXiaoYu4Rt8cZp1Hs6dQ"
ALL, SOME = "/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"


@pytest.fixture
def two(control: Control) -> list[str]:
    for openid in (CHEN, LIN):
        control("follow", openid)
    return [CHEN, LIN]


def to_all(**more: Any) -> dict[str, Any]:
    return {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "周末好"}, **more}


def test_everybody_gets_it_and_the_result_follows(control: Control, api: Api, bot: TinyBot, two: list[str]) -> None:
    answer = api.post(ALL, to_all())
    assert answer["errcode"] == 0
    assert api.post("/cgi-bin/message/mass/get", {"msg_id": answer["msg_id"]})["msg_status"] == "SENDING"
    control.post("clock", {"advance": 3})
    done = bot.received[-1]
    assert (done["Event"], done["Status"], done["SentCount"]) == ("MASSSENDJOBFINISH", "send success", "2")
    assert control.chat(LIN)[-1]["channel"] == "mass"
    assert api.post("/cgi-bin/message/mass/get", {"msg_id": answer["msg_id"]})["msg_status"] == "SEND_SUCCESS"


def test_the_fifth_of_a_month_reaches_nobody(
    control: Control, api: Api, bot: TinyBot, two: list[str], clock: PlatformClock
) -> None:
    for number in range(5):
        assert api.post(ALL, to_all(clientmsgid=f"m{number}"))["errcode"] == 0
        control.post("clock", {"advance": 61})
    assert (bot.received[-1]["SentCount"], bot.received[-1]["ErrorCount"]) == ("0", "2")
    clock.advance(31 * 86400)
    api.renew()
    api.post(ALL, to_all(clientmsgid="next month"))
    control.post("clock", {"advance": 3})
    assert bot.received[-1]["SentCount"] == "2"


def test_clientmsgid_rules(control: Control, api: Api, two: list[str], clock: PlatformClock) -> None:
    first = api.post(ALL, to_all(clientmsgid="c1"))
    assert api.post(ALL, to_all(clientmsgid="c1"))["errcode"] == 45066
    clock.advance(61)
    again = api.post(ALL, to_all(clientmsgid="c1"))
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert api.post(ALL, to_all(clientmsgid="x" * 65))["errcode"] == 45067
    assert api.post(ALL, to_all())["errcode"] == 0
    assert api.post(ALL, to_all())["errcode"] == 45066, "a digest stands for a missing clientmsgid"


def test_by_openid_and_by_tag(control: Control, api: Api, bot: TinyBot, two: list[str]) -> None:
    body = {"touser": [CHEN, CHEN], "msgtype": "text", "text": {"content": "嗨"}}
    assert api.post(SOME, body)["errcode"] == 40130
    assert api.post(SOME, {**body, "touser": ["o"] * 10_001})["errcode"] == 40032
    assert api.post(SOME, {**body, "touser": two})["errcode"] == 0
    tag = api.post("/cgi-bin/tags/create", {"tag": {"name": "健身"}})["tag"]["id"]
    api.post("/cgi-bin/tags/members/batchtagging", {"openid_list": [CHEN], "tagid": tag})
    by_tag = {"filter": {"is_to_all": False, "tag_id": tag}, "msgtype": "text", "text": {"content": "跑"}}
    assert api.post(ALL, by_tag)["errcode"] == 0
    control.post("clock", {"advance": 5})
    assert bot.received[-1]["TotalCount"] == "1"
    assert api.post(ALL, {**by_tag, "filter": {"tag_id": 999}})["errcode"] == 45159


def test_the_result_names_the_pages_it_made(control: Control, api: Api, bot: TinyBot, two: list[str]) -> None:
    article = {"article_type": "newspic", "title": "题", "content": "文"}
    media_id = api.post("/cgi-bin/draft/add", {"articles": [article, article]})["media_id"]
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    api.post("/cgi-bin/message/mass/sendall", body)
    control.post("clock", {"advance": 3})
    told = xmltext.read(control.get("wire?kind=push")["wire"][-1]["request"].encode())
    assert (told["Event"], told["ArticleUrlResult"]["Count"]) == ("MASSSENDJOBFINISH", "2")
    pages = told["ArticleUrlResult"]["ResultList"]["item"]
    assert [page["ArticleIdx"] for page in pages] == ["1", "2"]
    assert all(page["ArticleUrl"].startswith("http") for page in pages)


def test_quotas_of_mass_sends(control: Control, api: Api, two: list[str]) -> None:
    control.post("quotas", {"path": ALL, "limit": 1})
    assert api.post(ALL, to_all())["errcode"] == 0
    assert api.post(ALL, to_all(clientmsgid="n"))["errcode"] == 45028


def test_sixty_a_minute(control: Control, api: Api, two: list[str]) -> None:
    codes = [api.post(ALL, to_all(clientmsgid=str(n)))["errcode"] for n in range(61)]
    assert codes[59:] == [0, 45011]


def test_delete_before_it_is_sent_and_speed(control: Control, api: Api, bot: TinyBot, two: list[str]) -> None:
    count = len(bot.received)
    number = api.post(ALL, to_all())["msg_id"]
    assert api.post("/cgi-bin/message/mass/delete", {"msg_id": number})["errcode"] == 0
    control.post("clock", {"advance": 5})
    assert len(bot.received) == count
    assert api.post("/cgi-bin/message/mass/speed/set", {"speed": 1})["errcode"] == 0
    assert api.post("/cgi-bin/message/mass/speed/get", {})["realspeed"] == 60
    assert api.post("/cgi-bin/message/mass/speed/set", {"speed": 9})["errcode"] == 45083


def thumb(api: Api) -> str:
    address = f"/cgi-bin/material/add_material?access_token={api.token}&type=thumb"
    answer = api.client.post(address, data={"media": (io.BytesIO(b"\xff\xd8"), "t.jpg")})
    return str(answer.get_json(force=True)["media_id"])


def article(api: Api, **more: Any) -> dict[str, Any]:
    return {
        "title": "跑步",
        "content": "<p>慢一点<script>x</script></p>",
        "thumb_media_id": thumb(api),
        **more,
    }


def test_a_draft_is_sent_to_all_and_gone(control: Control, api: Api, two: list[str]) -> None:
    media_id = api.post("/cgi-bin/draft/add", {"articles": [article(api)]})["media_id"]
    kept = api.post("/cgi-bin/draft/get", {"media_id": media_id})["news_item"][0]
    assert (kept["content"], kept["digest"]) == ("<p>慢一点</p>", "慢一点")
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    assert api.post(ALL, body)["msg_data_id"]
    control.post("clock", {"advance": 5})
    card = control.chat()[-1]["content"]["Articles"][0]
    page = control.client.get("/s/" + card["Url"].rsplit("/s/")[1])
    assert "慢一点" in page.get_data(as_text=True)
    assert api.post("/cgi-bin/draft/get", {"media_id": media_id})["errcode"] == 40007


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": ""}, 45003),
        ({"title": "长" * 33}, 45003),
        ({"author": "长" * 17}, 45110),
        ({"content": "x" * 20_000}, 45002),
        ({"thumb_media_id": "none"}, 40007),
    ],
)
def test_draft_limits(api: Api, more: dict[str, Any], code: int) -> None:
    assert api.post("/cgi-bin/draft/add", {"articles": [article(api, **more)]})["errcode"] == code


def test_sends_and_publications_may_fail(control: Control, api: Api, bot: TinyBot, two: list[str]) -> None:
    control.post("job-ends", {"mass": ["err(10001)"], "publish": [2]})
    number = api.post(ALL, to_all())["msg_id"]
    control.post("clock", {"advance": 3})
    assert (bot.received[-1]["Status"], bot.received[-1]["SentCount"]) == ("err(10001)", "0")
    assert api.post("/cgi-bin/message/mass/get", {"msg_id": number})["msg_status"] == "SEND_FAIL"
    media_id = api.post("/cgi-bin/draft/add", {"articles": [article(api)]})["media_id"]
    job = api.post("/cgi-bin/freepublish/submit", {"media_id": media_id})["publish_id"]
    control.post("clock", {"advance": 3})
    assert api.post("/cgi-bin/freepublish/get", {"publish_id": job})["publish_status"] == 2
    control.post("job-ends", {"publish": [9]}, status=400)


def test_the_cover_of_a_draft_is_permanent(api: Api) -> None:
    files = {"media": (io.BytesIO(b"\xff\xd8"), "a.jpg")}
    path = f"/cgi-bin/media/upload?access_token={api.token}&type=thumb"
    temporary = api.client.post(path, data=files).get_json(force=True)["thumb_media_id"]
    article = {"title": "题", "content": "文", "thumb_media_id": temporary}
    assert api.post("/cgi-bin/draft/add", {"articles": [article]})["errcode"] == 40007
    assert "media_id" in api.post("/cgi-bin/draft/add", {"articles": [article | {"thumb_media_id": thumb(api)}]})


def test_too_many_articles(api: Api) -> None:
    assert api.post("/cgi-bin/draft/add", {"articles": [article(api)] * 9})["errcode"] == 45008


def test_publishing(control: Control, api: Api, bot: TinyBot) -> None:
    media_id = api.post("/cgi-bin/draft/add", {"articles": [article(api)]})["media_id"]
    publish_id = api.post("/cgi-bin/freepublish/submit", {"media_id": media_id})["publish_id"]
    job = "/cgi-bin/freepublish/get"
    assert api.post(job, {"publish_id": publish_id})["publish_status"] == 1
    control.post("clock", {"advance": 3})
    assert bot.received[-1]["Event"] == "PUBLISHJOBFINISH"
    done = api.post(job, {"publish_id": publish_id})
    assert done["publish_status"] == 0
    assert api.post("/cgi-bin/freepublish/getarticle", {"article_id": done["article_id"]})["news_item"]
    assert api.post("/cgi-bin/freepublish/delete", {"article_id": done["article_id"]})["errcode"] == 0
    control.post("settings", {"forbidden_calls": ["/cgi-bin/freepublish/submit"]})
    assert api.post("/cgi-bin/freepublish/submit", {"media_id": media_id})["errcode"] == 48001
