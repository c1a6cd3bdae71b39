"""Notifications: their envelope, their schedule, and how they may go wrong (platform.md 6.6)."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.pay import signing
from simulator.pay.merchant import Merchant
from simulator.pay.orders import rfc3339
from simulator.platform import Platform
from simulator.transport import Answer, exchange
from simulator.wire import WireEntry

GAPS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""Platform seconds between the tries: 24 h 4 min in all."""
TIMEOUT = 5.0
_MUST_REFUSE = frozenset({"forged", "signtest", "wrong_aad", "wrong_key", "future", "past", "unknown_serial"})
_MAY_REFUSE = frozenset({"wrong_amount", "wrong_appid", "wrong_mchid", "unknown_order"})
"""Rightly signed and about something else: refusing is right; taking it without acting on it is, too."""
LATE_SECONDS = 600


@dataclass(frozen=True)
class Notice:
    """One notification as it will be tried again and again, under the same id."""

    event_id: str
    url: str
    event_type: str
    original_type: str
    plain: dict[str, Any]
    created: float


def mode_key(platform: Platform, merchant: Merchant) -> tuple[rsa.RSAPrivateKey, str]:
    """The key and serial of the account's mode."""
    if platform.settings.pay_mode == "certificate":
        return merchant.platform_key, merchant.platform_serial
    return merchant.pay_key, merchant.public_key_id


def announce(platform: Platform, url: str, event_type: str, original_type: str, plain: dict[str, Any]) -> None:
    """Begin the schedule of a notification, with the trick that was ordered for it."""
    number = f"{platform.next_id()}"
    notice = Notice(f"EV-{number}", url, event_type, original_type, plain, platform.clock.now())
    trick = platform.next_notify_trick()
    if trick == "lost":
        return
    begin = LATE_SECONDS if trick == "late" else platform.settings.notify_delay_seconds
    platform.agenda.after(begin, partial(_try, platform, notice, 0, trick))


def _try(platform: Platform, notice: Notice, at: int, trick: str) -> None:
    copies = 2 if trick in ("repeated", "concurrent") else 1
    if trick == "concurrent":
        with ThreadPoolExecutor(2) as pool:
            answers = [job.result() for job in [pool.submit(_send, platform, notice, at, trick) for _ in range(2)]]
    else:
        answers = [_send(platform, notice, at, trick) for _ in range(copies)]
    taken = answers[-1].status in (200, 204)
    if (not taken or trick in _MUST_REFUSE | _MAY_REFUSE) and at < len(GAPS):
        platform.agenda.after(GAPS[at], partial(_try, platform, notice, at + 1, ""))


def _send(platform: Platform, notice: Notice, at: int, trick: str) -> Answer:
    body, headers = compose(platform, notice, trick)
    answer = exchange("POST", notice.url, body, headers, TIMEOUT)
    must_refuse = trick in _MUST_REFUSE
    taken = answer.status in (200, 204)
    ok = taken != must_refuse or (trick in _MAY_REFUSE and answer.status is not None)
    detail = answer.detail or f"HTTP {answer.status}" + (f", {trick} on purpose" if trick else "")
    rule = trick or ("accepted" if taken else "not_accepted")
    platform.wire.add(
        WireEntry(
            kind="pay",
            at=platform.clock.now(),
            what=f"notify {notice.event_type}",
            url=notice.url,
            request=json.dumps(notice.plain, ensure_ascii=False),
            answer=answer.body.decode("utf-8", "replace"),
            attempt=at + 1,
            attempts=len(GAPS) + 1,
            status=answer.status,
            elapsed_ms=answer.elapsed_ms,
            ok=ok,
            rule=f"accepted_{trick}" if must_refuse and taken else rule,
            detail=detail,
            sealed=True,
            fault=trick and f"notify_{trick}",
        )
    )
    platform.touch()
    return answer


def compose(platform: Platform, notice: Notice, trick: str = "") -> tuple[bytes, dict[str, str]]:
    """The body and the headers of one try, spoilt as `trick` says."""
    merchant = platform.merchant
    if merchant is None:
        raise ValueError("There is no merchant.")
    plain = _spoilt(notice.plain, trick)
    key_text = secrets.token_hex(16) if trick == "wrong_key" else merchant.api_v3_key
    resource = signing.encrypt(key_text, json.dumps(plain, ensure_ascii=False).encode(), notice.original_type)
    if trick == "wrong_aad":
        resource["associated_data"] = "somethingelse"
    body = json.dumps(
        {
            "id": notice.event_id,
            "create_time": rfc3339(notice.created),
            "resource_type": "encrypt-resource",
            "event_type": notice.event_type,
            "summary": "支付成功" if notice.original_type == "transaction" else "退款",
            "resource": {"original_type": notice.original_type, **resource},
        },
        ensure_ascii=False,
    ).encode()
    return body, _headers(platform, merchant, trick, body)


def _spoilt(plain: dict[str, Any], trick: str) -> dict[str, Any]:
    if trick == "wrong_amount" and isinstance(plain.get("amount"), dict):
        return {**plain, "amount": {**plain["amount"], "total": 1, "payer_total": 1}}
    if trick == "wrong_appid":
        return {**plain, "appid": "wx0000000000000000"}
    if trick == "wrong_mchid":
        return {**plain, "mchid": "1000000000"}
    if trick == "unknown_order":
        return {**plain, "out_trade_no": f"unknown{secrets.token_hex(8)}"}
    return plain


_SHIFTS = {"future": 3600, "past": -3600}


@cache
def _strangers_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _headers(platform: Platform, merchant: Merchant, trick: str, body: bytes) -> dict[str, str]:
    key, serial = mode_key(platform, merchant)
    if trick == "forged":
        key = _strangers_key()
    headers = signing.signature_headers(key, serial, platform.clock.now() + _SHIFTS.get(trick, 0), body)
    if trick == "signtest":
        headers = signing.probe(headers)
    if trick == "unknown_serial":
        headers["Wechatpay-Serial"] = "PUB_KEY_ID_0000000000000000"
    return {**headers, "Content-Type": "application/json", "User-Agent": "Mozilla/4.0"}
