"""Encrypting what must not lie readable in the database: personal facts, and the secrets WeChat lends us."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from errors import ShutongError


class Vault:
    """Encrypts with the first of the keys, reads with any (``DATA_KEYS``, newest first)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def hide(self, plain: str) -> str:
        """The text encrypted."""
        return self._fernet.encrypt(plain.encode()).decode()

    def show(self, hidden: str) -> str:
        """The text again; "" for "". Raises ``ShutongError`` when none of the keys fits."""
        if not hidden:
            return ""
        try:
            return self._fernet.decrypt(hidden.encode()).decode()
        except InvalidToken:
            raise ShutongError(
                "DATA_KEYS: none of the keys reads what is stored; add the former key at the end"
            ) from None

    def show_facts(self, hidden: str) -> dict[str, Any]:
        """An encrypted JSON object again, {} for ""."""
        facts = json.loads(self.show(hidden) or "{}")
        return facts if isinstance(facts, dict) else {}
