"""The JS-SDK's ticket is one for all, and pages are signed as WeChat's browser checks it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import APP_ID, ENVIRONMENT, NOON, Hands
from platform_at_hand import PlatformAtHand, platform_at_hand

import wiring
from config import load
from errors import PlatformError
from simulator import jssdk
from simulator.clock import PlatformClock
from storage import secrets_held
from wechat.tickets import PageSigner, signature

TICKETS = "/cgi-bin/ticket/getticket"
SITE = ENVIRONMENT["PUBLIC_URL"]


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        yield made


@pytest.fixture
def house(platform: PlatformAtHand, migrated_file: Path, tmp_path: Path) -> Iterator[wiring.House]:
    file = tmp_path / "house.db"
    file.write_bytes(migrated_file.read_bytes())
    given = {**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{file}", "WECHAT_API_BASE": platform.base}
    made = wiring.build(load(given), Hands(NOON))
    yield made
    made.close()


@pytest.fixture
def signer(house: wiring.House) -> PageSigner:
    made = wiring.page_signer(house)
    assert made
    return made


def test_the_signature_is_that_of_wechats_own_example() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    address, signed = "http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    assert signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, address) == signed
    assert signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, address + "#below") == signed


def test_a_page_is_signed_for_its_address(signer: PageSigner, house: wiring.House) -> None:
    config = signer.config("/a/run-30?coupon=X")
    with house.store.read() as tx:
        hidden, ends = secrets_held.find(tx, "jsapi_ticket")
    ticket = wiring.vault(house.settings).show(hidden)
    assert ticket and ticket not in hidden and ends == NOON + 7_200
    assert config["timestamp"] == NOON and ticket not in str(config)
    assert jssdk.check(config, APP_ID, ticket, f"{SITE}/a/run-30?coupon=X") == ""
    assert jssdk.check(config, APP_ID, ticket, f"{SITE}/a/run-30") == "invalid signature"


def test_many_threads_and_processes_share_one_ticket(
    signer: PageSigner, house: wiring.House, platform: PlatformAtHand
) -> None:
    other = wiring.page_signer(house)
    assert other
    threads = [threading.Thread(target=signer.config, args=("/a/x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    other.config("/a/x")
    assert len(platform.calls(TICKETS)) == 1


def test_the_ticket_is_renewed_before_its_end(
    signer: PageSigner, house: wiring.House, platform: PlatformAtHand
) -> None:
    signer.config("/a/x")
    for now, calls in ((NOON + 6_899, 1), (NOON + 6_900, 2)):
        house.clock.now = now  # type: ignore[attr-defined]
        platform.clock.set(now)
        signer.config("/a/x")
        assert len(platform.calls(TICKETS)) == calls


def test_a_ticket_that_cannot_be_had_is_told_without_secrets(
    signer: PageSigner, house: wiring.House, platform: PlatformAtHand
) -> None:
    platform.post("faults", {"next": [{"kind": "http_502", "path": TICKETS}]})
    with pytest.raises(PlatformError) as caught:
        signer.config("/a/x")
    assert house.settings.wechat_app_secret not in str(caught.value)


def test_the_button_can_be_turned_off(house: wiring.House) -> None:
    off = load({**ENVIRONMENT, "WECHAT_SUBSCRIBE_BUTTON": "no"})
    assert wiring.page_signer(wiring.House(off, house.store, house.clock)) is None
