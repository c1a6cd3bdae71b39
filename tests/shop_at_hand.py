"""A bot that sells, and the simulated WeChat Pay it sells through, for tests of money."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot_in_process import APP_ID, Bot, Workshop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from platform_at_hand import PlatformAtHand, platform_at_hand, served

from catalog.load import Catalog
from domain.order import JSAPI, WAITING, Order
from domain.payment import Merchant
from domain.payment_method import Choice
from domain.price import Offer
from flows.start_order import Checkout, Sale, start_order
from flows.till import Till
from simulator.clock import PlatformClock
from simulator.pay import merchant as simulated
from simulator.pay.signing import encrypt
from wechat.pay import PayApi

NOON = 1_795_406_400  # 2026-11-23 12:00 in Shanghai
CHEN = "oSim01ChenYuan7Kq2vXw9TbLm3n"


@cache
def merchant() -> simulated.Merchant:
    """One merchant for all tests of a process: keys take a while to make."""
    return simulated.make_merchant("1900009191", "5157F09EFDC096DE", "0123456789abcdef0123456789abcdef")


def merchant_settings(base: str, certificates: bool = False) -> dict[str, str]:
    """The bot's settings for it, for a public key or for platform certificates."""
    one = merchant()
    public = {} if certificates else {
        "WECHATPAY_PUBLIC_KEY": one.public_key_pem().decode(), "WECHATPAY_PUBLIC_KEY_ID": one.public_key_id,
    }  # fmt: skip
    return public | {
        "WECHATPAY_MCH_ID": one.mch_id, "WECHATPAY_CERT_SERIAL": one.cert_serial,
        "WECHATPAY_API_V3_KEY": one.api_v3_key, "WECHATPAY_PRIVATE_KEY": one.private_key_pem().decode(),
        "WECHATPAY_API_BASE": base,
    }  # fmt: skip


@dataclass
class Desk:
    """WeChat Pay's side with its control, and our adapter to it."""

    platform: PlatformAtHand
    pay: PayApi

    @property
    def clock(self) -> PlatformClock:
        return self.platform.clock

    @property
    def now(self) -> int:
        return int(self.clock.now())

    def advance(self, seconds: float) -> None:
        """Time goes on, and what is due then happens."""
        self.platform.post("clock", {"advance": seconds})
        self.platform.post("settle")

    def paid_by(self, order: Order, prepay: str, openid: str = CHEN, way: str = "pay") -> str:
        """The payer's choice at the cashier."""
        prepay_id = prepay.rpartition("pr=")[2].rpartition("prepay_id=")[2].partition("&")[0]
        return str(self.platform.post("pay/choose", {"openid": openid, "prepay_id": prepay_id, "way": way})["err_msg"])

    def spoil(self, *kinds: str) -> None:
        """The coming calls go wrong like this."""
        self.platform.post("faults", {"next": [{"kind": kind} for kind in kinds]})

    def orders(self) -> dict[str, dict[str, Any]]:
        """WeChat Pay's own book."""
        found = self.platform.get("pay/orders")
        rows = found["orders"] if isinstance(found, dict) else found
        return {row["out_trade_no"]: row for row in rows}


def pay_api(base: str, clock: PlatformClock, certificates: bool = False, site: str = "http://127.0.0.1:9") -> PayApi:
    """Our adapter to the simulated WeChat Pay."""
    settings = merchant_settings(base, certificates)
    keys = {
        "private": settings["WECHATPAY_PRIVATE_KEY"], "public": settings.get("WECHATPAY_PUBLIC_KEY", ""),
        "public_id": settings.get("WECHATPAY_PUBLIC_KEY_ID", ""), "api_v3": settings["WECHATPAY_API_V3_KEY"],
    }  # fmt: skip
    seller = Merchant(APP_ID, merchant().mch_id)
    return PayApi(seller, merchant().cert_serial, keys, base, site, clock.now)


@contextmanager
def desk_at_hand(certificates: bool = False) -> Iterator[Desk]:
    """A platform whose time stands still at noon, and our adapter to it."""
    clock = PlatformClock(at=NOON, speed=0)
    with platform_at_hand(clock, merchant()) as platform:
        if certificates:
            platform.post("settings", {"pay_mode": "certificate"})
        yield Desk(platform, pay_api(platform.base, clock, certificates))


def an_order(number: str = "order0001", method: str = JSAPI, **more: Any) -> Order:
    """An order as it is before WeChat Pay was called."""
    values: dict[str, Any] = {
        "order_no": number, "buyer": CHEN, "payer": CHEN if method == JSAPI else "", "slug": "run-30",
        "kind": "article", "title": "从喘到跑", "price_fen": 990, "amount_fen": 990, "coupon": "", "method": method,
        "reason": "", "rejected": "{}", "exposure_id": "", "state": WAITING, "created_at": NOON,
        "expires_at": NOON + 1800,
    }  # fmt: skip
    return Order(**(values | more))


def signed(
    body: bytes, at: int, key: rsa.RSAPrivateKey | None = None, serial: str = "", **change: str
) -> dict[str, str]:
    """The headers WeChat Pay sends with these bytes."""
    nonce, stamp = secrets.token_hex(16), str(at)
    one = key or merchant().pay_key
    signature = one.sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n", padding.PKCS1v15(), hashes.SHA256())
    return {
        "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial or merchant().public_key_id,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
    } | {f"Wechatpay-{name}": value for name, value in change.items()}  # fmt: skip


@dataclass
class Shop(Desk):
    """A whole bot that sells: WeChat Pay's notifications reach its own address, and both have one time."""

    bot: Bot

    @property
    def till(self) -> Till:
        found = self.bot.house.till
        assert found
        return found

    def advance(self, seconds: float) -> None:
        self.bot.clock.now += seconds
        Desk.advance(self, seconds)

    def settle(self) -> None:
        """What is due now happens: notifications go out."""
        self.advance(2)

    def sale(self, method: str = JSAPI, buyer: str = CHEN, **offer: Any) -> Sale:
        """A wish to buy."""
        values: dict[str, Any] = {"slug": "run-30", "title": "从喘到跑", "price_fen": 990, "amount_fen": 990}
        payer = buyer if method == JSAPI else ""
        return Sale(
            Offer(**(values | offer)), "article", buyer, payer, Choice(method, "在微信里", {}), client_ip="1.2.3.4"
        )

    def order(self, method: str = JSAPI, buyer: str = CHEN, **offer: Any) -> Checkout:
        """The buyer taps the button."""
        return start_order(self.till, self.sale(method, buyer, **offer), self.now)

    def buy(self, method: str = JSAPI, buyer: str = CHEN, **offer: Any) -> Order:
        """The buyer taps, pays, and the notification is sent."""
        order = self.order(method, buyer, **offer).order
        self.paid_by(order, order.prepay)
        self.settle()
        return self.row(order)

    def row(self, order: Order) -> Order:
        """The order as it stands in our books."""
        (found,) = self.bot.rows("orders", order_no=order.order_no)
        return Order(**(found | {"superseded": bool(found["superseded"])}))

    def owned(self, buyer: str = CHEN) -> list[str]:
        """What a buyer may read."""
        return [row["slug"] for row in self.bot.rows("entitlements", openid=buyer)]

    def wrongs(self) -> list[str]:
        """What did not agree."""
        return [row["wrong"] for row in self.bot.rows("payment_evidence")]

    def notices(self) -> list[int]:
        """What we answered to notifications, in order."""
        found = self.platform.get("wire?kind=pay")
        entries = found["wire"] if isinstance(found, dict) else found
        return [entry["status"] for entry in entries if entry["what"].startswith("notify")]

    def tell(self, **change: object) -> tuple[int, bytes, dict[str, str]]:
        """A rightly signed notification of a payment with this in it; gives our answer's status, and what was sent."""
        plain = {
            "appid": self.pay.merchant.app_id, "mchid": self.pay.merchant.mch_id, "transaction_id": "4200001",
            "trade_type": "JSAPI", "trade_state": "SUCCESS", "payer": {"openid": CHEN},
            "amount": {"total": 990, "currency": "CNY"}, "success_time": "2026-11-23T12:00:00+08:00", **change,
        }  # fmt: skip
        sealed = encrypt(merchant().api_v3_key, json.dumps(plain).encode(), "transaction")
        body = json.dumps({"event_type": "TRANSACTION.SUCCESS", "resource": sealed}).encode()
        headers = signed(body, self.now)
        return self.bot.pages.post("/pay/notify", data=body, headers=headers).status_code, body, headers

    def tricks(self, *tricks: str) -> None:
        """What happens to the coming notifications."""
        self.platform.post("pay/notify-tricks", {"tricks": tricks})


@contextmanager
def shop_at_hand(
    workshop: Workshop, certificates: bool = False, catalog: Catalog | None = None, **settings: str
) -> Iterator[Shop]:
    """A bot that sells, and its WeChat Pay, at noon of a day that stands still."""
    clock, built = PlatformClock(at=NOON, speed=0), []

    def bot_side(environ: Any, start: Any) -> Any:
        return built[0].app(environ, start)

    with served(bot_side) as site, platform_at_hand(clock, merchant()) as platform:
        if certificates:
            platform.post("settings", {"pay_mode": "certificate"})
        given = {"PUBLIC_URL": site, **merchant_settings(platform.base, certificates), **settings}
        bot = workshop.bot(catalog, **given)
        built.append(bot)
        assert bot.house.pay
        yield Shop(platform, bot.house.pay, bot)
        bot.close()
