"""An order: one wish to buy one item, from the tap on the button to money that came, or went back.

``waiting`` for money, then ``paid`` or ``closed``. Money that comes after the close makes it ``paid`` all the same:
what was paid is given or returned, never kept. ``refunding`` while money is on its way back, then ``refunded`` when
all of it is, ``paid`` again when only a part was.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

WAITING, PAID, CLOSED, REFUNDING, REFUNDED = "waiting", "paid", "closed", "refunding", "refunded"
STATES = (WAITING, PAID, CLOSED, REFUNDING, REFUNDED)

JSAPI, NATIVE, H5 = "jsapi", "native", "h5"
METHODS = (JSAPI, H5, NATIVE)
"""WeChat Pay's names: inside WeChat's browser; a mobile browser outside WeChat; a QR code to be scanned."""

NUMBER_CHANCE_BYTES = 15
"""120 bits: an order number cannot be guessed and never comes twice."""
BOUGHT = "order:"
"""Begins the source of a right that was paid for; the order's number follows."""
READER = "r:"
"""Begins a buyer who is no follower: a browser's random reader id follows."""


@dataclass(frozen=True, slots=True)
class Order:
    """A row of orders; amounts in fen, times in seconds since 1970.

    ``buyer`` is an openid, or ``READER`` and a reader id; ``payer`` the openid that must pay, "" where anybody may.
    ``amount_fen`` is what is paid (``price_fen`` less the ``coupon``), ``refund_fen`` what of it is asked back or came
    back, ``refunded_fen`` what came back. ``rejected`` is JSON. ``ask_at`` is when to ask WeChat Pay next.
    """

    order_no: str
    buyer: str
    payer: str
    slug: str
    kind: str
    title: str
    price_fen: int
    amount_fen: int
    coupon: str
    method: str
    reason: str
    rejected: str
    exposure_id: str
    state: str
    created_at: int
    expires_at: int
    superseded: bool = False
    prepay: str = ""
    prepay_until: int = 0
    asks: int = 0
    ask_at: int | None = None
    transaction_id: str = ""
    trade_type: str = ""
    paid_at: int | None = None
    closed_at: int | None = None
    refund_fen: int = 0
    refunded_fen: int = 0

    @property
    def returnable_fen(self) -> int:
        """What can still be asked back."""
        return self.amount_fen - self.refund_fen if self.paid_at is not None else 0

    @property
    def source(self) -> str:
        """What an entitlement bought with it names as its source."""
        return BOUGHT + self.order_no


def new_number(chance: bytes) -> str:
    """An order or refund number of 24 letters and digits (WeChat Pay allows 6 to 32) from ``NUMBER_CHANCE_BYTES``."""
    if len(chance) != NUMBER_CHANCE_BYTES:
        raise ValueError(f"{NUMBER_CHANCE_BYTES} random bytes are needed")
    return base64.b32encode(chance).decode().lower()
