"""A campaign is tried out in the console, and sent by who types the number of people it will reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import SHOP, Bot, Workshop

from storage import campaign_runs
from tests.web.console_at_hand import Operator, staff_in

NOW = """title: 周末健身
purpose: marketing
channels: [window]
message: {item: run-30, text: "{greeting}，{title} {link}"}
"""
CONTENT = {
    **SHOP, "campaigns/now.yaml": NOW, "campaigns/later.yaml": NOW + "status: draft\n",
    "campaigns/welcome.yaml": "title: 欢迎\npurpose: marketing\nchannels: [window]\ntrigger: followed\n"
    "steps:\n  - {after: 1h, message: {item: run-30}}\n",
}  # fmt: skip
PEOPLE = [f"oFan{n}abcdefghijklmnopqrstuvw" for n in range(3)]


@pytest.fixture
def bot(workshop: Workshop, tmp_path: Path) -> Iterator[Bot]:
    staff_in(tmp_path / "users.json")
    made = workshop.bot(workshop.catalog(CONTENT), CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    for openid in PEOPLE:
        made.event(openid, "subscribe", "")
        made.say(openid, "我叫小李")
    yield made
    made.close()


def looked(bot: Bot, name: str = "ada", campaign: str = "now") -> tuple[Operator, str]:
    """An operator at the preview, and its ticket."""
    operator = Operator(bot, name)
    page = operator.get(f"/console/campaigns/{campaign}/preview").text
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    return operator, found[1] if found else ""


def test_a_preview_tells_who_gets_it_and_what_they_will_read(bot: Bot) -> None:
    ada, _ = looked(bot)
    assert "现在发，3 人会收到" in ada.page
    assert "从喘到跑" in ada.page and "客服消息" in ada.page
    assert not any(openid in ada.page for openid in PEOPLE)
    assert "小李" in ada.page
    assert not bot.rows("campaign_runs")
    assert [act["who"] for act in bot.rows("console_acts", act="campaign_previewed")] == ["ada"]


def test_an_editor_sees_neither_names_nor_a_button(bot: Bot) -> None:
    edda, ticket = looked(bot, "edda")
    assert "3 人会收到" in edda.page and "从喘到跑" in edda.page
    assert "小李" not in edda.page
    assert not ticket
    assert edda.post("/console/campaigns/now/launch", ticket="", people="3").status_code == 403


def test_the_number_launches_it_once(bot: Bot) -> None:
    ada, ticket = looked(bot)
    assert ada.post("/console/campaigns/now/launch", ticket=ticket, people=" 3 ").status_code == 303
    (run,) = bot.rows("campaign_runs")
    assert (run["campaign"], run["launched_by"], run["state"]) == ("now", "ada", "launching")
    (act,) = bot.rows("console_acts", act="campaign_launched")
    assert (act["about"], act["detail"]) == ("now", f"{run['id']}, 3 人")
    bot.clock.now += 5
    again = ada.post("/console/campaigns/now/launch", ticket=ticket, people="3")
    assert again.status_code == 409
    assert len(bot.rows("campaign_runs")) == 1


def test_a_page_sent_again_after_it_was_all_sent_launches_nothing(bot: Bot) -> None:
    ada, ticket = looked(bot)
    ada.post("/console/campaigns/now/launch", ticket=ticket, people="3")
    (run,) = bot.rows("campaign_runs")
    with bot.store.write() as tx:
        assert campaign_runs.launched(tx, run["id"], "", "", run["slot"])
        assert campaign_runs.finish(tx, run["id"], run["slot"])
    bot.clock.now += 5
    again = ada.post("/console/campaigns/now/launch", ticket=ticket, people="3")
    assert again.status_code == 409 and "已经发过一次" in again.text
    assert len(bot.rows("campaign_runs")) == 1


@pytest.mark.parametrize("people", ["", "2", "30", "三", "-3", "3.0"])
def test_another_number_launches_nothing(bot: Bot, people: str) -> None:
    ada, ticket = looked(bot)
    answer = ada.post("/console/campaigns/now/launch", ticket=ticket, people=people)
    assert answer.status_code == 400 and "数字不对" in answer.text
    assert not bot.rows("campaign_runs")


def test_a_number_that_is_no_longer_true_launches_nothing(bot: Bot) -> None:
    ada, ticket = looked(bot)
    bot.say(PEOPLE[0], "退订")
    answer = ada.post("/console/campaigns/now/launch", ticket=ticket, people="3")
    assert answer.status_code == 409 and "2 人会收到" in answer.text
    assert not bot.rows("campaign_runs")


@pytest.mark.parametrize("ticket", ["", "x", "another"])
def test_only_what_was_shown_can_be_launched(bot: Bot, ticket: str) -> None:
    _, other = looked(bot)  # another session's
    ada, _ = looked(bot)
    answer = ada.post("/console/campaigns/now/launch", ticket=other if ticket == "another" else ticket, people="3")
    assert answer.status_code == 400 and "放得太久" in answer.text
    assert not bot.rows("campaign_runs")


@pytest.mark.parametrize("campaign", ["later", "welcome.1"])
def test_drafts_and_series_cannot_be_launched(bot: Bot, campaign: str) -> None:
    ada, ticket = looked(bot, campaign=campaign)
    assert "现在发" in ada.page and not ticket
    assert "预览" not in ada.get(f"/console/campaigns/{campaign}").text
    _, other = looked(bot)
    assert ada.post(f"/console/campaigns/{campaign}/launch", ticket=other, people="3").status_code == 400
    assert not bot.rows("campaign_runs")
