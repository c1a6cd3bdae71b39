"""Offering items in the chat: chosen, reasoned, numbered, linked, logged."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.load import Catalog
from domain.answer import Answer, Exposure, Lesson
from domain.item import Item
from domain.link import LinkSigner
from domain.price import shown
from domain.ranking import IMPERSONAL, POLICY, Ranked
from domain.reasons import reason
from domain.reply import Card, Text
from domain.rivals import AGREES
from domain.wording import plain as plain
from flows.know_follower import Known
from flows.price_item import Prices

OFFERED = 3
"""A phone shows three items without scrolling, and three subjects fit."""
SEARCH_POLICY = "search-1"
OPERATOR_POLICY = "operator"
SMALLEST = 0.005
"""Terms are stored to two digits; what is less is nothing."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What is needed to write an offer down: where we are, how links are signed, ids, tappable words, prices."""

    public_url: str
    links: LinkSigner
    new_id: Callable[[], str]
    tap: Callable[[str, str], str]  # (words to show, words to send) -> a tappable text, or the plain words
    price: Prices  # what an item costs this follower

    def link(self, slug: str, exposure_id: str) -> str:
        """The tracked address of an item."""
        return f"{self.public_url}/go/{self.links.token(slug, exposure_id)}"


def choose(
    catalog: Catalog, known: Known, now: int, chance: Callable[[], float], skip: Collection[str] = (),
    among: Collection[str] | None = None, about: Collection[str] | None = None, count: int = OFFERED,
) -> list[Ranked]:  # fmt: skip
    """The items of the shelf to offer next: none of `skip`; only of `among`; only with one of the tags `about`."""
    return catalog.ranking.rank(known.follower, now, count, chance, skip, among, about)


def choose_found(
    catalog: Catalog, known: Known, now: int, chance: Callable[[], float], found: Sequence[str]
) -> list[Ranked]:
    """What a search found, in its order, then what fits beside it; never owned, never refused."""
    refused = {interest.tag for interest in known.interests if interest.weight < 0}
    good: list[Item] = []
    for slug in found:
        item = catalog.items[slug]
        if item.is_out(now) and slug not in known.owned and refused.isdisjoint(item.tags):
            good.append(item)
            if len(good) == OFFERED:
                break
    hits = [Ranked(item, 0.0, 1.0, {}) for item in good]
    if not hits or len(hits) == OFFERED:
        return hits
    tags = {tag for item in good for tag in item.tags[:2]}
    beside = choose(catalog, known, now, chance, [item.slug for item in good], about=tags, count=OFFERED - len(hits))
    return hits + [one._replace(agrees=None) for one in beside]  # rivals are asked about whole lists


def offer(
    pen: Pen, ranked: Sequence[Ranked], known: Known, now: int, heading: str, closing: str,
    asked: Mapping[str, str] | None = None, lessons: Iterable[Lesson] = (), policy: str = "",
) -> Answer:  # fmt: skip
    """A numbered list as a text reply. `policy` "" = chosen by the ranking."""
    policy = policy or (POLICY if known.personal else IMPERSONAL)
    by_tag = {interest.tag: interest for interest in known.interests} if known.personal else None
    paid = known.follower.paid if any(one.terms for one in ranked) else ()  # hits alone need no look at it
    parts, exposures = [heading], []
    for position, one in enumerate(ranked, 1):
        item = one.item
        why = reason(one, by_tag, asked or {}, paid, now)
        exposure = Exposure(pen.new_id(), item.slug, position, policy, one.propensity, why, _terms(one))
        exposures.append(exposure)
        link = f'<a href="{pen.link(item.slug, exposure.id)}">{plain(item.title)}</a>'
        parts.append(f"{position}. {link}  {shown(pen.price(item))}\n{plain(item.summary)}\n（{plain(why)}）")
    parts.append(closing)
    return Answer(Text("\n\n".join(parts)), tuple(lessons), tuple(exposures))


def offer_card(pen: Pen, item: Item, why: str, exposure_id: str = "", policy: str = OPERATOR_POLICY) -> Answer:
    """One item as a card. With `exposure_id` it was offered before and is only opened up."""
    exposure = Exposure(exposure_id or pen.new_id(), item.slug, 1, policy, 1.0, why)
    card = Card(item.title, f"{shown(pen.price(item))} · {item.summary}", pen.link(item.slug, exposure.id))
    return Answer(card, exposures=() if exposure_id else (exposure,))


def _terms(one: Ranked) -> str:
    """What made its score, as it is stored: so that why it was shown can be told later."""
    terms: dict[str, object] = {name: round(value, 2) for name, value in one.terms.items() if abs(value) >= SMALLEST}
    if one.terms and one.agrees is not None:
        terms[AGREES] = one.agrees
    return json.dumps(terms, separators=(",", ":")) if terms else ""
