"""Money on its way back, and when a buyer may have it back without asking why."""

from __future__ import annotations

from dataclasses import dataclass

ASKED, PROCESSING, DONE, ABNORMAL, CLOSED = "asked", "processing", "done", "abnormal", "closed"
"""Asked for and not yet taken by WeChat Pay; taken; back; refused by the payer's bank, so that an operator must act;
not to be had."""

REASON_BYTES = 80
"""WeChat Pay's limit of a reason, shown to the payer."""

HOUR = 3600
COOLING_OFF: dict[str, int] = {
    "article": 0,
    "ebook": 24 * HOUR,
    "course": 7 * 24 * HOUR,
    "membership": 7 * 24 * HOUR,
    "question": 24 * HOUR,
}
"""Kind of item -> seconds after paying within which the buyer gets the money back without a reason. Ours: an article
is read in the time it takes to ask; a course is not."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A row of refunds; ``fen`` of an order, asked for by an operator's name, ``buyer`` or ``rule:<name>``.

    ``ask_at`` is when to call WeChat Pay about it next, ``trouble`` what it last said that was not well.
    """

    refund_no: str
    order_no: str
    fen: int
    reason: str
    asked_by: str
    state: str
    asked_at: int
    refund_id: str = ""
    finished_at: int | None = None
    asks: int = 0
    ask_at: int | None = None
    trouble: str = ""


def may_return(kind: str, paid_at: int | None, now: int) -> bool:
    """Is the cooling-off time of this kind of item still running?"""
    return paid_at is not None and now < paid_at + COOLING_OFF.get(kind, 0)


def promise(kind: str) -> str:
    """What a buyer is told before paying of giving it back."""
    hours = COOLING_OFF.get(kind, 0) // HOUR
    if not hours:
        return "付款后马上可以读完整内容，不支持无理由退款"
    span = f"{hours // 24} 天" if hours > 24 else f"{hours} 小时"
    return f"付款后 {span}内可以无理由全额退款"


def short_reason(reason: str) -> str:
    """The reason within WeChat Pay's limit, no character cut in two."""
    return reason.encode()[:REASON_BYTES].decode("utf-8", "ignore")
