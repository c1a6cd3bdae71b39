"""Service notices: what WeChat's template messages and 订阅通知 may say for us, and what their values may look like.

A template message may only tell what the follower's own action caused, never promote (``docs/platform.md``).
``NOTICES`` is the whole list of what we say that way: what is not in it has no template and cannot be sent by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.quota import NOTICE_VALUE_CHARACTERS

RECEIPT, REFUNDED = "receipt", "refunded"
NOTICES: Mapping[str, tuple[str, ...]] = {
    RECEIPT: ("title", "amount", "paid_at", "order_no"),
    REFUNDED: ("title", "amount", "refunded_at", "order_no"),
}
"""The product's name for a notice -> the {placeholders} its fields may use."""
TEMPLATE, NOTICE = KINDS = ("template", "notice")
"""Template message 模板消息, and 订阅通知, which needs the follower's consent each time."""

_PREFIX = re.compile(r"([a-z_]+)\d+")


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry of ``content/templates.yaml``: WeChat's template and which words fill its fields."""

    kind: str
    template_id: str
    fields: Mapping[str, str]  # WeChat's keyword, e.g. thing1 -> words with {placeholders}

    def data(self, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The fields as WeChat takes them, each cut to what its keyword allows."""
        filled = {key: words.format_map(values) for key, words in self.fields.items()}
        return {key: {"value": cut(key, text)} for key, text in filled.items()}


def sort_of(key: str) -> str:
    """What WeChat expects of a keyword by its name: ``thing1`` -> thing; "" for a name it does not have."""
    shape = _PREFIX.fullmatch(key)
    return shape[1] if shape and shape[1] in NOTICE_VALUE_CHARACTERS else ""


def cut(key: str, text: str) -> str:
    """The words in one line, cut for the keyword. One that is too long would have the whole notice refused."""
    most = NOTICE_VALUE_CHARACTERS.get(sort_of(key), 0)
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…" if sort_of(key) == "thing" else line[:most]
