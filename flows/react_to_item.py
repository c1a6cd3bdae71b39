"""A reader likes, shares, reads or rates an item on its page: kept once, and it teaches what the reader likes.

`who` is an openid, or the id of a browser where nobody is signed in: then it is kept and teaches nothing. Each returns
False when it was known already. May raise ``StoreBusy``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from domain import message as kinds
from domain.answer import Lesson
from domain.interests import DAY, PERSONALISATION, lesson
from domain.item import Item
from domain.message import Message
from domain.order import READER
from domain.quota import PAGE_PATIENCE_SECONDS
from storage import behaviours, exposures, followers, interests, opt_outs
from storage.store import Store, Transaction

READ_PERCENT = 90
"""From here an item counts as read to the end: below stand the related ones."""
GOOD_STARS = 4
LONGEST_WORDS = 500


def who_reads(store: Store, openid: str, browser: str, exposure_id: str) -> str:
    """Whose act it is: of who is signed in, else of the follower whose own link led here, else of the browser."""
    if openid or not exposure_id:
        return openid or browser
    with store.read() as tx:
        shown = exposures.find(tx, exposure_id)
    return shown.openid if shown else browser


def like(store: Store, who: str, item: Item, on: bool, now: int) -> bool:
    """Give the heart, or take it back; only the first one teaches. They are numbered: two taps at once make one."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        before = behaviours.times(tx, who, kinds.LIKE, item.slug)
        if on == bool(before % 2):
            return False
        act = Message(_key(who, item, "like", before), who, "", now, kinds.LIKE, "on" if on else "off", "", item.slug)
        return _keep(tx, act, item, "" if before else "praise")


def likes(store: Store, who: str, item: Item) -> bool:
    """Has the heart been given?"""
    with store.read() as tx:
        return behaviours.times(tx, who, kinds.LIKE, item.slug) % 2 == 1


def share(store: Store, who: str, item: Item, to: str, now: int) -> bool:
    """The reader set out to share it to a ``friend`` or to ``moments``; WeChat does not tell whether it was done."""
    key = _key(who, item, "share", to, now // DAY)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        return _keep(tx, Message(key, who, "", now, kinds.SHARE, to, "", item.slug), item, "share")


def progress(store: Store, who: str, item: Item, percent: int, seconds: int, now: int) -> bool:
    """How far it was read, once a quarter and day; its end once and for ever."""
    end = percent >= READ_PERCENT
    key = _key(who, item, "end") if end else _key(who, item, "progress", percent // 25, now // DAY)
    act = Message(key, who, "", now, kinds.PROGRESS, f"{percent}% {seconds}s", "", item.slug)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        return _keep(tx, act, item, "finish" if end else "")


def feedback(store: Store, who: str, item: Item, stars: int, words: str, now: int) -> bool:
    """Stars, 0 for none, and words; as often as somebody has something new to say."""
    key = _key(who, item, "feedback", stars, words)
    act = Message(key, who, "", now, kinds.FEEDBACK, f"stars_{stars}", words[:LONGEST_WORDS], item.slug)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        return _keep(tx, act, item, "stars" if stars >= GOOD_STARS else "")


def read_bought(store: Store, openid: str, item: Item, now: int) -> bool:
    """A follower reads what they bought: from then on it teaches what they like, once."""
    with store.read() as tx:
        if behaviours.times(tx, openid, kinds.PURCHASE, item.slug):
            return False
    key = _key(openid, item, "bought")
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        return _keep(tx, Message(key, openid, "", now, kinds.PURCHASE, "read", "", item.slug), item, "buy")


def _key(*of: object) -> str:
    told = "\n".join(one.slug if isinstance(one, Item) else str(one) for one in of)
    return "r" + hashlib.sha256(told.encode()).hexdigest()[:48]


def _keep(tx: Transaction, act: Message, item: Item, cause: str) -> bool:
    known = not act.openid.startswith(READER)
    personal = known and not opt_outs.has(tx, act.openid, PERSONALISATION)
    taught: Iterable[Lesson] = [lesson(item.subject, cause, item.title)] if cause and personal else []
    if not behaviours.add(tx, act, taught):
        return False
    if known:
        followers.seen(tx, act.openid, act.at)
        interests.learn(tx, act.openid, taught, act.at)
    return True
