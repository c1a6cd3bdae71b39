"""The demo's own settings, its ports, and the clock that follows the platform's."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from platform_at_hand import PlatformAtHand, platform_at_hand, served
from werkzeug.wrappers import Request, Response

import demo
from bot import _demo_merchant
from config import load, require_to_serve
from errors import Declined
from follow_clock import FollowedClock
from simulator.clock import PlatformClock
from simulator.pay.merchant import merchant_in
from wiring import build

NOON = 1_795_406_400


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, str]]]:
    """What would have been run: roles and their environment."""
    kept: list[tuple[Any, dict[str, str]]] = []

    def run_roles(roles: Any, settings: dict[str, str], started: Any) -> int:
        kept.append((roles, settings))
        return 0

    monkeypatch.setattr(demo, "run_roles", run_roles)
    monkeypatch.setattr(demo, "require_free", lambda host, port: None)
    return kept


def run(folder: Path, environment: dict[str, str], port: int = 18_000, simulator: int = 18_100) -> int:
    return demo.run_demo(
        ["bot"], environment, folder, port, simulator, _demo_merchant, lambda settings: None, lambda words: None
    )


def test_the_demos_settings_come_before_those_of_the_environment(ran: list[Any], tmp_path: Path) -> None:
    made = [*demo.demo_environment(tmp_path, 1, 2), *_demo_merchant(tmp_path / "pay")]
    names = [name.removesuffix("_FILE") for name in made]
    secret = tmp_path / "secret"
    secret.write_text("of-the-real-account-0123456789")
    real = dict.fromkeys(names, "of-the-real-account") | {f"{name}_FILE": str(secret) for name in names}
    assert run(tmp_path / "demo", {**real, "PATH": "/bin", "TIMEZONE": "Asia/Tokyo"}) == 0
    ((_, settings),) = ran
    assert not [name for name, value in settings.items() if "real-account" in value or value == str(secret)]
    assert (settings["PATH"], settings["TIMEZONE"]) == ("/bin", "Asia/Tokyo")
    loaded = load(settings)
    require_to_serve(loaded)
    assert loaded.wechat_api_base == "http://127.0.0.1:18100" and loaded.public_url == "http://127.0.0.1:18000"
    assert loaded.clock_url == "http://127.0.0.1:18100/_control/clock"
    assert loaded.database_url == f"sqlite:///{tmp_path / 'demo' / 'profiles.db'}"


def test_every_start_has_other_secrets_and_a_new_database(ran: list[Any], tmp_path: Path) -> None:
    for name in ("profiles.db", "profiles.db-wal", "kept.txt"):
        (tmp_path / name).write_text("old")
    run(tmp_path, {})
    run(tmp_path, {})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["kept.txt", "pay"]
    first, second = (settings for _, settings in ran)
    for name in ("SECRET_KEY", "DATA_KEYS", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY"):
        assert first[name] != second[name]


def test_the_merchant_of_the_demo_is_the_simulators_and_can_sell(ran: list[Any], tmp_path: Path) -> None:
    run(tmp_path, {})
    ((roles, settings),) = ran
    keys = tmp_path / "pay"
    assert ["--pay-keys", str(keys)] == roles[0].command[-2:]
    merchant, loaded = merchant_in(keys), load(settings)
    require_to_serve(loaded)
    assert (loaded.wechatpay_mch_id, loaded.wechatpay_api_v3_key) == (merchant.mch_id, merchant.api_v3_key)
    assert loaded.wechatpay_private_key == merchant.private_key_pem().decode().strip()
    assert loaded.wechatpay_public_key == merchant.public_key_pem().decode().strip()
    assert loaded.wechatpay_api_base == "http://127.0.0.1:18100"


def test_the_roles_are_simulator_web_clock_and_worker(ran: list[Any], tmp_path: Path) -> None:
    run(tmp_path, {})
    ((roles, _),) = ran
    assert [(role.name, role.command[:2]) for role in roles] == [
        ("simulator", ["bot", "simulate"]), ("web", ["bot", "web"]), ("clock", ["bot", "clock"]),
        ("worker", ["bot", "worker"]),
    ]  # fmt: skip


@pytest.mark.parametrize("which", ["bot", "simulator"])
def test_a_taken_port_is_refused_before_anything_is_touched(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "run_roles", lambda *_: pytest.fail("was run"))
    old = tmp_path / "profiles.db"
    old.write_text("of a demo that runs")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        ports = (number, free_port()) if which == "bot" else (free_port(), number)
        with pytest.raises(Declined, match=f"port {number} is taken"):
            run(tmp_path, {}, *ports)
    assert old.exists()


# --- the followed clock --------------------------------------------------------------------------------------


class Hand:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    """A platform whose minute is a second; real time stands still for it."""
    with platform_at_hand(PlatformClock(at=NOON, speed=60, real=lambda: 0.0)) as made:
        yield made


def test_it_goes_on_from_the_last_answer_at_the_told_speed(platform: PlatformAtHand) -> None:
    hand = Hand()
    clock = FollowedClock(f"{platform.base}/_control/clock", hand)
    clock.ask()
    assert clock() == NOON
    hand.at += 10
    assert clock() == NOON + 600
    platform.post("clock", {"advance": 86_400})
    platform.post("clock", {"speed": 0})
    assert clock() == NOON + 600
    clock.ask()
    hand.at += 10
    assert clock() == NOON + 86_400


def test_asked_it_knows_of_a_jump_at_once_and_money_goes_by_that(
    platform: PlatformAtHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FollowedClock, "follow", FollowedClock.ask)
    clock_url = f"{platform.base}/_control/clock"
    house = build(load({"DATABASE_URL": f"sqlite:///{tmp_path / 'profiles.db'}", "CLOCK_URL": clock_url}))
    platform.post("clock", {"speed": 0})
    platform.post("clock", {"advance": 86_400})
    assert house.exact_clock() == platform.get("clock")["now"] == house.clock()
    house.close()


def test_it_survives_silence_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    hand = Hand()
    with platform_at_hand(PlatformClock(at=NOON, speed=60, real=lambda: 0.0)) as platform:
        clock = FollowedClock(f"{platform.base}/_control/clock", hand)
        clock.ask()
    hand.at += 5
    with caplog.at_level(logging.WARNING, "follow_clock"):
        clock.ask()
        clock.ask()
    assert clock() == NOON + 300
    assert [one.name for one in caplog.records if one.levelno >= logging.WARNING] == ["follow_clock"]


@pytest.mark.parametrize(
    "body", ["<html>", "{}", "[]", "null", '{"now": null, "speed": 1}', '{"now": "x", "speed": 1}']
)
def test_an_answer_that_is_no_time_is_passed_over(body: str) -> None:
    hand = Hand()
    answers = ['{"now": 500, "speed": 2}', body]

    @Request.application
    def app(request: Request) -> Response:
        return Response(answers.pop(0), mimetype="application/json")

    with served(app) as base:
        clock = FollowedClock(base, hand)
        clock.ask()
        clock.ask()
    hand.at += 1
    assert clock() == 502
