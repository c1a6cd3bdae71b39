"""Other projects' clients work against the platform, unchanged but for the address."""

import importlib.util
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from conftest import CHEN, Control
from flask import Flask
from requests.adapters import HTTPAdapter
from tiny_bot import TinyBot
from werkzeug.serving import make_server

from simulator.account import Account
from simulator.pay import notify
from simulator.pay.merchant import make_merchant
from simulator.server import create_app

WECHAT, MERCHANT = "https://api.weixin.qq.com", "https://api.mch.weixin.qq.com"


class Here(HTTPAdapter):
    """Sends what is meant for WeChat to the platform on this machine."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        assert request.url.startswith((WECHAT, MERCHANT, self.address)), request.url
        request.url = request.url.replace(WECHAT, self.address).replace(MERCHANT, self.address)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here = f"http://127.0.0.1:{server.port}"
    monkeypatch.setattr(requests.Session, "get_adapter", lambda self, url: Here(here))
    yield here
    server.shutdown()
    server.server_close()


def test_wechatpy(address: str, account: Account, control: Control) -> None:
    from wechatpy import WeChatClient
    from wechatpy.exceptions import WeChatClientException

    client = WeChatClient(account.app_id, account.app_secret)
    client.menu.create({"button": [{"type": "click", "name": "推荐", "key": "R"}]})
    assert control.get("menu")["button"][0]["name"] == "推荐"
    control("follow")
    client.message.send_text(CHEN, "你好")
    assert control.chat()[-1]["text"] == "你好"
    assert client.user.get(CHEN)["subscribe"] == 1
    assert client.tag.create("健身")["id"] > 100
    assert client.qrcode.create(
        {"action_name": "QR_STR_SCENE", "expire_seconds": 60, "action_info": {"scene": {"scene_str": "c_1"}}}
    )["ticket"]
    assert client.jsapi.get_jsapi_ticket()
    with pytest.raises(WeChatClientException) as caught:
        client.message.send_text("oNobody", "你好")
    assert caught.value.errcode == 40003
    control.post("tokens/invalidate")
    assert client.user.get(CHEN)["subscribe"] == 1, "wechatpy fetches a new token at 40001"


def test_werobot(address: str, account: Account, control: Control) -> None:
    from werobot.client import Client, ClientException

    client = Client({"APP_ID": account.app_id, "APP_SECRET": account.app_secret})
    client.create_menu({"button": [{"type": "click", "name": "推荐", "key": "R"}]})
    assert client.get_menu()["menu"]["button"][0]["name"] == "推荐"
    control("follow")
    client.send_text_message(CHEN, "你好")
    assert control.chat()[-1]["text"] == "你好"
    assert client.get_followers()["data"]["openid"] == [CHEN]
    with pytest.raises(ClientException):
        client.send_text_message("oNobody", "你好")


def test_plain_requests(address: str, account: Account, control: Control) -> None:
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    token = requests.post(f"{WECHAT}/cgi-bin/stable_token", json=body, timeout=5).json()["access_token"]
    answer = requests.get(f"{WECHAT}/cgi-bin/user/get", params={"access_token": token}, timeout=5)
    assert answer.json()["total"] == 0


def test_a_werobot_bot_talks_with_the_phone(account: Account, control: Control, app: Flask) -> None:
    """WeRoBot's own Flask view behind the webhook, in safe mode."""
    from werobot import WeRoBot
    from werobot.contrib.flask import make_view

    robot = WeRoBot(token=account.token, enable_session=False, app_id=account.app_id, encoding_aes_key=account.aes_key)
    robot.add_handler(lambda message: f"你说 {message.content}", type="text")
    site = Flask("werobot_site")
    site.add_url_rule("/wechat", "wechat", make_view(robot), methods=["GET", "POST"])
    server = make_server("127.0.0.1", 0, site, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        app.extensions["platform"].webhook_url = f"http://127.0.0.1:{server.port}/wechat"
        assert control.post("verify")["ok"]
        control("follow")
        assert control("say", text="在吗")["delivery"]["rule"] == "reply"
        assert control.chat()[-1]["text"] == "你说 在吗"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.skipif(importlib.util.find_spec("wechatpayv3") is None, reason="wechatpayv3 is not installed")
@pytest.mark.parametrize("mode", ["public_key", "certificate"])
def test_wechatpayv3(
    account: Account, bot: TinyBot, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wechatpayv3 import WeChatPay, WeChatPayType

    merchant = make_merchant()
    app = create_app(account, bot.url, merchant=merchant)
    control = Control(app.test_client())
    control.post("settings", {"pay_mode": mode})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here = Here(f"http://127.0.0.1:{server.port}")
    monkeypatch.setattr(requests.Session, "get_adapter", lambda self, url: here)
    keys = {"public_key": merchant.public_key_pem().decode(), "public_key_id": merchant.public_key_id}
    try:
        pay = WeChatPay(
            wechatpay_type=WeChatPayType.JSAPI,
            mchid=merchant.mch_id,
            private_key=merchant.private_key_pem().decode(),
            cert_serial_no=merchant.cert_serial,
            apiv3_key=merchant.api_v3_key,
            appid=account.app_id,
            notify_url="https://shop.example/notify",
            cert_dir=str(tmp_path),
            **(keys if mode == "public_key" else {}),
        )
        order = {"description": "书", "amount": {"total": 990}, "payer": {"openid": CHEN}}
        status, message = pay.pay(out_trade_no="order-0001", **order)
        assert status == 200, message
        prepay_id = json.loads(message)["prepay_id"]
        assert pay.query(out_trade_no="order-0001")[0] == 200
        control.post("pay/choose", {"openid": CHEN, "prepay_id": prepay_id, "way": "pay"})
        assert json.loads(pay.query(out_trade_no="order-0001")[1])["trade_state"] == "SUCCESS"
        amount = {"refund": 90, "total": 990, "currency": "CNY"}
        assert pay.refund(out_refund_no="refund-01", out_trade_no="order-0001", amount=amount)[0] == 200
        plain = {"appid": account.app_id, "out_trade_no": "order-0001"}
        notice = notify.Notice("EV-1", "http://127.0.0.1/", "TRANSACTION.SUCCESS", "transaction", plain, 0)
        body, headers = notify.compose(app.extensions["platform"], notice)
        assert pay.callback(headers, body)["resource"]["out_trade_no"] == "order-0001"
        _, forged = notify.compose(app.extensions["platform"], notice, "forged")
        assert not pay.callback(forged, body)
        assert pay.pay(out_trade_no="order-0002", **order)[0] == 200
        assert pay.close(out_trade_no="order-0002")[0] == 204
    finally:
        server.shutdown()
        server.server_close()
