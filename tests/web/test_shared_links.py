"""The link of a mass send: everybody has the same one, and who was sent it is known once they are signed in."""

from __future__ import annotations

import pytest
from bot_in_process import NOON, SECRET_KEY, Bot
from signed_in import Reader

from domain.answer import Exposure
from domain.link import LinkSigner
from storage import campaign_deliveries, campaign_runs, exposures, mass_jobs, mass_people
from storage.campaign_deliveries import Plan

RUN, JOB = f"weekend@{NOON}", "mass06b0c0ffee1234"
LINK = f"/go/{LinkSigner(SECRET_KEY).token('run-30', JOB)}"
OWN = {"o1": "handleofo1aa0001", "o2": "handleofo2aa0002"}


@pytest.fixture
def sent(bot: Bot) -> Bot:
    """Two followers were sent it, a third was not."""
    for openid in (*OWN, "o3"):
        bot.event(openid, "subscribe", "")
    with bot.store.write() as tx:
        campaign_runs.launch(tx, "weekend", NOON, "", "clock", NOON)
        plans = [Plan(one, "planned", variant="main", slug="run-30", due_at=NOON) for one in OWN]
        campaign_deliveries.plan(tx, RUN, plans, NOON)
        mass_jobs.begin(tx, JOB, RUN, "main", "run-30", NOON)
        for openid in OWN:
            mass_people.group(tx, RUN, openid, NOON)
            mass_people.join(tx, RUN, openid, JOB)
        mass_people.sent(tx, RUN, JOB, OWN, NOON)
        shown = [(openid, Exposure(one, "run-30", 1, "campaign", 1.0, "你常看健身")) for openid, one in OWN.items()]
        exposures.add_many(tx, NOON, RUN, shown)
    return bot


def opened(bot: Bot) -> set[str]:
    return {row["openid"] for row in bot.rows("exposures", policy="campaign") if row["opened_at"]}


def test_who_is_signed_in_opens_their_own_copy(sent: Bot) -> None:
    reader = Reader(sent, "o1")
    assert reader.get(LINK).headers["Location"] == "/a/run-30"
    assert opened(sent) == {"o1"}
    assert "你常看健身" in reader.get("/a/run-30").text
    assert [row["openid"] for row in sent.rows("behaviours", kind="click")] == ["o1"]


def test_who_signs_in_on_the_page_is_credited_then(sent: Bot) -> None:
    guest = Reader(sent)
    guest.get(LINK)
    assert opened(sent) == set() and [row["openid"] for row in sent.rows("behaviours", kind="click")] == [""]
    signed_in = Reader(sent, "o2")
    kept = guest.browser.get_cookie("shutong_from", domain="read.example.cn")
    assert kept is not None
    signed_in.browser.set_cookie("shutong_from", kept.value, domain="read.example.cn", secure=True)
    assert "你常看健身" in signed_in.get("/a/run-30").text
    assert opened(sent) == {"o2"}
    signed_in.get("/a/run-30")
    (view, _) = sent.rows("behaviours", kind="page_view", openid="o2")
    assert view["form"] == OWN["o2"], "what follows is credited to their copy"
    assert len(sent.rows("behaviours", kind="click", openid="o2")) == 1


def test_a_follower_to_whom_it_was_passed_on_opens_nobodys_copy(sent: Bot) -> None:
    reader = Reader(sent, "o3")
    assert reader.get(LINK).status_code == 302 and reader.get("/a/run-30").status_code == 200
    assert opened(sent) == set() and "你常看健身" not in reader.get("/a/run-30").text
    assert not sent.rows("interests", openid="")


def test_the_link_of_another_wording_is_not_theirs(sent: Bot) -> None:
    with sent.store.write() as tx:
        mass_jobs.begin(tx, "mass06b0other", RUN, "other", "run-30", NOON)
    other = LinkSigner(SECRET_KEY).token("run-30", "mass06b0other")
    assert Reader(sent, "o1").get(f"/go/{other}").status_code == 302 and opened(sent) == set()


def test_a_link_of_no_job_still_leads_to_the_item(sent: Bot) -> None:
    unknown = LinkSigner(SECRET_KEY).token("run-30", "mass00")
    answer = Reader(sent, "o1").get(f"/go/{unknown}")
    assert answer.headers["Location"] == "/a/run-30" and opened(sent) == set()
