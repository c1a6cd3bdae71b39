"""What every story of money needs: our books, WeChat Pay, and the key for what may not lie readable in the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storage.store import Store
from wechat.pay import PayApi


@dataclass(frozen=True, slots=True)
class Till:
    """``hide`` encrypts a text; ``chance(n)`` gives n random bytes, for numbers that cannot be guessed."""

    store: Store
    pay: PayApi
    hide: Callable[[str], str]
    chance: Callable[[int], bytes]
