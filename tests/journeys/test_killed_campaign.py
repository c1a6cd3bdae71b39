"""A campaign whose workers and clocks are killed again and again: nobody gets it twice, and every row tells the truth.

The long form, with 2,000 people and 200 kills, is ``python -m benchmarks.kill_campaign``.
"""

from __future__ import annotations

import pytest

from benchmarks import kill_campaign
from storage import campaign_sending
from wechat import fast_outbox


@pytest.mark.parametrize(("workers", "clocks"), [(1, 1), (2, 2)])
def test_nobody_gets_it_twice_or_is_missed_without_a_row_that_says_why(
    monkeypatch: pytest.MonkeyPatch, workers: int, clocks: int
) -> None:
    monkeypatch.setattr(campaign_sending, "LEASE_SECONDS", 6)  # a dead one is known soon
    monkeypatch.setattr(fast_outbox, "DEADLINE_SECONDS", 3)
    found = kill_campaign.run(kills=6, workers=workers, clocks=clocks, people=50)
    assert found["kills"] == 6 and found["arrived"] > 0
    assert (found["twice"], found["differences"]) == (0, 0)
