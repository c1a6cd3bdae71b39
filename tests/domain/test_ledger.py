"""What may be sent to one person now, and why not."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaign import DAY, Caps
from domain.quota import Ledger, May, allowed, allowed_by_wechat, free_from

CHINA = ZoneInfo("Asia/Shanghai")
NOON = int(dt.datetime(2026, 11, 24, 12, tzinfo=CHINA).timestamp())
ANNA = Ledger(True, 5, NOON + 48 * 3_600, consents=2, mass_left=4)


def may(ledger: Ledger, channel: str = "window", purpose: str = "marketing", now: int = NOON) -> May:
    return allowed(ledger, Caps().limits, now, CHINA)[purpose][channel]


def test_who_wrote_today_may_be_written_to() -> None:
    assert may(ANNA) == May(True, 5, NOON + 48 * 3_600)
    assert may(ANNA, "notice") == May(True, 2)
    assert may(ANNA, "mass") == May(True, 4)


@pytest.mark.parametrize("channel", ["window", "notice", "mass", "template"])
def test_no_channel_reaches_who_left(channel: str) -> None:
    gone = ANNA._replace(follows=False)
    assert may(gone, channel) == may(gone, channel, "service") == May(False, why="they do not follow")


def test_each_channel_tells_why_it_is_closed() -> None:
    nothing = Ledger(True)
    assert may(nothing).why == "closed until they write or tap"
    assert may(nothing._replace(window_until=NOON + 60)).why == "used up until they write again"
    assert may(nothing, "notice").why == "they agreed to none"
    assert may(nothing, "mass").why == "used up for now"


def test_no_template_message_carries_marketing() -> None:
    assert may(ANNA, "template") == May(False, why="banned for marketing")
    assert may(ANNA, "template", "service") == May(True, -1)


def test_marketing_waits_for_the_morning_and_a_receipt_does_not() -> None:
    evening = NOON + 10 * 3_600
    assert may(ANNA, now=evening) == May(False, until=NOON + 21 * 3_600, why="quiet hours")
    assert may(ANNA, purpose="service", now=evening).yes


def test_marketing_waits_for_the_caps_and_then_for_the_morning() -> None:
    early = ANNA._replace(touched=[NOON - 3_600])
    assert may(early) == May(False, until=NOON + 23 * 3_600 + 1, why="so soon after the last one")
    late = ANNA._replace(touched=[NOON - 3 * 3_600])  # nine in the morning: free again a second after nine
    assert may(late).until == NOON + 21 * 3_600 + 1
    evening = NOON + 8 * 3_600
    busy = ANNA._replace(touched=[evening])
    assert may(busy, now=evening).until == evening + DAY + 1
    assert may(busy, purpose="service", now=evening).yes


def test_a_cap_that_ends_at_night_ends_in_the_morning() -> None:
    sent = NOON + 9 * 3_600 - 1  # a second before nine in the evening
    assert may(ANNA._replace(touched=[sent]), now=sent + 60).until == NOON + DAY + 21 * 3_600


def test_who_opted_out_gets_receipts_alone() -> None:
    out = ANNA._replace(stopped=True)
    assert may(out) == May(False, why="they opted out of every push")
    assert may(out, purpose="service").yes


@given(
    st.lists(st.integers(NOON - 9 * DAY, NOON), max_size=12),
    st.lists(st.tuples(st.integers(1, 4), st.integers(60, 8 * DAY)), max_size=3),
)
def test_from_then_on_the_caps_hold_and_not_a_second_later_than_needed(
    touched: list[int], limits: list[tuple[int, int]]
) -> None:
    def fits(at: int) -> bool:
        return all(sum(one >= at - seconds for one in touched) < most for most, seconds in limits)

    free = free_from(touched, limits, NOON)
    assert fits(free) or free == NOON
    assert free == NOON or not fits(free - 1)


@given(
    st.builds(
        Ledger, follows=st.booleans(), window_left=st.integers(-2, 5), window_until=st.sampled_from([None, NOON + 60]),
        consents=st.integers(0, 3), mass_left=st.integers(-1, 4), stopped=st.booleans(),
        touched=st.lists(st.integers(NOON - 9 * DAY, NOON), max_size=4),
    )
)  # fmt: skip
def test_whatever_wechat_forbids_is_not_allowed(ledger: Ledger) -> None:
    for purpose, channels in allowed(ledger, Caps().limits, NOON, CHINA).items():
        strict = allowed_by_wechat(ledger, marketing=purpose == "marketing")
        assert all(strict[channel].yes for channel, one in channels.items() if one.yes)
        assert all(one.yes != bool(one.why) for one in channels.values())
