"""What is read of people before they are written to: for many at once the same as for each alone."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from domain import message as kinds
from domain.answer import Lesson
from domain.campaign import DAY, MASS, Campaign, Caps, Person, Variant
from domain.delivery import NOTICE, WINDOW
from domain.message import Message
from domain.quota import CHINA, month_began
from flows.know_reach import SPARE_SECONDS, reach, window_of
from storage import behaviours, consents, entitlements, followers, interests, opt_outs, sends
from storage.store import Store, Transaction

NOON = int(dt.datetime(2026, 11, 24, 12, tzinfo=CHINA).timestamp())
NEWS = Campaign("news", "新到", "marketing", (Variant("", "看看"),), (WINDOW, NOTICE, MASS), caps=Caps(mass_per_week=9))


def did(tx: Transaction, openid: str, ago: int, form: str = "text", kind: str = kinds.MESSAGE) -> None:
    key = f"{form}:{ago}"
    behaviours.add(tx, Message(key, openid, "gh", NOON - ago, kind, form, "", "", None), ())


def person(store: Store, openid: str = "o1", campaign: Campaign = NEWS, now: int = NOON) -> Person:
    with store.read() as tx:
        return reach(tx, campaign, "T1", [openid], now)[openid]


def follow(store: Store, *openids: str) -> None:
    with store.write() as tx:
        for openid in openids or ("o1",):
            followers.followed(tx, openid, NOON - 90 * DAY, "")


def test_of_a_stranger_nothing_is_allowed(store: Store) -> None:
    assert person(store) == Person("o1", follows=False, opted_out=[], touched=[], mass_left=4)


def test_all_that_decides_is_read(store: Store) -> None:
    follow(store)
    with store.write() as tx:
        did(tx, "o1", 600)
        opt_outs.stop(tx, "o1", "理财", NOON)
        entitlements.grant(tx, "o1", "run-30", "order:1", NOON - DAY)
        entitlements.grant(tx, "o1", "lapsed", "order:2", NOON - DAY, NOON - 1)
        consents.answered(tx, "e1", "o1", "T1", consents.ACCEPT, consents.PAGE, NOON - DAY)
        sends.add(tx, "o1", "a", NOON - 60, WINDOW, "marketing")
        sends.add(tx, "o1", "b", NOON - 30, WINDOW)
        sends.add(tx, "o1", "c", NOON - 2 * DAY, MASS, "marketing")
    assert person(store) == Person(
        "o1", True, ["理财"], ["run-30"], [NOON - 2 * DAY, NOON - 60], window_left=3, consents=1, mass_left=3
    )


def test_a_window_that_ends_before_the_call_may_come_is_closed(store: Store) -> None:
    follow(store)
    with store.write() as tx:
        did(tx, "o1", 2 * DAY - SPARE_SECONDS)
    assert person(store, now=NOON - 1).window_left == 5
    assert person(store).window_left == 0
    with store.read() as tx:
        assert window_of(tx, "o1", True, NOON).open


def test_mass_messages_are_counted_by_the_month_of_china(store: Store) -> None:
    follow(store)
    december = int(dt.datetime(2026, 12, 1, tzinfo=CHINA).timestamp())
    with store.write() as tx:
        for nth in range(4):
            sends.add(tx, "o1", f"m{nth}", december - 1 - nth, MASS, "marketing")
    assert person(store, now=december - 1).mass_left == 0
    assert person(store, now=december).mass_left == 4
    assert month_began(december - 1) == int(dt.datetime(2026, 11, 1, tzinfo=CHINA).timestamp())


def test_a_message_of_last_month_still_counts_for_the_caps(store: Store) -> None:
    follow(store)
    december = int(dt.datetime(2026, 12, 1, 10, tzinfo=CHINA).timestamp())
    with store.write() as tx:
        sends.add(tx, "o1", "m", december - 2 * DAY, MASS, "marketing")
        sends.add(tx, "o1", "old", december - 7 * DAY, MASS, "marketing")
    found = person(store, now=december)
    assert (found.touched, found.mass_left) == ([december - 2 * DAY], 4)


def test_who_left_has_no_window(store: Store) -> None:
    follow(store)
    with store.write() as tx:
        did(tx, "o1", 60)
        followers.unfollowed(tx, "o1", NOON - 30)
    found = person(store)
    assert not found.follows and found.window_left == 0


def test_what_the_campaign_does_not_use_is_not_read(store: Store) -> None:
    follow(store)
    with store.write() as tx:
        did(tx, "o1", 60)
    assert person(store, campaign=replace(NEWS, channels=(MASS,))).window_left == 0


def test_a_refused_subject_is_an_opt_out_until_it_is_liked_again(store: Store) -> None:
    follow(store)
    with store.write() as tx:
        opt_outs.stop(tx, "o1", "健身", NOON)
        interests.learn(tx, "o1", [Lesson("理财", -1.0, "refuse", "别再推理财")], NOON - 60)
    assert person(store).opted_out == ["健身", "理财"]
    with store.write() as tx:
        interests.learn(tx, "o1", [Lesson("理财", 1.0, "like", "我喜欢理财")], NOON - 30)
    assert person(store).opted_out == ["健身"]


def test_when_wechat_says_the_window_is_shut_it_is_until_the_next_message(store: Store) -> None:
    follow(store)
    with store.write() as tx:
        did(tx, "o1", 600)
        sends.shut(tx, "o1", NOON - 300)
        sends.shut(tx, "o1", NOON - 300)
        assert not window_of(tx, "o1", True, NOON).open
        did(tx, "o1", 200)
        assert window_of(tx, "o1", True, NOON).left == 5
    found = person(store)
    assert (found.window_left, found.touched) == (5, [])


def test_many_at_once_are_known_as_each_alone(store: Store) -> None:
    chance = random.Random(7)
    everybody = [f"o{nth}" for nth in range(130)]
    with store.write() as tx:
        for openid in everybody:
            if chance.random() < 0.9:
                followers.followed(tx, openid, NOON - 90 * DAY, "")
            for ago in chance.sample(range(200_000), chance.randrange(4)):
                kind, form = chance.choice([(kinds.MESSAGE, "text"), (kinds.MENU_TAP, "click_event")])
                did(tx, openid, ago, form, kind)
            for ago in chance.sample(range(8 * DAY), chance.randrange(4)):
                channel = chance.choice([WINDOW, MASS, NOTICE, sends.SHUT])
                sends.add(tx, openid, f"s{ago}", NOON - ago, channel, chance.choice(["marketing", "service"]))
            if chance.random() < 0.3:
                opt_outs.stop(tx, openid, chance.choice(["", "理财"]), NOON)
            if chance.random() < 0.3:
                entitlements.grant(tx, openid, "run-30", "order:1", NOON - DAY)
            if chance.random() < 0.5:
                consents.answered(tx, openid, openid, "T1", consents.ACCEPT, consents.PAGE, NOON - DAY)
    with store.read() as tx:
        together = reach(tx, NEWS, "T1", everybody, NOON)
        assert together == {openid: reach(tx, NEWS, "T1", [openid], NOON)[openid] for openid in everybody}
        windows = {one: window_of(tx, one, together[one].follows, NOON).left for one in everybody}
    assert {one: found.window_left for one, found in together.items()} == windows
    assert len({found._replace(openid="").window_left for found in together.values()}) >= 3


def test_the_campaigns_share_of_a_week_leaves_mass_messages_for_the_months_end(store: Store) -> None:
    with store.write() as tx:
        sends.add(tx, "o1", "m", NOON - 2 * DAY, MASS, "marketing")
    assert person(store, campaign=replace(NEWS, caps=Caps())).mass_left == 0
    assert person(store, campaign=replace(NEWS, caps=Caps(mass_per_week=2))).mass_left == 1
    assert person(store, campaign=replace(NEWS, caps=Caps()), now=NOON + 5 * DAY).mass_left == 1
