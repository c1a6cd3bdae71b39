"""A week of a crowd with four campaigns, through the whole bot: no rule is broken, and everybody is accounted
for. The month with 500 people is ``benchmarks/simulated_month.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.simulated_month import Month, live

PEOPLE, DAYS = 16, 7
WEEKLY = ("evening-read", "friday-pick", "money-tuesday", "weekend-fitness")


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Month:
    return live(PEOPLE, DAYS, folder=Path(tmp_path_factory.mktemp("week")))


def test_no_rule_is_broken_in_a_week_of_campaigns(week: Month) -> None:
    assert {rule: count for rule, count in week.violations.items() if count} == {}, week.examples
    assert week.troubles == []


def test_every_campaign_ran_once_and_everybody_of_its_audience_is_accounted_for(week: Month) -> None:
    weekly = {run.name: run for run in week.runs if run.name in WEEKLY}
    assert {run.runs for run in weekly.values()} == {1} and len(weekly) == len(WEEKLY)
    over = {"sent", "held", "shown", "skipped", "held_out"}
    assert all(set(run.states) <= over for run in weekly.values()), "nothing is under way for ever"


def test_what_the_bot_says_it_sent_is_what_arrived(week: Month) -> None:
    marketing = {name.split()[0]: count for name, count in week.sent.items() if name.endswith(" marketing")}
    by_campaigns = sum(sum(run.channels.get(one, 0) for one in ("window", "notice", "mass")) for run in week.runs)
    assert by_campaigns >= sum(marketing.values()) > 0
    assert week.unasked.get("mass", 0) == marketing.get("mass", 0)
    assert week.unasked.get("notice", 0) == marketing.get("notice", 0)
