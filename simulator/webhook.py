"""Pushing to the bot: up to three tries of one push, each judged and written to the wire log."""

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator import packet
from simulator.grading import Verdict, judge
from simulator.platform import Platform
from simulator.settings import Settings
from simulator.transport import Answer, exchange
from simulator.wire import WireEntry

TITLE_LETTERS = 20
REORDER_SECONDS = 1.0
"""Real seconds a reordered push is held back, so that later ones overtake it."""


@dataclass(frozen=True)
class Delivery:
    """How one push ended: the deciding verdict and how many tries it took."""

    push_id: str
    verdict: Verdict
    attempts: int
    status: int | None
    elapsed_ms: float

    def as_json(self) -> dict[str, Any]:
        return {
            "push_id": self.push_id,
            "ok": self.verdict.ok,
            "rule": self.verdict.rule,
            "detail": self.verdict.detail,
            "attempts": self.attempts,
            "status": self.status,
            "elapsed_ms": self.elapsed_ms,
            "reply": self.verdict.reply,
        }


def push(platform: Platform, openid: str, fields: Mapping[str, Any]) -> Delivery:
    """Deliver one message or event: the same MsgId and CreateTime in every try, fresh timestamp and nonce."""
    settings, push_id = platform.settings, secrets.token_hex(6)
    begun, attempt = time.monotonic(), 0
    fault = platform.faults.pick("push")
    if fault == "push_reordered":
        time.sleep(min(platform.faults.slow_seconds, REORDER_SECONDS))
    if fault == "push_duplicate":
        twin = threading.Thread(target=_once, args=(platform, openid, push_id, 1, fields, settings, fault), daemon=True)
        twin.start()
    while True:
        attempt += 1
        tried = time.monotonic()
        struck = fault if attempt == 1 else ""
        verdict, answer = _once(platform, openid, push_id, attempt, fields, settings, struck)
        if fault == "push_answer_lost" and attempt == 1:
            verdict = replace(verdict, repeat=True)
        if not verdict.repeat or attempt >= settings.tries:
            elapsed = round((time.monotonic() - begun) * 1000, 2)
            return Delivery(push_id, verdict, attempt, answer.status, elapsed)
        time.sleep(max(settings.retry_gap_seconds - (time.monotonic() - tried), 0))


def _once(
    platform: Platform,
    openid: str,
    push_id: str,
    attempt: int,
    fields: Mapping[str, Any],
    settings: Settings,
    fault: str,
) -> tuple[Verdict, Answer]:
    """One try: composed anew, sent, judged, logged."""
    sent = packet.compose(platform.account, platform.webhook_url, settings.mode, fields, platform.now())
    answer = exchange("POST", sent.url, sent.body, packet.HEADERS, settings.timeout_seconds)
    verdict = judge(answer, platform.account, openid, settings, platform.has_medium)
    _log(platform, openid, push_id, attempt, fields, sent, answer, verdict, fault)
    return verdict, answer


def _log(
    platform: Platform,
    openid: str,
    push_id: str,
    attempt: int,
    fields: Mapping[str, Any],
    sent: packet.Packet,
    answer: Answer,
    verdict: Verdict,
    fault: str,
) -> None:
    settings = platform.settings
    platform.wire.add(
        WireEntry(
            kind="push",
            at=platform.clock.now(),
            what=title(fields),
            openid=openid,
            push_id=push_id,
            attempt=attempt,
            attempts=settings.tries,
            url=sent.url,
            request=sent.plain,
            answer=verdict.plain,
            status=answer.status,
            elapsed_ms=answer.elapsed_ms,
            ok=verdict.ok,
            rule=verdict.rule,
            detail=verdict.detail,
            sealed=settings.mode != "plain",
            fault=fault,
        )
    )
    platform.touch()


def title(fields: Mapping[str, Any]) -> str:
    """A short name of a push: `text 你好`, `event CLICK RECOMMEND`."""
    if fields["MsgType"] != "event":
        said = str(fields.get("Content") or fields.get("Recognition") or "")
        return f"{fields['MsgType']} {said[:TITLE_LETTERS]}".strip()
    return " ".join(["event", str(fields["Event"]), str(fields.get("EventKey", ""))]).strip()


def verify(platform: Platform) -> dict[str, Any]:
    """The GET that the console sends when the URL is saved; ok when the bare echostr comes back."""
    url, echostr = packet.verification(platform.account, platform.webhook_url, platform.now())
    answer = exchange("GET", url, None, packet.HEADERS, platform.settings.timeout_seconds)
    ok = answer.status == 200 and answer.body == echostr.encode()
    detail = "the echostr came back" if ok else answer.detail or f"HTTP {answer.status}, not the bare echostr"
    platform.wire.add(
        WireEntry(
            kind="verify",
            at=platform.clock.now(),
            what="GET URL verification",
            url=url,
            request=f"echostr={echostr}",
            answer=answer.body.decode("utf-8", "replace"),
            status=answer.status,
            elapsed_ms=answer.elapsed_ms,
            ok=ok,
            rule="echostr" if ok else answer.problem or "echostr",
            detail=detail,
        )
    )
    platform.touch()
    return {"ok": ok, "status": answer.status, "detail": detail}
