"""For which 订阅通知 a reader may be asked on a page: those that campaigns send, each for one message."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.load import Catalog
from domain.notice import NOTICE
from storage import consents, opt_outs
from storage.store import Store

MOST_TEMPLATES = 3
"""WeChat refuses to ask for more at once (20003). **Unverified** number."""
ENOUGH = 5
"""Who has agreed to so many is not asked again before some were sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Templates to ask for, and how many messages of them the reader has agreed to and not got."""

    template_ids: tuple[str, ...]
    left: int


def notices_to_ask(store: Store, catalog: Catalog, openid: str) -> Asked | None:
    """What to ask this reader for; None where there is nothing, or they want no pushes, or agreed to enough."""
    named = {campaign.notice for campaign in catalog.campaigns.values() if not campaign.draft}
    notices = [notice for name, notice in sorted(catalog.notices.items()) if name in named and notice.kind == NOTICE]
    template_ids = tuple(dict.fromkeys(notice.template_id for notice in notices))[:MOST_TEMPLATES]
    if not openid or not template_ids:
        return None
    with store.read() as tx:
        if opt_outs.has(tx, openid, ""):
            return None
        left = sum(consents.left(tx, openid, template_id) for template_id in template_ids)
    return Asked(template_ids, left) if left < ENOUGH else None
