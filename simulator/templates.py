"""Templates of template messages and 订阅通知, and what their values may be (platform.md 4.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.api.errors import ApiError

MOST = 25
FIELD_MAX = 20
_KEY = re.compile(r"\{\{(\w+)\.DATA\}\}")
_PREFIX = re.compile(r"([a-z_]+?)\d*$")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_DROPPED = ("first", "remark")
_VERIFIED = ("thing", "character_string", "phone_number", "car_number", "const")
_RULES: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r".{1,20}"),
    "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
    "number": re.compile(r"-?\d{1,32}(\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "time": re.compile(r".*\d{1,2}:\d{2}.*|\d{4}[-年/].*"),
    "date": re.compile(r"\d{4}[-年/].*"),
    "amount": re.compile(r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": re.compile(r"[^\u4e00-\u9fff]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "name": re.compile(r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .]{1,20}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "const": re.compile(r".{1,20}"),
}
"""Per keyword prefix; all but _VERIFIED are UNVERIFIED here."""
MARKETING = (
    "优惠",
    "打折",
    "折扣",
    "促销",
    "红包",
    "限时",
    "秒杀",
    "特价",
    "大促",
    "抢购",
    "免费领",
    "领券",
    "好久不见",
)
"""Words that make a service notice a promotion: sending them is recorded as a ban risk (section 7)."""


@dataclass(frozen=True)
class Template:
    """`kind` is template or notice; `content` holds `label：{{key.DATA}}` lines."""

    template_id: str
    title: str
    content: str
    kind: str = "template"

    @property
    def keys(self) -> list[str]:
        return [key for key in _KEY.findall(self.content) if key not in _DROPPED]

    def label(self, key: str) -> str:
        for line in self.content.splitlines():
            if f"{{{{{key}.DATA}}}}" in line:
                return line.split("{{")[0].strip("：: ") or key
        return key


def from_fields(template_id: str, title: str, fields: Mapping[str, str], kind: str) -> Template:
    """A template out of key → label."""
    content = "\n".join(f"{label}：{{{{{key}.DATA}}}}" for key, label in fields.items())
    return Template(template_id, title, content, kind)


def rows(template: Template, data: Any, every_rule: bool = True) -> list[dict[str, str]]:
    """What the follower reads, one row per field: `first`, `remark`, colour and emoji silently left out.

    Without `every_rule` only the rules some source confirms are applied.
    Raises 47003 naming the field that is missing, too long, broken over lines or of the wrong kind.
    """
    if not isinstance(data, Mapping):
        raise ApiError(47003, "argument invalid! data is not an object")
    shown = []
    for key in template.keys or [key for key in data if key not in _DROPPED]:
        item = data.get(key)
        value = item.get("value") if isinstance(item, Mapping) else None
        if value is None or str(value) == "":
            raise ApiError(47003, f"argument invalid! data.{key}.value is empty")
        text = _EMOJI.sub("", str(value))
        if not _fits(key, text, every_rule):
            raise ApiError(47003, f"argument invalid! data.{key}.value invalid")
        shown.append({"key": key, "name": template.label(key), "value": text})
    return shown


def _fits(key: str, text: str, every_rule: bool) -> bool:
    if "\n" in text or "\r" in text:
        return False
    match = _PREFIX.fullmatch(key)
    prefix = match.group(1) if match else ""
    rule = _RULES.get(prefix)
    if rule is None or not (every_rule or prefix in _VERIFIED):
        return display_length(text) <= FIELD_MAX
    return rule.fullmatch(text) is not None


def display_length(text: str) -> int:
    """Characters as displayed: a run of digits and letters counts as one."""
    return len(re.sub(r"[0-9A-Za-z]+", "x", text))


def marketing_words(text: str) -> list[str]:
    return [word for word in MARKETING if word in text]
