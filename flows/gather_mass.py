"""Who is to get a mass send is put into jobs: people of one run who read the same words, together with whoever still
comes, at most 10,000 a job. Nobody is sent one alone: the last one without company gets it at the next visit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from domain.campaign import MASS, NO_CHANNEL, Campaign
from domain.ids import CHANCE_BYTES, new_id
from domain.mass_send import FORMING, FRESH_SECONDS, SHARED, closes
from domain.quota import MASS_PEOPLE
from storage import mass_jobs, mass_people, sends
from storage.campaign_sending import Due
from storage.mass_jobs import Job
from storage.store import Store, Transaction

COMPANY_SECONDS = 600
"""A job waits for those whose turn comes within this time."""
_EVER = 1 << 40

Words = Callable[[Job], str]
"""What a job says, "" when there is nothing (any more) to say."""


def group(tx: Transaction, run_id: str, campaign: Campaign, rows: Sequence[Due], now: int) -> Collection[str]:
    """These go by mass send: in the transaction in which that was decided they are set aside, and it counts as sent to
    them, so that no other campaign takes their turn. The openids of those that were still planned."""
    grouped = [row.openid for row in rows if mass_people.group(tx, run_id, row.openid, now)]
    sends.add_many(tx, [(openid, MASS) for openid in grouped], run_id, now, campaign.counts_as)
    return grouped


def gather(store: Store, run_id: str, words: Words, chance: Callable[[int], bytes], now: int) -> None:
    """Bring those of a run who wait for a job into one, where there are enough. May raise ``StoreBusy``."""
    _let_go(store, run_id, now)
    with store.read() as tx:
        begun = [job for job in mass_jobs.of_run(tx, run_id) if job.state == FORMING]
    for job in begun:  # its process died
        _fill(store, job, words)
    with store.read() as tx:
        waiting = mass_people.waiting(tx, run_id)
        still_coming = mass_people.on_the_way(tx, run_id, now + COMPANY_SECONDS)
        ever = still_coming or mass_people.on_the_way(tx, run_id, _EVER)
    for variant, slug, people in waiting:
        if closes(people, still_coming):
            _fill(store, _begin(store, run_id, variant, slug, chance, now), words)
        elif not ever:
            _alone(store, run_id, variant, slug)


def _let_go(store: Store, run_id: str, now: int) -> None:
    """What was decided of those who waited too long is out of date: they are decided on anew."""
    while True:
        with store.write() as tx:
            late = mass_people.waited_too_long(tx, run_id, now - FRESH_SECONDS)
            for openid in late:
                if mass_people.leave(tx, run_id, openid, now):
                    sends.undo(tx, openid, run_id)
        if not late:
            return


def _begin(store: Store, run_id: str, variant: str, slug: str, chance: Callable[[int], bytes], now: int) -> Job:
    with store.write() as tx:
        job = mass_jobs.forming(tx, run_id, variant, slug)
        if job is None:
            client_id = SHARED + new_id(now, chance(CHANCE_BYTES))
            mass_jobs.begin(tx, client_id, run_id, variant, slug, now)
            job = mass_jobs.find(tx, client_id)
    assert job is not None
    return job


def _fill(store: Store, job: Job, words: Words) -> None:
    """Let people join, page by page, until nobody waits or it is full; then close it."""
    people, most = job.people, MASS_PEOPLE[1]
    while people < most:
        with store.write() as tx:
            page = mass_people.who_wait(tx, job.run_id, job.variant, job.slug)[: most - people]
            joined = sum(mass_people.join(tx, job.run_id, openid, job.client_id) for openid in page)
            mass_jobs.joined(tx, job.client_id, joined)
        people += joined
        if not joined:
            break
    told = words(job)
    with store.write() as tx:
        mass_jobs.close(tx, job.client_id, told)


def _alone(store: Store, run_id: str, variant: str, slug: str) -> None:
    """One person without company, ever: WeChat takes no fewer than two."""
    with store.write() as tx:
        for openid in mass_people.who_wait(tx, run_id, variant, slug):
            if mass_people.give_up(tx, run_id, openid, NO_CHANNEL):
                sends.undo(tx, openid, run_id)
