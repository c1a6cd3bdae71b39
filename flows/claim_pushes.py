"""Who of a run is written to now: rows that are due are looked at once more, and those that may be sent are claimed.

All in one transaction, in turns with everybody else who claims: what was planned an hour ago may be forbidden by now,
and another campaign may be about to write to the same person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from catalog.load import Catalog
from domain.answer import Exposure
from domain.campaign import MASS, NO_ITEM, POLICY, SENDING, SERVICE, Campaign, Person, drawn_channels, next_push
from domain.delivery import DROP, LATER, NOTICE, SEND, TEMPLATE, WAIT, Step
from domain.ids import CHANCE_BYTES, handle, new_id
from domain.push_outcome import NO_ANSWER, is_forgotten
from flows.know_reach import reach
from storage import campaign_runs, consents, exposures, send_seconds, sends
from storage import campaign_sending as sending
from storage.campaign_sending import Due
from storage.store import Store, Transaction

CHUNK = 50
"""Rows of one transaction: it takes about two milliseconds, and a follower's push may wait for it."""


class Taken(NamedTuple):
    """A row that is ours to send, through this channel."""

    due: Due
    channel: str
    exposure_id: str
    first_at: int
    """When it was first handed to WeChat: now, but for a template message that is repeated."""


Group = Callable[[Transaction, str, Campaign, Sequence[Due], int], Collection[str]]
"""Puts rows of a run into mass jobs; the openids of those it took."""


@dataclass(frozen=True, slots=True)
class Claiming:
    """What a claim is decided by. ``group``: None where nothing is sent by mass. ``alive`` is the machine's time."""

    catalog: Catalog
    campaign: Campaign
    run_id: str
    slot: int
    zone: dt.tzinfo
    owner: str
    rate: int
    chance: Callable[[int], bytes]
    group: Group | None = None
    channel_shares: Mapping[str, float] = field(default_factory=dict)
    """Channel -> the share of people for whom it is tried first; empty: the campaign's order for everybody."""

    def for_person(self, openid: str) -> Campaign:
        """The campaign with its channels in the order in which they are tried for somebody."""
        if not self.channel_shares:
            return self.campaign
        return replace(self.campaign, channels=drawn_channels(self.campaign, self.channel_shares, openid))


class Claim(NamedTuple):
    """What is to be sent, and whether more may be due. ``full``: as many as the rate allows began in this second.
    ``stopped``: the run is not sending."""

    taken: list[Taken]
    more: bool = False
    full: bool = False
    stopped: bool = False


def claim(claiming: Claiming, store: Store, now: int, alive: int) -> Claim:
    """Claim what may be sent now; write down for the rest why not. `alive` is the machine's time. May raise
    ``StoreBusy``."""
    with store.write() as tx:
        send_seconds.wait_turn(tx)
        if campaign_runs.state(tx, claiming.run_id) != SENDING:
            return Claim([], stopped=True)
        room = min(CHUNK, send_seconds.room(tx, now, claiming.rate))
        due = sending.due(tx, claiming.run_id, now, room) if room else []
        if not due:
            return Claim([], full=not room)
        sending.be_alive(tx, claiming.owner, alive)
        taken = _take(tx, claiming, _decided(tx, claiming, due, now), now)
        send_seconds.begin(tx, now, len(taken))
    return Claim(taken, more=len(due) == room)


def _decided(tx: Transaction, claiming: Claiming, due: Sequence[Due], now: int) -> list[tuple[Due, str]]:
    """(row, channel) of those that may be sent now; the others are written down."""
    campaign, run_id = claiming.campaign, claiming.run_id
    people = reach(tx, campaign, template_of(claiming.catalog, campaign, NOTICE), [one.openid for one in due], now)
    allowed: list[tuple[Due, str]] = []
    for row in due:
        step = _step(claiming, row, people[row.openid], now)
        if row.why == NO_ANSWER and (step.do in (DROP, WAIT) or is_forgotten(row.claimed_at or 0, now)):
            sending.give_up(tx, run_id, row.openid)
        elif step.do == SEND:
            allowed.append((row, step.channel))
        elif step.do == LATER:
            sending.later(tx, run_id, row.openid, step.at, row.why if row.why == NO_ANSWER else step.why)
        elif step.do == DROP:
            sending.skip(tx, run_id, row.openid, step.why)
        else:
            sending.hold(tx, run_id, row.openid, row.why or step.why)
    return allowed


def _step(claiming: Claiming, row: Due, person: Person, now: int) -> Step:
    campaign, item = claiming.for_person(row.openid), claiming.catalog.items.get(row.slug)
    if row.why == NO_ANSWER:  # WeChat may have it, and would not know it through another channel
        campaign = replace(campaign, channels=(TEMPLATE,))
    if row.slug and (item is None or not item.is_out(now)):
        return Step(DROP, why=NO_ITEM)
    topics: Collection[str] = item.tags if item else ()
    due_at = row.due_at if campaign.trigger else claiming.slot
    return next_push(campaign, person, row.slug, topics, due_at, now, claiming.zone, _spent(claiming, campaign, row))


def _spent(claiming: Claiming, campaign: Campaign, row: Due) -> set[str]:
    """The channels that are of no use for this row: those up to the one it names, and what is not set up."""
    channels = campaign.channels
    spent = {*channels[: channels.index(row.channel) + 1]} if row.channel in channels else set()
    unused = [kind for kind in (NOTICE, TEMPLATE) if not template_of(claiming.catalog, campaign, kind)]
    return spent.union(unused, () if claiming.group else (MASS,))


def template_of(catalog: Catalog, campaign: Campaign, kind: str) -> str:
    """The id of WeChat's template for a campaign's messages of this kind (``notice``, ``template``), "" for none."""
    notice = catalog.notices.get(campaign.notice)
    return notice.template_id if notice is not None and notice.kind == kind else ""


def _take(tx: Transaction, claiming: Claiming, allowed: Sequence[tuple[Due, str]], now: int) -> list[Taken]:
    """Claim them: the row, the send it counts as, the consent it uses, the link it shows."""
    grouped = [row for row, channel in allowed if channel == MASS]
    if grouped and claiming.group:
        claiming.group(tx, claiming.run_id, claiming.campaign, grouped, now)
    taken = [one for row, channel in allowed if channel != MASS and (one := _taken(tx, claiming, row, channel, now))]
    purpose = claiming.campaign.counts_as
    sends.add_many(tx, [(one.due.openid, one.channel) for one in taken], claiming.run_id, now, purpose)
    fresh = [one for one in taken if one.exposure_id and one.exposure_id != one.due.exposure_id]
    exposures.add_many(tx, now, claiming.run_id, [(one.due.openid, _exposure(one)) for one in fresh])
    return taken


def _taken(tx: Transaction, claiming: Claiming, row: Due, channel: str, now: int) -> Taken | None:
    """The row, claimed; None when somebody else has it, or the consent it needs is gone."""
    campaign, run_id = claiming.campaign, claiming.run_id
    if channel == TEMPLATE and campaign.purpose != SERVICE:
        raise ValueError("a template message may only carry a service notice")
    exposure_id = row.exposure_id or (_new_exposure(row, now, claiming.chance) if row.slug else "")
    first_at = row.claimed_at if row.why == NO_ANSWER and row.claimed_at else now
    if not sending.take(tx, run_id, row.openid, channel, exposure_id, claiming.owner, first_at):
        return None
    if channel == NOTICE:
        consents.spend(tx, row.openid, template_of(claiming.catalog, campaign, NOTICE), run_id, now)
    return Taken(row, channel, exposure_id, first_at)


def _new_exposure(row: Due, now: int, chance: Callable[[int], bytes]) -> str:
    return handle(row.openid) + new_id(now, chance(CHANCE_BYTES))


def _exposure(one: Taken) -> Exposure:
    return Exposure(one.exposure_id, one.due.slug, 1, POLICY, 1.0, one.due.reason)
