"""Facts about a follower: what is held, how new facts replace old ones, and how they are told.

What is held is a JSON object with any of ``name``, ``age`` (years), ``age_at`` (when it was said, seconds),
``age_words`` (what was said, when the age is a guess from it: 95后), ``gender`` (``male``, ``female``),
``occupation``, ``city``, ``notes`` (what they asked us to remember, the newest last), and ``imported`` (the names of
those that came from an operator's file and not from themselves). It is stored encrypted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domain.self_description import MOST_NOTES

YEAR = 31_556_952
"""Seconds of a mean year: an age grows by one so often after it was said."""

WORDS: Mapping[str, str] = {
    "name": "称呼", "age": "年龄", "gender": "性别", "occupation": "职业", "city": "城市", "notes": "备注",
}  # fmt: skip
"""Every fact there is, and what followers read of it."""

TEACHING = ("occupation", "city")
"""Facts that speak for a tag when they are a word of it: 程序员 for 编程."""

GENDERS: Mapping[str, str] = {"male": "男", "female": "女"}

_ALSO_CALLED = {
    "名字": "name", "姓名": "name", "昵称": "name", "称呼": "name", "年龄": "age", "岁数": "age", "年纪": "age",
    "性别": "gender", "职业": "occupation", "工作": "occupation", "行业": "occupation", "城市": "city",
    "住址": "city", "地址": "city", "所在地": "city", "备注": "notes",
}  # fmt: skip
_DENIES = re.compile(
    r"我(?:已经|早就?|现在|其实|可|根本)*[不没](?:再)?(?:是|叫|做|当|住在?|在)(?P<what>.+?)(?:了|的|啊|呀)*[。.!！]?"
)
_EVERYTHING = ("信息", "资料", "个人信息", "个人资料", "身份")


def named(words: str) -> tuple[str, ...]:
    """The facts that 忘记我的X names: X is one of our words for a fact, or for all of them; () for anything else."""
    if words in _EVERYTHING:
        return tuple(WORDS)
    names = [_ALSO_CALLED.get(word, "") for word in words.replace("和", "、").split("、")]
    return tuple(names) if all(names) else ()


def denies(words: str) -> str:
    """What 我不是工程师 or 我不在上海了 says is not so, "" when it says nothing of the kind."""
    said = _DENIES.fullmatch(words)
    return re.sub(r"^(?:一个|一名|一位|个)|(?<=[男女])[生人]$|\s", "", said["what"]) if said else ""


def holding(held: Mapping[str, Any], value: str, now: int) -> tuple[str, ...]:
    """The facts held with just this value, in words for the follower; a note is none."""
    told = {name: words.replace(" ", "").lower() for name, _, words in lines(held, now) if name != "notes"}
    return tuple(name for name, words in told.items() if words == value)


def merged(held: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What is held after something was told: the newer replaces, notes are added up to ``MOST_NOTES``."""
    now = {**without(held, *(name for name in told if name != "notes")), **told}
    if "notes" in told:
        notes = dict.fromkeys((*held.get("notes", ()), *told["notes"]))
        now["notes"] = list(notes)[-MOST_NOTES:]
    return now


def brought(held: Mapping[str, Any], facts: Mapping[str, Any], now: int) -> dict[str, Any]:
    """What is held after an operator's file said `facts`: what the follower told stays, what a file said before is
    replaced. ``imported`` lists the facts that came from files."""
    ours = held.get("imported", ())
    today = of_now(held, now)
    new = {
        name: value for name, value in facts.items()
        if name not in held or (name in ours and today.get(name) != value)
    }  # fmt: skip
    if not new:
        return dict(held)
    age = {"age_at": now} if "age" in new else {}
    return {**without(held, *new), **new, **age, "imported": [*dict.fromkeys([*ours, *new])]}


def without(held: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What is held without these facts."""
    gone = {*names, *(("age_at", "age_words") if "age" in names else ())}
    left = {name: value for name, value in held.items() if name not in gone}
    if imported := [name for name in left.pop("imported", ()) if name not in gone]:
        left["imported"] = imported
    return left


def of_now(held: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The facts as they are at `now`: an age has grown since it was said."""
    facts = {name: held[name] for name in WORDS if held.get(name)}
    if "age" in facts:
        facts["age"] += max(now - held.get("age_at", now), 0) // YEAR
        if held.get("age_words"):
            facts["age_words"] = held["age_words"]
    return facts


def lines(held: Mapping[str, Any], now: int) -> list[tuple[str, str, str]]:
    """(name, our word for it, its value in words) of each fact, for the follower to read."""
    facts = of_now(held, now)
    told = {name: str(value) for name, value in facts.items() if name in WORDS}
    if "age" in facts:
        told["age"] = (
            f"{facts['age']} 岁" if "age_words" not in facts else f"{facts['age_words']}（约 {facts['age']} 岁）"
        )
    if "gender" in facts:
        told["gender"] = GENDERS.get(facts["gender"], facts["gender"])
    if "notes" in facts:
        told["notes"] = "；".join(facts["notes"])
    return [(name, WORDS[name], told[name]) for name in WORDS if name in told]
