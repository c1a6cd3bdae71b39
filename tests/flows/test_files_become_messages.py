"""A file is saved, and a message arrives: the whole way of a series and of a campaign, through the simulated WeChat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from bot_in_process import NOON, SHOP, Bot, Workshop
from platform_at_hand import PlatformAtHand, platform_at_hand

from clockwork import planner as planner_of
from flows.launch_campaign import launch_due
from flows.plan_audience import plan_campaigns
from flows.send_campaign import send_batch
from flows.start_series import start_series
from flows.tend_campaigns import tend_campaigns
from sending import campaign_sender
from simulator.clock import PlatformClock

WELCOME = """title: 欢迎
purpose: service
trigger: followed
channels: [window]
steps:
  - {after: 10m, message: {text: "{greeting}，想读什么直接说。"}}
  - {after: 3h, message: {item: recommend, text: "{greeting}！{reason}：《{title}》{link}"}}
"""
WEEKEND = """title: 午后
purpose: marketing
audience: {tags: [健身]}
schedule: {at: "2026-11-23 15:00"}
channels: [window]
message: {item: recommend}
"""
FAN = "oFan0000abcdefghijklmnopqrst"


class Whole:
    """A bot with these campaign files, the platform, one follower; and what the clock and a worker do."""

    def __init__(self, workshop: Workshop, platform: PlatformAtHand, **files: str) -> None:
        written = {f"campaigns/{name}.yaml": text for name, text in files.items()}
        self.bot: Bot = workshop.bot(workshop.catalog({**SHOP, **written}), WECHAT_API_BASE=platform.base)
        self.platform = platform
        self.look()  # a series counts from the first look
        platform.post("followers", {"name": "someone", "openid": FAN})
        platform.post(f"followers/{FAN}/follow", {"scene": ""})
        self.bot.event(FAN, "subscribe", "")

    def say(self, words: str) -> None:
        self.platform.post(f"followers/{FAN}/say", {"text": words})
        self.bot.say(FAN, words)

    def look(self, seconds: int = 0) -> None:
        """Time goes by; the clock looks, and the worker sends what is due."""
        self.bot.clock.now += seconds
        self.platform.post("clock", {"advance": seconds})
        house, store, now = self.bot.house, self.bot.store, int(self.bot.clock.now)
        planner = planner_of(house)
        launch_due(self.bot.live.current, store, now, planner.zone)
        start_series(planner, store, now)
        plan_campaigns(planner, store, now)
        due: dict[str, int] = {}
        tend_campaigns(store, now, now, planner.read, due.__setitem__)
        for run_id in due:
            sender = campaign_sender(house)
            with closing(sender.outbox):
                send_batch(sender, store, run_id, self.bot.clock, lambda: False)

    @property
    def heard(self) -> list[str]:
        """What the account wrote first."""
        rows = self.platform.get(f"followers/{FAN}/chat")["chat"]
        return [row["text"] for row in rows if row["sender"] == "account" and row["channel"] != "passive"]


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        yield made


def test_a_new_follower_gets_the_steps_of_the_welcome_each_once(workshop: Workshop, platform: PlatformAtHand) -> None:
    whole = Whole(workshop, platform, welcome=WELCOME)
    whole.say("有没有跑步的文章")
    whole.say("叫我小李")
    whole.look(300)
    assert whole.heard == []
    whole.look(300)
    assert whole.heard == ["小李，中午好，想读什么直接说。"]
    for _ in range(5):
        whole.look(3_600)
    _, second = whole.heard
    assert second.startswith("小李，下午好！因为你问过「跑步」：《从喘到跑》<a href=") and "点开看看" in second
    (exposure,) = whole.bot.rows("exposures", policy="campaign")
    assert exposure["slug"] == "run-30" and exposure["behaviour_id"].startswith("welcome.2@")
    whole.bot.close()


def test_a_campaign_runs_at_its_moment_and_its_link_is_counted(workshop: Workshop, platform: PlatformAtHand) -> None:
    whole = Whole(workshop, platform, weekend=WEEKEND)
    whole.say("我喜欢健身")
    whole.say("有没有跑步的文章")
    whole.look(2 * 3_600)
    assert whole.heard == []
    whole.look(3_600)
    whole.look(60)
    (said,) = whole.heard
    assert said.startswith("下午好！") and "《从喘到跑》" in said and "点开试读" in said
    link = said.partition('<a href="https://read.example.cn')[2].partition('"')[0]
    assert whole.bot.get(link).location == "/a/run-30"
    (exposure,) = whole.bot.rows("exposures", policy="campaign")
    assert exposure["opened_at"] == int(whole.bot.clock.now)
    whole.bot.close()
