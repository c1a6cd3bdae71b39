"""A campaign's run is sent: chunk after chunk is claimed, handed to WeChat outside any transaction, and written down.

Several chunks are on their way at once, and any number of processes work on one run: whoever claims a row sends it. A
crash leaves the rows that were on their way to ``flows/tend_campaigns.py``.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog.load import Catalog
from domain.campaign import SENDING, Campaign
from domain.delivery import NOTICE
from domain.push_outcome import NOT_HANDED_OVER, NOT_WRITTEN, Failures, Told
from errors import StoreBusy
from flows.adjust_shares import channel_shares
from flows.claim_pushes import Claiming, Group, Taken, claim, template_of
from flows.settle_pushes import Done, Result, Sending, settle
from storage import campaign_runs
from storage import campaign_sending as sending
from storage.campaign_runs import Run
from storage.store import Store
from wechat.fast_outbox import FastOutbox, Letter, OnItsWay

log = logging.getLogger(__name__)

BATCH_ROWS = 5_000
"""After so many the next run has its turn."""
CHUNKS_ON_THEIR_WAY = 8
"""Four hundred calls in flight: enough for a WeChat that answers within a tenth of a second. A run begins with one
chunk at a time, until it is known how that goes: what is wrong with every message spoils few of them."""
SETTLE_TRIES, SETTLE_WAIT = 30, 1.0
"""What came of a chunk is known only here: the database gets half a minute to take it."""

Write = Callable[[Store, Catalog, Campaign, str, Sequence[Taken], int], Sequence[Letter | None]]
"""The letters of rows of a run (its id), at a moment; None: there are no words for it."""


@dataclass(slots=True)
class CampaignSender:
    """Who sends campaigns: one a process. ``read`` makes the campaign of a run's snapshot. ``alive`` is the machine's
    time, which never jumps. Before ``paused_until`` nothing is sent: WeChat said so, or is not there."""

    outbox: FastOutbox
    catalog: Callable[[], Catalog]
    read: Callable[[Run], Campaign]
    write: Write
    zone: dt.tzinfo
    rate: int
    group: Group | None = None
    alive: Callable[[], float] = time.time
    chance: Callable[[int], bytes] = secrets.token_bytes
    wait: Callable[[float], None] = time.sleep
    paused_until: int = 0
    failures: dict[str, Failures] = field(default_factory=dict)


class Progress(NamedTuple):
    """How far a batch came: rows by what became of them. ``more``: there is more to send at once. ``full``: the rate of
    this second is used up."""

    counts: Counter[str]
    more: bool = False
    full: bool = False


def send_batch(
    sender: CampaignSender, store: Store, run_id: str, clock: Callable[[], float], stop: Callable[[], bool]
) -> Progress:
    """Send what is due of a run, at most ``BATCH_ROWS``, until there is nothing left or `stop` says so; what is on its
    way then is waited for. May raise ``StoreBusy``."""
    with store.read() as tx:
        run = campaign_runs.find(tx, run_id)
    if run is None or run.state != SENDING:
        return Progress(Counter())
    batch = _Batch(sender, store, run, sender.read(run), sender.catalog(), clock)
    try:
        return batch.send(stop)
    finally:
        batch.land()


class _Chunk(NamedTuple):
    """Rows on their way, with a letter for each. ``kept_back``: why none of them was handed over."""

    taken: Sequence[Taken]
    letters: Sequence[Letter | None]
    handed: OnItsWay
    kept_back: str


class _Batch:
    """One owner's work on one run. The owner is new each time: what a batch that failed left behind is then found."""

    def __init__(
        self, sender: CampaignSender, store: Store, run: Run, campaign: Campaign, catalog: Catalog,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._sender, self._store, self._clock, self._catalog = sender, store, clock, catalog
        owner = secrets.token_hex(8)
        with store.read() as tx:
            turns = channel_shares(tx, campaign, run.made_at)
        self._claiming = Claiming(
            catalog, campaign, run.id, run.slot, sender.zone, owner, sender.rate, sender.chance, sender.group, turns
        )
        self._sending = Sending(run.id, owner, template_of(catalog, campaign, NOTICE), sender.zone)
        self._failures = sender.failures.setdefault(run.id, Failures())
        self._flying: deque[_Chunk] = deque()
        self._counts: Counter[str] = Counter()
        self._taken = 0

    def send(self, stop: Callable[[], bool]) -> Progress:
        """Until nothing is due, or it is enough."""
        while True:
            if stop() or self._now() < self._sender.paused_until:
                return Progress(self._counts)
            if self._taken >= BATCH_ROWS:
                return Progress(self._counts, more=True)
            claimed = claim(self._claiming, self._store, self._now(), int(self._sender.alive()))
            if claimed.taken:
                self._fly(claimed.taken)
            most = CHUNKS_ON_THEIR_WAY if self._failures.are_known else 1
            if self._flying and (len(self._flying) >= most or not claimed.taken):
                self._settle()
            elif not claimed.taken and not claimed.more:
                if claimed.stopped:  # by an operator or by itself: once resumed it is judged anew
                    self._sender.failures.pop(self._claiming.run_id, None)
                return Progress(self._counts, full=claimed.full)

    def land(self) -> None:
        """Wait for what is on its way, write it down, and go. What cannot be written down is unsure from now on, so it
        must not leave later either: at night, or after an opt-out."""
        try:
            while self._flying:
                self._settle()
        finally:
            for chunk in self._flying:
                self._sender.outbox.give_up(chunk.handed)
        with self._store.write() as tx:
            sending.leave(tx, self._claiming.owner)

    def _fly(self, taken: Sequence[Taken]) -> None:
        self._taken += len(taken)
        letters: Sequence[Letter | None] = ()
        why, handed = NOT_WRITTEN, OnItsWay([])
        sender, claiming, now = self._sender, self._claiming, self._now()
        try:
            letters = sender.write(self._store, self._catalog, claiming.campaign, claiming.run_id, taken, now)
            why = NOT_HANDED_OVER
            handed, why = sender.outbox.send([one for one in letters if one is not None]), ""
        except StoreBusy as busy:
            why = NOT_HANDED_OVER
            log.warning("%d pushes: %s: %s", len(taken), why, busy)
        except Exception:  # nothing of it was sent
            log.exception("%d pushes: %s", len(taken), why)
        self._flying.append(_Chunk(taken, letters, handed, why))

    def _settle(self) -> Done:
        chunk = self._flying.popleft()
        results = self._results(chunk)
        for tries in range(1, SETTLE_TRIES + 1):
            try:
                done = settle(self._sending, self._store, self._failures, results, self._now())
                break
            except StoreBusy as busy:
                log.error("what came of %d pushes cannot be written down: %s", len(results), busy)
                if tries == SETTLE_TRIES:
                    raise
                self._sender.wait(SETTLE_WAIT)
        self._counts.update(done.counts)
        self._sender.paused_until = max(self._sender.paused_until, done.stop_until)
        return done

    def _results(self, chunk: _Chunk) -> list[Result]:
        if chunk.kept_back:
            return [(one, Told(False, why=chunk.kept_back)) for one in chunk.taken]
        told = iter(self._sender.outbox.results(chunk.handed))
        return [
            (one, next(told) if letter is not None else None)
            for one, letter in zip(chunk.taken, chunk.letters, strict=True)
        ]

    def _now(self) -> int:
        return int(self._clock())
