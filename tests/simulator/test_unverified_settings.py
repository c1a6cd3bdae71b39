"""Facts nobody could verify are settings."""

import io

from conftest import CHEN, Api, Control
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


def test_how_early_an_order_can_be_closed(shop: Shop, control: Control) -> None:
    target, body = "/v3/pay/transactions/out-trade-no/order-0001/close", {"mchid": shop.merchant.mch_id}
    shop.prepay()
    control.post("settings", {"close_after_seconds": 300})
    assert shop.call("POST", target, body).get_json()["code"] == "INVALID_REQUEST"
    control.post("clock", {"advance": 300})
    assert shop.call("POST", target, body).status_code == 204


def test_the_status_of_a_used_number(shop: Shop, control: Control) -> None:
    shop.prepay()
    assert shop.prepay(description="别的").status_code == 400
    control.post("settings", {"number_used_status": 403})
    answer = shop.prepay(description="别的")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "OUT_TRADE_NO_USED")
    assert control.refused("settings", {"number_used_status": 200})[0] == 400


def test_the_length_of_a_state(app: Flask, api: Api, control: Control) -> None:
    def status(state: str) -> int:
        query = {
            "appid": api.account.app_id,
            "redirect_uri": "https://shop.example/",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "sim_openid": CHEN,
        }
        return app.test_client().get("/connect/oauth2/authorize", query_string=query).status_code

    assert (status("a" * 128), status("a" * 129)) == (302, 400)
    control.post("settings", {"oauth_state_max": 129})
    assert status("a" * 129) == 302


def test_the_rules_of_keywords_no_source_confirms(api: Api, control: Control) -> None:
    control("follow")
    control.post("templates", {"template_id": "T", "fields": {"phrase1": "状态", "thing2": "名称"}})

    def send(phrase: str, thing: str) -> int:
        data = {"phrase1": {"value": phrase}, "thing2": {"value": thing}}
        body = {"touser": CHEN, "template_id": "T", "data": data}
        return int(api.post("/cgi-bin/message/template/send", body)["errcode"])

    assert (send("已开课", "课"), send("已经可以开课", "课")) == (0, 47003)
    control.post("settings", {"unverified_keyword_rules": False})
    assert (send("已经可以开课", "课"), send("已开课", "课" * 21)) == (0, 47003)
