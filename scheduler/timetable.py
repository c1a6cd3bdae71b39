"""Everything that happens by the clock, on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.console_sign_in import forget_old_sessions
from flows.reconcile import ask_silent_orders, call_about_refunds, compare_last_bill
from flows.remind_order import owe_reminders
from flows.send_deliveries import Sender, send_deliveries
from flows.tidy_up import forget_old_pay_calls, forget_old_replies, forget_old_reports, forget_who_left
from flows.till import Till
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
    database, so a missed round is no loss; it says "" when there was nothing."""

    name: str
    every: int
    run: Run


TIMETABLE: tuple[Job, ...] = (
    Job("forget-old-replies", "7 * * * *", forget_old_replies),
    Job("forget-old-reports", "50 4 * * *", forget_old_reports),
    Job("forget-old-pay-calls", "40 4 * * *", forget_old_pay_calls),
    Job("forget-old-sessions", "45 4 * * *", forget_old_sessions),
    Job("forget-who-left", "30 4 * * *", forget_who_left),
)


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
        Round("owe-reminders", 60, owe_reminders),
        Round("send-deliveries", 3, lambda store, now: send_deliveries(sender, store, now)),
    )
