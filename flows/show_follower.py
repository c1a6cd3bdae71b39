"""Everything held about one follower, as the contract's document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from domain import about
from domain.campaign import Caps
from domain.moment import rfc3339
from domain.quota import allowed
from flows.find_evidence import READ_BACK, evidence
from flows.know_reach import ledger_of
from storage import behaviours, entitlements, followers, interests, opt_outs, orders
from storage.store import Store

MOST_EVIDENCE = 5
MOST_ORDERS = 1_000


def show_follower(
    store: Store, openid: str, now: int, zone: ZoneInfo, show_facts: Callable[[str], dict[str, Any]]
) -> dict[str, Any] | None:
    """The document of ``follower show``, or None for an unknown openid. `show_facts` decrypts."""
    with store.read() as tx:
        follower = followers.find(tx, openid)
        if follower is None:
            return None
        done = behaviours.of(tx, openid, READ_BACK)
        tags = interests.of(tx, openid, now)
        since = interests.forgotten_since(tx, openid)
        count, last_seen_at = behaviours.count(tx, openid)
        owned = entitlements.owned(tx, openid, now)
        topics = opt_outs.of(tx, openid)
        bought = orders.of(tx, openid, MOST_ORDERS)
        ledger, window = ledger_of(tx, openid, now)
    return {
        "openid": openid,
        "subscribed": follower.subscribed,
        "subscribed_at": rfc3339(follower.subscribed_at, zone),
        "source": follower.source,
        "about": about.of_now(show_facts(follower.about), now),
        "tags": [
            {
                "tag": one.tag,
                "weight": round(one.weight, 4),
                "evidence": [
                    {"at": rfc3339(act.at, zone), "kind": act.kind, "text": act.text or taught.word}
                    for act, taught in evidence(done, one, since)[:MOST_EVIDENCE]
                ],
            }
            for one in tags
            if one.weight > 0
        ],
        "refused": [one.tag for one in tags if one.weight < 0],
        "behaviour_count": count,
        "last_seen_at": rfc3339(last_seen_at, zone),
        "orders": [
            {"order_no": one.order_no, "slug": one.slug, "state": one.state, "amount_fen": one.amount_fen}
            for one in bought
        ],
        "owns": list(owned),
        "window": {"open": window.open, "left": window.left, "until": rfc3339(window.until, zone)},
        "opted_out": topics,
        "allowed": {
            purpose: {name: {**may._asdict(), "until": rfc3339(may.until, zone)} for name, may in channels.items()}
            for purpose, channels in allowed(ledger, Caps().limits, now, zone).items()
        },
    }
