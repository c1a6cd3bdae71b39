"""The crowd lives: sessions by platform time, each through pushes, the phone's browser and the cashier."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.test import Client

from simulator import acts
from simulator.browser import phone_address
from simulator.crowd import person as model
from simulator.crowd.reading import Page, Phone
from simulator.crowd.topics import affinity
from simulator.followers import Follower
from simulator.menus import leaves
from simulator.pay import cashier
from simulator.pay.errors import PayError
from simulator.platform import Platform

DAY = 86400
MOST = 100_000
_FIRST_HOUR, _LAST_HOUR = 7, 23
_DIARY_SUMS = (
    "sessions",
    "asked",
    "tapped",
    "shown",
    "opened",
    "liked",
    "shared",
    "bought",
    "spent_fen",
    "failures",
)


class Crowd:
    """Everybody of the crowd with truth and diary, by openid."""

    def __init__(self, app: Flask, platform: Platform) -> None:
        self.app, self.platform = app, platform
        self.truths: dict[str, model.Truth] = {}
        self.diaries: dict[str, model.Diary] = {}
        self._chances: dict[str, random.Random] = {}
        self._read: dict[str, int] = {}
        self._offered: list[str] = []
        self._began = 0.0

    def add(self, people: int, seed: int) -> list[str]:
        """Add people and plan the first session of each within the first day."""
        added = []
        self._began = self._began or self.platform.clock.now()
        for number in range(people):
            truth = model.draw(seed, number)
            if truth.openid in self.truths:
                continue
            self.platform.followers.add(Follower(truth.openid, truth.name, truth.name[-1], "#7d8ca3", synthetic=True))
            self.truths[truth.openid] = truth
            self.diaries[truth.openid] = model.Diary()
            self._chances[truth.openid] = random.Random(truth.seed)  # noqa: S311 - repeatable on purpose
            self._plan(truth, first=True)
            added.append(truth.openid)
        self.platform.touch()
        return added

    def forget(self) -> None:
        for known in (self.truths, self.diaries, self._chances, self._read, self._offered):
            known.clear()
        self._began = 0.0

    def report(self) -> dict[str, Any]:
        """Sums over everybody, and how well what was shown fits the hidden tastes, on the whole and by week.

        `mean_random_affinity` is what a bot that knows nobody reaches: the fit of a random one of all things
        shown to anybody so far, drawn for the same people at the same moments. `violations` counts the rules
        that the account broke.
        """
        diaries = list(self.diaries.values())
        sums = {name: sum(getattr(diary, name) for diary in diaries) for name in _DIARY_SUMS}
        return {
            "people": len(diaries),
            "left": sum(diary.left for diary in diaries),
            **sums,
            "mean_shown_affinity": _mean(sum(diary.shown_affinity for diary in diaries), sums["shown"]),
            "mean_random_affinity": _mean(sum(diary.random_affinity for diary in diaries), sums["shown"]),
            "weeks": list(_weeks(diaries)),
            "violations": self.platform.violations.by_rule(),
        }

    def week(self) -> int:
        """The week since the first of the crowd came, counted from 1."""
        return int((self.platform.clock.now() - self._began) // (7 * DAY)) + 1

    def anything(self, words: str, chance: random.Random) -> str:
        """The words of a random thing shown so far, among them this one."""
        if words not in self._offered:
            self._offered.append(words)
        return chance.choice(self._offered)

    def told(self) -> Iterator[dict[str, Any]]:
        """Truth and diary of everybody."""
        for openid, truth in self.truths.items():
            yield {**asdict(truth), "diary": asdict(self.diaries[openid])}

    def _plan(self, truth: model.Truth, first: bool = False) -> None:
        chance = self._chances[truth.openid]
        wait = chance.uniform(0, DAY) if first else chance.expovariate(max(truth.sessions_a_day, 0.02)) * DAY
        at = self.platform.clock.now() + wait
        hour = (at + 8 * 3600) % DAY / 3600
        if not _FIRST_HOUR <= hour < _LAST_HOUR:
            wait += ((_FIRST_HOUR - hour) % 24) * 3600 + chance.uniform(0, 7200)
        self.platform.agenda.after(wait, partial(self._session, truth, self.platform.generation))

    def _session(self, truth: model.Truth, generation: int) -> None:
        if generation != self.platform.generation or truth.openid not in self.truths:
            return
        Session(self, truth).live()
        if not self.diaries[truth.openid].left:
            self._plan(truth)


class Session:
    """One visit: look at what came, ask or tap, open what appeals, maybe buy, maybe leave."""

    def __init__(self, crowd: Crowd, truth: model.Truth) -> None:
        self.crowd, self.truth, self.platform = crowd, truth, crowd.platform
        self.person = self.platform.followers.get(truth.openid)
        self.diary = crowd.diaries[truth.openid]
        self.chance = crowd._chances[truth.openid]
        self.other_chance = random.Random(f"{truth.seed}/{self.diary.sessions}")  # noqa: S311 - repeatable on purpose
        self.week = self.diary.weeks.setdefault(crowd.week(), model.Week())

    def live(self) -> None:
        self.diary.sessions += 1
        if not self.person.subscribed:
            acts.follow(self.platform, self.person)
        for _ in range(self.chance.randint(1, 3)):
            self._look()
            self._speak()
        self._look()
        if self.chance.random() < 0.002 + 0.01 * max(self.diary.annoyance, 0):
            acts.unfollow(self.platform, self.person)
            self.diary.left = True

    def _speak(self) -> None:
        keyed = [
            leaf
            for leaf in leaves(self.platform.menus.shown_to(self.person.tags, self.platform.settings.phone_system))
            if leaf["type"] == "click"
        ]
        if keyed and self.chance.random() < 0.3:
            self.diary.tapped += 1
            acts.tap(self.platform, self.person, self.chance.choice(keyed)["key"])
        else:
            self.diary.asked += 1
            acts.say(self.platform, self.person, model.question(self.truth, self.chance))

    def _look(self) -> None:
        """Everything unread in the chat: each article and each link once."""
        seen = self.crowd._read.get(self.truth.openid, 0)
        unread = [entry for entry in list(self.person.chat) if entry.seq > seen]
        self.crowd._read[self.truth.openid] = self.person.seq
        for entry in unread:
            if entry.kind == "failure":
                self.diary.failures += 1
                self.diary.annoyance += 1
            if entry.sender == "account":
                for words, url in _offers(entry.as_json()):
                    self._consider(words, url)

    def _consider(self, words: str, url: str) -> None:
        fit = affinity(words, self.truth.tastes)
        self.diary.shown += 1
        self.diary.shown_affinity += fit
        self.diary.random_affinity += affinity(self.crowd.anything(words, self.other_chance), self.truth.tastes)
        self.week.shown += 1
        self.week.shown_affinity += fit
        if fit < model.ANNOYING_BELOW and fit != 0.1:
            self.diary.annoyance += 1
        if not model.opens(fit, self.chance):
            return
        phone = self._phone()
        page = phone.open(url)
        if page is None:
            return
        self.diary.opened += 1
        self.week.opened += 1
        self._read_page(phone, page, affinity(page.text, self.truth.tastes))

    def _phone(self) -> Phone:
        address = phone_address(self.platform, self.person, self.platform.base_url + "/")
        site = self.platform.settings.site_url or self.platform.webhook_url
        return Phone(Client(self.crowd.app), address.split("/")[2], site, self.platform.base_url)

    def _read_page(self, phone: Phone, page: Page, fit: float) -> None:
        if not page.slug:
            return
        seconds = int(20 + 300 * fit * self.chance.random())
        percent = min(100, int(20 + 100 * fit * self.chance.random()))
        phone.post(page, f"/a/{page.slug}/progress", {"seconds": seconds, "percent": percent})
        if self.chance.random() < self.truth.likes * fit:
            self.diary.liked += 1
            self.diary.annoyance -= 1
            phone.post(page, f"/a/{page.slug}/like", {"on": True})
        if self.chance.random() < self.truth.shares * fit:
            self.diary.shared += 1
            phone.post(page, f"/a/{page.slug}/share", {"to": "friend"})
        if page.slug not in self.diary.slugs and model.buys(fit, page.price_fen, self.truth, self.chance):
            self._buy(phone, page)

    def _buy(self, phone: Phone, page: Page) -> None:
        answer = phone.post(page, f"/checkout/{page.slug}", {})
        order = answer.get_json(silent=True) if answer.status_code == 200 else None
        params = order.get("params") if isinstance(order, dict) else None
        if not isinstance(params, dict) or "package" not in params:
            return
        try:
            sheet = cashier.called_up(self.platform, self.truth.openid, params)
            cashier.choose(self.platform, self.truth.openid, sheet["prepay_id"], "pay")
        except PayError:
            return
        self.diary.bought += 1
        self.week.bought += 1
        self.diary.spent_fen += sheet["amount_fen"]
        self.diary.slugs.append(page.slug)


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


def _weeks(diaries: list[model.Diary]) -> Iterator[dict[str, Any]]:
    """Each week in which something was shown, in order."""
    for number in sorted({number for diary in diaries for number in list(diary.weeks)}):
        weeks = [diary.weeks[number] for diary in diaries if number in diary.weeks]
        shown = sum(week.shown for week in weeks)
        if shown:
            yield {
                "week": number,
                "shown": shown,
                "opened": sum(week.opened for week in weeks),
                "bought": sum(week.bought for week in weeks),
                "mean_shown_affinity": sum(week.shown_affinity for week in weeks) / shown,
            }


def _offers(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """What an account's message offers to open: words and address."""
    offers = [(part["text"], part["href"]) for part in entry["parts"] if part.get("href", "").startswith("http")]
    for article in entry["content"].get("Articles") or []:
        if article.get("Url"):
            offers.append((f"{article.get('Title', '')} {article.get('Description', '')}", article["Url"]))
    if entry["content"].get("url"):
        offers.append((entry["text"], entry["content"]["url"]))
    return offers
