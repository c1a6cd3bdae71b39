"""An operator signs in to the console, goes on working, and signs out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from domain.console import (
    LONGEST_SECONDS,
    TRIES_OF_ADDRESS,
    TRIES_OF_NAME,
    TRIES_OF_PAIR,
    TRIES_WITHIN_SECONDS,
    is_alive,
)
from errors import Refused, StoreBusy
from storage import console_acts as acts
from storage import console_sessions as sessions
from storage.console_users import ConsoleUser, ConsoleUsers
from storage.store import Store

log = logging.getLogger(__name__)

SEEN_APART_SECONDS = 60
"""A session's last use is written at most so often: reading pages should not write."""


class TooManyTries(Refused):
    """So many sign-ins were tried that no more are, for a while."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was typed, from which address, and the ``key`` of the session to begin. ``blind`` makes a keyed hash: names
    that do not exist may be passwords in the wrong field, and addresses are personal."""

    name: str
    password: str
    address: str
    key: str
    blind: Callable[[str], str]


def sign_in(store: Store, users: ConsoleUsers, wish: SignIn, now: int) -> ConsoleUser | None:
    """Begin a session; None for a wrong name or password. Raises ``TooManyTries``: then nothing was compared."""
    pair, name = wish.blind(f"pair {wish.name} {wish.address}"), wish.blind(f"name {wish.name}")
    limits = {pair: TRIES_OF_PAIR, wish.blind(f"address {wish.address}"): TRIES_OF_ADDRESS, name: TRIES_OF_NAME}
    with store.write() as tx:  # counted before it is compared, so that many at once are counted too
        for who, most in limits.items():
            if not sessions.take_try(tx, who, most, now, TRIES_WITHIN_SECONDS):
                raise TooManyTries("too many sign-ins were tried in the console")
    user = users.check(wish.name, wish.password)
    with store.write() as tx:
        if user:
            sessions.forgive(tx, pair)
            sessions.forgive(tx, name)
            sessions.begin(tx, wish.key, user.name, user.mark, now)
            acts.note(tx, now, user.name, acts.SIGN_IN)
        elif users.find(wish.name):
            acts.note(tx, now, wish.name, acts.SIGN_IN_FAILED)
    return user


def signed_in(store: Store, users: ConsoleUsers, key: str, now: int) -> ConsoleUser | None:
    """Whose session this is, None when it is over: idle, old, signed out, user removed or password changed."""
    with store.read() as tx:
        session = sessions.find(tx, key)
    if session is None or not is_alive(session.began_at, session.seen_at, now):
        return None
    user = users.find(session.who)
    if user is None or user.mark != session.mark:
        return None
    if abs(now - session.seen_at) >= SEEN_APART_SECONDS:
        try:
            with store.write() as tx:
                sessions.seen(tx, key, now)
        except StoreBusy as busy:
            log.warning("a console session was not prolonged: %s", busy)
    return user


def sign_out(store: Store, who: str, key: str, now: int) -> None:
    """End the session, also for whoever copied its cookie."""
    with store.write() as tx:
        sessions.end(tx, key)
        acts.note(tx, now, who, acts.SIGN_OUT)


def forget_old_sessions(store: Store, now: int) -> str:
    """Drop sessions of the console that are over."""
    with store.write() as tx:
        return f"{sessions.forget(tx, now - LONGEST_SECONDS)} sessions forgotten"
