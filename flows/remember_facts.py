"""What a follower told about themselves: read, kept encrypted, and forgotten when they say so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain import about
from domain.quota import PAGE_PATIENCE_SECONDS
from storage import followers
from storage.store import Store
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Held:
    """Facts as ``domain/about.py`` names them, and ``sealed``, how they lie in the database ("" = none)."""

    sealed: str
    facts: Mapping[str, Any]
    asked_at: int | None = None


def read_facts(store: Store, vault: Vault, openid: str) -> Held:
    """What is held. Raises ``ShutongError`` when no key reads it."""
    with store.read() as tx:
        row = followers.find(tx, openid)
    return Held(row.about, vault.show_facts(row.about), row.asked_at) if row else Held("", {})


def sealed(vault: Vault, facts: Mapping[str, Any]) -> str:
    """Facts as they are stored."""
    return vault.hide(json.dumps(facts, ensure_ascii=False)) if facts else ""


def list_facts(store: Store, vault: Vault | None, openid: str, now: int) -> list[tuple[str, str, str]]:
    """(name, our word for it, its value) of each fact, in words for the follower. Without a vault there are none."""
    return about.lines(read_facts(store, vault, openid).facts, now) if vault else []


def forget_fact(store: Store, vault: Vault, openid: str, name: str) -> bool:
    """Forget one fact; False when it was not held. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        row = followers.find(tx, openid)
        facts = vault.show_facts(row.about) if row else {}
        if row is None or name not in facts:
            return False
        return followers.tell(tx, openid, row.about, sealed(vault, about.without(facts, name)))


def forget_facts(store: Store, openid: str) -> bool:
    """Forget every fact; False when none was held. May raise ``StoreBusy``."""
    with store.write(PAGE_PATIENCE_SECONDS) as tx:
        row = followers.find(tx, openid)
        return followers.tell(tx, openid, row.about, "") if row and row.about else False
