"""What came of pushes is written down, many in one transaction; what was certainly not sent is as if never tried."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.campaign import NO_ITEM, PLANNED, SENT, SKIPPED, UNSURE
from domain.delivery import BANNED, DAILY_LIMIT, NOTICE, WINDOW, WINDOW_CODES
from domain.push_outcome import LOOKED_AT, NO_ANSWER, NO_CONSENT, Failures, Outcome, Told, after_push, after_repeat
from flows.claim_pushes import Taken
from storage import campaign_runs, consents, exposures, sends
from storage import campaign_sending as sending
from storage.campaign_sending import Settled
from storage.store import Store, Transaction

log = logging.getLogger(__name__)


class Sending(NamedTuple):
    """Of which run, by whom; ``template_id`` is the one of its 订阅通知, "" for none."""

    run_id: str
    owner: str
    template_id: str
    zone: dt.tzinfo


class Done(NamedTuple):
    """What a chunk came to: how many rows became what; until when nothing is sent to anybody, 0 = go on."""

    counts: Mapping[str, int]
    stop_until: int = 0


Result = tuple[Taken, Told | None]
"""What came of the call; None: there were no words to send."""


def settle(of: Sending, store: Store, failures: Failures, results: Iterable[Result], now: int) -> Done:
    """Write down what came of each; pause the run where that is called for. May raise ``StoreBusy``."""
    found = [(one, told, _outcome(of, one, told, now)) for one, told in results]
    pause = _why_pause(failures, [outcome for _, told, outcome in found if told is not None])
    with store.write() as tx:
        sending.settle(tx, of.run_id, of.owner, [_settled(one, told, outcome, now) for one, told, outcome in found])
        for one, told, outcome in found:
            if outcome.state not in (SENT, UNSURE) and outcome.why != NO_ANSWER:
                _undo(tx, of, one, told.errcode if told else 0, now)
        if any(outcome.state == PLANNED for _, _, outcome in found):
            campaign_runs.reopen(tx, of.run_id)  # it was over while this sender was taken for dead
        paused = bool(pause) and campaign_runs.pause(tx, of.run_id, pause)
    if paused:
        log.log(logging.CRITICAL if str(BANNED) in pause else logging.ERROR, "%s paused itself: %s", of.run_id, pause)
    stop_until = max((outcome.at for _, _, outcome in found if outcome.stop), default=0)
    if any(told is not None and told.errcode == DAILY_LIMIT for _, told, _ in found):
        log.error("WeChat's calls of today are used up: sending goes on tomorrow")
    return Done(Counter(outcome.state for _, _, outcome in found), stop_until)


def _outcome(of: Sending, one: Taken, told: Told | None, now: int) -> Outcome:
    found = Outcome(SKIPPED, NO_ITEM)
    if told is not None:
        found = after_push(one.channel, told, one.due.tries + 1, one.first_at, now, of.zone)
    return after_repeat(found) if one.due.why == NO_ANSWER else found


def _why_pause(failures: Failures, outcomes: Sequence[Outcome]) -> str:
    for outcome in outcomes:
        failures.note(outcome.blame)
    if pause := next((outcome.pause for outcome in outcomes if outcome.pause), ""):
        return pause
    if not failures.are_rising:
        return ""
    last = next((outcome.why for outcome in reversed(outcomes) if outcome.blame), "earlier")
    return f"too many of the last {LOOKED_AT} pushes failed; the last one: {last}"


def _settled(one: Taken, told: Told | None, outcome: Outcome, now: int) -> Settled:
    again = outcome.state == PLANNED
    shown = outcome.state in (SENT, UNSURE) or outcome.why == NO_ANSWER
    return Settled(
        one.due.openid,
        outcome.state,
        outcome.why,
        one.due.channel if again and not outcome.spent else one.channel,
        one.exposure_id if shown else "",
        outcome.at if again else one.due.due_at,
        now if outcome.state == SENT else None,
        told.message_id if told else "",
    )


def _undo(tx: Transaction, of: Sending, one: Taken, errcode: int, now: int) -> None:
    """It was not sent: it counts for no cap, its consent and its link are as before."""
    openid = one.due.openid
    sends.undo(tx, openid, of.run_id)
    if one.exposure_id:
        exposures.drop(tx, one.exposure_id)
    if one.channel == WINDOW and errcode in WINDOW_CODES:
        sends.shut(tx, openid, now)
    if one.channel == NOTICE:
        consents.give_back(tx, openid, of.run_id)
        if errcode == NO_CONSENT:
            consents.none_left(tx, openid, of.template_id, now)
