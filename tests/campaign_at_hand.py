"""A campaign's run between a bot and the simulated platform: people in both, rows that are due, a sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bot_in_process import NOON, Bot, Workshop
from platform_at_hand import PlatformAtHand, platform_at_hand

import sending
from catalog.live import LiveCatalog
from catalog.load import Catalog
from domain.campaign import MARKETING, Campaign, Variant
from domain.delivery import NOTICE, TEMPLATE, WINDOW
from domain.notice import Notice
from flows.claim_pushes import Taken
from flows.send_campaign import CampaignSender, Progress, send_batch
from flows.tend_campaigns import tend_campaigns
from simulator.clock import PlatformClock
from storage import campaign_deliveries, campaign_runs, consents
from storage.campaign_deliveries import Plan
from storage.store import Store
from wechat.fast_outbox import FastOutbox, Letter, notice_letter, template_letter, text_letter

CUSTOM, TEMPLATES = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
SLUG = "run-30"
NOTICE_ID, TEMPLATE_ID = "NoticeOfNewItem01", "TemplateOfCourse1"


def a_campaign(name: str = "weekend", **more: Any) -> Campaign:
    """A campaign of which only what matters is given."""
    values = {
        "purpose": MARKETING, "variants": (Variant("a", "周末动起来"),), "channels": (WINDOW,), "item": SLUG, **more,
    }  # fmt: skip
    return Campaign(name, "周末专题", **values)


class CampaignAtHand:
    """The bot, the platform, the people, and whoever sends between them."""

    def __init__(self, bot: Bot, platform: PlatformAtHand, people: int) -> None:
        self.bot, self.platform = bot, platform
        self.people = [f"oFan{number:04d}abcdefghijklmnopqrst" for number in range(people)]
        self.campaigns: dict[str, Campaign] = {}
        self.alive = 1_000_000.0
        self.outboxes: list[FastOutbox] = []
        self.sender = self.a_sender()
        for openid in self.people:
            platform.post("followers", {"name": "someone", "openid": openid})
            platform.post(f"followers/{openid}/follow", {"scene": ""})
            bot.event(openid, "subscribe", "")
        self.advance(120)  # what a follow allows is over

    @property
    def store(self) -> Store:
        return self.bot.store

    @property
    def now(self) -> int:
        return int(self.bot.clock.now)

    def a_sender(self, rate: int = 10_000) -> CampaignSender:
        """One more process that sends."""
        self.outboxes.append(sending.fast_outbox(self.bot.house))
        return CampaignSender(
            self.outboxes[-1], lambda: self.bot.live.current, lambda run: self.campaigns[run.campaign], self.words,
            self.bot.settings.timezone, rate, alive=lambda: self.alive, wait=lambda _: None,
        )  # fmt: skip

    def words(
        self, _: Store, catalog: Catalog, campaign: Campaign, run_id: str, taken: Sequence[Taken], __: int
    ) -> list[Letter | None]:
        """Stands for ``flows/write_push.py``."""
        made: list[Letter | None] = []
        for one in taken:
            openid, data = one.due.openid, {"thing1": {"value": campaign.name}}
            if one.channel == NOTICE:
                made.append(notice_letter(openid, NOTICE_ID, data, ""))
            elif one.channel == TEMPLATE:
                made.append(template_letter(campaign.purpose, openid, TEMPLATE_ID, data, "", f"{run_id}{openid}"[:50]))
            else:
                made.append(text_letter(openid, f"{campaign.name} {one.exposure_id}"))
        return made

    def advance(self, seconds: float) -> None:
        """Time goes by, for the bot, the platform and the machine."""
        self.bot.clock.now += seconds
        self.alive += seconds
        self.platform.post("clock", {"advance": seconds})
        self.platform.post("settle")

    def write_to_us(self, *people: str) -> None:
        """These people write, which opens their windows."""
        for openid in people or self.people:
            self.platform.post(f"followers/{openid}/say", {"text": "你好"})
            self.bot.say(openid, "你好")
        self.advance(1)

    def consent(self, *people: str) -> None:
        """These people agree to one notice."""
        for number, openid in enumerate(people):
            self.platform.post(f"followers/{openid}/consent", {"templates": {NOTICE_ID: "accept"}})
            with self.store.write() as tx:
                consents.answered(tx, f"{self.now}-{number}", openid, NOTICE_ID, "accept", consents.PAGE, self.now)

    def launch(self, campaign: Campaign, *people: str, slug: str = SLUG) -> str:
        """A run of it, written down for these people (all), and due now."""
        self.campaigns[campaign.name] = campaign
        run_id = campaign_runs.run_id(campaign.name, self.now)
        with self.store.write() as tx:
            assert campaign_runs.launch(tx, campaign.name, self.now, "", "test", self.now)
            assert campaign_runs.claim(tx, run_id, "planner", self.now, self.now + 60)
            plans = [Plan(one, "planned", variant="a", slug=slug, due_at=self.now) for one in people or self.people]
            campaign_deliveries.plan(tx, run_id, plans, self.now)
            assert campaign_runs.launched(tx, run_id, "planner", "", self.now)
        return run_id

    def send(self, run_id: str, sender: CampaignSender | None = None) -> Progress:
        """One batch."""
        return send_batch(sender or self.sender, self.store, run_id, self.bot.clock, lambda: False)

    def tend(self) -> tuple[str, dict[str, int]]:
        """One round of the clock: (what it says, what it hands over)."""
        handed: dict[str, int] = {}
        said = tend_campaigns(
            self.store, self.now, int(self.alive), lambda run: self.campaigns[run.campaign], handed.__setitem__
        )
        return said, handed

    def states(self, run_id: str) -> Counter[str]:
        """How many rows are in which state, "state why" where there is a cause."""
        rows = self.bot.rows("campaign_deliveries", run_id=run_id)
        return Counter(f"{row['state']} {row['why']}".strip() for row in rows)

    def run(self, run_id: str) -> dict[str, Any]:
        (row,) = self.bot.rows("campaign_runs", id=run_id)
        return row

    def heard(self, openid: str) -> list[str]:
        """What the account wrote to a person first."""
        rows = self.platform.get(f"followers/{openid}/chat")["chat"]
        return [row["text"] for row in rows if row["sender"] == "account" and row["channel"] != "passive"]

    def close(self) -> None:
        for outbox in self.outboxes:
            outbox.close()
        self.bot.close()


Make = Callable[..., CampaignAtHand]


@contextmanager
def campaigns_at_hand(workshop: Workshop) -> Iterator[Make]:
    """What makes them for so many people, on a platform that knows both templates, at noon."""
    made: list[CampaignAtHand] = []
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as platform:
        for template_id, kind in ((TEMPLATE_ID, "template"), (NOTICE_ID, "notice")):
            labels = {"thing1": "商品"}
            platform.post("templates", {"template_id": template_id, "title": "通知", "fields": labels, "kind": kind})

        def at_hand(people: int = 3) -> CampaignAtHand:
            made.append(CampaignAtHand(workshop.bot(WECHAT_API_BASE=platform.base), platform, people))
            return made[-1]

        yield at_hand
        for one in made:
            one.close()


def with_notices(at: CampaignAtHand) -> None:
    """The account has its templates."""
    fields = {"thing1": "{title}"}
    notices = {"new-item": Notice(NOTICE, NOTICE_ID, fields), "course": Notice(TEMPLATE, TEMPLATE_ID, fields)}
    catalog = replace(at.bot.live.current, notices=notices)
    at.bot.live = LiveCatalog(at.bot.database.parent / "no-folder", lambda: catalog)
