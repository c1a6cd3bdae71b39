"""What the processes that send campaigns are built of: the queue, and who sends. Apart from ``wiring.py``, so that web
workers do not load it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from domain.link import LinkSigner
from flows.deliver_receipt import Place
from flows.gather_mass import group
from flows.push_letters import Pen
from flows.send_campaign import CampaignSender, Progress, send_batch
from scheduler.worker import Batches, Send
from wechat.fast_outbox import FastOutbox
from wiring import House, campaign_of, token_keeper


class Campaigns:
    """Sends batches of campaigns; its connections are opened at the first, and stay until ``close``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._sender: CampaignSender | None = None

    def __call__(self, run_id: str, stop: Callable[[], bool]) -> Progress:
        """One batch of a run. May raise ``ShutongError``."""
        if self._sender is None:
            self._sender = campaign_sender(self._house)
        return send_batch(self._sender, self._house.store, run_id, self._house.clock, stop)

    def close(self) -> None:
        """Close the connections."""
        if self._sender is not None:
            self._sender.outbox.close()


def batches(house: House, send: Send) -> Batches:
    """The queue between the clock and the workers: a file beside an embedded database, else in the working folder."""
    database = house.store.engine.url.database or ""
    file = Path(database) if house.store.backend == "sqlite" else Path("shutong.db")
    return Batches(file.with_name(f"{file.stem}-tasks.db"), send)


def campaign_sender(house: House) -> CampaignSender:
    """Who sends campaigns in this process, with what is known of the items today: words tell how many read one."""
    house.learned.follow()
    settings = house.settings
    pen = Pen(LinkSigner(settings.secret_key), Place(settings.public_url, settings.timezone), house.vault)
    return CampaignSender(
        fast_outbox(house), lambda: house.followed_catalog.current, partial(campaign_of, house), pen.letters,
        settings.timezone, settings.send_rate, group,
    )  # fmt: skip


def fast_outbox(house: House) -> FastOutbox:
    """Writes to many followers at once, with the token that all processes share."""
    return FastOutbox(house.settings.wechat_api_base, token_keeper(house))
