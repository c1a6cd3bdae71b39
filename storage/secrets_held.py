"""Secrets WeChat lent us for a time (access tokens, tickets), shared by all processes and encrypted."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, select

from storage.dialect import insert_or_change
from storage.schema import secrets_held as table
from storage.store import Store, Transaction
from storage.vault import Vault


class HeldSecret:
    """Keeps one secret, encrypted, where all processes find it."""

    def __init__(self, store: Store, vault: Vault, name: str) -> None:
        self._store, self._vault, self._name = store, vault, name

    def find(self) -> tuple[str, int]:
        """(the secret, when it ends), ("", 0) if there is none."""
        with self._store.read() as tx:
            hidden, expires_at = find(tx, self._name)
        return self._vault.show(hidden), expires_at

    def keep(self, secret: str, expires_at: int) -> None:
        """Keep the newest."""
        with self._store.write() as tx:
            keep(tx, self._name, self._vault.hide(secret), expires_at)


def keep(tx: Transaction, name: str, value: str, expires_at: int) -> None:
    """Keep the newest value."""
    tx.change(_keep, name=name, value=value, expires_at=expires_at)


def find(tx: Transaction, name: str) -> tuple[str, int]:
    """(encrypted value, expiry), ("", 0) if there is none."""
    row = tx.row(_find, wanted=name)
    return (row[0], int(row[1])) if row else ("", 0)


def _keep(backend: str) -> Executable:
    return insert_or_change(table, backend, {"value": "new", "expires_at": "new"})


def _find(backend: str) -> Executable:
    return select(table.c.value, table.c.expires_at).where(table.c.name == bindparam("wanted"))
