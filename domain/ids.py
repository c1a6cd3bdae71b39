"""Row ids that sort by time, and exposure ids that lie together by follower."""

from __future__ import annotations

import base64
import hashlib

CHANCE_BYTES = 6
"""48 bits of chance: ten thousand ids of one second hold two equal ones once in six million seconds, and an insert
that meets its equal fails rather than overwrites."""


_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"  # of base 32, in the order in which databases sort them
HANDLE = 12
"""Characters of a follower's handle."""


def new_id(at: int, chance: bytes) -> str:
    """An id for something that happened at `at` (seconds since 1970), with ``CHANCE_BYTES`` random bytes."""
    if len(chance) != CHANCE_BYTES:
        raise ValueError(f"{CHANCE_BYTES} random bytes are needed")
    return f"{at:09x}{chance.hex()}"


def handle(openid: str) -> str:
    """12 characters that stand for a follower in exposure ids, and so in links, without telling the openid.

    A hash: an openid is 28 characters of chance, which nobody tries out.
    """
    return (
        base64.b32encode(hashlib.sha256(b"shutong exposure:" + openid.encode()).digest()[:8]).decode().lower()[:HANDLE]
    )


def first_since(openid: str, at: int) -> tuple[str, str]:
    """The span of exposure ids of a follower from `at` on: (not less than, less than)."""
    mine = handle(openid)
    return f"{mine}{max(at, 0):09x}", f"{mine}~"


def share_before(exposure_id: str) -> float:
    """Which share of all followers' exposures come before this one by id, about: handles are spread evenly."""
    value = 0.0
    for place, letter in enumerate(exposure_id[:4], 1):
        value += max(_LETTERS.find(letter), 0) / len(_LETTERS) ** place
    return value


def same_follower(one: str, other: str) -> bool:
    """Were both exposures shown to the same follower?"""
    return bool(one) and one[:HANDLE] == other[:HANDLE]
