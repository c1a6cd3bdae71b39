"""The words of one push: a campaign's text or notice, filled for one person, one item and one channel.

The price is the shelf's: what a coupon takes off is seen on the page, and nobody is charged more than was told. A mass
message is the same for all, so it has neither name nor reason, and its link is the job's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from catalog.load import Catalog
from domain import wording
from domain.campaign import MARKETING, MASS, Campaign, Variant
from domain.interests import PERSONALISATION
from domain.item import Item, yuan
from domain.link import LinkSigner
from domain.quota import REPLY_TEXT_BYTES
from flows.deliver_receipt import Place
from storage import followers, opt_outs
from storage.store import Store
from storage.vault import Vault


class Push(NamedTuple):
    """What is sent: ``text`` through the window or by mass, or ``data``, the fields of a notice as WeChat takes them,
    with ``url`` to open."""

    text: str
    data: Mapping[str, Mapping[str, str]]
    url: str


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what one push is about: ``slug`` "" = no item; ``reason`` as it was planned; ``exposure_id`` of its
    link, "" = a sample that is not sent; ``name`` they told us, "" = none."""

    variant: str
    slug: str = ""
    reason: str = ""
    exposure_id: str = ""
    name: str = field(default="", repr=False)


def write_push(
    place: Place, links: LinkSigner, catalog: Catalog, campaign: Campaign, channel: str, about: About, now: int
) -> Push | None:
    """The words; None when there are none (any more): the item is off the shelf, or the variant is not of the campaign,
    or the text has become too long."""
    item = catalog.items.get(about.slug)
    variant = next((one for one in campaign.variants if one.name == about.variant), None)
    if variant is None or (about.slug and item is None):
        return None
    impersonal = channel == MASS
    values = wording.item_values(
        item, "" if impersonal else about.reason, catalog.ranking.learned.figures.get(about.slug)
    )
    url = _url(place, links, about) if item else place.public_url
    values |= {
        wording.NAME: "" if impersonal else wording.short(wording.plain(about.name), wording.NAME_CHARACTERS),
        wording.GREETING: wording.of_everybody() if impersonal else _greeting(place, about.name, now),
        wording.LINK: wording.link(url, _call(catalog, campaign, item)) if item else "",
    }
    text = _with_way_out(_text(variant, values), catalog, campaign, item)
    return Push(text, _data(catalog, campaign, place, item, values, now), url) if text else None


def names_told(
    store: Store, vault: Vault | None, catalog: Catalog, campaign: Campaign, openids: Collection[str]
) -> dict[str, str]:
    """Openid -> the name they told us themselves, of at most ``among.MOST`` people; not of those who want nothing
    personal, and of nobody where the campaign's words have no place for it."""
    notice = catalog.notices.get(campaign.notice)
    words = [variant.text for variant in campaign.variants] + ([*notice.fields.values()] if notice else [])
    if vault is None or not any({wording.NAME, wording.GREETING} & {*wording.placeholders(one)} for one in words):
        return {}
    with store.read() as tx:
        hidden, stopped = followers.told_by(tx, openids), opt_outs.of_many(tx, openids)
    facts = {
        openid: vault.show_facts(sealed) for openid, sealed in hidden.items()
        if PERSONALISATION not in stopped.get(openid, ())
    }  # fmt: skip
    return {
        openid: str(one["name"]) for openid, one in facts.items()
        if one.get("name") and "name" not in one.get("imported", ())
    }  # fmt: skip


def _greeting(place: Place, name: str, now: int) -> str:
    return wording.greeting(dt.datetime.fromtimestamp(now, place.zone).hour, wording.plain(name))


def _url(place: Place, links: LinkSigner, about: About) -> str:
    if not about.exposure_id:
        return f"{place.public_url}/a/{about.slug}"
    return f"{place.public_url}/go/{links.token(about.slug, about.exposure_id)}"


def _call(catalog: Catalog, campaign: Campaign, item: Item) -> str:
    """The words to tap: they promise no more than the page gives."""
    named = "push_free" if item.price_fen == 0 else "push_try" if campaign.purpose == MARKETING else "push_open"
    return wording.short(catalog.replies.sentences[named], wording.CALL_CHARACTERS)


def _text(variant: Variant, values: Mapping[str, str]) -> str:
    """The text; without its longest parts where it has grown too long since it was checked; "" where that is not
    enough."""
    for left_out in ((), (wording.SUMMARY, wording.REASON)):
        text = wording.fill(variant.text, {**values, **dict.fromkeys(left_out, "")})
        if len(text.encode()) <= REPLY_TEXT_BYTES:
            return text
    return ""


def _with_way_out(text: str, catalog: Catalog, campaign: Campaign, item: Item | None) -> str:
    """The text, and under it how to get no more of it: where there is room, and where it does not say so itself."""
    if campaign.purpose != MARKETING or not text or "退订" in text:
        return text
    topic = item.subject if item else next(iter(campaign.topics), "")
    words = catalog.replies.sentences["push_stop_topic" if topic else "push_stop"].format(topic=wording.plain(topic))
    longer = f"{text}\n{words}"
    return longer if words and len(longer.encode()) <= REPLY_TEXT_BYTES else text


def _data(
    catalog: Catalog, campaign: Campaign, place: Place, item: Item | None, values: Mapping[str, str], now: int
) -> Mapping[str, Mapping[str, str]]:
    notice = catalog.notices.get(campaign.notice)
    if notice is None:
        return {}
    here = dt.datetime.fromtimestamp(now, place.zone)
    amount = yuan(item.price_fen).removeprefix("¥") + "元" if item and item.price_fen else "0.00元"
    return notice.data(
        {**values, wording.PRICE: amount, wording.CAMPAIGN: campaign.title, wording.DATE: f"{here:%Y年%m月%d日 %H:%M}"}
    )
