"""The shares of a campaign's wordings and channels: as its file says, or, with ``adjust: true``, as what is measured
moves them.

Every move is a row with its figures that an operator can undo; then nothing moves by itself for ``REST_SECONDS``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np

from domain.campaign import Campaign, drawn_first
from domain.delivery import NOTICE, WINDOW
from domain.ids import CHANCE_BYTES, new_id
from domain.shares import FLOOR, Result, adjusted, chance_of_best, drawn, normal, standing
from flows.measure_campaign import Compared, Measured, measure_campaign
from storage import share_changes
from storage.campaign_runs import Run
from storage.share_changes import CHANNELS, KINDS, VARIANTS, Change
from storage.store import Store, Transaction

RULE = "rule:thompson"
RIPE_SECONDS = 2 * 86_400
"""Of a run that is younger not everybody who will open has opened."""
REST_SECONDS = 14 * 86_400
"""Whoever undoes a change has a reason; the same figures would bring it back the next night."""
LATEST = 2**53
PERSONAL = (WINDOW, NOTICE)
"""Channels that take turns. Mass sends and template messages do not: a month allows four, and service alone."""


def shares_of(tx: Transaction, campaign: Campaign) -> dict[str, float]:
    """Wording -> share, of those without people of their own; they add up to 1. Without ``adjust`` the file's."""
    file = {one.name: one.share for one in campaign.variants if one.audience is None}
    return _standing(tx, campaign, VARIANTS, normal(file) if sum(file.values()) else {}, LATEST)


def channel_shares(tx: Transaction, campaign: Campaign, at: int = LATEST) -> dict[str, float]:
    """Channel -> the share of people for whom it is tried first, as it stood then. None without ``adjust``, or where a
    person can be reached through one alone; the file's first begins with all but the floor."""
    turns = [name for name in campaign.channels if name in PERSONAL]
    if not campaign.adjust or len(turns) < 2:
        return {}
    return _standing(tx, campaign, CHANNELS, {turns[0]: 1 - FLOOR, turns[1]: FLOOR}, at)


def _standing(tx: Transaction, campaign: Campaign, kind: str, file: dict[str, float], at: int) -> dict[str, float]:
    if not campaign.adjust or not file:
        return file
    changes = [
        (one.before, one.after) for one in share_changes.of(tx, campaign.name)
        if one.kind == kind and one.at <= at and (one.undone_at is None or one.undone_at > at)
    ]  # fmt: skip
    return standing(file, changes)


def shares_now(store: Store, campaign: Campaign) -> dict[str, float]:
    """The wordings' shares, for who plans an audience."""
    with store.read() as tx:
        return shares_of(tx, campaign)


def measured(store: Store, campaign: Campaign, now: int) -> Measured:
    """What became of it, with the channel that was drawn for each person."""

    def first_of(run: Run) -> Compared | None:
        with store.read() as tx:
            shares = channel_shares(tx, campaign, run.made_at)
        return partial(drawn_first, campaign, shares) if shares else None

    return measure_campaign(store, campaign.name, now, first_of)


def adjust_shares(store: Store, campaigns: Iterable[Campaign], now: int) -> str:
    """Look at every campaign that may adjust itself, and move its shares where the figures say so."""
    moved = [one.name for one in campaigns if one.adjust and not one.draft and adjust(store, one, now)]
    return f"shares moved: {', '.join(moved) or 'none'}"


def adjust(store: Store, campaign: Campaign, now: int) -> bool:
    """Move the shares of one campaign; False when they stay."""
    found = measured(store, campaign, now)
    moved = [kind for kind in KINDS if _adjust(store, campaign, kind, ripe(found, kind, now), now)]
    return bool(moved)


def _adjust(store: Store, campaign: Campaign, kind: str, result: Result, now: int) -> bool:
    with store.write() as tx:
        before = shares_of(tx, campaign) if kind == VARIANTS else channel_shares(tx, campaign)
        if any(one.kind == kind and _rests(one, now) for one in share_changes.of(tx, campaign.name)):
            return False
        after = adjusted(before, result, _lots(campaign, kind, now))
        if after is None:
            return False
        why = told(before, after, result, _lots(campaign, kind, now))
        key = new_id(now, _key(campaign, kind, now))
        share_changes.add(tx, Change(key, campaign.name, kind, now, before, after, why, RULE, "", None))
    return True


def _rests(change: Change, now: int) -> bool:
    """One move a day, none after somebody undid one."""
    if change.undone_at is not None:
        return now < change.undone_at + REST_SECONDS
    return now < change.at + 86_400 // 2


def undo(store: Store, campaign: str, by: str, now: int) -> Change | None:
    """Take the newest change back that stands; None when there is none."""
    with store.write() as tx:
        for change in reversed(share_changes.of(tx, campaign)):
            if not change.undone_by and share_changes.undo(tx, change.id, by, now):
                return change
    return None


def ripe(found: Measured, kind: str, now: int) -> Result:
    """What the runs tell that are old enough."""
    of = found.by_variant if kind == VARIANTS else found.by_channel
    old = [run.slot <= now - RIPE_SECONDS for run, _ in reversed(found.runs)]
    opened, left = (
        [batch for batch, counts in zip(batches, old, strict=True) if counts] for batches in (of.opened, of.left)
    )
    return Result(opened, left)


def told(before: Mapping[str, float], after: Mapping[str, float], result: Result, chance: np.random.Generator) -> str:
    """The figures a change was decided by, in a sentence."""
    best = chance_of_best([*before], result, chance)
    parts = []
    for name in before:
        opened, left = (sum(batch.hits.get(name, 0) for batch in of) for of in (result.opened, result.left))
        parts.append(
            f"「{name}」{drawn(name, result.opened)} 人中 {opened} 人点开、{left} 人取关，最好的概率 "
            f"{100 * best[name]:.0f}%，份额 {100 * before[name]:.0f}% → {100 * after[name]:.0f}%"
        )
    return "；".join(parts) + "。"


def _key(campaign: Campaign, kind: str, now: int) -> bytes:
    return hashlib.sha256(f"{campaign.name}@{now} {kind}".encode()).digest()[:CHANCE_BYTES]


def _lots(campaign: Campaign, kind: str, now: int) -> np.random.Generator:
    """The same of one campaign and moment each time."""
    return np.random.default_rng(int.from_bytes(_key(campaign, kind, now)))
