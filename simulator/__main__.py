"""`python -m simulator`: the simulated platform alone."""

import argparse
import dataclasses
import logging
import sys
import threading
from pathlib import Path

from simulator.account import Account, account_from_environment
from simulator.crowd import telling
from simulator.pay.merchant import Merchant, merchant_from_environment, merchant_in
from simulator.server import serve

JUMP_SECONDS = 40 * 86400
"""A bot hears of a jump a moment late; until then pushes seem to come from the future."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A WeChat platform on localhost.",
        epilog="Example: python -m simulator --port 8100 --webhook http://127.0.0.1:8000/wechat",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument(
        "--pay-keys", default=None, type=Path, help="folder of the merchant and its keys, made on first use"
    )
    parser.add_argument(
        "--crowd",
        type=int,
        default=0,
        help="let this many synthetic followers live, here or on the platform that already listens on the port",
    )
    parser.add_argument("--days", type=float, default=1, help="how many days of platform time they live")
    parser.add_argument("--seed", type=int, default=1, help="the same seed is the same crowd")
    parser.add_argument("--json", action="store_true", help="tell what came of the crowd as one JSON document")
    parser.add_argument("--webhook", default="http://127.0.0.1:8000/wechat", help="the bot's webhook address")
    for field in dataclasses.fields(Account):
        parser.add_argument(f"--{field.name.replace('_', '-')}", default=None)
    return parser.parse_args()


def _told(account: Account, merchant: Merchant, keys: Path | None, address: str) -> str:
    """What to open, and what the bot needs to be told."""
    files = (
        f"and the keys in {keys}"
        if keys
        else "and the keys of GET /_control/pay/merchant (--pay-keys DIR keeps them as files)"
    )
    return (
        f"The phone: {address}/\n"
        f"The bot needs: WECHAT_API_BASE={address} WECHAT_OAUTH_BASE={address} "
        f"WECHAT_APP_ID={account.app_id} WECHAT_APP_SECRET={account.app_secret} WECHAT_TOKEN={account.token} "
        f"WECHAT_AES_KEY={account.aes_key} WECHAT_ACCOUNT={account.original_id}\n"
        f"For time that jumps: CLOCK_URL={address}/_control/clock WECHAT_MAX_SKEW_SECONDS={JUMP_SECONDS}\n"
        f"For payments: WECHATPAY_API_BASE={address} WECHATPAY_MCH_ID={merchant.mch_id} "
        f"WECHATPAY_CERT_SERIAL={merchant.cert_serial} WECHATPAY_API_V3_KEY={merchant.api_v3_key} "
        f"WECHATPAY_PUBLIC_KEY_ID={merchant.public_key_id} {files}\n"
    )


def main() -> int:
    arguments = _arguments()
    crowd = (arguments.crowd, arguments.days, arguments.seed, arguments.json)
    if arguments.crowd and arguments.port and telling.answers(f"http://{arguments.host}:{arguments.port}"):
        return telling.live(f"http://{arguments.host}:{arguments.port}", *crowd)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    named = {field.name: getattr(arguments, field.name) for field in dataclasses.fields(Account)}
    given = {name: value for name, value in named.items() if value}
    account = dataclasses.replace(account_from_environment(), **given)
    try:
        merchant = merchant_in(arguments.pay_keys) if arguments.pay_keys else merchant_from_environment()
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2

    def ready(address: str) -> None:
        out = sys.stderr if arguments.json else sys.stdout
        out.write(_told(account, merchant, arguments.pay_keys, address))
        out.flush()
        if arguments.crowd:
            threading.Thread(target=telling.live, args=(address, *crowd), daemon=True).start()

    try:
        serve(account, arguments.webhook, arguments.host, arguments.port, merchant, ready)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {arguments.host}:{arguments.port}: {error.strerror}.\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
