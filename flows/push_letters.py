"""The letters of pushes that were claimed: the words for each person and channel, as WeChat takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.load import Catalog
from domain.campaign import Campaign
from domain.delivery import TEMPLATE, WINDOW
from domain.link import LinkSigner
from flows.claim_pushes import Taken
from flows.deliver_receipt import Place
from flows.write_push import About, names_told, write_push
from storage.store import Store
from storage.vault import Vault
from wechat.fast_outbox import Letter, notice_letter, template_letter, text_letter


@dataclass(frozen=True, slots=True)
class Pen:
    """What words are written with: our links, where we are, and what decrypts names (None = nothing can)."""

    links: LinkSigner
    place: Place
    vault: Vault | None = None

    def letters(
        self, store: Store, catalog: Catalog, campaign: Campaign, run_id: str, taken: Sequence[Taken], now: int
    ) -> list[Letter | None]:
        """One for each row; None where there is nothing to tell of any more."""
        names = names_told(store, self.vault, catalog, campaign, [one.due.openid for one in taken])
        return [self._letter(catalog, campaign, run_id, one, names.get(one.due.openid, ""), now) for one in taken]

    def _letter(
        self, catalog: Catalog, campaign: Campaign, run_id: str, one: Taken, name: str, now: int
    ) -> Letter | None:
        due, notice = one.due, catalog.notices.get(campaign.notice)
        about = About(due.variant, due.slug, due.reason, one.exposure_id, name)
        push = write_push(self.place, self.links, catalog, campaign, one.channel, about, now)
        if push is None:
            return None
        if one.channel == WINDOW:
            return text_letter(due.openid, push.text)
        if notice is None:
            return None
        if one.channel == TEMPLATE:
            ours = hashlib.sha256(f"{run_id}\n{due.openid}".encode()).hexdigest()[:32]
            return template_letter(campaign.purpose, due.openid, notice.template_id, push.data, push.url, ours)
        return notice_letter(due.openid, notice.template_id, push.data, push.url)
