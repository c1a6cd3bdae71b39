"""A made-up account for campaigns: followers with histories of every sort that decides about a push."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from conftest import DAY, NOW

from catalog.load import Catalog
from domain import message as kinds
from domain.answer import Lesson
from domain.audience import Likes
from domain.campaign import MARKETING, MASS, Campaign, Schedule, Variant
from domain.delivery import NOTICE, WINDOW
from domain.message import Message
from domain.notice import Notice
from flows.plan_audience import Planner
from storage import behaviours, consents, entitlements, followers, interests, opt_outs, sends
from storage.store import Store, Transaction

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 3_600
ACTS = ((kinds.MESSAGE, "text"), (kinds.MENU_TAP, "click_event"), (kinds.PAGE_VIEW, "page"))
ONLY = (Variant("main", "{greeting}，这个周末动起来：{title} {link}"),)


def a_campaign(name: str = "weekend", **more: Any) -> Campaign:
    """A marketing campaign for who likes 健身, about one item, on Saturdays at ten."""
    usual: dict[str, Any] = {
        "title": "周末健身专题", "purpose": MARKETING, "variants": ONLY, "channels": (WINDOW, NOTICE, MASS),
        "audience": Likes("健身", 0.3), "schedule": Schedule(cron="0 10 * * 6"), "item": "run-30", "notice": "news",
    }  # fmt: skip
    return Campaign(name, **{**usual, **more})


def with_campaigns(catalog: Catalog, *campaigns: Campaign) -> Catalog:
    """The catalogue with these campaigns, and a 订阅通知 for them."""
    news = Notice("notice", "T-news", {"thing1": "{title}"})
    return replace(
        catalog,
        campaigns={one.name: one for one in campaigns},
        campaign_texts={one.name: f"title: {one.title}" for one in campaigns},
        notices={"news": news},
    )


def planner(catalog: Catalog, now: int = NOW, **more: Any) -> Planner:
    """Who plans, at a fixed moment."""
    return Planner(lambda: catalog, lambda run: catalog.campaigns[run.campaign], dict, ZONE, lambda: now, **more)


def fan(tx: Transaction, openid: str, at: int = NOW - 90 * DAY, likes: Mapping[str, float] | None = None) -> None:
    """A follower who likes 健身 well."""
    followers.followed(tx, openid, at, "")
    liked = [Lesson(tag, much, "like", tag) for tag, much in (likes or {"健身": 3.0}).items()]
    interests.learn(tx, openid, liked, NOW - DAY)


def fans(store: Store, count: int) -> list[str]:
    """So many followers who like 健身."""
    openids = [f"o{number:04}" for number in range(count)]
    with store.write() as tx:
        for openid in openids:
            fan(tx, openid)
    return openids


def crowd(store: Store, seed: int, size: int, now: int = NOW) -> list[str]:
    """Followers with random histories: some left, opted out, own it, were written to, wrote, agreed to a notice."""
    chance = random.Random(seed)
    openids = [f"o{number:04}" for number in range(size)]
    with store.write() as tx:
        for openid in openids:
            _one(tx, openid, chance, now)
    return openids


def _one(tx: Transaction, openid: str, chance: random.Random, now: int) -> None:
    fan(tx, openid, likes={tag: chance.choice([0.2, 1.0, 3.0]) for tag in chance.sample(["健身", "理财", "旅行"], 2)})
    for topic in ("", "健身", "跑步", "理财"):
        if chance.random() < 0.08:
            opt_outs.stop(tx, openid, topic, now - DAY)
    if chance.random() < 0.1:
        refused = chance.choice(["健身", "理财", "跑步"])
        interests.learn(tx, openid, [Lesson(refused, -1.0, "refuse", refused)], now - HOUR)
    for slug in ("run-30", "dumbbell", "index-fund"):
        if chance.random() < 0.1:
            lasting = chance.choice([None, now - 1, now + DAY])
            entitlements.grant(tx, openid, slug, f"order:{openid}", now - 2 * DAY, lasting)
    for nth in range(chance.choice([0, 0, 0, 1, 2, 4])):
        ago = chance.choice([HOUR, 21 * HOUR, 22 * HOUR + 60, DAY - 60, DAY + 60, 3 * DAY, 6 * DAY, 7 * DAY - HOUR])
        purpose, channel = chance.choice(["marketing", "marketing", "service"]), chance.choice([WINDOW, NOTICE, MASS])
        sends.add(tx, openid, f"earlier{nth}", now - ago, channel, purpose)
    _acts(tx, openid, chance, now)
    if chance.random() < 0.07:
        followers.unfollowed(tx, openid, now - 60)


def _acts(tx: Transaction, openid: str, chance: random.Random, now: int) -> None:
    for nth in range(chance.choice([0, 0, 1, 2])):
        ago = chance.choice([20, HOUR, 30 * HOUR, 47 * HOUR, 49 * HOUR, 9 * DAY])
        kind, form = chance.choice(
            [(kinds.MESSAGE, "text"), (kinds.MENU_TAP, "click_event"), (kinds.PAGE_VIEW, "page")]
        )
        behaviours.add(tx, Message(f"act{nth}", openid, "gh", now - ago, kind, form, "", "", None), ())
        followers.seen(tx, openid, now - ago)
    if chance.random() < 0.1:
        sends.shut(tx, openid, now - 10)
    for nth in range(chance.choice([0, 0, 1, 2])):
        answer = chance.choice([consents.ACCEPT, consents.ACCEPT, consents.REJECT])
        consents.answered(tx, f"asked{nth}{openid}", openid, "T-news", answer, consents.PAGE, now - HOUR + nth)
    if chance.random() < 0.05:
        consents.spend(tx, openid, "T-news", "earlier", now - 60)


class Killed(BaseException):
    """The process ends here."""


class Mortal(Store):
    """A store that dies at its nth write: before anything of it is done, or just after it is committed."""

    def __init__(self, url: str, nth: int, after: bool) -> None:
        super().__init__(url)
        self._left, self._after = nth, after

    @contextmanager
    def write(self, patience: float = 5.0) -> Iterator[Transaction]:
        """As the store's, until it dies."""
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        with super().write(patience) as tx:
            yield tx
        if self._left == 0:
            raise Killed
