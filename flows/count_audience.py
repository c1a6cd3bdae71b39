"""How many of a whole audience would get a campaign launched now, and through which channel: counted in sets.

It asks what ``flows/plan_audience.py`` and, at its first moment, ``flows/claim_pushes.py`` ask of each person, but of
everybody at once: a million followers are counted in about a second. Channels are a forecast: windows close, and
people act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from catalog.load import Catalog
from domain.campaign import (
    DAY,
    ENOUGH,
    MASS,
    NO_ITEM,
    OPTED_OUT,
    OWNED,
    PATIENCE_SECONDS,
    RECOMMEND,
    SERVICE,
    TOO_LATE,
    Campaign,
    drawn_channels,
    drawn_first,
    is_held_out,
)
from domain.delivery import NOTICE, TEMPLATE, VISIT, WINDOW
from domain.quota import MASS_PER_MONTH, WINDOW_MESSAGE_SECONDS, month_began, quiet_until
from flows.adjust_shares import channel_shares
from flows.claim_pushes import template_of
from flows.know_reach import SPARE_SECONDS, windows_of
from storage import consents, entitlements, followers, interests, opt_outs, sends
from storage.among import MOST
from storage.sends import Counted
from storage.store import Transaction

LOOKED_AT = 300
"""So many people are asked which item suits them; of a larger audience the others are taken to be like them."""

Suited = Callable[[Sequence[str]], Collection[str]]
"""Those of at most ``LOOKED_AT`` people for whom the campaign recommends an item."""


@dataclass
class Forecast:
    """``excluded``: cause -> people; ``held_out`` of the others; ``by_channel``: channel -> who would get it so.
    ``guessed``: whom no item suits was asked of so many people only, 0 = of everybody."""

    audience: int
    excluded: dict[str, int] = field(default_factory=dict)
    held_out: int = 0
    by_channel: dict[str, set[str]] = field(default_factory=dict)
    guessed: int = 0

    @property
    def reaches(self) -> int:
        """How many people get it, sooner or later."""
        return sum(map(len, self.by_channel.values()))


def count_audience(
    tx: Transaction, catalog: Catalog, campaign: Campaign, openids: Collection[str], suited: Suited, now: int,
    zone: dt.tzinfo,
) -> Forecast:  # fmt: skip
    """What would become of these people in a run that is launched at `now`. May raise ``StoreBusy``."""
    at = quiet_until(now, zone) or now
    found = Forecast(len(openids))
    left = set(openids)
    for why, people in _barred(tx, catalog, campaign, now, at):
        gone = left if people is None else left & people
        if gone:
            found.excluded[why] = len(gone)
            left -= gone
    if campaign.item == RECOMMEND:
        left = _with_item(found, left, suited)
    kept = {openid for openid in left if not is_held_out(campaign, openid)} if campaign.holdout else left
    found.held_out = len(left) - len(kept)
    for order, people in _orders(tx, campaign, kept):
        for channel, taken in _channels(tx, catalog, replace(campaign, channels=order), people, at):
            found.by_channel[channel] = found.by_channel.get(channel, set()) | taken
    return found


def _barred(
    tx: Transaction, catalog: Catalog, campaign: Campaign, now: int, at: int
) -> Iterator[tuple[str, set[str] | None]]:
    """(cause, who gets nothing for it, None = nobody gets anything), in the order in which the causes are asked."""
    item = catalog.items.get(campaign.item)
    topics = {*campaign.topics, *(item.tags if item else ())}
    yield (
        OPTED_OUT,
        opt_outs.who_stopped(tx, "").union(
            *(opt_outs.who_stopped(tx, topic) | interests.who_refuse(tx, topic) for topic in topics)
        ),
    )
    if campaign.purpose != SERVICE and item:
        yield OWNED, entitlements.who_own(tx, item.slug, now)
    if at > now + campaign.until_hours * 3_600:
        yield TOO_LATE, None
    if campaign.is_capped:
        soon = at + PATIENCE_SECONDS
        of_day, of_week = ((soon - seconds, most) for most, seconds in campaign.caps.limits)
        yield ENOUGH, sends.who_got(tx, Counted.MARKETING, of_day, of_week)
    if campaign.item not in ("", RECOMMEND) and (item is None or not item.is_out(now)):
        yield NO_ITEM, None


def _with_item(found: Forecast, left: set[str], suited: Suited) -> set[str]:
    """Who is left when those are gone whom no item suits."""
    people = sorted(left)  # the same ones are asked each time
    asked = people[:: -(-len(people) // LOOKED_AT) or 1]
    without = {*asked} - {*suited(asked)}
    if len(people) > len(asked):
        found.guessed = len(asked)
        others = [openid for openid in people if openid not in {*asked}] if without else []
        without.update(others[: round(len(without) / len(asked) * len(others))])
    if without:
        found.excluded[NO_ITEM] = len(without)
    return left - without


def _orders(tx: Transaction, campaign: Campaign, people: set[str]) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """(the order in which channels are tried, for whom): one order, or those drawn where channels take turns."""
    if not (shares := channel_shares(tx, campaign)):
        yield campaign.channels, people
        return
    for first in shares:
        theirs = {openid for openid in people if drawn_first(campaign, shares, openid) == first}
        if theirs:
            yield drawn_channels(campaign, shares, min(theirs)), theirs


def _channels(
    tx: Transaction, catalog: Catalog, campaign: Campaign, people: set[str], at: int
) -> Iterator[tuple[str, set[str]]]:
    left = people
    for channel in campaign.channels:
        if taken := _reached_by(tx, catalog, campaign, channel, left, at):
            yield channel, taken
            left = left - taken
    if left:
        yield VISIT, left


def _reached_by(
    tx: Transaction, catalog: Catalog, campaign: Campaign, channel: str, people: set[str], at: int
) -> set[str]:
    """Those of the people whom this channel may reach at `at`."""
    if channel == WINDOW:
        return _open_windows(tx, people, at)
    if channel == MASS:
        of_month, of_week = (month_began(at), MASS_PER_MONTH), (at - 7 * DAY + 1, campaign.caps.mass_per_week)
        return people - sends.who_got(tx, Counted.MASS, of_month, of_week)
    template_id = template_of(catalog, campaign, channel)
    if channel == NOTICE:
        return people & consents.who_agreed(tx, template_id) if template_id else set()
    return people if channel == TEMPLATE and template_id and campaign.purpose == SERVICE else set()


def _open_windows(tx: Transaction, people: set[str], at: int) -> set[str]:
    since = at - WINDOW_MESSAGE_SECONDS
    seen = [*(people & followers.seen_since(tx, since))]
    found: set[str] = set()
    for first in range(0, len(seen), MOST):
        page = seen[first : first + MOST]
        windows = windows_of(tx, page, sends.lately(tx, page, since), at, SPARE_SECONDS)
        found.update(openid for openid, window in windows.items() if window.left > 0)
    return found
