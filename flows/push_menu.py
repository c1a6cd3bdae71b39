"""The operator's menu goes to WeChat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from errors import Declined


class MenuCalls(Protocol):
    """What is needed of WeChat's API."""

    def create(self, menu: dict[str, Any]) -> Any:
        """Replace the menu."""


def push_menu(buttons: Sequence[dict[str, Any]], menu: MenuCalls) -> int:
    """Send the menu; return its number of buttons. Phones show it within five minutes, or on following anew."""
    if not buttons:
        raise Declined("content/menu.yaml holds no buttons — write at least one, e.g. - {name: 推荐, key: RECOMMEND}")
    menu.create({"button": list(buttons)})
    return sum(max(1, len(button.get("sub_button", ()))) for button in buttons)
