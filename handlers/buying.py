"""Words about buying: coupon codes, claim codes, what is owned and what still waits for money, how to pay."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from domain.answer import Answer
from domain.claim import read_code
from domain.item import yuan
from domain.message import Message
from domain.order import WAITING
from domain.price import Coupon, why_not, why_useless
from domain.reply import Text
from flows.offer_items import offer, plain
from flows.price_item import held_codes
from handlers.visit import Visit
from storage import claim_codes, coupons, entitlements, orders

_NAMED = re.compile(r"(?:我?有?(?:一张)?(?:优惠券|优惠码|券码|兑换码|使用券|用券|券))[\s:：是]*([0-9a-zA-Z]{4,20})")
_CODE = re.compile(r"[0-9a-zA-Z]{4,20}")
LATEST_ORDERS = 10
"""Orders looked at for one that still waits for money."""


def coupon_code(message: Message, visit: Visit) -> Answer | None:
    """A coupon's code, alone or after 优惠券: kept, and items shown at their lower price."""
    said = visit.understood.plain.strip()
    named = _NAMED.fullmatch(said)
    code = named[1] if named else said
    if not _CODE.fullmatch(code):
        return None
    coupon = visit.catalog.coupons.get(code.upper())
    if coupon is None:
        return visit.answer("coupon_unknown", code=code.upper()) if named else None
    with visit.store.read() as tx:
        used = len(coupons.used_in(tx, coupon.code, visit.openid))
    if useless := why_useless(coupon, used, visit.now):
        return visit.answer(useless, title=plain(coupon.title))
    heading = visit.say("coupon_held", title=plain(coupon.title), terms=_terms(coupon, visit))
    pen = replace(visit.pen, price=visit.pen.price.with_code(coupon.code))
    cheaper = [slug for slug, item in visit.catalog.items.items() if not why_not(coupon, item, used, visit.now)]
    ranked = visit.choose(among=cheaper)
    if not ranked:
        return Answer(Text(heading), coupon=coupon.code)
    return replace(offer(pen, ranked, visit.known, visit.now, heading, visit.closing()), coupon=coupon.code)


def claim_code(message: Message, visit: Visit) -> Answer | None:
    """The code an item page shows after paying outside WeChat: what was bought there is the follower's now."""
    said = visit.understood.plain.strip()
    code = read_code(said)
    if not code:
        return None
    stored = visit.claims.stored(code)
    with visit.store.read() as tx:
        found = claim_codes.find(tx, stored)
        usable = found is not None and not found.claimed_by and found.until > visit.now
        slugs = entitlements.owned(tx, found.buyer, visit.now) if usable and found else ()
    if not usable:
        return visit.answer("claim_unknown") if said.startswith("领") else None
    if not slugs:
        return visit.answer("claim_empty")
    return Answer(Text(visit.say("claimed", items=_links(visit, slugs))), claim=stored)


def owned(visit: Visit) -> Answer:
    """What the follower may read whole, and what waits for their money."""
    return Answer(Text(owned_words(visit)))


def owned_words(visit: Visit) -> str:
    """What is owned and what waits for money, as text."""
    links = _links(visit, visit.known.owned)
    told = visit.say("owned", items=links) if links else visit.say("owned_empty")
    waiting = _links(visit, _waiting(visit))
    return f"{told}\n\n{visit.say('owned_waiting', items=waiting)}" if waiting else told


def coupons_held(visit: Visit) -> Answer:
    """The coupons the follower holds, and which of them can be used."""
    known = visit.catalog.coupons
    with visit.store.read() as tx:
        held = [(known[code], len(coupons.used_in(tx, code, visit.openid)))
                for code in held_codes(tx, known, visit.openid)]  # fmt: skip
    usable = [coupon for coupon, used in held if not why_useless(coupon, used, visit.now)]
    if not usable:
        return visit.answer("coupons_empty")
    lines = [f"· {plain(coupon.title)}（{_terms(coupon, visit)}）" for coupon in usable]
    return visit.answer("coupons", coupons="\n".join(lines))


def paying(visit: Visit) -> Answer:
    """How to pay; and where the follower stands: an order that waits, items that are theirs."""
    parts = [visit.say("paying")]
    if waiting := _links(visit, _waiting(visit)):
        parts.append(visit.say("owned_waiting", items=waiting))
    if links := _links(visit, visit.known.owned):
        parts.append(visit.say("owned", items=links))
    return Answer(Text("\n\n".join(parts)))


def refunding(visit: Visit) -> Answer:
    """How to get money back."""
    return visit.answer("refunding")


def _waiting(visit: Visit) -> tuple[str, ...]:
    """Slugs of orders that can still be paid."""
    with visit.store.read() as tx:
        latest = orders.of(tx, visit.openid, LATEST_ORDERS)
    waiting = (one.slug for one in latest if one.state == WAITING and not one.superseded and one.expires_at > visit.now)
    return tuple(dict.fromkeys(slug for slug in waiting if slug not in visit.known.owned))


def _links(visit: Visit, slugs: tuple[str, ...]) -> str:
    """A line for each item; an item that is off the shelf has no page to link."""
    items = [visit.catalog.items[slug] for slug in slugs if slug in visit.catalog.items]
    return "\n".join(f'· <a href="{visit.pen.public_url}/a/{item.slug}">{plain(item.title)}</a>' for item in items)


def _terms(coupon: Coupon, visit: Visit) -> str:
    """What it takes off, from which price, until when."""
    parts = [f"减 {coupon.percent_off}%" if coupon.percent_off else f"减 {yuan(coupon.fen_off)}"]
    if coupon.least_fen:
        parts.append(f"满 {yuan(coupon.least_fen)} 可用")
    if coupon.ends is not None:
        last = dt.datetime.fromtimestamp(coupon.ends - 1, visit.zone)
        parts.append(f"{last.month} 月 {last.day} 日为止")
    return "，".join(parts)
