"""Calls of WeChat's API: one token for all, renewed in time, and failures that give nothing away."""

import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bot_in_process import APP_SECRET, ENVIRONMENT, NOON, Hands
from platform_at_hand import PlatformAtHand, platform_at_hand, served
from werkzeug.wrappers import Request, Response

import wechat.api
import wechat.tokens
import wiring
from config import load
from errors import PlatformError
from simulator.clock import PlatformClock
from storage import secrets_held
from wechat.api import WeChatApi

STABLE, IPS = "/cgi-bin/stable_token", "/cgi-bin/getcallbackip"


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    """Its clock stands still at noon."""
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        yield made


@pytest.fixture
def hands() -> Hands:
    return Hands(NOON)


@pytest.fixture
def house(platform: PlatformAtHand, hands: Hands, migrated_file: Path, tmp_path: Path) -> Iterator[wiring.House]:
    made = house_at(platform.base, hands, migrated_file, tmp_path)
    yield made
    made.close()


@pytest.fixture
def api(house: wiring.House) -> WeChatApi:
    return wiring.wechat_api(house)


def house_at(base: str, hands: Hands, migrated_file: Path, tmp_path: Path) -> wiring.House:
    file = tmp_path / "house.db"
    file.write_bytes(migrated_file.read_bytes())
    settings = load({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{file}", "WECHAT_API_BASE": base})
    return wiring.build(settings, hands)


def test_many_threads_share_one_token(api: WeChatApi, platform: PlatformAtHand) -> None:
    together = threading.Barrier(12)
    got: list[str] = []

    def ask() -> None:
        together.wait(10)
        got.append(api.access_token)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(got) == 12 and len(set(got)) == 1
    assert len(platform.calls(STABLE)) == 1


def test_another_process_uses_the_same_token(house: wiring.House, platform: PlatformAtHand) -> None:
    first = wiring.wechat_api(house).access_token
    again = wiring.build(house.settings, house.clock)
    assert wiring.wechat_api(again).access_token == first
    again.store.close()
    assert len(platform.calls(STABLE)) == 1


def test_the_token_is_kept_encrypted(api: WeChatApi, house: wiring.House) -> None:
    token = api.access_token
    with house.store.read() as tx:
        hidden, expires_at = secrets_held.find(tx, "access_token")
    assert hidden and token not in hidden
    assert wiring.vault(house.settings).show(hidden) == token
    assert expires_at == NOON + 7_200
    kept = b"".join(file.read_bytes() for file in Path(house.store.engine.url.database or "").parent.glob("house.db*"))
    assert token.encode() not in kept and hidden.encode() in kept


def test_the_token_is_renewed_before_its_end(api: WeChatApi, platform: PlatformAtHand, hands: Hands) -> None:
    first = api.access_token
    for now in (NOON + 6_899, NOON + 6_900):
        hands.now = now
        platform.clock.set(now)
        expected = 1 if now == NOON + 6_899 else 2
        assert (api.access_token == first) is (expected == 1)
        assert len(platform.calls(STABLE)) == expected


@pytest.mark.parametrize(("order", "errcode"), [("tokens/invalidate", "40001"), ("tokens/expire", "42001")])
def test_a_refused_token_is_renewed_once_and_the_call_repeated_once(
    api: WeChatApi, platform: PlatformAtHand, order: str, errcode: str
) -> None:
    assert api.misc.get_wechat_ips()
    platform.post(order)
    assert api.misc.get_wechat_ips()
    assert [call["rule"] for call in platform.calls(IPS)] == ["0", errcode, "0"]
    assert len(platform.calls(STABLE)) == 2
    assert api.misc.get_wechat_ips()
    assert len(platform.calls(STABLE)) == 2


def failure_of(api: WeChatApi) -> tuple[PlatformError, str]:
    """The error of a call, and everything that may be printed of it."""
    with pytest.raises(PlatformError) as caught:
        api.misc.get_wechat_ips()
    try:
        raise caught.value
    except PlatformError as error:
        return error, "\n".join((str(error), repr(error), traceback.format_exc(), repr(error.args)))


def test_still_refused_it_says_so_without_token_or_secret(api: WeChatApi, platform: PlatformAtHand) -> None:
    token = api.access_token
    platform.post("faults", {"next": [{"kind": "40001", "path": IPS, "count": 5}]})
    error, said = failure_of(api)
    assert error.errcode == 40001 and error.rid and not error.again
    assert error.rid in said and "getcallbackip" in said
    assert len(platform.calls(IPS)) == 2
    assert token not in said and api.access_token not in said and APP_SECRET not in said


def test_system_busy_is_worth_another_try_and_is_not_tried_by_itself(api: WeChatApi, platform: PlatformAtHand) -> None:
    platform.post("faults", {"next": [{"kind": "busy", "path": IPS}]})
    error, _ = failure_of(api)
    assert (error.errcode, error.again) == (-1, True)
    assert len(platform.calls(IPS)) == 1


@pytest.mark.parametrize("kind", ["http_502", "reset_before", "reset_after"])
def test_a_broken_line_is_worth_another_try(api: WeChatApi, platform: PlatformAtHand, kind: str) -> None:
    token = api.access_token
    platform.post("faults", {"next": [{"kind": kind, "path": IPS, "count": 9}]})
    error, said = failure_of(api)
    assert (error.errcode, error.again) == (0, True)
    assert token not in said and APP_SECRET not in said


def test_a_wrong_secret_is_told_without_it(
    platform: PlatformAtHand, hands: Hands, migrated_file: Path, tmp_path: Path
) -> None:
    made = house_at(platform.base, hands, migrated_file, tmp_path)
    made.settings._values["WECHAT_APP_SECRET"] = "not-the-secret-of-the-account"
    error, said = failure_of(wiring.wechat_api(made))
    made.close()
    assert error.errcode == 40125 and "not-the-secret" not in said
    assert not platform.calls(IPS)


@contextmanager
def silence() -> Iterator[str]:
    """A server that takes a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@Request.application
def html(request: Request) -> Response:
    return Response("<html>gateway</html>", mimetype="text/html")


@Request.application
def no_document(request: Request) -> Response:
    return Response('["a", "b"]', mimetype="application/json")


def token_then_html(environ, start_response):  # type: ignore[no-untyped-def]
    told = Response('{"access_token": "97_the-token-of-this-test", "expires_in": 7200}', mimetype="application/json")
    return (told if environ["PATH_INFO"] == STABLE else html)(environ, start_response)


@pytest.mark.parametrize(
    "server", [silence, *(lambda app=app: served(app) for app in (html, no_document, token_then_html))]
)
def test_silence_and_nonsense_are_worth_another_try(
    server, hands: Hands, migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    for room in (wechat.api, wechat.tokens):
        monkeypatch.setattr(room, "TIMEOUT", (1, 0.3) if server is silence else (5, 5))
    with server() as base:
        made = house_at(base, hands, migrated_file, tmp_path)
        error, said = failure_of(wiring.wechat_api(made))
        made.close()
    assert (error.errcode, error.again) == (0, True)
    assert APP_SECRET not in said and "97_the-token" not in said


def test_absolute_addresses_of_wechatpy_reach_the_base(api: WeChatApi, platform: PlatformAtHand) -> None:
    assert api.datacube.API_BASE_URL.startswith("https://api.weixin.qq.com/")
    api.datacube.get_user_summary("2026-11-20", "2026-11-21")
    (call,) = platform.calls("/datacube/getusersummary")
    assert call["ok"]


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda api: api.get("getcallbackip"), "/cgi-bin/getcallbackip"),
        (lambda api: api.misc.short_url("https://read.example.cn/?back=https://x.example/y"), "/cgi-bin/shorturl"),
        (lambda api: api.customservice.get_session("o1"), "/customservice/kfsession/getsession"),
        (lambda api: api.datacube.get_user_summary("2026-11-20", "2026-11-20"), "/datacube/getusersummary"),
        (lambda api: api.post("https://api.weixin.qq.com/wxa/x", data={}), "/wxa/x"),
        (lambda api: api.get("https://mp.weixin.qq.com/cgi-bin/y?at=https://z.example/w"), "/cgi-bin/y"),
    ],
)
def test_every_kind_of_address_goes_to_the_base(
    call: Any, path: str, hands: Hands, migrated_file: Path, tmp_path: Path
) -> None:
    asked: list[str] = []

    @Request.application
    def app(request: Request) -> Response:
        asked.append(request.path)
        told = '{"access_token": "97_token", "expires_in": 7200, "errcode": 0, "list": []}'
        return Response(told, mimetype="application/json")

    with served(app) as base:
        made = house_at(base, hands, migrated_file, tmp_path)
        call(wiring.wechat_api(made))
        made.close()
    assert asked == [STABLE, path]


def test_chinese_goes_out_as_it_is(api: WeChatApi, platform: PlatformAtHand) -> None:
    api.menu.create({"button": [{"type": "click", "name": "推荐", "key": "R"}]})
    (call,) = platform.calls("/cgi-bin/menu/create")
    assert "推荐" in call["request"] and "\\u" not in call["request"]
