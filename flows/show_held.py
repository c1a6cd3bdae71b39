"""What no channel could carry is read at the next visit: under the next answer in the chat, or on ``/me``.

One a day, the newest first, and only while it is still allowed and of use. It costs one read of an index where nothing
is held, and it never delays or replaces an answer.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from catalog.load import Catalog
from domain.answer import Exposure, Visited
from domain.campaign import DAY, HELD, NO_ITEM, PAUSED, POLICY, TOO_LATE, Campaign, barred
from domain.delivery import VISIT
from domain.ids import CHANCE_BYTES, handle, new_id
from domain.interests import PERSONALISATION
from domain.link import LinkSigner
from domain.quota import PAGE_PATIENCE_SECONDS
from errors import Overtaken
from flows.deliver_receipt import Letter, Place
from flows.know_reach import reach
from flows.write_push import About, names_told, write_push
from storage import campaign_runs, exposures, held_pushes
from storage.campaign_runs import Run
from storage.held_pushes import HeldPush
from storage.store import Store, Transaction
from storage.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visiting:
    """What is needed to write a held push down; ``read`` makes the campaign of a run's snapshot."""

    read: Callable[[Run], Campaign]
    links: LinkSigner
    place: Place
    vault: Vault | None
    chance: Callable[[int], bytes] = secrets.token_bytes


@dataclass(frozen=True, slots=True)
class Found:
    """``words`` to read now, "" for none; ``private``: a name they told is in them. ``visited``: what becomes of the
    rows that were looked at."""

    words: str = ""
    url: str = ""
    private: bool = False
    visited: tuple[Visited, ...] = ()


NOTHING = Found()


def held_push(
    visiting: Visiting, store: Store, catalog: Catalog, openid: str, now: int, refused: Collection[str] = (),
    beside: Collection[str] = (),
) -> Found:  # fmt: skip
    """What this person should read now; `refused` are tags they refuse with this very message, `beside` the items that
    they are told of anyway. Never raises."""
    try:
        with store.read() as tx:
            rows = held_pushes.of(tx, openid, now - DAY)
        held = [row for row in rows if row.state == HELD]
        if not held or len(held) < len(rows):  # nothing, or one was shown today
            return NOTHING
        return _first(visiting, store, catalog, openid, now, held, refused, beside)
    except Exception:
        log.exception("a held push could not be shown")
        return NOTHING


def note_visit(tx: Transaction, openid: str, visited: Sequence[Visited], at: int) -> None:
    """Write down what was read and what is of no use any more. Raises ``Overtaken`` when it was read a moment
    before."""
    for one in visited:
        if one.why:
            held_pushes.drop(tx, one.run_id, openid, one.why)
            continue
        if not held_pushes.show(tx, one.run_id, openid, one.exposure.id if one.exposure else "", at):
            raise Overtaken("a held push was read a moment before")
        exposures.add(tx, openid, at, one.run_id, [one.exposure] if one.exposure else [])


def show_held(visiting: Visiting, store: Store, catalog: Catalog, openid: str, now: int) -> list[Letter]:
    """What a page should tell this person; it counts as read. May raise ``StoreBusy``."""
    found = held_push(visiting, store, catalog, openid, now)
    if not found.visited:
        return []
    try:
        with store.write(PAGE_PATIENCE_SECONDS) as tx:
            note_visit(tx, openid, found.visited, now)
    except Overtaken:
        return []
    return [Letter(found.words, url=found.url)] if found.words else []


def _first(
    visiting: Visiting, store: Store, catalog: Catalog, openid: str, now: int, held: Sequence[HeldPush],
    refused: Collection[str], beside: Collection[str],
) -> Found:  # fmt: skip
    """The newest that may be read; those before it that never may be are dropped."""
    dropped: list[Visited] = []
    for row in held:
        with store.read() as tx:
            run = campaign_runs.find(tx, row.run_id)
        if run is None or run.state == PAUSED or row.slug in beside:
            continue
        campaign = visiting.read(run)
        why, known = _useless(store, catalog, campaign, run, row, openid, now, refused)
        found = (
            NOTHING if why else _written(visiting, store, catalog, campaign, row, openid, now, PERSONALISATION in known)
        )
        if found.words:
            return Found(found.words, found.url, found.private, (*dropped, *found.visited))
        dropped.append(Visited(row.run_id, None, why or NO_ITEM))
    return Found(visited=tuple(dropped))


def _useless(
    store: Store, catalog: Catalog, campaign: Campaign, run: Run, row: HeldPush, openid: str, now: int,
    refused: Collection[str],
) -> tuple[str, Collection[str]]:  # fmt: skip
    """Why it is of no use any more, "" while it is, and what they opted out of."""
    with store.read() as tx:
        person = reach(tx, campaign, "", [openid], now)[openid]
    item = catalog.items.get(row.slug)
    if row.slug and (item is None or not item.is_out(now)):
        return NO_ITEM, ()
    out = {*person.opted_out, *refused}
    if why := barred(campaign, person._replace(opted_out=out), row.slug, item.tags if item else ()):
        return why, out
    begun = row.due_at if campaign.trigger else run.slot
    return (TOO_LATE if now > begun + campaign.until_hours * 3_600 else ""), out


def _written(
    visiting: Visiting, store: Store, catalog: Catalog, campaign: Campaign, row: HeldPush, openid: str, now: int,
    impersonal: bool,
) -> Found:  # fmt: skip
    """The words, without a reason for who wants nothing personal."""
    name = names_told(store, visiting.vault, catalog, campaign, [openid]).get(openid, "")
    reason = "" if impersonal else row.reason
    exposure = None
    if row.slug:
        number = handle(openid) + new_id(now, visiting.chance(CHANCE_BYTES))
        exposure = Exposure(number, row.slug, 1, POLICY, 1.0, reason)
    about = About(row.variant, row.slug, reason, exposure.id if exposure else "", name)
    push = write_push(visiting.place, visiting.links, catalog, campaign, VISIT, about, now)
    if push is None:
        return NOTHING
    return Found(push.text, push.url, bool(name), (Visited(row.run_id, exposure),))
