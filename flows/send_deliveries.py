"""What is owed is said: each delivery that is due goes through the channel that is allowed at this moment.

Read what decides, decide, claim the row, call WeChat outside any transaction, write down what came of it. After a
crash between the call and the writing nobody knows whether the message went out: it is ``unsure`` and not sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from catalog.load import Catalog
from domain import delivery as rules
from domain.delivery import DROP, LATER, OTHER, SEND, TEMPLATE, WAIT, WINDOW, Facts, Step
from domain.notice import Notice
from domain.order import READER
from errors import PlatformError
from flows.deliver_receipt import Letter, Place, write_letter
from flows.know_reach import window_of
from storage import deliveries, followers, opt_outs, sends
from storage.deliveries import Delivery
from storage.store import Store, Transaction
from wechat.outbox import Outbox

log = logging.getLogger(__name__)

MOST = 50
"""Deliveries of one round: the next one comes within seconds."""
FORSAKEN_SECONDS = 120
"""A call ends within eleven seconds; who holds a row for longer is dead."""


@dataclass(slots=True)
class Sender:
    """Who sends: the account's outbox, the content in use, our place, and a name of this process for its claims.
    Before ``paused_until`` it sends nothing: WeChat said so, or is not there."""

    outbox: Outbox
    catalog: Callable[[], Catalog]
    place: Place
    owner: str
    paused_until: int = 0


def send_deliveries(sender: Sender, store: Store, now: int) -> str:
    """Send what is due; say what came of it, "" when there was nothing."""
    with store.write() as tx:
        lost = deliveries.forsaken(tx, now - FORSAKEN_SECONDS)
    if lost:
        log.error("%d messages may or may not have been sent: their sender died", lost)
    if now < sender.paused_until:
        return ""
    with store.read() as tx:
        due = deliveries.due(tx, now, MOST)
    counts: dict[str, int] = {}
    for owed in due:
        step = _deliver(sender, store, owed, now)
        counts[step.do] = counts.get(step.do, 0) + 1
        if step.stop:
            sender.paused_until = step.at
            break
    return ", ".join(f"{do}: {count}" for do, count in counts.items())


def _deliver(sender: Sender, store: Store, owed: Delivery, now: int) -> Step:
    """Bring one delivery as far as it can be brought now; return the last step."""
    spent: set[str] = set()
    catalog = sender.catalog()  # one version for the whole delivery, whatever is saved meanwhile
    while True:
        with store.read() as tx:
            letter = write_letter(tx, catalog, sender.place, owed, now)
            facts = _facts(tx, catalog, owed, letter, now)
        step = rules.next_step(facts, now, sender.place.zone, spent)
        if step.do != SEND:
            _settle(store, owed, step)
            return step
        step = _send(sender, store, owed, letter, catalog.notices.get(owed.kind), step.channel, now)
        if step.do != OTHER:
            return step
        spent.add(step.channel)


def _facts(tx: Transaction, catalog: Catalog, owed: Delivery, letter: Letter, now: int) -> Facts:
    follower = None if owed.buyer.startswith(READER) else followers.find(tx, owed.buyer)
    follows = follower is not None and follower.subscribed
    notice, item = catalog.notices.get(owed.kind), catalog.items.get(owed.slug)
    topics = {"", *(item.tags if item else ())}
    return Facts(
        owed.kind, follows, window_of(tx, owed.buyer, follows, now).left, notice.kind if notice else "",
        not topics.isdisjoint(opt_outs.of(tx, owed.buyer)), letter.useless,
    )  # fmt: skip


def _settle(store: Store, owed: Delivery, step: Step) -> None:
    """Write down a step that sends nothing."""
    with store.write() as tx:
        if step.do == LATER:
            deliveries.later(tx, owed.id, step.at, step.why)
        elif step.do == WAIT:
            deliveries.wait(tx, owed.id, step.why)
        elif step.do == DROP:
            deliveries.drop(tx, owed.id, step.why)


def _send(
    sender: Sender, store: Store, owed: Delivery, letter: Letter, notice: Notice | None, channel: str, now: int
) -> Step:
    """Claim, call, write down. ``later`` with time 0 = somebody else has it."""
    with store.write() as tx:
        if not deliveries.claim(tx, owed.id, channel, sender.owner, now):
            return Step(LATER)
        sends.add(tx, owed.buyer, owed.id, now, channel)
    try:
        message_id = _call(sender.outbox, owed, letter, notice, channel)
    except PlatformError as trouble:
        return _refused(sender, store, owed, channel, trouble, now)
    with store.write() as tx:
        deliveries.sent(tx, owed.id, sender.owner, message_id, now)
    return Step(SEND, channel)


def _call(outbox: Outbox, owed: Delivery, letter: Letter, notice: Notice | None, channel: str) -> str:
    """WeChat's id of the message, "" where it gives none. Raises ``PlatformError``."""
    if channel == WINDOW:
        return outbox.text(owed.buyer, letter.text)
    assert notice is not None and channel == notice.kind, "only what has a template goes by template"
    data = notice.data(letter.values)
    if channel == TEMPLATE:
        return outbox.template(owed.buyer, notice.template_id, data, letter.url, owed.id)
    return outbox.notice(owed.buyer, notice.template_id, data, letter.url)


def _refused(sender: Sender, store: Store, owed: Delivery, channel: str, trouble: PlatformError, now: int) -> Step:
    """WeChat refused it, or said nothing: what now?"""
    tries = owed.tries + 1
    log.log(logging.CRITICAL if trouble.errcode == rules.BANNED else logging.WARNING, "%s: %s", owed.kind, trouble)
    if trouble.unclear:
        again = rules.after_silence(channel, owed.owed_at, tries, now)
    elif trouble.errcode == 0:
        again = Step(LATER, at=now + rules.back_off(tries), why="WeChat could not be reached", stop=True)
    else:
        again = rules.after_refusal(trouble.errcode, tries, now, sender.place.zone)
    with store.write() as tx:
        if again is None:
            deliveries.unsure(tx, owed.id, sender.owner, "no answer")
            return Step(rules.UNSURE)
        sends.undo(tx, owed.buyer, owed.id)
        if channel == WINDOW and trouble.errcode in rules.WINDOW_CODES:
            sends.shut(tx, owed.buyer, now)
        deliveries.unclaim(tx, owed.id, sender.owner, again.at if again.do == LATER else now, again.why)
        if again.do == WAIT:
            give_up = deliveries.wait if owed.kind in rules.SERVICE else deliveries.drop
            give_up(tx, owed.id, again.why)
    return Step(again.do, channel, again.at, again.why, again.stop)
