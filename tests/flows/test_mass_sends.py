"""Mass sends through the simulated WeChat: who is grouped, what is submitted once, and what a report makes of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from bot_in_process import ACCOUNT, AES_KEY, APP_ID, APP_SECRET, NOON, SECRET_KEY, TOKEN, Bot, Workshop
from platform_at_hand import PlatformAtHand, served

import wiring
from domain.campaign import MASS, Campaign, Variant
from domain.link import LinkSigner
from domain.mass_send import ARRIVES_WITHIN, FRESH_SECONDS, KNOWN_SECONDS, REPEAT_SECONDS
from flows.deliver_receipt import Place
from flows.gather_mass import COMPANY_SECONDS, group
from flows.know_reach import reach
from flows.send_mass import MassSender, send_mass
from flows.settle_mass import ASK_SECONDS
from flows.tell_mass import tell_mass
from flows.write_mass import mass_words
from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.server import create_app
from storage import campaign_deliveries, campaign_runs, campaign_sending, mass_jobs, opt_outs
from storage.campaign_deliveries import Plan
from wechat.outbox import Outbox

PEOPLE = [f"oReader{number:02}AbCdEfGhIjKlMnOpQr" for number in range(4)]
RUN = f"weekend@{NOON}"
WEEKEND = Campaign(
    "weekend", "周末", "marketing", (Variant("main", "{greeting}，周末动起来：{title} {link}"),), (MASS,)
)
SEND = "/cgi-bin/message/mass/send"


class Crier:
    """The bot, the platform that pushes to it, and who submits mass sends."""

    def __init__(self, bot: Bot, platform: PlatformAtHand) -> None:
        self.bot, self.platform = bot, platform
        self.campaign = WEEKEND
        place = Place(bot.settings.public_url, bot.settings.timezone)
        numbers = itertools.count(1)
        words = partial(mass_words, place, LinkSigner(SECRET_KEY))
        self.sender = MassSender(
            Outbox(wiring.wechat_api(bot.house)), lambda: bot.live.current, lambda run: self.campaign, words,
            place.zone, "crier", lambda size: next(numbers).to_bytes(size, "big"),
        )  # fmt: skip

    @property
    def now(self) -> int:
        return int(self.bot.clock.now)

    def advance(self, seconds: float) -> None:
        self.bot.clock.now += seconds
        self.platform.post("clock", {"advance": seconds})

    def follows(self, openid: str) -> None:
        self.platform.post("followers", {"name": openid[-6:] + openid[7:9], "openid": openid})
        self.platform.post(f"followers/{openid}/follow", {})

    def planned(self, people: list[str] = PEOPLE, slug: str = "run-30", run: str = RUN, due_at: int = NOON) -> None:
        """These people are in the audience of a run that is being sent."""
        name, _, slot = run.partition("@")
        with self.bot.store.write() as tx:
            campaign_runs.launch(tx, name, int(slot), "", "clock", self.now)
            plans = [
                Plan(one, "planned", variant="main", slug=slug, reason="你常看健身", due_at=due_at) for one in people
            ]
            campaign_deliveries.plan(tx, run, plans, self.now)
            campaign_runs.claim(tx, run, "planner", self.now, self.now + 9)
            campaign_runs.launched(tx, run, "planner", "", self.now)

    def grouped(self, run: str = RUN) -> int:
        """Those who are due go by mass send; how many."""
        with self.bot.store.write() as tx:
            due = campaign_sending.due(tx, run, self.now, 500)
            return len(group(tx, run, self.campaign, due, self.now))

    def send(self) -> str:
        return send_mass(self.sender, self.bot.store, self.now)

    def states(self, run: str = RUN) -> list[str]:
        return [row["state"] for row in sorted(self.bot.rows("campaign_deliveries", run_id=run), key=_who)]

    def budget(self, openid: str = PEOPLE[0]) -> int:
        """Mass messages the person may still get, as the campaign sees it."""
        with self.bot.store.read() as tx:
            return reach(tx, self.campaign, "", [openid], self.now)[openid].mass_left

    def job(self) -> dict[str, Any]:
        (found,) = self.bot.rows("mass_jobs")
        return found

    def got(self, openid: str) -> list[str]:
        chat = self.platform.get(f"followers/{openid}/chat")["chat"]
        return [line["text"] for line in chat if line["channel"] == "mass"]

    def broken(self) -> dict[str, int]:
        return {rule: count for rule, count in self.platform.get("violations")["by_rule"].items() if count}


def _who(row: dict[str, Any]) -> str:
    return str(row["openid"])


@pytest.fixture
def crier(workshop: Workshop) -> Iterator[Crier]:
    account = Account(APP_ID, APP_SECRET, TOKEN, AES_KEY, ACCOUNT)
    clock = PlatformClock(at=NOON, speed=0)
    app = create_app(account, "http://127.0.0.1:9/wechat", clock=clock)
    with served(app) as base:
        bot = workshop.bot(WECHAT_API_BASE=base, WECHAT_AES_KEY=AES_KEY)
        with served(bot.app) as site:
            app.extensions["platform"].webhook_url = f"{site}/wechat"
            made = Crier(bot, PlatformAtHand(base, clock))
            for openid in PEOPLE:
                made.follows(openid)
            made.advance(120)  # what a follow allows is over
            yield made
            bot.house.close()
            bot.store.close()


def test_people_with_the_same_words_are_one_job_that_reaches_them_all(crier: Crier) -> None:
    crier.planned()
    assert crier.grouped() == 4 and crier.grouped() == 0
    crier.advance(60)
    assert crier.send() == "submitted: 1" and crier.send() == ""
    assert {row["at"] for row in crier.bot.rows("sends", channel="mass")} == {crier.now}, "caps count from when it went"
    assert crier.states() == ["sent"] * 4 and len(crier.platform.calls(SEND)) == 1
    crier.advance(5)
    assert crier.send() == "finished: 1"
    (words,) = crier.got(PEOPLE[0])
    assert words.startswith("你好，周末动起来：从喘到跑 ") and crier.got(PEOPLE[3]) == [words]
    assert [len(crier.got(one)) for one in PEOPLE] == [1] * 4 and crier.broken() == {}
    job = crier.job()
    assert (job["state"], job["people"]) == ("finished", 4) and '"sent": 4' in job["outcome"]
    assert len(job["client_id"]) <= 64 and job["client_id"] in words
    exposures = crier.bot.rows("exposures", policy="campaign")
    assert {row["openid"] for row in exposures} == {*PEOPLE} and len({row["id"] for row in exposures}) == 4
    (row,) = crier.bot.rows("campaign_deliveries", openid=PEOPLE[0])
    assert row["exposure_id"] in {one["id"] for one in exposures} and row["message_id"] == job["client_id"]


def test_other_words_are_another_job_and_one_alone_waits_for_the_next_visit(crier: Crier) -> None:
    crier.planned(PEOPLE[:3])
    crier.planned(PEOPLE[3:], slug="index-fund")
    crier.grouped()
    assert crier.send() == "submitted: 1"
    assert crier.states() == ["sent", "sent", "sent", "held"]
    assert crier.budget(PEOPLE[3]) == 1 and crier.budget(PEOPLE[0]) == 0
    assert crier.broken() == {}


def test_a_job_waits_for_those_whose_turn_comes_soon(crier: Crier) -> None:
    crier.planned(PEOPLE[:1])
    crier.planned(PEOPLE[1:2], due_at=crier.now + COMPANY_SECONDS - 60)
    crier.grouped()
    assert crier.send() == "" and crier.states() == ["grouped", "planned"]
    crier.advance(COMPANY_SECONDS - 60)
    crier.grouped()
    assert crier.send() == "submitted: 1" and crier.states() == ["sent", "sent"]


def test_who_waits_alone_for_long_is_decided_on_anew(crier: Crier) -> None:
    crier.planned(PEOPLE[:1])
    crier.planned(PEOPLE[1:2], due_at=crier.now + 7_200)
    crier.grouped()
    crier.send()
    assert crier.states() == ["grouped", "planned"] and crier.budget() == 0
    crier.advance(FRESH_SECONDS + 1)
    crier.send()
    assert crier.states() == ["planned", "planned"] and crier.budget() == 1


def test_a_lost_answer_is_asked_for_again_under_the_same_id_and_nobody_gets_it_twice(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("faults", {"next": [{"kind": "reset_after", "path": SEND}]})
    assert crier.send() == "unclear: 1" and crier.states() == ["grouped"] * 4
    crier.advance(5)
    assert crier.send() == ""  # WeChat would not hear of it within a minute
    crier.advance(REPEAT_SECONDS)
    assert crier.send() in ("submitted: 1", "submitted: 1, finished: 1")
    crier.send()
    assert crier.job()["state"] == "finished"  # the report came before the answer
    assert [len(crier.got(one)) for one in PEOPLE] == [1] * 4 and crier.states() == ["sent"] * 4
    assert len(crier.platform.calls(SEND)) == 2 and crier.broken() == {}


def test_a_job_that_wechat_may_not_have_is_not_asked_for_at_night(crier: Crier) -> None:
    crier.planned()
    crier.advance(9 * 3_600 - ARRIVES_WITHIN - 60 + NOON - crier.now)
    crier.grouped()
    crier.platform.post("faults", {"next": [{"kind": "reset_before", "path": SEND}]})
    assert crier.send() == "unclear: 1"
    crier.advance(3 * 3_600)
    crier.send()
    assert len(crier.platform.calls(SEND)) == 1 and crier.states() == ["grouped"] * 4
    crier.advance(10 * 3_600)
    assert crier.send() == "submitted: 1" and crier.states() == ["sent"] * 4
    crier.advance(5)
    assert crier.broken() == {}


@pytest.mark.parametrize("kind", ["reset_before", "http_502", "busy"])
def test_what_wechat_never_got_reaches_everybody_once_in_the_end(crier: Crier, kind: str) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("faults", {"next": [{"kind": kind, "path": SEND}]})
    crier.send()
    for _ in range(3):
        crier.advance(REPEAT_SECONDS)
        crier.grouped()
        crier.send()
    assert [len(crier.got(one)) for one in PEOPLE] == [1] * 4 and crier.states() == ["sent"] * 4


def test_what_nobody_knows_after_a_day_is_unsure_and_not_sent_again(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("faults", {"next": [{"kind": "reset_before", "path": SEND}]})
    crier.send()
    crier.bot.clock.now += KNOWN_SECONDS + 1  # nobody was there to ask
    assert crier.send() == "give_up: 1" and crier.states() == ["unsure"] * 4
    assert crier.send() == "" and crier.got(PEOPLE[0]) == []


def test_a_used_up_quota_leaves_it_to_the_next_visit_and_gives_the_months_message_back(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("quotas", {"path": SEND, "limit": 0})
    assert crier.budget() == 0 and crier.send() == "hold: 1"
    assert crier.states() == ["held"] * 4 and crier.budget() == 1


def test_too_many_calls_in_a_minute_are_tried_a_little_later(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("faults", {"next": [{"kind": "45011", "path": SEND}]})
    assert crier.send() == "later: 1" and crier.states() == ["planned"] * 4 and crier.grouped() == 0
    crier.advance(31)
    assert crier.grouped() == 4 and crier.send() == "submitted: 1"


def test_a_banned_call_pauses_the_campaign(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("faults", {"next": [{"kind": "48004", "path": SEND}]})
    assert crier.send() == "pause: 1" and crier.states() == ["planned"] * 4
    (run,) = crier.bot.rows("campaign_runs")
    assert run["state"] == "paused" and "48004" in run["trouble"]


def test_a_paused_campaign_submits_nothing_and_is_decided_anew_when_it_goes_on(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    write, crier.sender = crier.sender.write, replace(crier.sender, write=lambda *of: _paused(crier) or write(*of))
    assert crier.send() == "" and crier.platform.calls(SEND) == [] and crier.job()["state"] == "ready"
    crier.advance(FRESH_SECONDS + 1)
    with crier.bot.store.write() as tx:
        campaign_runs.resume(tx, RUN)
    assert crier.send() == "later: 1" and crier.states() == ["planned"] * 4 and crier.budget() == 1


def _paused(crier: Crier) -> None:
    with crier.bot.store.write() as tx:
        campaign_runs.pause(tx, RUN)


def test_nothing_is_submitted_that_would_arrive_at_night(crier: Crier) -> None:
    crier.planned()
    crier.advance(9 * 3_600 - ARRIVES_WITHIN - crier.now + NOON)
    crier.grouped()
    assert crier.send() == "later: 1" and crier.platform.calls(SEND) == []
    (row, *_) = crier.bot.rows("campaign_deliveries")
    assert (row["state"], row["due_at"]) == ("planned", NOON + 21 * 3_600)


def test_who_left_or_opted_out_after_being_grouped_gets_nothing(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post(f"followers/{PEOPLE[0]}/unfollow")
    with crier.bot.store.write() as tx:
        opt_outs.stop(tx, PEOPLE[1], "健身", crier.now)
    assert crier.send() == "submitted: 1"
    assert crier.states() == ["planned", "planned", "sent", "sent"]
    crier.advance(5)
    assert [len(crier.got(one)) for one in PEOPLE] == [0, 0, 1, 1]


def test_when_too_few_are_left_it_waits_for_their_visit(crier: Crier) -> None:
    crier.planned(PEOPLE[:2])
    crier.grouped()
    crier.platform.post(f"followers/{PEOPLE[0]}/unfollow")
    assert crier.send() == "hold: 1" and crier.states() == ["planned", "held"]
    assert crier.platform.calls(SEND) == []


def test_an_objection_of_wechats_fails_the_job_pauses_the_campaign_and_gives_everybody_their_turn_back(
    crier: Crier,
) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("job-ends", {"mass": ["err(10001)"]})
    assert crier.send() == "submitted: 1" and crier.budget() == 0
    crier.advance(5)
    assert crier.send() == "failed: 1"
    assert crier.states() == ["failed"] * 4 and crier.budget() == 1
    (run,) = crier.bot.rows("campaign_runs")
    assert run["state"] == "paused" and "err(10001)" in run["trouble"]
    assert {row["why"] for row in crier.bot.rows("campaign_deliveries")} == {"err(10001)"}


def test_a_job_that_reached_some_counts_as_sent_to_all_with_its_own_numbers(crier: Crier) -> None:
    crier.platform.post(f"followers/{PEOPLE[0]}/switches", {"refuses": True})
    crier.planned()
    crier.grouped()
    crier.send()
    crier.advance(5)
    crier.send()
    assert crier.states() == ["sent"] * 4
    with crier.bot.store.read() as tx:
        (told,) = tell_mass(tx, [RUN], crier.bot.settings.timezone)
    assert (told["state"], told["people"], told["reached"], told["not_reached"]) == ("finished", 4, 3, 1)
    assert told["submitted_at"] == "2026-11-23T12:02:00+08:00" and told["status"] == "send success"


def test_a_job_without_a_report_is_asked_about(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("settings", {"job_delay_seconds": 2 * ASK_SECONDS - 10})
    crier.send()
    crier.advance(ASK_SECONDS - 1)
    crier.send()
    assert crier.platform.calls("/cgi-bin/message/mass/get") == []
    crier.advance(1)
    assert crier.send() == "" and crier.job()["state"] == "submitted"  # it is still sending
    crier.advance(ASK_SECONDS)
    assert crier.send() == "finished: 1"


def test_an_item_that_left_the_shelf_is_not_told_of(crier: Crier) -> None:
    crier.planned(slug="gone")
    crier.grouped()
    assert crier.send() == "later: 1" and crier.states() == ["planned"] * 4


def test_two_campaigns_of_one_moment_do_not_both_take_a_persons_turn(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    with crier.bot.store.read() as tx:
        person = reach(tx, WEEKEND, "", PEOPLE, crier.now)[PEOPLE[0]]
    assert person.mass_left == 0 and len(person.touched) == 1


def test_a_process_that_died_while_letting_people_go_is_made_up_for(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    crier.platform.post("quotas", {"path": SEND, "limit": 0})
    crier.send()
    with crier.bot.store.write() as tx:  # as if it had died before the last two
        tx._cursor.execute(
            "update campaign_deliveries set state='grouped', message_id=? where openid in (?, ?)",
            [crier.job()["client_id"], *PEOPLE[2:]],
        )
    assert crier.states() == ["held", "held", "grouped", "grouped"]
    crier.send()
    assert crier.states() == ["held"] * 4


def test_a_process_that_died_while_people_joined_is_made_up_for(crier: Crier) -> None:
    crier.planned()
    crier.grouped()
    with crier.bot.store.write() as tx:
        mass_jobs.begin(tx, "massbegun", RUN, "main", "run-30", crier.now)
    assert crier.send() == "submitted: 1" and crier.job()["client_id"] == "massbegun"
    assert crier.states() == ["sent"] * 4
