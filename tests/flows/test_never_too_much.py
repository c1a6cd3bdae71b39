"""Whatever a person does and however many campaigns want them: never over the caps, at night, after an opt-out, or
more than WeChat allows. The simulated WeChat counts for itself."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import message as kinds
from domain.answer import Lesson
from domain.campaign import DAY, MARKETING, MASS, SERVICE, Campaign, Variant, next_push
from domain.delivery import NOTICE, SEND, TEMPLATE, WINDOW
from domain.message import Message
from domain.quota import CHINA
from flows.know_reach import ledger_of, reach
from simulator.windows import ACTION, MESSAGE, Windows
from storage import behaviours, consents, followers, interests, opt_outs, sends
from storage.store import Store, Transaction

START = int(dt.datetime(2026, 11, 24, 12, tzinfo=CHINA).timestamp())
TAPS = {"tap": "click_event", "scan": "scan_event", "follow": "subscribe_event"}
ITEMS = {"fund": ("理财", "基金"), "run": ("健身",), "": ()}
CAMPAIGNS = [
    Campaign("a", "甲", MARKETING, (Variant("", ""),), (WINDOW, NOTICE, MASS)),
    Campaign("b", "乙", MARKETING, (Variant("", ""),), (MASS, NOTICE, WINDOW), topics=("健身",)),
    Campaign("c", "丙", MARKETING, (Variant("", ""),), (WINDOW,)),
    Campaign("d", "丁", SERVICE, (Variant("", ""),), (WINDOW, TEMPLATE)),
]
_people = itertools.count()


@dataclass
class Life:
    """One person, what they did, what they were sent, and what the simulated WeChat thinks of it."""

    store: Store
    openid: str = field(default_factory=lambda: f"o{next(_people)}")
    now: int = START
    numbers: Any = field(default_factory=itertools.count)
    windows: Windows = field(default_factory=Windows)
    follows: bool = False
    yeses: int = 0
    out: set[str] = field(default_factory=set)
    got: list[tuple[int, str, str]] = field(default_factory=list)  # when, purpose, channel

    def act(self, what: str, topic: str) -> None:
        with self.store.write() as tx:
            acts: dict[str, Callable[[Transaction, str], None]] = {
                "write": self._write, "yes": self._yes, "no": self._no, "stop": self._stop, "resume": self._resume,
                "refuse": self._refuse, "leave": self._leave,
            }  # fmt: skip
            acts.get(what, lambda tx, _: self._tap(tx, what))(tx, topic)

    def _did(self, tx: Transaction, kind: str, form: str) -> None:
        key = f"{form}:{next(self.numbers)}"
        behaviours.add(tx, Message(key, self.openid, "gh", self.now, kind, form), ())
        followers.speaks(tx, self.openid, self.now)
        self.follows = True

    def _write(self, tx: Transaction, topic: str) -> None:
        self._did(tx, kinds.MESSAGE, "text")
        self.windows.acted(MESSAGE, self.now)

    def _tap(self, tx: Transaction, what: str) -> None:
        self._did(tx, kinds.MENU_TAP, TAPS[what])
        self.windows.acted(ACTION, self.now)

    def _yes(self, tx: Transaction, topic: str) -> None:
        consents.answered(tx, str(next(self.numbers)), self.openid, "T1", "accept", "page", self.now)
        self.yeses += 1

    def _no(self, tx: Transaction, topic: str) -> None:
        consents.answered(tx, str(next(self.numbers)), self.openid, "T1", "reject", "settings", self.now)
        self.yeses = 0

    def _stop(self, tx: Transaction, topic: str) -> None:
        opt_outs.stop(tx, self.openid, topic, self.now)
        self.out.add(topic)

    def _refuse(self, tx: Transaction, topic: str) -> None:
        if topic:
            interests.learn(tx, self.openid, [Lesson(topic, -1.0, "refuse", topic)], self.now)
            self.out.add(f"refused {topic}")

    def _resume(self, tx: Transaction, topic: str) -> None:
        opt_outs.resume(tx, self.openid, topic)
        self.out = {one for one in self.out if one.startswith("refused") or (topic and one != topic)}

    def _leave(self, tx: Transaction, topic: str) -> None:
        followers.unfollowed(tx, self.openid, self.now)
        self.follows = False

    def push(self, campaign: Campaign, slug: str, refused: bool) -> None:
        """A campaign wants to reach them; where WeChat refuses although it need not, that is no send."""
        with self.store.write() as tx:
            person = reach(tx, campaign, "T1", [self.openid], self.now)[self.openid]
            step = next_push(campaign, person, slug, ITEMS[slug], self.now, self.now, CHINA)
            if step.do != SEND:
                return
            what = f"push:{next(self.numbers)}"
            sends.add(tx, self.openid, what, self.now, step.channel, campaign.purpose)
            assert step.channel != NOTICE or consents.spend(tx, self.openid, "T1", what, self.now)
            if refused:
                sends.undo(tx, self.openid, what)
                consents.give_back(tx, self.openid, what)
                return
        self._judge(campaign, slug, step.channel)

    def _judge(self, campaign: Campaign, slug: str, channel: str) -> None:
        here = dt.datetime.fromtimestamp(self.now, CHINA)
        assert self.follows, "sent to somebody who left"
        assert 9 <= here.hour < 21, "sent at night"
        topics = {"", *ITEMS[slug], *campaign.topics}
        assert not topics & self.out and not {f"refused {topic}" for topic in topics} & self.out, (
            "sent after an opt-out"
        )
        self.got.append((self.now, campaign.purpose, channel))
        if channel == WINDOW:
            self.windows.spend(self.now)  # raises what WeChat would have answered
        if channel == NOTICE:
            self.yeses -= 1
            assert self.yeses >= 0, "sent a notice nobody agreed to"
        assert channel != TEMPLATE or campaign.purpose == SERVICE
        months = [dt.datetime.fromtimestamp(at, CHINA).month for at, _, how in self.got if how == MASS]
        assert months.count(here.month) <= 4
        for most, seconds in ((1, DAY), (3, 7 * DAY)):
            marketing = [at for at, why, _ in self.got if why == MARKETING and at >= self.now - seconds]
            assert len(marketing) <= most, f"{len(marketing)} within {seconds} s"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 5, 40, 600, 3_600, 5 * 3_600, 24 * 3_600 - 30, 24 * 3_600 + 30, 60 * 3_600]),
        st.one_of(
            st.tuples(
                st.sampled_from(
                    ["write", "write", "tap", "follow", "yes", "yes", "no", "stop", "refuse", "resume", "leave"]
                ),
                st.sampled_from(["", "理财", "健身", "基金"]),
            ),
            st.tuples(st.sampled_from(CAMPAIGNS), st.sampled_from(sorted(ITEMS)), st.booleans()),
            st.tuples(st.sampled_from(CAMPAIGNS[:3]), st.sampled_from(sorted(ITEMS)), st.just(False)),
        ),
    ),
    min_size=5,
    max_size=60,
)


@given(hour=st.sampled_from([0, 2, 8, 9, 10, 20, 21]), steps=STEPS)
def test_nobody_ever_gets_more_than_they_may(store: Store, hour: int, steps: list[tuple[int, tuple[Any, ...]]]) -> None:
    life = Life(store, now=START + hour * 3_600)
    life.act("follow", "")
    for seconds, step in steps:
        life.now += seconds
        if len(step) == 2:
            life.act(*step)
        else:
            life.push(*step)


def test_the_referee_sees_what_is_not_allowed(store: Store) -> None:
    life = Life(store)
    life.act("follow", "")
    for _ in range(3):
        life._judge(CAMPAIGNS[3], "run", WINDOW)
    with pytest.raises(Exception, match="45047"):
        life._judge(CAMPAIGNS[3], "run", WINDOW)
    with pytest.raises(AssertionError, match="nobody agreed"):
        life._judge(CAMPAIGNS[0], "run", NOTICE)
    with pytest.raises(AssertionError, match="within 86400"):
        life._judge(CAMPAIGNS[0], "run", MASS)
    with pytest.raises(AssertionError, match="night"):
        replace(life, now=START + 10 * 3_600)._judge(CAMPAIGNS[0], "run", MASS)
    life.act("stop", "健身")
    with pytest.raises(AssertionError, match="opt-out"):
        life._judge(CAMPAIGNS[0], "run", MASS)


def test_pushes_do_get_through(store: Store) -> None:
    life = Life(store)
    life.act("write", "")
    for nth in range(3):
        life.push(CAMPAIGNS[nth % 2], "run", False)
        life.now += DAY + 60
        life.act("write", "")
    assert [channel for _, _, channel in life.got] == [WINDOW, MASS, WINDOW]
    life.push(CAMPAIGNS[0], "run", False)
    assert len(life.got) == 3, "three in a week"
    with store.read() as tx:
        ledger, window = ledger_of(tx, life.openid, life.now)
    assert len(ledger.touched) == 3 and ledger.mass_left == 3 and window.left == 5
