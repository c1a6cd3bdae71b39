"""One document of everything held about a follower, and erasing it."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from domain.ids import handle
from domain.moment import rfc3339
from flows.show_follower import show_follower
from storage import console_acts as acts
from storage import entitlements, erasure, followers, orders
from storage.follower_rows import LEFT_OUT, rows_about
from storage.store import Store
from storage.vault import Vault

MOST_ORDERS = 100_000


def export_follower(
    store: Store, vault: Vault, openid: str, now: int, zone: ZoneInfo, who: str
) -> dict[str, Any] | None:
    """The document, None for an unknown openid. That `who` took it is written down."""
    document = show_follower(store, openid, now, zone, vault.show_facts)
    if document is None:
        return None
    with store.read() as tx:
        tables = rows_about(tx, openid, lambda hidden: _shown(vault, hidden))
    for rows in tables.values():
        for row in rows:
            row |= {name: rfc3339(value, zone) for name, value in row.items() if _is_time(name)}
    with store.write() as tx:
        acts.note(tx, now, who, acts.FOLLOWER_EXPORTED, handle(openid))
    return {
        "openid": openid,
        "exported_at": rfc3339(now, zone),
        "summary": document,
        "tables": tables,
        "left_out": LEFT_OUT,
    }


def _shown(vault: Vault, hidden: str) -> Any:
    plain = vault.show(hidden)
    return json.loads(plain) if plain.startswith(("{", "[")) else plain


def _is_time(name: str) -> bool:
    return name in ("at", "until") or name.endswith(("_at", "_until"))


def erase_follower(store: Store, openid: str, now: int, who: str) -> tuple[int, int] | None:
    """Erase as 确认删除 does; (orders, rights to read) that stay, None for an unknown openid."""
    with store.write() as tx:
        if followers.find(tx, openid) is None:
            return None
        erasure.erase(tx, openid)
        acts.note(tx, now, who, acts.FOLLOWER_ERASED, handle(openid))
        return len(orders.of(tx, openid, MOST_ORDERS)), len(entitlements.rights(tx, openid))
