"""The report on the content: what readers did with each item, what stands out, what needs attention first.

Counted anew from exposures, engagements and orders each time it is asked for. What operators do while trying out their
own account is counted too: nothing tells their openids from others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.load import Catalog
from domain.interests import DAY
from domain.item_report import Counts, ItemReport, usual_rates
from domain.passages import FREE, WHOLE, characters, passages
from domain.rates import ENOUGH
from domain.stops import Reading, reading
from storage import content_figures as figures
from storage.content_figures import NOT_ENGAGED, NOT_SHOWN, NOT_SOLD, Engaged, Shown, Sold
from storage.store import Store, Transaction

MOST_LOOKED_AT = 500
"""Items whose every reader's place is read; in a large account the rest have too few readers to name a passage."""
MOST_WORDS = 5
"""Of what readers wrote, so many of the newest are shown with an item."""


@dataclass(frozen=True, slots=True)
class ContentReport:
    """The account since ``since`` (seconds since 1970): ``total`` of all items, ``items`` of one page, what needs
    attention first, and how many follow on later pages (``left``). ``sparse`` = how many items have too few
    readers to conclude anything from."""

    since: int
    total: Counts
    items: tuple[ItemReport, ...]
    left: int
    sparse: int


def by_need(report: ItemReport) -> Any:
    """A sort key: what needs attention first."""
    return report.order


def report_content(
    store: Store, catalog: Catalog, now: int, days: int, most: int, skip: int = 0,
    key: Callable[[ItemReport], Any] = by_need,
) -> ContentReport:  # fmt: skip
    """Every item that was shown, read or sold in the last `days` days: `most` of them after `skip`, sorted by `key`."""
    since = now - days * DAY
    with store.read() as tx:
        counted = _count(tx, catalog, since)
        total = _total(counted.values())
        looked_at = _most_read(counted)
        reports = [
            _report(catalog, slug, counts, total, _readings(tx, catalog, slug, since) if slug in looked_at else ())
            for slug, counts in counted.items()
        ]
        reports.sort(key=key)
        page = [_with_words(tx, one) for one in reports[skip : skip + most]]
    sparse = sum(not one.enough for one in reports)
    return ContentReport(since, total, tuple(page), max(0, len(reports) - skip - most), sparse)


def report_item(store: Store, catalog: Catalog, slug: str, now: int, days: int) -> ItemReport | None:
    """One item, with where its readers stopped; None when nobody knows it, neither catalogue nor rows."""
    since = now - days * DAY
    with store.read() as tx:
        counted = _count(tx, catalog, since)
        if slug not in counted and slug not in catalog.items:
            return None
        readings = _readings(tx, catalog, slug, since)
        return _with_words(tx, _report(catalog, slug, counted.get(slug, Counts()), _total(counted.values()), readings))


def _most_read(counted: Mapping[str, Counts]) -> frozenset[str]:
    """The items that are looked at for where readers stop: those with enough readers, the ``MOST_LOOKED_AT`` most
    read."""
    enough = [slug for slug, counts in counted.items() if counts.readers >= ENOUGH]
    return frozenset(sorted(enough, key=lambda slug: (-counted[slug].readers, slug))[:MOST_LOOKED_AT])


def _count(tx: Transaction, catalog: Catalog, since: int) -> dict[str, Counts]:
    """Slug -> what was counted of it since then."""
    shown, engaged, sold = figures.shown(tx, since), figures.engaged(tx, since), figures.sold(tx, since)
    return {
        slug: _counts(
            shown.get(slug, NOT_SHOWN), engaged.get(slug, NOT_ENGAGED), sold.get(slug, NOT_SOLD),
            free=slug in catalog.items and catalog.items[slug].price_fen == 0,
        )
        for slug in {*shown, *engaged, *sold}
    }  # fmt: skip


def _counts(shown: Shown, engaged: Engaged, sold: Sold, free: bool) -> Counts:
    return Counts(
        exposed=shown.exposed, opened=shown.opened, readers=engaged.readers, read=engaged.read,
        finishers=engaged.end if free else engaged.owners_end,
        could_finish=max(engaged.readers, engaged.end) if free else engaged.owners,
        at_price=0 if free else engaged.at_price, buyers=0 if free else engaged.buyers,
        bought=sold.bought, returned=sold.returned, revenue_fen=sold.revenue_fen,
        liked=engaged.liked, shared=engaged.shared,
        stars_sum=engaged.stars_sum, stars_count=engaged.stars_count, good_stars=engaged.good_stars,
    )  # fmt: skip


def _total(counted: Iterable[Counts]) -> Counts:
    whole = Counts()
    for one in counted:
        whole = whole.plus(one)
    return whole


def _report(
    catalog: Catalog, slug: str, counts: Counts, total: Counts, readings: tuple[Reading, ...]
) -> ItemReport:  # fmt: skip
    item = catalog.items.get(slug)
    usual = usual_rates(total.less(counts))
    title, price_fen = (item.title, item.price_fen) if item else (slug, 0)
    return ItemReport(slug, title, price_fen, item is not None, counts, usual, readings)


def _with_words(tx: Transaction, report: ItemReport) -> ItemReport:
    """The same with what readers wrote."""
    return replace(report, words=tuple(figures.words(tx, report.slug, MOST_WORDS)))


def _readings(tx: Transaction, catalog: Catalog, slug: str, since: int) -> tuple[Reading, ...]:
    """How far each part was read: of a paid item by those who own it, and by those who do not."""
    item = catalog.items.get(slug)
    if item is None:
        return ()
    strangers, owners = figures.furthest(tx, slug, since)
    by_part = {FREE: strangers, WHOLE: owners}
    if item.price_fen == 0:
        by_part = {
            WHOLE: {percent: strangers.get(percent, 0) + owners.get(percent, 0) for percent in {*strangers, *owners}}
        }
    return tuple(
        reading(part, passages(item, part), characters(item, part), furthest)
        for part, furthest in by_part.items()
        if furthest
    )
