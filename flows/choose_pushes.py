"""A follower tells on a page what they want to be sent."""

from __future__ import annotations

from domain.quota import PAGE_PATIENCE_SECONDS
from storage import opt_outs
from storage.store import Store


def stop_pushes(store: Store, openid: str, now: int) -> None:
    """No more pushes at all. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        opt_outs.stop(tx, openid, "", now)


def want_pushes(store: Store, openid: str, topic: str) -> None:
    """This topic again; with "" pushes again, but none of the topics stopped one by one. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        opt_outs.resume_only(tx, openid, topic)
