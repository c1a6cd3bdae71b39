"""Why a follower would be shown an item, or may not be: what its score is made of, and what bars it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from catalog.load import Catalog
from domain.bars import FINISHED, MISSING, OWNED, REFUSED, SEEN, Bar, bars
from domain.item import Item
from domain.moment import rfc3339
from domain.ranking import SEEN_ENOUGH
from domain.reasons import greatest
from domain.why_sentences import bar_sentence, term_sentences
from flows.know_follower import LATELY, Known, know
from flows.offer_items import OFFERED
from storage import entitlements, followers
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a score: its name, its log odds, and where they come from in a sentence."""

    name: str
    value: float
    told: str


@dataclass(frozen=True, slots=True)
class Why:
    """One item for one follower. ``bars`` () = it may be shown. ``rank`` is by score from 1, among the ``of`` items
    that may be shown and itself; ``terms`` stand the weightiest first; ``place`` is where 推荐 would show it now if
    nothing were explored, 0 = not on that list. ``reason`` is the sentence the follower would read, ``spoken`` the term
    it is made of ("" = of none). An item that is not in the catalogue has bars alone."""

    slug: str
    title: str
    bars: tuple[Bar, ...]
    terms: tuple[Term, ...] = ()
    rank: int = 0
    of: int = 0
    place: int = 0
    reason: str = ""
    spoken: str = ""

    @property
    def score(self) -> float:
        """The sum of the terms."""
        return sum(term.value for term in self.terms)


def why_item(store: Store, catalog: Catalog, openid: str, slug: str, now: int) -> Why | None:
    """What would be told of this item to this follower at `now`; None for an unknown openid. Nothing is changed."""
    with store.read() as tx:
        if followers.find(tx, openid) is None:
            return None
    item = catalog.items.get(slug)
    if item is None:
        return Why(slug, "", (Bar(catalog.unpublished.get(slug, MISSING)),))
    known = know(store, openid, now)
    return _weighed(catalog, item, known, tuple(_dated(store, openid, item, known, now)), now)


def _weighed(catalog: Catalog, item: Item, known: Known, barred: tuple[Bar, ...], now: int) -> Why:
    follower, ranking = known.follower, catalog.ranking
    explained = ranking.explain(follower, item.slug, now)
    shown = ranking.rank(follower, now, OFFERED, lambda: 0.0)
    place = next((place for place, one in enumerate(shown, 1) if one.item.slug == item.slug), 0)
    ranked = shown[place - 1] if place else explained.ranked
    by_tag = {one.tag: one for one in known.interests}
    told = term_sentences(explained, follower, by_tag, lambda slug: f"《{catalog.items[slug].title}》", now)
    spoken, reason = greatest(ranked, by_tag if known.personal else None, follower.paid, now)
    terms = [Term(name, ranked.terms[name] + 0.0, sentence) for name, sentence in told.items()]  # + 0.0: -0.0 is none
    terms.sort(key=lambda term: -abs(term.value))
    return Why(item.slug, item.title, barred, tuple(terms), explained.rank, explained.of, place, reason, spoken)


def _dated(store: Store, openid: str, item: Item, known: Known, now: int) -> Iterator[Bar]:
    """What bars it, with the times that the rows tell."""
    with store.read() as tx:
        right = next((one for one in entitlements.rights(tx, openid) if one.slug == item.slug), None)
    finished = {one.slug: one.finished_at for one in known.look.engaged[1]}
    refused = {one.tag: one.at for one in known.interests if one.weight < 0}
    silent = sorted(one.at for one in known.shown if one.slug == item.slug and one.opened_at is None)
    for bar in bars(item, known.follower, now):
        if bar.why == OWNED and right:
            yield bar._replace(since=right.granted_at, until=right.until)
        elif bar.why == FINISHED:
            yield bar._replace(since=finished[item.slug])
        elif bar.why == REFUSED:
            yield bar._replace(since=refused[bar.tag])
        elif bar.why == SEEN:
            yield bar._replace(since=silent[0], until=silent[-SEEN_ENOUGH] + LATELY)
        else:
            yield bar


def why_document(why: Why, zone: ZoneInfo) -> dict[str, Any]:
    """The document of ``follower show --why``."""
    return {
        "slug": why.slug,
        "title": why.title or None,
        "may_be_shown": not why.bars,
        "bars": [
            {
                "why": bar.why,
                "tag": bar.tag or None,
                "times": bar.times or None,
                "since": rfc3339(bar.since, zone),
                "until": rfc3339(bar.until, zone),
                "text": bar_sentence(bar, zone),
            }
            for bar in why.bars
        ],
        "score": round(why.score, 4) if why.terms else None,
        "terms": [{"term": one.name, "value": round(one.value, 4), "text": one.told} for one in why.terms],
        "reason": {"term": why.spoken or None, "text": why.reason} if why.terms else None,
        "rank": why.rank or None,
        "of": why.of or None,
        "place": why.place or None,
    }
