"""A follower tells on a page what they like, what they do not want, and what is to be forgotten."""

from __future__ import annotations

import hashlib

from domain import message as kinds
from domain.interests import DAY, PERSONALISATION, Interest, lesson
from domain.message import Message
from domain.quota import PAGE_PATIENCE_SECONDS
from errors import Declined, ShutongError
from storage import behaviours, engagements, followers, interests, opt_outs
from storage.store import Store, Transaction

LIKE, REFUSE = "like", "refuse"
MOST_A_DAY = 60
"""Choices of one follower: more than there are subjects, and few enough that a script fills no table."""


class TooManyChoices(ShutongError):
    """So much was chosen today that no more is taken."""


def choose(store: Store, openid: str, tag: str, cause: str, now: int) -> bool:
    """Like (``LIKE``) or refuse (``REFUSE``) a tag; False when that is known already.

    Raises ``Declined`` for a liking where nothing may be learned, and ``TooManyChoices``; may raise ``StoreBusy``.
    """
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        held = {one.tag: one for one in interests.of(tx, openid, now)}.get(tag)
        if cause == LIKE and opt_outs.has(tx, openid, PERSONALISATION):
            raise Declined("this follower wants nothing learned")
        if _is_known(held, cause):
            return False
        done = behaviours.acts_since(tx, openid, now - DAY)
        if sum(kind == kinds.CHOICE for kind, _, _ in done) >= MOST_A_DAY:
            raise TooManyChoices("a follower chose interests too often today")
        if not _keep(tx, openid, tag, cause, now):
            return False
        interests.learn(tx, openid, [lesson(tag, cause, tag)], now)
        return True


def _is_known(held: Interest | None, cause: str) -> bool:
    if held is None:
        return False
    return held.weight < 0 if cause == REFUSE else held.weight > 0 and held.cause == LIKE


def _keep(tx: Transaction, openid: str, tag: str, cause: str, now: int) -> bool:
    """The act and what it teaches, numbered: two taps at once are one."""
    before = behaviours.times(tx, openid, kinds.CHOICE, tag)
    key = "t" + hashlib.sha256(f"{openid}\n{tag}\n{before}".encode()).hexdigest()[:48]
    act = Message(key, openid, "", now, kinds.CHOICE, cause, "", tag)
    if not behaviours.add(tx, act, [lesson(tag, cause, tag)]):
        return False
    followers.seen(tx, openid, now)
    return True


def forget_tag(store: Store, openid: str, tag: str, now: int) -> bool:
    """Forget one interest, liked or refused; False when nothing was held. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        if tag not in {one.tag for one in interests.of(tx, openid, now)}:
            return False
        interests.forget(tx, openid, tag, now)
        return True


def forget_all_tags(store: Store, openid: str, now: int) -> None:
    """Forget every interest, and let nothing done so far speak for an item. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        interests.forget_all(tx, openid, now)
        engagements.set_aside(tx, openid)


def set_personal(store: Store, openid: str, on: bool, now: int) -> None:
    """May interests be used and learned? May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        if on:
            opt_outs.resume(tx, openid, PERSONALISATION)
        else:
            opt_outs.stop(tx, openid, PERSONALISATION, now)
