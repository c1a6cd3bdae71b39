"""The content-gap board: questions that no item answers, gathered by what they are about. Pure, and independent of the
order in which the questions come.

A question can hold several words no item speaks of (朋友总聊芯片，我也想懂: 聊, 芯片). It is about the one that most
people asked about with no other beside it: a subject is often the whole question, a turn of phrase never is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

TYPICAL_FROM = 2
"""An example is quoted only when so many different followers typed just that: one person's words stay theirs."""
LONGEST_EXAMPLE = 30
MOST_BESIDE = 4


@dataclass(frozen=True, slots=True)
class Question:
    """One question: who asked, when, its ``missing`` words (what no item speaks of, at least one, already gathered to
    one spelling), the ``tags`` it names beside, and its ``plain`` text."""

    openid: str
    at: int
    missing: tuple[str, ...]
    tags: tuple[str, ...]
    plain: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What no item is about: ``followers`` different people asked ``times`` times, last at ``last`` (seconds since
    1970). ``example`` is the shortest text that several of them typed, masked, "" where each said it differently;
    ``beside`` words that several used with it, ``tags`` tags named with it, the commonest first; ``asked_by`` their
    openids."""

    name: str
    followers: int
    times: int
    last: int
    example: str
    beside: tuple[str, ...]
    tags: tuple[str, ...]
    asked_by: frozenset[str]


def people(questions: Iterable[Question]) -> dict[str, int]:
    """Each missing word -> how many different people used it."""
    by_word: dict[str, set[str]] = defaultdict(set)
    for one in questions:
        for word in one.missing:
            by_word[word].add(one.openid)
    return {word: len(openids) for word, openids in by_word.items()}


def gaps(questions: Iterable[Question]) -> list[Gap]:
    """What was asked for, what most different followers asked first, then most often, then last."""
    every = list(questions)
    used, alone = people(every), people(one for one in every if len(one.missing) == 1)

    def of(word: str) -> tuple[int, int, int, str]:
        return -alone.get(word, 0), -used[word], -len(word), word

    groups: dict[str, list[Question]] = defaultdict(list)
    for one in every:
        groups[min(one.missing, key=of)].append(one)
    found = [_gap(name, asked) for name, asked in groups.items()]
    return sorted(found, key=lambda one: (-one.followers, -one.times, -one.last, one.name))


def _gap(name: str, asked: list[Question]) -> Gap:
    openids = frozenset(one.openid for one in asked)
    shared = 1 if len(openids) == 1 else TYPICAL_FROM
    beside = _commonest(asked, lambda one: (word for word in one.missing if word != name), shared)
    return Gap(
        name, len(openids), len(asked), max(one.at for one in asked),
        example((one.openid, one.plain) for one in asked),
        tuple(beside)[:MOST_BESIDE], tuple(_commonest(asked, lambda one: one.tags, 1)), openids,
    )  # fmt: skip


def _commonest(asked: Iterable[Question], of: Callable[[Question], Iterable[str]], least: int) -> list[str]:
    """What most people said, at least so many, each counted once; of equals the first in the alphabet."""
    counted = Counter(word for _, word in {(one.openid, word) for one in asked for word in of(one)})
    return sorted((word for word in counted if counted[word] >= least), key=lambda word: (-counted[word], word))


def example(said: Iterable[tuple[str, str]]) -> str:
    """Of (openid, plain text) the shortest text that several people typed, without punctuation, masked; "" for none."""
    typed: dict[str, set[str]] = defaultdict(set)
    for openid, text in said:
        typed[_PUNCTUATION.sub("", text)].add(openid)
    typical = [text for text, openids in typed.items() if text and len(openids) >= TYPICAL_FROM]
    return masked(min(typical, key=lambda text: (len(text), text), default=""))[:LONGEST_EXAMPLE]


def masked(text: str) -> str:
    """A text without what tells who wrote it: numbers of five digits and more, ids, addresses, names given."""
    for pattern, instead in _PERSONAL.items():
        text = pattern.sub(instead, text)
    return text


_PUNCTUATION = re.compile(r"[\s，。！？、；：,.!?;:~～…“”\"'（）()]+")
_PERSONAL: Mapping[re.Pattern[str], str] = {
    re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII): "***",
    re.compile(r"\d(?:[\s-]?\d){4,}[\dxX]?"): "***",
    re.compile(r"(?<![a-z0-9_-])(?=[a-z0-9_-]*\d)(?=[a-z0-9_-]*[a-z])[a-z0-9_-]{6,}", re.I): "***",
    re.compile(r"(我叫|叫我|我是|姓名|名字是?|微信号?是?|本人)[:：]?\s*[^\s，。,.!?！？的]{1,4}"): r"\1***",
    re.compile(r"[\u4e00-\u9fff]{1,2}(?=(?:先生|女士|小姐))"): "***",
}
