"""What WeChat did not answer and knows by our id is asked for again, through that channel alone, and arrives once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bot_in_process import Workshop
from campaign_at_hand import CUSTOM, TEMPLATES, Make, a_campaign, campaigns_at_hand, with_notices

from domain.campaign import SERVICE
from domain.delivery import REPEATED_SECONDS, TEMPLATE, WINDOW
from storage import campaign_runs

HOUR = 3_600


@pytest.fixture
def make(workshop: Workshop) -> Iterator[Make]:
    with campaigns_at_hand(workshop) as at_hand:
        yield at_hand


def test_a_service_template_without_an_answer_is_repeated_under_the_same_id(make: Make) -> None:
    at = make(1)
    with_notices(at)
    run_id = at.launch(a_campaign(purpose=SERVICE, channels=(TEMPLATE,), notice="course"))
    at.platform.post("faults", {"next": [{"kind": "reset_after", "path": TEMPLATES}]})
    at.send(run_id)
    assert at.states(run_id) == {"planned no answer": 1}
    (before,) = at.bot.rows("campaign_deliveries", run_id=run_id)
    at.advance(60)
    at.send(run_id)
    (after,) = at.bot.rows("campaign_deliveries", run_id=run_id)
    assert after["state"] == "sent" and after["exposure_id"] == before["exposure_id"]
    assert len(at.heard(at.people[0])) == 1 and len(at.platform.calls(TEMPLATES)) == 2


@pytest.mark.parametrize("refusal", ["", "45009", "48004"])
def test_a_repeated_template_takes_no_other_channel_for_the_first_may_have_arrived(make: Make, refusal: str) -> None:
    """Neither the window that opened meanwhile nor a refusal of the repeated one brings it a second time."""
    at = make(1)
    with_notices(at)
    run_id = at.launch(a_campaign(purpose=SERVICE, channels=(WINDOW, TEMPLATE), notice="course"))
    at.platform.post("faults", {"next": [{"kind": "reset_after", "path": TEMPLATES}]})
    at.send(run_id)
    assert at.states(run_id) == {"planned no answer": 1} and len(at.heard(at.people[0])) == 1
    at.write_to_us()
    at.platform.post("faults", {"next": [{"kind": refusal, "path": TEMPLATES}] if refusal else []})
    at.advance(60)
    at.send(run_id)
    with at.store.write() as tx:
        campaign_runs.resume(tx, run_id)
    at.advance(22 * HOUR)
    at.send(run_id)
    assert len(at.heard(at.people[0])) == 1 and at.platform.calls(CUSTOM) == []
    assert at.states(run_id) == ({"unsure no answer": 1} if refusal else {"sent": 1})


def test_a_template_that_wechat_may_have_forgotten_is_not_repeated(make: Make) -> None:
    at = make(1)
    with_notices(at)
    run_id = at.launch(a_campaign(purpose=SERVICE, channels=(TEMPLATE,), notice="course"))
    at.platform.post("faults", {"next": [{"kind": "reset_after", "path": TEMPLATES}]})
    at.send(run_id)
    at.advance(REPEATED_SECONDS)
    at.send(run_id)
    assert at.states(run_id) == {"unsure no answer": 1} and len(at.platform.calls(TEMPLATES)) == 1


def test_a_template_without_an_answer_is_not_called_skipped_when_its_time_is_over(make: Make) -> None:
    at = make(2)
    with_notices(at)
    run_id = at.launch(a_campaign(purpose=SERVICE, channels=(TEMPLATE,), notice="course", until_hours=1))
    at.platform.post("faults", {"next": [{"kind": "reset_after", "path": TEMPLATES, "count": 2}]})
    at.send(run_id)
    at.advance(2 * HOUR)
    at.tend()
    assert at.states(run_id) == {"unsure no answer": 2}
