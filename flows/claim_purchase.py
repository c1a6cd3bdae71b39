"""What was bought in a browser outside WeChat becomes a follower's: the page shows a code, the chat takes it."""

from __future__ import annotations

from domain.claim import ClaimCodes
from domain.interests import DAY
from domain.quota import PAGE_PATIENCE_SECONDS
from storage import claim_codes, coupons, deliveries, engagements, entitlements, orders
from storage.store import Store, Transaction

GOOD_FOR_SECONDS = 30 * DAY


def claim_code(store: Store, codes: ClaimCodes, buyer: str, now: int) -> str:
    """The code that moves what this browser bought; the same until it is used or over. May raise ``StoreBusy``."""
    with store.read() as tx:
        known = claim_codes.of(tx, buyer)
    over = sum(bool(one.claimed_by) or one.until <= now for one in known)
    code = codes.code(buyer, over)
    if over == len(known):
        with store.write(PAGE_PATIENCE_SECONDS) as tx:
            claim_codes.make(tx, codes.stored(code), buyer, now, now + GOOD_FOR_SECONDS)
    return code


def claim(tx: Transaction, stored: str, openid: str, now: int) -> tuple[str, ...] | None:
    """Move orders, rights and coupons to the follower who typed the code, once: the slugs that are theirs now, None
    when the code is used, over or unknown. `stored`: what ``ClaimCodes.stored`` makes of the code."""
    found = claim_codes.find(tx, stored)
    if found is None or not claim_codes.take(tx, stored, openid, now):
        return None
    theirs = entitlements.owned(tx, found.buyer, now)
    _move(tx, found.buyer, openid, now)
    return theirs


def bring_along(store: Store, buyer: str, openid: str, now: int) -> None:
    """Somebody is signed in with this browser: what it bought as a guest is theirs. May raise ``StoreBusy``."""
    with store.read() as tx:
        if not orders.of(tx, buyer, 1):
            return
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        _move(tx, buyer, openid, now)


def _move(tx: Transaction, buyer: str, openid: str, now: int) -> None:
    orders.move(tx, buyer, openid)
    entitlements.move(tx, buyer, openid)
    engagements.move(tx, buyer, openid)
    coupons.move(tx, buyer, openid, now)
    deliveries.move(tx, buyer, openid, now)


def was_claimed(tx: Transaction, buyer: str, slug: str, now: int) -> bool:
    """Does somebody who claimed this browser's purchases own the item? Then it need not be bought again here."""
    claimers = {one.claimed_by for one in claim_codes.of(tx, buyer)} - {""}
    return any(entitlements.owns(tx, openid, slug, now) for openid in claimers)
