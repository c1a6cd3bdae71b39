"""Everything that happens by the clock, on one page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from catalog.load import Catalog
from domain.campaign import Campaign
from flows.adjust_shares import adjust_shares
from flows.console_sign_in import forget_old_sessions
from flows.launch_campaign import launch_due
from flows.learn_items import count_items, is_large, learn_neighbours, learn_tastes
from flows.measure_campaigns import measure_campaigns
from flows.plan_audience import Planner, plan_campaigns
from flows.reconcile import ask_silent_orders, call_about_refunds, compare_last_bill
from flows.remind_order import owe_reminders
from flows.rest import when_rested
from flows.send_deliveries import Sender, send_deliveries
from flows.send_mass import MassSender, send_mass
from flows.start_series import start_series
from flows.tend_campaigns import tend_campaigns
from flows.tidy_up import forget_old_pay_calls, forget_old_replies, forget_old_reports, forget_who_left
from flows.till import Till
from scheduler.apart import Apart
from storage.campaign_runs import Run as CampaignRun
from storage.store import Store

Run = Callable[[Store, int], str]
"""Does the job at a time (seconds since 1970) and says in a few words what was done."""


@dataclass(frozen=True, slots=True)
class Job:
    """``when`` is a cron line (minute hour day month weekday) in the account's time zone."""

    name: str
    when: str
    run: Run


@dataclass(frozen=True, slots=True)
class Round:
    """Done again and again, ``every`` so many seconds, while this clock is the one. What it has to do it finds in the
    database, so a missed round is no loss; it says "" when there was nothing. ``stop`` is called when the clock ends:
    it cuts a long one short, and does not wait for it."""

    name: str
    every: int
    run: Run
    stop: Callable[[], None] = lambda: None


TIMETABLE: tuple[Job, ...] = (
    Job("forget-old-replies", "7 * * * *", forget_old_replies),
    Job("forget-old-reports", "50 4 * * *", forget_old_reports),
    Job("forget-old-pay-calls", "40 4 * * *", forget_old_pay_calls),
    Job("forget-old-sessions", "45 4 * * *", forget_old_sessions),
    Job("forget-who-left", "30 4 * * *", forget_who_left),
)


def effect_jobs(catalog: Callable[[], Catalog]) -> tuple[Job, ...]:
    """What campaigns brought is counted before those who left are forgotten, and moves the shares of wordings after."""

    def adjust(store: Store, now: int) -> str:
        return adjust_shares(store, catalog().campaigns.values(), now)

    return (Job("measure-campaigns", "10 4 * * *", measure_campaigns), Job("adjust-shares", "20 5 * * *", adjust))


def money_jobs(till: Till) -> tuple[Job, ...]:
    """What a merchant's clock does beside. The bill of a day is ready at ten on the next; a failed look is repeated."""
    return (Job("compare-bill", "30 10,14,18 * * *", lambda _, now: compare_last_bill(till, now)),)


def money_rounds(till: Till) -> tuple[Round, ...]:
    """What a merchant's clock does again and again."""
    return (
        Round("ask-about-orders", 5, lambda _, now: ask_silent_orders(till, now)),
        Round("call-about-refunds", 15, lambda _, now: call_about_refunds(till, now)),
    )


def delivery_rounds(sender: Sender) -> tuple[Round, ...]:
    """What is owed is said within seconds: a receipt is read while its buyer still looks."""
    return (
        Round("owe-reminders", 60, lambda store, now: owe_reminders(store, now, sender.catalog())),
        Round("send-deliveries", 3, lambda store, now: send_deliveries(sender, store, now)),
    )


def campaign_rounds(
    read: Callable[[CampaignRun], Campaign], hand_over: Callable[[str, int], None]
) -> tuple[Round, ...]:
    """What looks after campaigns on their way. ``hand_over`` lets the workers know of what is due."""

    def tend(store: Store, now: int) -> str:
        return tend_campaigns(store, now, int(time.time()), read, hand_over)

    return (Round("send-campaigns", 2, tend),)


def launching_rounds(planner: Planner) -> tuple[Round, ...]:
    """What begins campaigns that are due, writes their audiences down, and starts series for whom it is time."""

    def launch(store: Store, now: int) -> str:
        return launch_due(planner.catalog(), store, now, planner.zone)

    return (
        Round("launch-campaigns", 5, launch),
        Round("start-series", 10, lambda store, now: start_series(planner, store, now), planner.stopped.set),
        Round("plan-campaigns", 2, lambda store, now: plan_campaigns(planner, store, now), planner.stopped.set),
    )


def mass_rounds(sender: MassSender) -> tuple[Round, ...]:
    """What gathers people for mass sends, submits those and reads what WeChat reports of them."""
    return (Round("send-mass", 5, lambda store, now: send_mass(sender, store, now)),)


def learning_rounds(zone: ZoneInfo) -> tuple[Round, ...]:
    """What all followers together teach about the items: again within a minute on a small account, at night on a large
    one (``flows/rest.py``), whose rows are read in a process of its own."""
    return (
        _learning("count-items", count_items, zone),
        _learning("learn-neighbours", learn_neighbours, zone),
        _learning("learn-tastes", learn_tastes, zone),
    )


def _learning(name: str, learn: Run, zone: ZoneInfo) -> Round:
    apart = Apart()

    def run(store: Store, now: int) -> str:
        def work() -> str:
            return apart.run(learn, store, now) if is_large(store) else learn(store, now)

        return when_rested(store, name, now, zone, work)

    return Round(name, 60, run, apart.stop)
