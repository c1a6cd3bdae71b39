"""What the process of the clock is built of: its jobs and rounds, and who writes to followers first. Apart from
``wiring.py``, so that web workers do not load it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

from domain.link import LinkSigner
from flows.adjust_shares import shares_now
from flows.deliver_receipt import Place
from flows.plan_audience import Planner
from flows.send_deliveries import Sender
from flows.send_mass import MassSender
from flows.write_mass import mass_words
from scheduler.clock import Clock
from scheduler.timetable import (
    TIMETABLE,
    campaign_rounds,
    delivery_rounds,
    effect_jobs,
    launching_rounds,
    learning_rounds,
    mass_rounds,
    money_jobs,
    money_rounds,
)
from wechat.outbox import Outbox
from wiring import House, campaign_of, facts_told, wechat_api


def clock(house: House, hand_over: Callable[[str, int], None] | None = None) -> Clock:
    """The clock over the timetable and the rounds. `hand_over` is told what is due of campaigns; without it nothing of
    them is sent."""
    jobs = TIMETABLE + (money_jobs(house.till) if house.till else ())
    jobs += effect_jobs(lambda: house.followed_catalog.current)
    rounds = learning_rounds(house.settings.timezone) + (money_rounds(house.till) if house.till else ())
    rounds += launching_rounds(planner(house))
    if sender := _sender(house):
        rounds += delivery_rounds(sender)
    if hand_over:
        rounds += campaign_rounds(partial(campaign_of, house), hand_over)
        rounds += mass_rounds(mass_sender(house)) if sender else ()
    return Clock(house.store, jobs, house.settings.timezone, house.clock, rounds)


def _sender(house: House) -> Sender | None:
    """Who writes to followers first; None before the account's secrets are set."""
    settings = house.settings
    if not (settings.wechat_app_id and settings.wechat_app_secret and settings.data_keys):
        return None
    place = Place(settings.public_url, settings.timezone)
    return Sender(Outbox(wechat_api(house)), lambda: house.followed_catalog.current, place, secrets.token_hex(8))


def planner(house: House) -> Planner:
    """Who writes down whom a campaign is for."""
    zone = house.settings.timezone
    return Planner(
        lambda: house.followed_catalog.current, partial(campaign_of, house), facts_told(house), zone, house.clock,
        shares_now,
    )  # fmt: skip


def mass_sender(house: House) -> MassSender:
    """Who submits mass sends: the clock, for they are few."""
    settings = house.settings
    place = Place(settings.public_url, settings.timezone)
    return MassSender(
        Outbox(wechat_api(house)), lambda: house.followed_catalog.current, partial(campaign_of, house),
        partial(mass_words, place, LinkSigner(settings.secret_key)), settings.timezone, secrets.token_hex(8),
        secrets.token_bytes,
    )  # fmt: skip
