"""Facts nobody could verify are settings."""

import io

from conftest import Api, Control
from flask import Flask
from shop import Shop

import simulator.settings


def test_the_first_line_says_what_settings_are() -> None:
    first = (simulator.settings.__doc__ or "").splitlines()[0]
    assert "fact sheet" not in first


def test_the_default_life_of_a_code(api: Api, control: Control) -> None:
    body = {"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 1}}}
    assert api.post("/cgi-bin/qrcode/create", body)["expire_seconds"] == 30
    control.post("settings", {"qr_default_seconds": 60})
    assert api.post("/cgi-bin/qrcode/create", body)["expire_seconds"] == 60


def test_the_size_of_a_temporary_image(app: Flask, api: Api, control: Control) -> None:
    def upload() -> int:
        files = {"media": (io.BytesIO(b"x" * 2000), "a.jpg")}
        path = f"/cgi-bin/media/upload?access_token={api.token}&type=image"
        return int(api.client.post(path, data=files).get_json(force=True).get("errcode", 0))

    assert upload() == 0
    control.post("settings", {"image_max_bytes": 1999})
    assert upload() == 40006


def test_the_lengths_of_a_draft(api: Api, control: Control) -> None:
    article = {"article_type": "newspic", "title": "四个汉字", "author": "两人", "content": "c"}
    assert "media_id" in api.post("/cgi-bin/draft/add", {"articles": [article]})
    control.post("settings", {"draft_author_max": 1})
    assert api.post("/cgi-bin/draft/add", {"articles": [article]})["errcode"] == 45110
    control.post("settings", {"draft_title_max": 3})
    assert api.post("/cgi-bin/draft/add", {"articles": [article]})["errcode"] == 45003


def test_how_long_a_clientmsgid_is_known(api: Api, control: Control) -> None:
    control("follow")
    control.post("settings", {"mass_client_id_seconds": 100})
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "好"}, "clientmsgid": "one"}
    api.post("/cgi-bin/message/mass/sendall", body)
    control.post("clock", {"advance": 99})
    assert api.post("/cgi-bin/message/mass/sendall", body)["errcode"] == 45065
    control.post("clock", {"advance": 2})
    assert api.post("/cgi-bin/message/mass/sendall", body)["errcode"] == 0


def test_the_span_of_the_new_statistics(api: Api, control: Control) -> None:
    days = {"begin_date": "2025-11-18", "end_date": "2025-11-19"}
    assert "list" in api.post("/datacube/getbizsummary", days)
    assert api.post("/datacube/getarticletotaldetail", days)["errcode"] == 61501
    control.post("settings", {"getbizsummary_days": 1, "getarticletotaldetail_days": 2})
    assert api.post("/datacube/getbizsummary", days)["errcode"] == 61501
    assert "list" in api.post("/datacube/getarticletotaldetail", days)


def test_the_length_of_attach(shop: Shop, control: Control) -> None:
    assert shop.prepay(attach="a" * 128).status_code == 200
    control.post("settings", {"pay_attach_max": 127})
    assert shop.prepay(number="order-0002", attach="a" * 128).status_code == 400
