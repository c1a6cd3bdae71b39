"""The command that judges recommendation: what it prints, refuses and admits."""

from __future__ import annotations

import json
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
