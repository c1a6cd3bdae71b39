"""One server-API call in ten goes wrong, in every way the platform knows; what operators are told and followers see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_in_process import APP_SECRET, ENVIRONMENT, NOON, Hands
from platform_at_hand import PlatformAtHand, platform_at_hand

import wiring
from config import load
from errors import PlatformError
from flows.push_menu import push_menu
from simulator import faults
from simulator.clock import PlatformClock

MOST_CALLS = 3000


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    """Its clock stands still at noon."""
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        yield made


def shown(platform: PlatformAtHand, openid: str) -> Any:
    """The names of the buttons at the foot of a follower's phone."""
    return [button["name"] for button in platform.get(f"updates?openid={openid}")["menu"]]


def test_a_phone_shows_the_old_menu_or_the_new_one_whatever_goes_wrong(
    platform: PlatformAtHand, migrated_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "house.db"
    file.write_bytes(migrated_file.read_bytes())
    settings = load({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{file}", "WECHAT_API_BASE": platform.base})
    house = wiring.build(settings, Hands(NOON))
    menu = wiring.wechat_api(house).menu
    openid = platform.get("followers")["followers"][0]["openid"]
    platform.post("faults", {"rates": {"all": 0.1}, "slow_seconds": 0.01, "seed": 3})
    before, told = shown(platform, openid), []
    for number in range(MOST_CALLS):
        new = [f"第{number}版"]
        try:
            push_menu([{"type": "click", "name": new[0], "key": "R"}], menu)
        except PlatformError as trouble:
            told.append(trouble)
            assert shown(platform, openid) in (before, new)
        else:
            assert shown(platform, openid) == new, "a call that succeeded took effect"
        before = shown(platform, openid)
        if set(platform.get("faults")["happened"]) >= set(faults.API):
            break
    else:
        pytest.fail("not every kind of fault struck")
    assert {trouble.errcode for trouble in told} >= {-1, 0, 45009, 48004}
    assert not [trouble for trouble in told if APP_SECRET in str(trouble) or "access_token" in str(trouble)]
    platform.post("faults/clear")
    push_menu([{"type": "click", "name": "推荐", "key": "R"}], menu)
    assert shown(platform, openid) == ["推荐"]
    house.store.close()
