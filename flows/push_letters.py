"""The letters of pushes that were claimed: the words for each person and channel, as WeChat takes them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.load import Catalog
from domain import wording
from domain.campaign import Campaign, Variant
from domain.delivery import TEMPLATE, WINDOW
from domain.link import LinkSigner
from flows.claim_pushes import Taken
from storage.store import Store
from wechat.fast_outbox import Letter, notice_letter, template_letter, text_letter

CALL = "去看看"


@dataclass(frozen=True, slots=True)
class Pen:
    """What words are written with: our links, the site's address and the account's zone."""

    links: LinkSigner
    public_url: str
    zone: dt.tzinfo

    def letters(
        self, store: Store, catalog: Catalog, campaign: Campaign, run_id: str, taken: Sequence[Taken], now: int
    ) -> list[Letter | None]:
        """One for each row; None where there is nothing to tell of any more."""
        return [self._letter(catalog, campaign, run_id, one, now) for one in taken]

    def _letter(self, catalog: Catalog, campaign: Campaign, run_id: str, one: Taken, now: int) -> Letter | None:
        item = catalog.items.get(one.due.slug)
        if one.due.slug and item is None:
            return None
        url = f"{self.public_url}/go/{self.links.token(one.due.slug, one.exposure_id)}" if item else self.public_url
        hour = dt.datetime.fromtimestamp(now, self.zone).hour
        values = {wording.GREETING: wording.greeting(hour), wording.NAME: ""}
        values |= wording.item_values(item, one.due.reason, None)
        openid = one.due.openid
        if one.channel == WINDOW:
            told = {**values, wording.LINK: wording.link(url, CALL) if item else ""}
            return text_letter(openid, wording.fill(_text(campaign, one.due.variant), told))
        notice = catalog.notices[campaign.notice]
        date = f"{dt.datetime.fromtimestamp(now, self.zone):%Y年%m月%d日 %H:%M}"
        data = notice.data({**values, wording.CAMPAIGN: campaign.title, wording.DATE: date})
        if one.channel == TEMPLATE:
            ours = hashlib.sha256(f"{run_id}\n{openid}".encode()).hexdigest()[:32]
            return template_letter(campaign.purpose, openid, notice.template_id, data, url, ours)
        return notice_letter(openid, notice.template_id, data, url)


def _text(campaign: Campaign, name: str) -> str:
    variant: Variant = next((one for one in campaign.variants if one.name == name), campaign.variants[0])
    return variant.text or wording.COMPOSED
