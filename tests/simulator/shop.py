"""A merchant's server for testing the pay side, with signatures of its own few lines."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.pay.merchant import Merchant

CHEN = "oSim01ChenYuan7Kq2vXw9TbLm3n"


class Shop:
    """A merchant's server: signs calls, receives notifications, opens them."""

    def __init__(self, app: Flask, account: Account, merchant: Merchant, clock: PlatformClock) -> None:
        self.app, self.account, self.merchant, self.clock = app, account, merchant, clock
        self.notes: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.notes.append((dict(self.headers.items()), body))
                self.send_response(shop.statuses.pop(0) if shop.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def notify_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/pay/notify"

    def sign(self, message: bytes) -> str:
        signed = self.merchant.private_key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signed).decode()

    def call(self, method: str, target: str, body: Any = None, **change: str) -> Any:
        data = "" if body is None else json.dumps(body, ensure_ascii=False)
        return self.send(method, target, data.encode("utf-8", "surrogatepass"), **change)

    def send(self, method: str, target: str, data: bytes, **change: str) -> Any:
        """One signed request with exactly these bytes."""
        items = {
            "mchid": self.merchant.mch_id,
            "nonce_str": "n0nce",
            "timestamp": str(int(self.clock.now())),
            "serial_no": self.merchant.cert_serial,
        } | change
        message = f"{method}\n{target}\n{items['timestamp']}\n{items['nonce_str']}\n".encode() + data + b"\n"
        items.setdefault("signature", self.sign(message))
        listed = ",".join(f'{name}="{value}"' for name, value in items.items())
        headers = {
            "Authorization": f"WECHATPAY2-SHA256-RSA2048 {listed}",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "shop",
        }
        return self.app.test_client().open(target, method=method, data=data, headers=headers)

    def order(self, kind: str = "jsapi", number: str = "order-0001", **more: Any) -> dict[str, Any]:
        body = {
            "appid": self.account.app_id,
            "mchid": self.merchant.mch_id,
            "description": "跑步三十天",
            "out_trade_no": number,
            "notify_url": self.notify_url,
            "attach": "a",
            "amount": {"total": 990, "currency": "CNY"},
        }
        if kind == "jsapi":
            body["payer"] = {"openid": CHEN}
        return body | more

    def prepay(self, kind: str = "jsapi", **more: Any) -> Any:
        return self.call("POST", f"/v3/pay/transactions/{kind}", self.order(kind, **more))

    def state(self, number: str = "order-0001") -> str:
        target = f"/v3/pay/transactions/out-trade-no/{number}?mchid={self.merchant.mch_id}"
        return str(self.call("GET", target).get_json()["trade_state"])

    def verify(self, headers: Any, body: bytes) -> bool:
        key: Any = load_pem_public_key(self.merchant.public_key_pem())
        stamp, nonce = headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"]
        message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        try:
            signature = base64.b64decode(headers["Wechatpay-Signature"])
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def opened(self, at: int = -1) -> Any:
        resource = json.loads(self.notes[at][1])["resource"]
        sealed = base64.b64decode(resource["ciphertext"])
        aad = resource["associated_data"].encode()
        return json.loads(AESGCM(self.merchant.api_v3_key.encode()).decrypt(resource["nonce"].encode(), sealed, aad))


def pay(control: Any, prepay_id: str, way: str = "pay") -> str:
    return str(control.post("pay/choose", {"openid": CHEN, "prepay_id": prepay_id, "way": way})["err_msg"])


def refund(shop: Shop, number: str = "refund-001", fen: int = 100, **more: Any) -> Any:
    body = {
        "out_trade_no": "order-0001",
        "out_refund_no": number,
        "notify_url": shop.notify_url,
        "amount": {"refund": fen, "total": 990, "currency": "CNY"},
    } | more
    return shop.call("POST", "/v3/refund/domestic/refunds", body)
