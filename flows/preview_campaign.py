"""What a campaign would do if it were launched now: how many, who not and why, through which channels, in which words,
and what is in the way. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nsmallest

from catalog.load import Catalog
from domain.campaign import ITS_OWN, MASS, NO_ITEM, PLANNED, RECOMMEND, SKIPPED, STEP, Campaign
from domain.delivery import NOTICE, TEMPLATE, VISIT, WINDOW
from domain.link import LinkSigner
from domain.quota import MASS_PEOPLE, QUIET_UNTIL_HOUR, quiet_until
from flows.claim_pushes import template_of
from flows.count_audience import Forecast, count_audience
from flows.deliver_receipt import Place
from flows.plan_audience import Deciding, Shares, plans_of
from flows.write_push import About, names_told, write_push
from storage import audience, campaign_runs
from storage.audience import Show
from storage.campaign_deliveries import Plan
from storage.store import Store
from storage.vault import Vault

SAMPLES_OF_CHANNEL = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """What one person would read."""

    openid: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """``audience`` people are named; ``excluded`` of them, cause -> people, get nothing; ``holdout`` are held out for
    measuring; the others get it: channel -> people."""

    name: str
    audience: int
    excluded: Mapping[str, int]
    holdout: int
    by_channel: Mapping[str, int]
    samples: tuple[Sample, ...]
    problems: tuple[str, ...]

    @property
    def reaches(self) -> int:
        """How many people get it, sooner or later."""
        return sum(self.by_channel.values())


@dataclass(frozen=True, slots=True)
class Previewer:
    """What a preview is made with. ``show`` decrypts what followers told of themselves."""

    store: Store
    catalog: Catalog
    place: Place
    links: LinkSigner
    vault: Vault | None
    show: Show
    shares: Shares


def preview_campaign(
    of: Previewer, campaign: Campaign, now: int, report: Callable[[float], None] = lambda done: None
) -> Preview:  # fmt: skip
    """The preview of a launch at `now`. `report` is told how much of the work is done. May raise ``StoreBusy``."""
    deciding = Deciding(
        of.catalog, campaign, of.shares(of.store, campaign), now, now, of.place.zone, of.show
    )  # fmt: skip
    with of.store.read() as tx:
        openids = audience.everybody(tx, campaign.audience, now, of.show)
        report(0.5)
        found = count_audience(
            tx, of.catalog, campaign, openids, partial(_suited, of.store, deciding, now), now, of.place.zone
        )
    report(0.9)
    return Preview(
        campaign.name,
        found.audience,
        found.excluded,
        found.held_out,
        {channel: len(people) for channel, people in found.by_channel.items()},
        tuple(_samples(of, deciding, found, now)),
        tuple(_problems(of, campaign, found, now)),
    )


def _suited(store: Store, deciding: Deciding, now: int, openids: Sequence[str]) -> list[str]:
    plans = plans_of(store, deciding, openids, now)
    return [plan.openid for plan in plans if (plan.state, plan.why) != (SKIPPED, NO_ITEM)]


# --- words ----------------------------------------------------------------------------------------------------------


def _samples(of: Previewer, deciding: Deciding, found: Forecast, now: int) -> Iterator[Sample]:
    chosen = {
        openid: channel for channel, people in found.by_channel.items()
        for openid in nsmallest(SAMPLES_OF_CHANNEL, people)
    }  # fmt: skip
    names = names_told(of.store, of.vault, of.catalog, deciding.campaign, chosen)
    for plan in plans_of(of.store, deciding, [*chosen], now):
        if plan.state == PLANNED and (text := _text(of, deciding, plan, chosen[plan.openid], names, now)):
            yield Sample(plan.openid, chosen[plan.openid], text)


def _text(
    of: Previewer, deciding: Deciding, plan: Plan, channel: str, names: Mapping[str, str], now: int
) -> str:  # fmt: skip
    about = About(plan.variant, plan.slug, plan.reason, "", names.get(plan.openid, ""))
    spoken = WINDOW if channel == VISIT else channel
    push = write_push(of.place, of.links, of.catalog, deciding.campaign, spoken, about, now)
    if push is None:
        return ""
    if channel in (NOTICE, TEMPLATE):
        return " · ".join(field["value"] for field in push.data.values())
    return push.text


# --- what is in the way ---------------------------------------------------------------------------------------------


def _problems(of: Previewer, campaign: Campaign, found: Forecast, now: int) -> Iterator[str]:
    file = f"campaigns/{campaign.name.partition(STEP)[0]}.yaml"
    yield from _of_the_file(of.catalog, campaign, now)
    with of.store.read() as tx:
        if campaign_runs.is_paused(tx, campaign.name):
            yield f"it is paused: python bot.py campaign resume {campaign.name}"
    if not found.audience:
        yield "nobody is of its audience"
    elif not found.reaches:
        yield "nobody is left who would get it"
    if len(found.by_channel.get(MASS, ())) in range(1, MASS_PEOPLE[0]):
        yield f"a mass send needs at least {MASS_PEOPLE[0]} people: a single one gets it at the next visit"
    if found.guessed:
        yield f"whom no item suits was asked of {found.guessed} people: {NO_ITEM} is their share of all"
    if quiet_until(now, of.place.zone):
        yield f"it is night: nothing is sent before {QUIET_UNTIL_HOUR:02}:00"
    yield from (str(one) for one in of.catalog.advice if one.path == file)


def _of_the_file(catalog: Catalog, campaign: Campaign, now: int) -> Iterator[str]:
    if campaign.draft:
        yield f"it is a draft: write status: ready in campaigns/{campaign.series}.yaml"
    if campaign.trigger is not None:
        yield "it is a series, which goes to each person when their moment has come: counted is everybody it is for"
    item = catalog.items.get(campaign.item)
    if campaign.item not in ("", RECOMMEND, ITS_OWN) and (item is None or not item.is_out(now)):
        yield f"the item {campaign.item} is not on the shelf"
    for kind in (NOTICE, TEMPLATE):
        if kind in campaign.channels and not template_of(catalog, campaign, kind):
            yield f"channel {kind} is not used: no template_id of this kind for {campaign.notice or 'a notice'}"
