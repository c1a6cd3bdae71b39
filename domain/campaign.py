"""Social-media marketing: what a campaign is, who of its audience gets it, through which channel, or why not.

Marketing never goes by template message: accounts are banned for it (``docs/platform.md``). ``Campaign`` cannot be made
so, and ``next_push`` cannot answer so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from domain.audience import EVERYBODY, Condition
from domain.delivery import DROP, LATER, NOTICE, SEND, TEMPLATE, VISIT, WAIT, WINDOW, Step
from domain.quota import Ledger, allowed_by_wechat, free_from, quiet_until

MASS = "mass"
POLICY = "campaign"
"""Of the exposures that its links are."""
MARKETING, SERVICE = PURPOSES = ("marketing", "service")
CHANNELS = (WINDOW, NOTICE, MASS, TEMPLATE)
"""In the order in which they are tried where a file names none; template for service alone."""
RECOMMEND = "recommend"
"""As an item: the one that suits each person best."""
ITS_OWN = "@event"
"""As an item: the one that the event of the trigger was about."""
STEP = "."
"""Between the name of a series and the number of its step: ``welcome.2``."""

FOLLOWED, ORDER_ABANDONED, ITEM_PUBLISHED, NOT_READ_ON, RIGHT_ENDS = EVENTS = (
    "followed", "order_abandoned", "item_published", "not_read_on", "right_ends",
)  # fmt: skip
"""What may start a series for one person: they began to follow; did not pay an order; something came out that they
like; stopped reading what they bought; may soon not read something any more."""

SCHEDULED, LAUNCHING, SENDING, PAUSED, FINISHED = RUN_STATES = (
    "scheduled", "launching", "sending", "paused", "finished",
)  # fmt: skip
"""``launching``: its audience is being written down. ``before_pause`` tells where a paused one goes on."""
MISSED = "missed"
"""Of a run: nothing ran at its time, and it is past making up."""

PLANNED, TAKEN, GROUPED, SENT, FAILED, UNSURE = "planned", "sending", "grouped", "sent", "failed", "unsure"
SKIPPED, HELD_OUT, HELD, SHOWN = "skipped", "held_out", "held", "shown"
DELIVERY_STATES = (PLANNED, TAKEN, GROUPED, SENT, FAILED, UNSURE, SKIPPED, HELD_OUT, HELD, SHOWN)
"""``grouped``: in a mass job. ``held``: for the next visit, where it becomes ``shown``. ``skipped`` for a cause."""

NOT_FOLLOWING, OPTED_OUT, OWNED, ENOUGH = "not_following", "opted_out", "owned", "enough"
NO_ITEM, NO_CHANNEL, TOO_LATE = "no_item", "no_channel", "too_late"
CAUSES = (NOT_FOLLOWING, OPTED_OUT, OWNED, ENOUGH, NO_ITEM, NO_CHANNEL, TOO_LATE)
"""Why somebody of the audience gets nothing. ``enough``: the caps are reached."""

DAY = 86_400
PATIENCE_SECONDS = 2 * 3_600
"""Who may be written to again so soon is waited for: a daily campaign would miss everybody every other day."""

CALLED_WITHIN = 60
"""From the decision to the last call of its chunk (``wechat/fast_outbox.py`` gives up after 25 seconds): the night must
not begin meanwhile."""


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many marketing messages to one person, of all campaigns together, in any 24 hours and 7 days; of them
    at most ``mass_per_week`` by mass send, so that the first week does not use up the month's four."""

    per_day: int = 1
    per_week: int = 3
    mass_per_week: int = 1

    def __post_init__(self) -> None:
        if self.per_day < 1 or self.per_week < 1:
            raise ValueError("a cap of less than one message would stop everything")

    @property
    def limits(self) -> tuple[tuple[int, int], ...]:
        """(messages, seconds), as ``domain/quota.py`` takes them."""
        return (self.per_day, DAY), (self.per_week, 7 * DAY)


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording. ``share`` of the people who are not of a variant with an ``audience`` of its own."""

    name: str
    text: str
    share: float = 1.0
    audience: Condition | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either a cron line in the account's zone, Sunday is 0 and 7, or one moment."""

    cron: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a message to one person: ``event`` happened to them and ``after`` seconds went by (negative: so many
    before it). With ``slug`` only events about that item."""

    event: str
    after: int
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One file of ``content/campaigns``, or one step of a series. A ``draft`` is checked and never runs. ``notice``
    names the template of ``content/templates.yaml`` for 订阅通知 and template messages, "" for none. ``topics`` are the
    tags it is about beside its item's: who opted out of one gets none of it. ``adjust``: the shares of its variants
    follow what is measured. Raises ``ValueError`` for marketing by template message."""

    name: str
    title: str
    purpose: str
    variants: tuple[Variant, ...]
    channels: tuple[str, ...]
    audience: Condition = EVERYBODY
    schedule: Schedule | None = None
    trigger: Trigger | None = None
    item: str = ""
    notice: str = ""
    topics: tuple[str, ...] = ()
    holdout: float = 0.0
    caps: Caps = Caps()
    names_caps: bool = False
    """A service campaign is held to caps where its file names them, and counts toward everybody's then."""
    adjust: bool = False
    until_hours: int = 24
    """Of no use so many hours after its moment: what was not sent then is dropped."""
    draft: bool = False

    def __post_init__(self) -> None:
        if self.purpose != SERVICE and TEMPLATE in self.channels:
            raise ValueError("a template message may only carry a service notice")

    @property
    def is_capped(self) -> bool:
        """Is it held to its caps, and counted among what they count? Marketing always is."""
        return self.purpose == MARKETING or self.names_caps

    @property
    def counts_as(self) -> str:
        """The purpose its sends are kept under: the caps count ``marketing``."""
        return MARKETING if self.is_capped else SERVICE

    @property
    def series(self) -> str:
        """The name of its file: all steps of a series share it."""
        return self.name.partition(STEP)[0]


class Person(NamedTuple):
    """What decides about one push to one person now. ``touched`` are the times of marketing messages to them, newest
    last; ``window_left`` what the customer-service window allows; ``consents`` left for the campaign's notice;
    ``mass_left`` of this month's mass messages."""

    openid: str
    follows: bool
    opted_out: Collection[str] = ()
    owned: Collection[str] = ()
    touched: Sequence[int] = ()
    window_left: int = 0
    consents: int = 0
    mass_left: int = 0


def next_push(
    campaign: Campaign, person: Person, slug: str, topics: Collection[str], due_at: int, now: int, zone: dt.tzinfo,
    spent: Collection[str] = (),
) -> Step:  # fmt: skip
    """What to do now about a push of an item (``slug``, "" = none) with these tags; `spent` are channels tried in
    vain. ``why`` of a DROP is one of ``CAUSES``."""
    if why := barred(campaign, person, slug, topics):
        return Step(DROP, why=why)
    if now > due_at + campaign.until_hours * 3_600:
        return Step(DROP, why=TOO_LATE)
    free_at = capped_until(campaign, person.touched, now)
    if free_at > now + PATIENCE_SECONDS:
        return Step(DROP, why=ENOUGH)
    by_then = max(now, free_at)
    if night := quiet_until(by_then, zone) or quiet_until(by_then + CALLED_WITHIN, zone):
        return Step(LATER, at=night, why="at night")
    if free_at > now:
        return Step(LATER, at=free_at, why="so soon after the last one")
    return _through(campaign, person, spent)


def barred(campaign: Campaign, person: Person, slug: str, topics: Collection[str]) -> str:
    """Why this person must not get it through any channel at any hour, "" when nothing is against it."""
    if not person.follows:
        return NOT_FOLLOWING
    if "" in person.opted_out or not set(person.opted_out).isdisjoint({*topics, *campaign.topics}):
        return OPTED_OUT
    return OWNED if slug and slug in person.owned and campaign.purpose == MARKETING else ""


def first_push(
    campaign: Campaign, person: Person, slug: str, topics: Collection[str], slot: int, now: int, zone: dt.tzinfo
) -> Step:  # fmt: skip
    """What is planned at `now` of a push whose moment is `slot`: DROP for a cause that will not go away before it could
    be sent, or LATER with the first moment (by day) at which it may be tried."""
    by_day = quiet_until(now, zone) or now
    step = next_push(campaign, person, slug, topics, slot, by_day, zone)
    return step if step.do == DROP else Step(LATER, at=step.at or by_day)


def _through(campaign: Campaign, person: Person, spent: Collection[str]) -> Step:
    ledger = Ledger(True, person.window_left, None, person.consents, person.mass_left, person.touched)
    now_open = allowed_by_wechat(ledger, marketing=campaign.purpose != SERVICE)
    channel = next((one for one in campaign.channels if one not in spent and now_open[one].yes), "")
    if channel:
        return Step(SEND, channel)
    return Step(WAIT, VISIT, why=NO_CHANNEL)


def capped_until(campaign: Campaign, touched: Sequence[int], now: int) -> int:
    """When the caps next allow a message, `now` if they do already."""
    if not campaign.is_capped:
        return now
    return free_from(touched, campaign.caps.limits, now)


def lot(salt: str, openid: str) -> float:
    """A number in [0, 1) that is always the same for this person and this salt, and evenly spread."""
    return int.from_bytes(hashlib.sha256(f"{salt}\n{openid}".encode()).digest()[:8]) / 2**64


def is_held_out(campaign: Campaign, openid: str) -> bool:
    """Is this person never sent this campaign, for measuring? The same people at each of its runs and steps."""
    return lot(f"holdout:{campaign.series}", openid) < campaign.holdout


def variant_for(name: str, shares: Mapping[str, float], openid: str) -> str:
    """Which of the variants (name -> share, in the order of the file) this person gets of the campaign `name`."""
    mark = lot(f"variant:{name}", openid) * sum(shares.values())
    reached = zip(shares, accumulate(shares.values()), strict=True)
    return next((variant for variant, up_to in reached if mark < up_to), [*shares][-1])


def drawn_channels(campaign: Campaign, shares: Mapping[str, float], openid: str) -> tuple[str, ...]:
    """The channels in the order in which they are tried for this person: the one drawn for them by these shares stands
    first among those that have a share. Nobody's order changes where there are none."""
    if not shares:
        return campaign.channels
    first = drawn_first(campaign, shares, openid)
    place = min(campaign.channels.index(name) for name in shares)
    rest = [name for name in campaign.channels if name != first]
    return (*rest[:place], first, *rest[place:])


def drawn_first(campaign: Campaign, shares: Mapping[str, float], openid: str) -> str:
    """Which of the channels with a share is tried before the others for this person."""
    return variant_for(f"channels of {campaign.name}", shares, openid)
