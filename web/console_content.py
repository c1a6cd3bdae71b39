"""The content in the console: how each item does, where its readers stop, what they say of it, what they ask for and do
not find, and which of their words are new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, request

from domain import report_sentences as sentences
from domain.item_report import RATES, ItemReport
from domain.rates import Rate
from flows.find_gaps import find_gaps
from flows.propose_words import propose_words, tag_lines, word_lines
from flows.report_content import by_need, report_content, report_item
from web.console_office import PAGE_ROWS, Office
from web.places import Places

PERIODS = (7, 30, 90, 365)
MOST_PAGES = 10_000
COUNTED_AT_ONCE = 1
"""Counting a large account takes seconds: of a worker's threads no more than one may do it, pushes need the others."""


def _most(count: Callable[[ItemReport], float]) -> Callable[[ItemReport], Any]:
    return lambda one: (-count(one), one.slug)


def _highest(rate: Callable[[ItemReport], Rate]) -> Callable[[ItemReport], Any]:
    """A rate of too few trials says nothing and stands last."""
    return lambda one: (not rate(one).enough, -rate(one).estimate, one.slug)


SORTS: Mapping[str, tuple[str, Callable[[ItemReport], Any]]] = {
    "": ("先处理的在前", by_need),
    "exposed": ("展示最多", _most(lambda one: one.counts.exposed)),
    "open": ("点开率", _highest(lambda one: one.counts.open)),
    "readers": ("读者最多", _most(lambda one: one.counts.readers)),
    "finish": ("读完率", _highest(lambda one: one.counts.finish)),
    "bought": ("卖得最多", _most(lambda one: one.counts.bought)),
    "revenue": ("收入最多", _most(lambda one: one.counts.revenue_fen)),
    "back": ("退得最多", _most(lambda one: one.counts.returned)),
    "stars": ("评分最高", _most(lambda one: one.counts.stars)),
}
"""The ``sort`` of the address -> (its name, how it sorts)."""


def add_content(console: Blueprint, office: Office) -> None:
    """The pages about items."""
    places = Places(COUNTED_AT_ONCE)

    @console.get("/content", endpoint="content")
    def listed() -> Response:
        days, page, sort = _days(), _page(), request.args.get("sort", "")
        sort = sort if sort in SORTS else ""
        skip = (page - 1) * PAGE_ROWS
        with places.one():
            found = report_content(
                office.store, office.catalog.current, office.now, days, PAGE_ROWS, skip, SORTS[sort][1]
            )
        names = {name: told for name, (told, _) in SORTS.items()}
        return office.page(
            "content.html",
            found=found,
            days=days,
            periods=PERIODS,
            sort=sort,
            sorts=names,
            page=page,
            sentences=sentences,
        )

    @console.get("/content/items/<slug>", endpoint="content_item")
    def one(slug: str) -> Response:
        days = _days()
        found = None
        if slug.isprintable():
            with places.one():
                found = report_item(office.store, office.catalog.current, slug, office.now, days)
        if found is None:
            abort(404)
        return office.page("content_item.html", one=found, days=days, periods=PERIODS, rates=RATES, sentences=sentences)

    @console.get("/content/gaps", endpoint="gaps")
    def gaps() -> Response:
        days, page = _days(), _page()
        catalog, skip = office.catalog.current, (page - 1) * PAGE_ROWS
        with places.one():
            found = find_gaps(office.store, catalog, office.now, days, PAGE_ROWS, skip)
        return office.page("gaps.html", found=found, days=days, periods=PERIODS, page=page, items=catalog.items)

    @console.get("/content/words", endpoint="words")
    def words() -> Response:
        catalog = office.catalog.current
        with places.one():
            found = propose_words(office.store, catalog, PAGE_ROWS)
        tags = dict.fromkeys(one.tag for one in found.synonyms if one.tag)
        for_tags = list(zip(tags, tag_lines(catalog, found), strict=True))
        for_words, known = word_lines(found), catalog.synonyms
        return office.page("words.html", found=found, for_words=for_words, for_tags=for_tags, known=known)


def _days() -> int:
    given = request.args.get("days", "")
    return int(given) if given in map(str, PERIODS) else 30


def _page() -> int:
    given = request.args.get("page", "")
    return min(max(int(given), 1), MOST_PAGES) if given.isascii() and given.isdigit() and len(given) < 9 else 1
