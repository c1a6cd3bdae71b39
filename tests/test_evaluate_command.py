"""The command that judges recommendation: what it prints, refuses and admits."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest
from bot_in_process import Bot, Workshop
from click.testing import CliRunner, Result

from evaluate_commands import evaluate

ANNA = "oAnna"


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Bot]:
    made = workshop.bot()
    yield made
    made.store.close()


def run(bot: Bot, *words: str) -> Result:
    result = CliRunner().invoke(evaluate, [*words], obj=lambda: bot.house)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_an_account_of_today_is_told_that_nothing_can_be_concluded(shop: Bot) -> None:
    result = run(shop)
    assert result.exit_code == 0
    assert "nothing to judge yet" in result.output
    assert json.loads(run(shop, "--json").stdout)["policies"] == []


def test_what_was_shown_and_opened_in_the_chat_is_counted(shop: Bot) -> None:
    heard = shop.say(ANNA, "推荐")
    shown = len(heard.links)
    assert shown
    shop.get(heard.links[0])
    found = json.loads(run(shop, "--days", "1", "--json").stdout)
    assert sum(one["exposures"] for one in found["policies"]) == shown
    for one in found["policies"]:
        assert set(one) >= {"name", "exposures", "ctr", "revenue_fen_per_exposure"}
        for figure in (one["ctr"], one["revenue_fen_per_exposure"]):
            assert figure["low"] <= figure["estimate"] <= figure["high"]
    assert sum(one["exposures"] * one["ctr"]["estimate"] for one in found["policies"]) == pytest.approx(1, abs=1e-4)
    told = run(shop, "--since", "2026-01-01").output
    assert f"{shown} exposures to 1 followers" in told
    assert "nothing can be concluded yet" in told


def test_two_beginnings_are_wrong_usage(shop: Bot) -> None:
    result = run(shop, "--days", "3", "--since", "2026-01-01")
    assert result.exit_code == 2
    assert "exclude each other" in result.output
    assert run(shop, "--days", "0").exit_code == 2
    assert run(shop, "--since", "yesterday").exit_code == 2


def test_a_ranking_that_explores_tells_what_it_would_get_without_exploring(shop: Bot) -> None:
    """Whoever is offered something opens the first item, and nothing below."""
    shop.close()
    shop.chance = random.Random(5).random
    shop.open()
    for visit in range(2):
        for n in range(120):
            heard = shop.say(f"oReader{n:03}", "推荐" if visit == 0 else "换一批")
            shop.get(heard.links[0])
    found = json.loads(run(shop, "--json").stdout)
    greedy = next(one for one in found["targets"] if one["name"] == "greedy")
    assert greedy["log"] == "blend-2"
    assert greedy["first_place"]["logged"]["estimate"] == greedy["first_place"]["snips"]["estimate"] == 1
    told = run(shop).output
    assert "greedy instead of blend-2, first place: ips" in told
    assert "newest instead of blend-2, whole lists: cannot be told" in told
