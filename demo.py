"""The demo: the whole bot against the simulated platform, with secrets of its own and sample followers."""

from __future__ import annotations

import base64
import secrets
import string
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from errors import Declined, ShutongError
from supervisor import Role, require_free, run_roles

READY_SECONDS = 60
_LETTERS = string.ascii_letters + string.digits


def demo_environment(folder: Path, port: int, simulator_port: int) -> dict[str, str]:
    """Settings of a made-up account; nothing of it is worth keeping, so every start makes it anew."""
    simulator = f"http://127.0.0.1:{simulator_port}"
    return {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{folder / 'profiles.db'}",
        "SECRET_KEY": secrets.token_hex(32),
        "DATA_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_TOKEN": secrets.token_hex(8),
        "WECHAT_NAME": "书童",
        "WECHAT_ACCOUNT": "gh_" + secrets.token_hex(6),
        "WECHAT_AES_KEY": "".join(secrets.choice(_LETTERS) for _ in range(43)),
        "WECHAT_API_BASE": simulator,
        "WECHAT_OAUTH_BASE": simulator,
        "WECHATPAY_API_BASE": simulator,
        # The phone's clock may jump by a month; for half a second the bot has not heard of it.
        "WECHAT_MAX_SKEW_SECONDS": str(40 * 86_400),
        "CLOCK_URL": f"{simulator}/_control/clock",
        "FRAME_ANCESTORS": f"{simulator} http://localhost:{simulator_port}",
    }


def run_demo(
    bot: list[str], environment: Mapping[str, str], folder: Path, port: int, simulator_port: int,
    make_merchant: Callable[[Path], Mapping[str, str]], push_menu: Callable[[Mapping[str, str]], object],
    say: Callable[[str], None],
) -> int:  # fmt: skip
    """Run it until Ctrl-C; return the exit code. `bot` is the command line that begins every role, `make_merchant`
    gives the settings of the simulated merchant whose keys lie in a folder."""
    for number in (port, simulator_port):
        require_free("127.0.0.1", number)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("profiles*.db*"):
        old.unlink()
    keys = folder / "pay"
    made = {**demo_environment(folder, port, simulator_port), **make_merchant(keys)}
    named = {name.removesuffix("_FILE") for name in made}
    ours = {name: value for name, value in environment.items() if name.removesuffix("_FILE") not in named}
    settings = {**ours, **made}
    simulate = [*bot, "simulate", "--port", str(simulator_port), "--webhook-port", str(port), "--pay-keys", str(keys)]
    roles = [
        Role("simulator", simulate, quiet=True),
        Role("web", [*bot, "web", "--port", str(port), "--workers", "1"]),
        Role("clock", [*bot, "clock"]),
        Role("worker", [*bot, "worker"]),
    ]
    simulator = f"http://127.0.0.1:{simulator_port}"

    def started() -> None:
        try:
            _wait_for(f"{simulator}/_control/ready")
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            push_menu(settings)
            requests.post(f"{simulator}/_control/openings", json={}, timeout=READY_SECONDS).raise_for_status()
        except (requests.RequestException, ShutongError) as trouble:
            print(f"the demo could not be prepared: {trouble}", file=sys.stderr)  # noqa: T201
            return
        say(f"手机 Phone: {simulator}/")
        say(f"书童 Bot:   http://127.0.0.1:{port}/readyz")
        say("Ctrl-C ends both. 按 Ctrl-C 结束。")

    return run_roles(roles, settings, started)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            if requests.get(url, timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        if time.monotonic() > deadline:
            raise Declined(f"{url} does not answer")
        time.sleep(0.1)
