"""The words of a mass send: those of a push that is nobody's own, with the job's link, which everybody opens."""

from __future__ import annotations

from catalog.load import Catalog
from domain.campaign import MASS, Campaign
from domain.link import LinkSigner
from flows.deliver_receipt import Place
from flows.write_push import About, write_push
from storage.mass_jobs import Job


def mass_words(place: Place, links: LinkSigner, catalog: Catalog, campaign: Campaign, job: Job, now: int) -> str:
    """What everybody of a job reads; "" when there is nothing (any more) to say, as when its item is off the shelf."""
    item = catalog.items.get(job.slug)
    if job.slug and (item is None or not item.is_out(now)):
        return ""
    push = write_push(place, links, catalog, campaign, MASS, About(job.variant, job.slug, "", job.client_id), now)
    return push.text if push else ""
