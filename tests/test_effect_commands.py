"""What `campaign report`, `shares` and `undo` print and refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from bot_in_process import SHOP, Bot, Workshop
from click.testing import CliRunner, Result
from effect_at_hand import DAY, NOON, Effect

from campaign_commands import campaign
from flows.adjust_shares import adjust
from flows.measure_campaigns import measure_campaigns
from storage import mass_jobs

WEEKEND = """title: 周末健身
purpose: marketing
schedule: {cron: "0 10 * * 6"}
channels: [window]
message: {item: run-30}
variants:
  - {name: a, text: "{title} {link}", share: 0.5}
  - {name: b, text: "{greeting}，{title} {link}", share: 0.5}
holdout: 0.1
adjust: true
"""
WHATEVER_BECAME = ("waiting", "sent", "failed", "unsure", "held", "shown")


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Bot]:
    made = workshop.bot(workshop.catalog({**SHOP, "campaigns/weekend.yaml": WEEKEND}))
    made.clock.now = NOON + 8 * DAY
    yield made
    made.close()


def run(bot: Bot, *words: str) -> Result:
    result = CliRunner().invoke(campaign, [*words], obj=lambda: bot.house)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def document(bot: Bot) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(bot, "report", "weekend", "--json").stdout)
    return found


def was_sent(bot: Bot, held: int = 40) -> None:
    effect = Effect(bot.store)
    run_id = effect.run(planned=400, held=held, excluded=6, variants=("a", "b"))
    effect.sent(run_id, *range(390))
    effect.opened(run_id, *range(0, 20, 2), *range(1, 160, 2))
    for number in range(3):
        effect.bought(number, NOON + DAY)


def test_the_report_has_what_the_contract_names(shop: Bot) -> None:
    was_sent(shop)
    found = document(shop)
    assert set(found) >= {
        "name", "state", "audience", "excluded", "holdout", "planned", "sent", "failed", "unsure", "skipped", "clicked",
        "bought", "revenue_fen", "lift",
    }  # fmt: skip
    assert found["planned"] == 400 == sum(int(str(found[state])) for state in WHATEVER_BECAME)
    assert found["audience"] == 446 == 400 + int(str(found["holdout"])) + int(str(found["skipped"]))
    assert (found["sent"], found["holdout"], found["excluded"]) == (390, 40, {"enough": 6})
    assert (found["clicked"], found["bought"], found["revenue_fen"]) == (90, 3, 2_970)
    lift = found["lift"]
    assert isinstance(lift, dict)
    assert lift["unit"] == "buyers_per_100_people"
    assert lift["low"] < lift["estimate"] < lift["high"]
    assert lift["estimate"] == 0.75


def test_the_report_says_plainly_when_nothing_can_be_concluded(shop: Bot) -> None:
    was_sent(shop)
    told = run(shop, "report", "weekend").output
    assert "buyers: +0.8 (" in told
    assert "nothing can be concluded" in told
    assert "openers: +22.5 (" in told and "it brought more" in told
    assert '"b" does better' in told


def test_without_a_hold_out_no_effect_is_told(shop: Bot) -> None:
    was_sent(shop, held=0)
    assert "nobody was held out" in run(shop, "report", "weekend").output
    lift = document(shop)["lift"]
    assert isinstance(lift, dict)
    assert (lift["estimate"], lift["concluded"]) == (None, "unknown")


def test_a_campaign_that_was_never_launched_has_nothing_to_report(shop: Bot) -> None:
    assert "nothing was launched yet" in run(shop, "report", "weekend").output
    assert document(shop)["state"] == "scheduled"


def test_campaigns_are_pooled_once_there_are_three(shop: Bot) -> None:
    was_sent(shop)
    for name in ("one", "two", "three"):
        Effect(shop.store, name).run(planned=100, held=20)
    assert document(shop)["pooled"] is None
    measure_campaigns(shop.store, NOON + 8 * DAY)
    pooled = document(shop)["pooled"]
    assert isinstance(pooled, dict)
    assert pooled["campaigns"] == 4
    assert "all 4 campaigns together" in run(shop, "report", "weekend").output


def test_an_unknown_campaign_is_refused(shop: Bot) -> None:
    for command in ("report", "shares"):
        with pytest.raises(Exception, match='no campaign "nothing"'):
            run(shop, command, "nothing")


def test_of_a_series_each_step_has_a_report_of_its_own(workshop: Workshop) -> None:
    welcome = "title: 欢迎\npurpose: marketing\nchannels: [window]\ntrigger: followed\nsteps:\n"
    steps = "".join(f"  - {{after: {hours}h, message: {{item: run-30}}}}\n" for hours in (1, 24))
    bot = workshop.bot(workshop.catalog({**SHOP, "campaigns/welcome.yaml": welcome + steps}))
    with pytest.raises(Exception, match=r"one of its steps: welcome\.1, welcome\.2"):
        run(bot, "report", "welcome")
    assert "nothing was launched yet" in run(bot, "report", "welcome.2").output
    bot.close()


def test_shares_are_told_with_their_reasons_and_can_be_taken_back(shop: Bot) -> None:
    was_sent(shop)
    adjust(shop.store, shop.live.current.campaigns["weekend"], NOON + 8 * DAY)
    told = run(shop, "shares", "weekend").output
    assert told.startswith("a 30 %, b 70 %, moved by what is measured")
    assert "人点开" in told
    assert run(shop, "undo", "weekend").output == "undone: a 30 %, b 70 %; now a 50 %, b 50 %\n"
    assert json.loads(run(shop, "shares", "weekend", "--json").stdout)["shares"] == {"a": 0.5, "b": 0.5}
    assert "[undone by command line]" in run(shop, "shares", "weekend").output
    with pytest.raises(Exception, match="no change"):
        run(shop, "undo", "weekend")


def test_the_report_tells_wechats_own_numbers_of_mass_sends(shop: Bot) -> None:
    was_sent(shop)
    (run,) = {row["run_id"] for row in shop.rows("campaign_deliveries")}
    assert "mass sends" not in run_text(shop)
    with shop.store.write() as tx:
        mass_jobs.begin(tx, "mass1", run, "a", "run-30", NOON)
        mass_jobs.joined(tx, "mass1", 1_200)
        mass_jobs.close(tx, "mass1", "words")
        job = mass_jobs.find(tx, "mass1")
        assert job and mass_jobs.claim(tx, job, "me", NOON) and mass_jobs.submitted(tx, "mass1", "7", NOON, NOON + 60)
    assert "1 mass sends to 1,200 people; WeChat reports 0 reached, 0 not" in run_text(shop)
    with shop.store.write() as tx:
        mass_jobs.end(tx, "mass1", "finished", 1_200, '{"status": "send success", "sent": 1190, "failed": 10}', NOON)
    assert "WeChat reports 1,190 reached, 10 not" in run_text(shop)
    (told,) = document(shop)["mass"]  # type: ignore[misc]
    assert told["reached"] == 1_190


def run_text(bot: Bot) -> str:
    return run(bot, "report", "weekend").stdout
