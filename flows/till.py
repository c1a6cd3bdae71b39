"""What every story of money needs: our books, WeChat Pay, and the key for what may not lie readable in the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.item import Item
from storage.store import Store
from wechat.pay import PayApi


@dataclass(frozen=True, slots=True)
class Till:
    """``hide`` encrypts a text; ``chance(n)`` gives n random bytes, for numbers that cannot be guessed; ``items`` are
    those on the shelf, none when the content cannot be read: money does not wait for it."""

    store: Store
    pay: PayApi
    hide: Callable[[str], str]
    chance: Callable[[int], bytes]
    items: Callable[[], Mapping[str, Item]]
