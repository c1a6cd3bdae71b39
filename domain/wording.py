"""The words of a push: an operator's text, its {placeholders} filled for one person, one item, one moment.

Every word that is filled in is true or left out: a name only where the person told it, a reason only from what they
did, numbers only where there are enough of them (``domain/reasons.py``). What is left out leaves no empty brackets.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from domain.follower import GOOD_STARS
from domain.item import Item, yuan
from domain.learned import Figures
from domain.quota import REPLY_TEXT_BYTES
from domain.reasons import RATERS, READERS

GREETING, NAME, TITLE, SUMMARY, PRICE = "greeting", "name", "title", "summary", "price"
LINK, REASON, PROOF, CAMPAIGN, DATE = "link", "reason", "proof", "campaign", "date"
PLACEHOLDERS = (GREETING, NAME, TITLE, SUMMARY, PRICE, LINK, REASON, PROOF)
"""What a text may use."""
NOTICE_PLACEHOLDERS = (GREETING, NAME, TITLE, SUMMARY, PRICE, REASON, PROOF, CAMPAIGN, DATE)
"""What a field of a notice may use: its link is the notice's own."""
OF_ITEM = (TITLE, SUMMARY, PRICE, LINK, REASON, PROOF)
CERTAIN = (GREETING, TITLE, SUMMARY, PRICE, CAMPAIGN, DATE)
"""Never empty where there is an item."""
LEAST: Mapping[str, str] = {**dict.fromkeys(NOTICE_PLACEHOLDERS, ""), **dict.fromkeys(CERTAIN, "…")}
"""What is filled in where as little as can be is known."""
PERSONAL = (NAME, REASON)
"""Different for each person, so not for a mass message. A greeting has a form for everybody."""

TEXT_BYTES = REPLY_TEXT_BYTES
NAME_CHARACTERS, REASON_CHARACTERS = 12, 60
"""Longer ones are cut: the length of a text must be known before it is filled."""
SITE_BYTES, TOKEN_BYTES, CALL_CHARACTERS = 100, 160, 12
"""The longest address of a bot, token of a link (an item's name of 100, ids, signature) and words to tap."""
COMPOSED = "{greeting}！{reason}。\n《{title}》{summary}\n{proof}\n{link}"
"""Where the operator writes no text: greeting, hook, what it is, proof, call."""
BUYERS = 20
"""So many must have bought it before that is told."""

_HOURS = ((5, "夜深了"), (9, "早上好"), (11, "上午好"), (13, "中午好"), (18, "下午好"), (24, "晚上好"))
_EVERYBODY = "你好"
_EMPTY_BRACKETS = re.compile(r"（\s*）|\(\s*\)|【\s*】|「\s*」|《\s*》|“\s*”")
_FIRST = re.compile(r"^[\s，、。；：！？,;:!?]+")
_BEFORE_ANOTHER = re.compile(r"[，、；：,;]\s*(?=[，、。；：！？,;])")
_AFTER_THE_END = re.compile(r"(?<=[。！？])[，、。；：！,;]+")


def placeholders(text: str) -> list[str]:
    """The names between braces as they are written, also those with a format (``title!r``). Raises ``ValueError`` for
    a brace without its partner."""
    parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    return [f"{field}{'!' + how if how else ''}{':' + spec if spec else ''}" for _, field, spec, how in parts]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled. A line of which nothing is left goes; so do brackets and punctuation
    around what is empty."""
    lines = [(line, placeholders(line)) for line in text.splitlines()]
    return "\n".join(
        told
        for line, names in lines
        if (told := _tidy(line.format_map(values), any(not values[name] for name in names))) or not names
    ).strip()


def _tidy(line: str, something_is_empty: bool) -> str:
    if not something_is_empty:
        return line
    line = _EMPTY_BRACKETS.sub("", line)
    line = _AFTER_THE_END.sub("", _BEFORE_ANOTHER.sub("", _FIRST.sub("", line)))
    return re.sub(r"(?<=\S)  +", " ", line).rstrip(" ，、；：,;")


def greeting(hour: int, name: str = "") -> str:
    """A greeting for this hour of the day (0 to 23), with the name they told."""
    words = next(words for until, words in _HOURS if hour < until)
    return f"{short(name, NAME_CHARACTERS)}，{words}" if name else words


def of_everybody() -> str:
    """The greeting of a message that is the same for all."""
    return _EVERYBODY


def proof(figures: Figures | None) -> str:
    """What others did with the item, as honest counts; "" where there are not enough of them to mean something."""
    if figures is None:
        return ""
    kept = figures.bought - figures.returned
    told = [f"{figures.finished:,} 人读完"] if figures.finished >= READERS else []
    told += [f"{kept:,} 人买过"] if kept >= BUYERS else []
    if figures.stars_count >= RATERS and figures.stars_sum >= GOOD_STARS * figures.stars_count:
        told.append(f"{figures.stars_count:,} 人打分，平均 {figures.stars_sum / figures.stars_count:.1f}")
    return "，".join(told)


def item_values(item: Item | None, why: str, figures: Figures | None) -> dict[str, str]:
    """What the item's placeholders say; all of it "" without one."""
    if item is None:
        return dict.fromkeys(OF_ITEM, "")
    return {
        TITLE: plain(item.title), SUMMARY: plain(item.summary), PRICE: yuan(item.price_fen),
        REASON: short(plain(why), REASON_CHARACTERS), PROOF: proof(figures), LINK: "",
    }  # fmt: skip


def longest(text: str, items: Collection[Item]) -> int:
    """Bytes of the text with the longest of everything that may be filled in, for one of these items."""
    return len(fill(text, _longest_values(items)).encode())


def longest_field(words: str, items: Collection[Item], title: str) -> int:
    """Characters of a notice's field, filled the same way; `title` is the campaign's."""
    return len(words.format_map(_longest_values(items) | {CAMPAIGN: title, DATE: "2026年12月31日 10:00"}))


def _longest_values(items: Collection[Item]) -> dict[str, str]:
    return {
        TITLE: _longest(item.title for item in items), SUMMARY: _longest(item.summary for item in items),
        PRICE: _longest(yuan(item.price_fen) for item in items), NAME: "名" * NAME_CHARACTERS,
        GREETING: greeting(8, "名" * NAME_CHARACTERS), REASON: "因" * REASON_CHARACTERS,
        PROOF: proof(Figures(0, 0, 0, 10**7, 0, 5 * 10**7, 10**7, 10**7, 0)),
        LINK: link("x" * (SITE_BYTES + TOKEN_BYTES), "点" * CALL_CHARACTERS),
    }  # fmt: skip


def link(url: str, words: str) -> str:
    """Words that open an address, as the chat takes them."""
    return f'<a href="{url}">{words}</a>'


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """Words of people inside a text: nothing in them may look like a link of ours."""
    return text.replace("<", "＜").replace(">", "＞")


def short(text: str, most: int) -> str:
    """At most so many characters, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=lambda text: len(text.encode()), default="")
