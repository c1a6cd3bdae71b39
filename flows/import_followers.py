"""Bringing followers in from a file: first everything is looked at, then it is written in short transactions.

The first walk over the file writes nothing; with a mistake anywhere nothing is imported unless the rows with mistakes
are to be passed over. The second walk writes a few hundred rows at a time, so that the webhook goes on. It may be
killed and repeated: a row sets what it says and adds nothing, so the second time changes nothing.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog.mistakes import Mistake
from domain import about
from domain.follower_row import Reading, Row
from domain.interests import PERSONALISATION, lesson
from errors import StoreBusy
from flows.follower_file import FollowerFile, Line, Report, mark
from flows.remember_facts import sealed
from storage import console_acts as acts
from storage import followers, interests, opt_outs
from storage.store import Store, Transaction
from storage.vault import Vault

ROWS_AT_ONCE = 200
"""Of one transaction: about ten milliseconds, of the seconds a push may wait."""
PATIENCE_SECONDS = 30.0
"""An import may wait longer for the database than a follower."""
MOST_MISTAKES = 100
"""Told; the rest is counted."""
MOST_TRIES = 10
"""Of rows whose follower changed at the same moment."""


@dataclass
class Outcome:
    """What came of it: rows of followers that are ``new``, ``changed``, already ``as_told``, or left alone because they
    want no personalisation (``closed``); rows ``wrong``, and the first of the mistakes."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    as_told: int = 0
    closed: int = 0
    wrong: int = 0
    mistake_count: int = 0
    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, line: Line) -> None:
        """A row with mistakes."""
        self.wrong += 1
        self.mistake_count += len(line.mistakes)
        self.mistakes += line.mistakes[: max(MOST_MISTAKES - len(self.mistakes), 0)]


def check_file(file: FollowerFile, reading: Reading, report: Report) -> tuple[Outcome, set[int]]:
    """Look at every row. (what is wrong, the lines that repeat an openid)."""
    outcome, openids = Outcome(), array("Q")
    for line in file.lines(reading, report):
        outcome.rows += 1
        if line.row:
            openids.append(mark(line.row.openid))
        else:
            outcome.note(line)
    repeated = set()
    for line in file.repeated(reading, openids):
        repeated.add(line.number)
        outcome.note(line)
    outcome.mistakes.sort()
    return outcome, repeated


def import_file(
    store: Store, vault: Vault, file: FollowerFile, reading: Reading, outcome: Outcome, repeated: set[int],
    report: Report, who: str,
) -> None:  # fmt: skip
    """Write the rows that are in order, a few at a time; `outcome` counts them. May raise ``StoreBusy``."""
    good = (line.row for line in file.lines(reading, report) if line.row and line.number not in repeated)
    store.clear_log_often()
    for rows in _batches(good):
        for change in _bring(store, vault, rows, reading.now):
            setattr(outcome, change, getattr(outcome, change) + 1)
    with store.write(PATIENCE_SECONDS) as tx:
        told = f"{outcome.new} new, {outcome.changed} changed of {outcome.rows}"
        acts.note(tx, reading.now, who, acts.FOLLOWERS_IMPORTED, "", told)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    them = iter(rows)
    while batch := list(itertools.islice(them, ROWS_AT_ONCE)):
        yield batch


class _Plan(NamedTuple):
    """A row, and the encrypted facts before (None = an unknown openid) and after it; ``closed`` = to be left alone."""

    row: Row
    before: str | None
    after: str
    closed: bool = False


def _bring(store: Store, vault: Vault, rows: list[Row], now: int) -> Iterator[str]:
    """Write some rows; yields what became of each. Who changed between our look and our write is looked at again."""
    for _ in range(MOST_TRIES):
        plans = _plans(store, vault, rows, now)
        with store.write(PATIENCE_SECONDS) as tx:
            done = [_write(tx, plan, now) for plan in plans]
        yield from filter(None, done)
        rows = [plan.row for plan, written in zip(plans, done, strict=True) if not written]
        if not rows:
            return
    raise StoreBusy("some followers changed all the time — import again")


def _plans(store: Store, vault: Vault, rows: list[Row], now: int) -> list[_Plan]:
    with store.read() as tx:
        return [_plan(tx, vault, row, now) for row in rows]


def _plan(tx: Transaction, vault: Vault, row: Row, now: int) -> _Plan:
    held = followers.find(tx, row.openid)
    if held is None:
        return _Plan(row, None, sealed(vault, about.brought({}, row.facts, now)))
    if opt_outs.has(tx, row.openid, PERSONALISATION):
        return _Plan(row, held.about, held.about, closed=True)
    before = vault.show_facts(held.about)
    after = about.brought(before, row.facts, now)
    return _Plan(row, held.about, held.about if after == before else sealed(vault, after))


def _write(tx: Transaction, plan: _Plan, now: int) -> str:
    """Write one row; the counter of ``Outcome`` it belongs to, "" when the follower changed since we looked."""
    row, since = plan.row, plan.row.subscribed_at
    if plan.closed:
        return "closed"
    new = plan.before is None
    if plan.before is None:
        if not followers.bring(tx, row.openid, since, since or now, plan.after):
            return ""
    elif plan.after != plan.before and not followers.tell(tx, row.openid, plan.before, plan.after):
        return ""
    changed = plan.after != plan.before
    if not new and since is not None:
        changed |= followers.date(tx, row.openid, since)
    for tag in row.tags:
        changed |= interests.suggest(tx, row.openid, lesson(tag, "imported", tag), now)
    return "new" if new else "changed" if changed else "as_told"
