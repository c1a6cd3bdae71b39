"""The operator console: who may do what in it, and how long a sign-in lasts."""

from __future__ import annotations

VIEWER, EDITOR, FINANCE, ADMIN = ROLES = ("viewer", "editor", "finance", "admin")

LOOK, CONTENT, MONEY, PEOPLE, FACTS, AUDIT = "look", "content", "money", "people", "facts", "audit"
CAMPAIGNS, SEND = "campaigns", "send"
"""Rights: see orders, campaigns and figures; read what readers make of the content; return money, settle evidence and
see whole openids; look at one follower: tastes, acts, orders; see what they told about themselves and their exact
words; read the log of acts; write, try out and stop campaigns and take back what they changed by themselves; have a
campaign sent."""
RIGHTS: dict[str, frozenset[str]] = {
    VIEWER: frozenset({LOOK}),
    EDITOR: frozenset({LOOK, CONTENT, CAMPAIGNS}),
    FINANCE: frozenset({LOOK, MONEY, PEOPLE}),
    ADMIN: frozenset({LOOK, CONTENT, MONEY, PEOPLE, FACTS, AUDIT, CAMPAIGNS, SEND}),
}

IDLE_SECONDS, LONGEST_SECONDS = 30 * 60, 12 * 3_600
"""A session ends half an hour after its last page, and twelve hours after it began in any case."""

TRIES_WITHIN_SECONDS = 15 * 60
TRIES_OF_PAIR, TRIES_OF_ADDRESS, TRIES_OF_NAME = 5, 20, 60
"""Sign-ins tried within that time: with one name from one address, from one address, with one name from anywhere. The
last is the largest, so that no single address can shut an operator out."""

LEAST_PASSWORD, MOST_PASSWORD = 12, 200
"""Characters."""


def may(role: str, right: str) -> bool:
    """Has this role the right? An unknown role has none."""
    return right in RIGHTS.get(role, frozenset())


def is_alive(began_at: int, seen_at: int, now: int) -> bool:
    """Does a session last at `now`?"""
    return now < seen_at + IDLE_SECONDS and now < began_at + LONGEST_SECONDS


def shortened(openid: str) -> str:
    """Enough of an openid (or a reader's id) to tell two apart on a list, not enough to use it."""
    return openid if len(openid) <= 8 else f"{openid[:4]}…{openid[-4:]}"
