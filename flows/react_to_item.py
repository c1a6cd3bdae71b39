"""A reader likes, shares, reads or rates an item on its page: kept once, and it teaches what the reader likes.

`who` is an openid, or the id of a browser where nobody is signed in. Each returns False when it was known already.
May raise ``StoreBusy``, and ``TooOften`` where somebody could go on for ever.
"""

from __future__ import annotations

from typing import NamedTuple

from domain import message as kinds
from domain.follower import GOOD_STARS
from domain.interests import DAY
from domain.item import Item
from domain.message import Message
from domain.quota import PAGE_PATIENCE_SECONDS
from domain.stops import FINISHED_PERCENT, READ_PERCENT, READ_SECONDS
from errors import ShutongError
from flows.keep_act import keep, keep_lesson, key_of, strength
from storage import behaviours, engagements, exposures
from storage.store import Store, Transaction

SHORTEST_READ_SECONDS = 10
"""Who is further down sooner has thrown the page up with a thumb: that is looking for the end, not reading."""
QUARTER = 25
LONGEST_WORDS = 500
MOST_A_DAY = 60
"""Hearts given and taken back of one reader, and ratings, each: more than anybody means, and few enough that a script
fills no table."""


class TooOften(ShutongError):
    """So much was told today that no more is taken."""


class Given(NamedTuple):
    """What a reader thinks of an item: the heart, and their last stars, 0 for none."""

    heart: bool
    stars: int


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
        _not_too_often(tx, who, kinds.LIKE, now)
        act = Message(key_of(who, item, "like", before), who, "", now, kinds.LIKE, "on" if on else "off", "", item.slug)
        if not keep(tx, act, item.slug, item, "" if before else "praise"):
            return False
        engagements.liked(tx, who, item.slug, on)
        return True


def given(store: Store, who: str, item: Item) -> Given:
    """What they said of it so far."""
    with store.read() as tx:
        heart = behaviours.times(tx, who, kinds.LIKE, item.slug) % 2 == 1
        return Given(heart, engagements.stars(tx, who, item.slug))


def _not_too_often(tx: Transaction, who: str, kind: str, now: int) -> None:
    if sum(done == kind for done, _, _ in behaviours.acts_since(tx, who, now - DAY)) >= MOST_A_DAY:
        raise TooOften(f"a reader told of items too often today ({kind})")


def share(store: Store, who: str, item: Item, to: str, now: int) -> bool:
    """The reader set out to share it to a ``friend`` or to ``moments``; WeChat does not tell whether it was done, so
    only setting out is kept, once a day, and the first time teaches."""
    act = Message(key_of(who, item, "share", to, now // DAY), who, "", now, kinds.SHARE, to, "", item.slug)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        engagements.add(tx, who, item.slug, now, 0.0)
        first = engagements.shared(tx, who, item.slug)
        return keep(tx, act, item.slug, item, "share" if first else "")


def progress(store: Store, who: str, item: Item, percent: int, seconds: int, now: int) -> bool:
    """They are at `percent` and read for `seconds` since they last told: kept once a quarter and day, that it was
    read and that it was read to the end once and for ever."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        engagements.add(tx, who, item.slug, now, 0.0)
        read = engagements.read(tx, who, item.slug, now, percent, seconds)
        form, new = f"{percent}% {read.seconds}s", False
        for milestone in _milestones(percent, max(read.seconds, seconds), read.seconds):
            act = Message(key_of(who, item, milestone), who, "", now, kinds.PROGRESS, form, "", item.slug)
            if keep(tx, act, item.slug, item, milestone):
                new = True
                if milestone == "finish":
                    engagements.finished(tx, who, item.slug, now)
        return new or _keep_quarter(tx, who, item, percent, form, now)


def _milestones(percent: int, told: int, counted: int) -> list[str]:
    """Which of read and finish, keys of ``STRENGTHS``, somebody has reached who is at `percent` after `told` seconds
    by their own account, `counted` by ours."""
    if told < SHORTEST_READ_SECONDS:
        return []
    read = percent >= READ_PERCENT or counted >= READ_SECONDS
    return ["read"] * read + ["finish"] * (percent >= FINISHED_PERCENT)


def _keep_quarter(tx: Transaction, who: str, item: Item, percent: int, form: str, now: int) -> bool:
    quarter = min(percent // QUARTER, 100 // QUARTER - 1)
    key = key_of(who, item, "progress", quarter, now // DAY)
    return keep_lesson(tx, Message(key, who, "", now, kinds.PROGRESS, form, "", item.slug), item, "")


def feedback(store: Store, who: str, item: Item, stars: int, words: str, now: int) -> bool:
    """Stars, 0 for none, and words; whenever somebody has something new to say. The first stars teach, the last
    count."""
    key = key_of(who, item, "feedback", stars, words)
    act = Message(key, who, "", now, kinds.FEEDBACK, f"stars_{stars}", words[:LONGEST_WORDS], item.slug)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        _not_too_often(tx, who, kinds.FEEDBACK, now)
        engagements.add(tx, who, item.slug, now, 0.0)
        first = bool(stars) and engagements.rated_first(tx, who, item.slug, stars)
        if first:  # bad ones count as much, with the other sign (domain/follower.py), and for this item alone
            engagements.add(tx, who, item.slug, now, strength(tx, who, "stars"))
        elif stars:
            engagements.rated(tx, who, item.slug, stars)
        return keep_lesson(tx, act, item, "stars" if first and stars >= GOOD_STARS else "")


def read_bought(store: Store, openid: str, item: Item, now: int) -> bool:
    """A follower reads what they bought as a guest, before anybody knew that it was them: it teaches what they like,
    once."""
    with store.read() as tx:
        if behaviours.times(tx, openid, kinds.PURCHASE, item.slug):
            return False
    act = Message(key_of(openid, item, "bought"), openid, "", now, kinds.PURCHASE, "read", "", item.slug)
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        return keep_lesson(tx, act, item, "buy")
