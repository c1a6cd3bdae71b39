"""A platform, a tiny bot beside it, and the recorded samples."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from shop import Shop  # noqa: E402
from tiny_bot import TinyBot  # noqa: E402

from simulator.account import Account  # noqa: E402
from simulator.clock import PlatformClock  # noqa: E402
from simulator.pay.merchant import Merchant, make_merchant  # noqa: E402
from simulator.platform import Platform  # noqa: E402
from simulator.server import create_app  # noqa: E402

CHEN = "oSim01ChenYuan7Kq2vXw9TbLm3n"
NOON = 1_764_043_200.0  # 2025-11-25 12:00 in China


class Control:
    """The control API in few words: `control("say", text="…")` acts for 陈远."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __call__(self, act: str, openid: str = CHEN, **values: Any) -> Any:
        return self.post(f"followers/{openid}/{act}", values)

    def post(self, path: str, values: Any = None, status: int = 200) -> Any:
        answer = self.client.post(f"/_control/{path}", json=values or {})
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/_control/{path}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def refused(self, path: str, values: Any) -> tuple[int, str]:
        answer = self.client.post(f"/_control/{path}", json=values)
        return answer.status_code, answer.get_json()["error"]

    def chat(self, openid: str = CHEN) -> list[dict[str, Any]]:
        return list(self.get(f"followers/{openid}/chat")["chat"])


@pytest.fixture
def account() -> Account:
    key = "mNnY5GekpChwqhy2c4NBH90g3hND6GeI4gii2YCvKLY"
    return Account("wx669ef95216eef885", "secret0123456789", "weixin", key, "gh_a96a4a619366")


@pytest.fixture
def bot(account: Account) -> Iterator[TinyBot]:
    tiny = TinyBot(account)
    yield tiny
    tiny.close()


@pytest.fixture
def clock() -> PlatformClock:
    return PlatformClock(at=NOON, speed=0)


@pytest.fixture(scope="session")
def merchant() -> Merchant:
    return make_merchant("1900009191", "ABCDEF0123", "0123456789abcdef0123456789abcdef")


@pytest.fixture
def app(account: Account, bot: TinyBot, clock: PlatformClock, merchant: Merchant) -> Flask:
    return create_app(account, bot.url, clock=clock, merchant=merchant)


@pytest.fixture
def shop(app: Flask, account: Account, merchant: Merchant, clock: PlatformClock) -> Iterator[Shop]:
    """The merchant's server beside the platform."""
    one = Shop(app, account, merchant, clock)
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def platform(app: Flask) -> Platform:
    return app.extensions["platform"]


@pytest.fixture
def control(app: Flask) -> Control:
    return Control(app.test_client())


class Api:
    """The server API with a token of its own."""

    def __init__(self, client: FlaskClient, account: Account) -> None:
        self.client, self.account = client, account
        self.renew()

    def renew(self) -> None:
        self.token = self.stable()["access_token"]

    def stable(self, **more: Any) -> Any:
        body = {
            "grant_type": "client_credential",
            "appid": self.account.app_id,
            "secret": self.account.app_secret,
            **more,
        }
        return self.client.post("/cgi-bin/stable_token", json=body).get_json(force=True)

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(f"{path}?access_token={self.token}", json=body).get_json(force=True)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, query_string={"access_token": self.token, **query})
        return answer.get_json(force=True)


@pytest.fixture
def api(app: Flask, account: Account) -> Api:
    return Api(app.test_client(), account)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of recorded vectors; SHUTONG_SAMPLES names it when it is not beside the repository."""
    folder = Path(os.environ.get("SHUTONG_SAMPLES") or ROOT.parent / "shared" / "wechat-samples")
    if not folder.is_dir():
        pytest.skip(f"the recorded WeChat samples are absent ({folder}); set SHUTONG_SAMPLES")
    return folder
