"""The calls of WeChat Pay: every request's signature checked, every answer signed (platform.md 6)."""

import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, Response, request

from simulator.line import cut
from simulator.pay import bills, notify, rules, signing
from simulator.pay.errors import PayError
from simulator.pay.merchant import Merchant
from simulator.pay.orders import Order, Refund, rfc3339
from simulator.platform import Platform
from simulator.wire import WireEntry


@dataclass(frozen=True)
class PayCall:
    """What a handler gets: the platform, its merchant, the JSON body, the path's parts and the query."""

    platform: Platform
    merchant: Merchant
    body: dict[str, Any]
    path: dict[str, str]
    now: float

    def same_merchant(self, mch_id: Any) -> None:
        if mch_id != self.merchant.mch_id:
            raise PayError(400, "PARAM_ERROR", "mchid: not the merchant that signed")


Handler = Callable[[PayCall], dict[str, Any] | Response | None]


def _target() -> str:
    raw = str(request.environ.get("RAW_URI") or request.full_path.rstrip("?"))
    return raw if raw.startswith("/") else "/" + raw.split("/", 3)[-1]


def _check(platform: Platform, merchant: Merchant, raw: bytes) -> None:
    """Headers, merchant, serial, clock and signature of a request."""
    if "json" not in request.headers.get("Accept", "") and "*/*" not in request.headers.get("Accept", ""):
        raise PayError(406, "PARAM_ERROR", "Accept: application/json is missing")
    if not request.headers.get("User-Agent"):
        raise PayError(400, "PARAM_ERROR", "User-Agent is missing")
    if request.method == "POST" and raw and "json" not in request.headers.get("Content-Type", ""):
        raise PayError(415, "PARAM_ERROR", "Content-Type: application/json is missing")
    try:
        items = signing.read_authorization(request.headers.get("Authorization", ""))
        # A client that cannot follow the platform's clock signs with the machine's.
        signing.check_age(items["timestamp"], platform.clock.now(), time.time())
    except signing.SignError as error:
        raise PayError(401, "SIGN_ERROR", str(error)) from error
    if items["mchid"] != merchant.mch_id or items["serial_no"].upper() != merchant.cert_serial.upper():
        raise PayError(401, "SIGN_ERROR", "mchid or serial_no is not the merchant's")
    message = signing.request_message(request.method, _target(), items["timestamp"], items["nonce_str"], raw)
    if not signing.rsa_verify(merchant.private_key.public_key(), message, items["signature"]):
        raise PayError(401, "SIGN_ERROR", "签名错误，请检查后再试")


def _json(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw or b"{}")
        json.dumps(body, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError) as error:
        raise PayError(400, "PARAM_ERROR", "The body is not JSON") from error
    if not isinstance(body, dict):
        raise PayError(400, "PARAM_ERROR", "The body is not a JSON object")
    return body


def _answer(platform: Platform, handler: Handler, path: dict[str, str]) -> Response:
    merchant, raw = platform.merchant, request.get_data()
    if merchant is None:
        return _body(403, {"code": "NO_AUTH", "message": "This simulator was started without a merchant"})
    try:
        _check(platform, merchant, raw)
        call = PayCall(platform, merchant, _json(raw), path, platform.clock.now())
        with platform.lock:
            answer = handler(call)
    except PayError as error:
        return _body(error.status, {"code": error.code, "message": error.message, "detail": {}})
    if isinstance(answer, Response):
        return answer
    return Response(status=204) if answer is None else _body(200, answer)


def _body(status: int, body: dict[str, Any]) -> Response:
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(data, status, content_type="application/json; charset=utf-8")


def _sign(platform: Platform, response: Response, fault: str) -> None:
    merchant = platform.merchant
    if merchant is None or request.path == "/v3/billdownload/file":
        return
    key, serial = notify.mode_key(platform, merchant)
    if request.headers.get("Wechatpay-Serial", "").startswith("PUB_KEY_ID_"):
        key, serial = merchant.pay_key, merchant.public_key_id
    headers = signing.signature_headers(key, serial, platform.clock.now(), response.get_data())
    response.headers.update(signing.probe(headers) if fault == "pay_signtest" else headers)


def _serve(platform: Platform, handler: Handler, **path: str) -> Response:
    begun = time.monotonic()
    fault = platform.faults.pick("pay", request.path)
    response = _struck(platform, handler, path, fault)
    if fault.startswith("pay_reset"):
        _log(platform, response, begun, fault)
        return cut(request.environ)
    if fault != "pay_502":
        _sign(platform, response, fault)
        response.headers["Request-ID"] = f"08{secrets.token_hex(16).upper()}-0"
    _log(platform, response, begun, fault)
    return response


_REFUSED = {
    "pay_busy": (500, "SYSTEM_ERROR", "系统异常，请用相同参数重新调用"),
    "pay_frequency": (429, "FREQUENCY_LIMITED", "频率超限"),
}


def _struck(platform: Platform, handler: Handler, path: dict[str, str], fault: str) -> Response:
    """The answer under a fault; a reset before the effect gives none."""
    if fault in _REFUSED:
        status, code, message = _REFUSED[fault]
        return _body(status, {"code": code, "message": message})
    if fault == "pay_502":
        return Response("<html><h1>502 Bad Gateway</h1></html>", 502)
    if fault == "pay_reset_before":
        return Response(status=502)
    if fault == "pay_slow":
        time.sleep(platform.faults.slow_seconds)
    return _answer(platform, handler, path)


def _log(platform: Platform, response: Response, begun: float, fault: str) -> None:
    is_json = response.mimetype == "application/json"
    shown = response.get_data(as_text=True) if is_json else str(response.mimetype)
    code = "" if response.status_code < 300 else str((response.get_json(silent=True) or {}).get("code", ""))
    platform.wire.add(
        WireEntry(
            kind="pay",
            at=platform.clock.now(),
            what=f"{request.method} {request.path}",
            url=_target(),
            request=request.get_data(as_text=True),
            answer=shown,
            status=response.status_code,
            elapsed_ms=round((time.monotonic() - begun) * 1000, 2),
            ok=response.status_code < 300,
            rule=fault or code or str(response.status_code),
            detail=code or "ok",
            fault=fault,
        )
    )
    platform.touch()


def _prepay(kind: str, call: PayCall) -> dict[str, Any]:
    call.same_merchant(call.body.get("mchid"))
    if call.body.get("appid") != call.platform.account.app_id:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid 与 mchid 不匹配")
    rules.check_prepay(call.body, kind, call.now, call.platform.settings.pay_attach_max)
    if kind == "jsapi" and call.platform.followers.find(str(call.body["payer"]["openid"])) is None:
        raise PayError(400, "PARAM_ERROR", "无效的 openid")
    prepay_id = call.platform.orders.prepay(kind, call.body, call.now, call.platform.settings.number_used_status)
    if kind == "native":
        return {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay_id}"}
    if kind == "h5":
        page = f"{call.platform.base_url}/cgi-bin/mmpayweb-bin/checkmweb"
        return {"h5_url": f"{page}?prepay_id={prepay_id}&package={secrets.randbelow(10**9)}"}
    return {"prepay_id": prepay_id}


def _query(call: PayCall) -> dict[str, Any]:
    call.same_merchant(request.args.get("mchid"))
    return call.platform.orders.get(call.path["number"]).transaction()


def _query_id(call: PayCall) -> dict[str, Any]:
    call.same_merchant(request.args.get("mchid"))
    return call.platform.orders.by_transaction(call.path["transaction_id"]).transaction()


def _close(call: PayCall) -> None:
    call.same_merchant(call.body.get("mchid"))
    call.platform.orders.close(call.path["number"], call.now - call.platform.settings.close_after_seconds)


def _refund(call: PayCall) -> dict[str, Any]:
    if call.body.get("notify_url"):
        rules.notify_address(call.body["notify_url"])
    balance = call.platform.settings.refund_balance_fen
    order, refund, new = call.platform.orders.refund(call.body, call.now, balance)
    if new:
        end = partial(_end_refund, call.platform, order, refund)
        call.platform.agenda.after(call.platform.settings.refund_delay_seconds, end)
    return order.refund_told(refund)


def _end_refund(platform: Platform, order: Order, refund: Refund) -> None:
    with platform.lock:
        refund.status = platform.refund_ends.pop(0) if platform.refund_ends else "SUCCESS"
        refund.done_at = platform.clock.now()
        if order.refunded == 0 and order.state == "REFUND":
            order.state = "SUCCESS"
    platform.touch()
    if not refund.notify_url:
        return
    plain = {
        "mchid": order.request["mchid"],
        "transaction_id": order.transaction_id,
        "out_trade_no": order.number,
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "refund_status": refund.status,
        **({"success_time": rfc3339(refund.done_at)} if refund.status == "SUCCESS" else {}),
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": order.total,
            "refund": refund.fen,
            "payer_total": order.payer_total,
            "payer_refund": refund.fen,
        },
    }
    notify.announce(platform, refund.notify_url, f"REFUND.{refund.status}", "refund", plain)


def _query_refund(call: PayCall) -> dict[str, Any]:
    order, refund = call.platform.orders.find_refund(call.path["number"])
    return order.refund_told(refund)


def _bill(kind: str, call: PayCall) -> dict[str, Any]:
    day = bills.check_date(request.args.get("bill_date", ""), call.now)
    orders = list(call.platform.orders.kept.values())
    wanted = request.args.get("bill_type", "ALL")
    if wanted not in ("ALL", "SUCCESS", "REFUND"):
        raise PayError(400, "PARAM_ERROR", "bill_type: ALL, SUCCESS or REFUND")
    data = bills.trade(orders, day, wanted) if kind == "trade" else bills.fund(orders, day)
    token = secrets.token_urlsafe(24)
    call.platform.bills[token] = bills.packed(data, request.args.get("tar_type"))
    url = f"{call.platform.base_url}/v3/billdownload/file?token={token}"
    return {"download_url": url, "hash_type": "SHA1", "hash_value": bills.digest(data)}


def _download(call: PayCall) -> Response:
    found = call.platform.bills.get(request.args.get("token", ""))
    if found is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "账单文件不存在")
    return Response(found, mimetype="text/plain")


def _certificates(call: PayCall) -> dict[str, Any]:
    """Platform certificates, in certificate mode only; merchants with a public key get 404."""
    merchant = call.merchant
    if call.platform.settings.pay_mode == "public_key":
        raise PayError(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥")
    row = {
        "serial_no": merchant.platform_serial,
        "effective_time": rfc3339(merchant.platform_certificate.not_valid_before_utc.timestamp()),
        "expire_time": rfc3339(merchant.platform_certificate.not_valid_after_utc.timestamp()),
        "encrypt_certificate": signing.encrypt(merchant.api_v3_key, merchant.platform_certificate_pem(), "certificate"),
    }
    return {"data": [row]}


def _nowhere(_call: PayCall) -> None:
    raise PayError(404, "RESOURCE_NOT_EXISTS", "请求的地址不存在")


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    *(("POST", f"/v3/pay/transactions/{kind}", partial(_prepay, kind)) for kind in ("jsapi", "native", "h5", "app")),
    ("GET", "/v3/pay/transactions/out-trade-no/<number>", _query),
    ("GET", "/v3/pay/transactions/id/<transaction_id>", _query_id),
    ("POST", "/v3/pay/transactions/out-trade-no/<number>/close", _close),
    ("POST", "/v3/refund/domestic/refunds", _refund),
    ("GET", "/v3/refund/domestic/refunds/<number>", _query_refund),
    ("GET", "/v3/bill/tradebill", partial(_bill, "trade")),
    ("GET", "/v3/bill/fundflowbill", partial(_bill, "fund")),
    ("GET", "/v3/billdownload/file", _download),
    ("GET", "/v3/certificates", _certificates),
)


def register(app: Flask, platform: Platform) -> None:
    for method, path, handler in ROUTES:
        name = re.sub(r"\W+", "_", f"{method}{path}")
        app.add_url_rule(path, name, partial(_serve, platform, handler), methods=[method])
    nowhere = partial(_serve, platform, _nowhere)
    app.add_url_rule("/v3/<path:rest>", "pay_nowhere", nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
