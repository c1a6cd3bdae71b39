"""The short true sentence that goes with every recommendation, made from the greatest true term of its score."""

from __future__ import annotations

from collections.abc import Mapping

from domain.follower import GOOD_STARS
from domain.interests import Interest
from domain.item import Item
from domain.ladder import rung_of
from domain.learned import Figures
from domain.ranking import FROM_ALL, FROM_SCENE, FROM_SOURCE, OWN, Ranked

NEW_FOR = 30 * 86_400
"""An item counts as new for a month."""
READERS, RATERS = 20, 10
"""So many must have read it to the end, or rated it, before numbers are told; a rating is told when it is good."""
_FREE = "因为它可以免费读完"
_BY_WHOSE = {
    FROM_SCENE: "因为你扫的码说的就是「{tag}」",
    FROM_SOURCE: "和你从同一处来的读者更喜欢「{tag}」",
    FROM_ALL: "这里的读者也喜欢「{tag}」",
}

_BY_CAUSE = {
    "ask": "因为你问过「{word}」",
    "kin": "因为你问过「{word}」，也属于「{tag}」",
    "like": "因为你说过喜欢「{tag}」",
    "imported": "因为你登记的资料里有「{tag}」",
    "told": "因为你说起过自己，和「{tag}」有关",
    "tap": "因为你点过「{tag}」",
    "click": "因为你看过「{tag}」的内容",
    "buy": "因为你买过「{tag}」的内容",
    "praise": "因为你赞过「{tag}」的内容",
    "share": "因为你分享过「{tag}」的内容",
    "read": "因为你读过「{tag}」的内容",
    "finish": "因为你读完过「{tag}」的内容",
    "stars": "因为你给「{tag}」的内容打过高分",
}


def because(cause: str, tag: str, word: str) -> str:
    """What the follower did that speaks for `tag`; "" for an act that speaks for nothing."""
    return _BY_CAUSE.get(cause, "").format(tag=tag, word=word)


def reason(
    one: Ranked, interests: Mapping[str, Interest] | None, asked: Mapping[str, str], paid: tuple[int, ...], now: int
) -> str:
    """Why this item is shown: the sentence of the greatest of its terms of which something true can be said.

    `interests` None means that they may not be used; `asked` maps tags of this very message to the follower's words;
    `paid` are fen of what they bought.
    """
    for tag in (one.tag, *asked):
        if tag in asked and tag in one.item.tags:
            return f"因为你问到「{asked[tag]}」"
    return greatest(one, interests, paid, now)[1]


def greatest(one: Ranked, interests: Mapping[str, Interest] | None, paid: tuple[int, ...], now: int) -> tuple[str, str]:
    """(the greatest term of which something true can be said, "" for none; the sentence), as ``reason`` without a
    message that asks."""
    item = one.item
    sentences = {
        "content": _content(one, interests),
        "together": f"读过《{one.near.title}》的人也喜欢这篇" if one.near else "",
        "quality": _quality(one.figures),
        "fresh": "因为它刚上新" if 0 <= now - item.published < NEW_FOR else "",
        "price": _price(item, paid),
        "explore": _explore(item, interests),
    }
    helping = sorted((name for name in sentences if one.terms.get(name, 0.0) > 0), key=lambda name: -one.terms[name])
    for name in (*helping, "fresh"):
        if sentences[name]:
            return name, sentences[name]
    return "", _of_nothing(item, interests)


def _of_nothing(item: Item, interests: Mapping[str, Interest] | None) -> str:
    if item.price_fen == 0:
        return _FREE
    if interests is None:
        return "没有按你的兴趣挑，各样看看"
    liked = _liked(interests)
    if not liked:
        return "我还不知道你的喜好，先各样看看"
    return f"随手翻翻「{item.subject}」" if item.subject in liked else f"换换口味，来点「{item.subject}」"


def _content(one: Ranked, interests: Mapping[str, Interest] | None) -> str:
    """Whose taste it fits: their own, or what is guessed of them from where they come."""
    if interests is None or not one.tag:
        return ""
    if one.whose == OWN:
        interest = interests.get(one.tag)
        return because(interest.cause, one.tag, interest.word) if interest and interest.weight > 0 else ""
    return _BY_WHOSE.get(one.whose, "").format(tag=one.tag)


def _quality(figures: Figures | None) -> str:
    """Numbers, where there are enough of them to mean something."""
    told = []
    if figures and figures.finished >= READERS:
        told.append(f"{figures.finished} 人读完")
    if figures and figures.stars_count >= RATERS and figures.stars_sum >= GOOD_STARS * figures.stars_count:
        told.append(f"评分 {figures.stars_sum / figures.stars_count:.1f}")
    return "，".join(told)


def _price(item: Item, paid: tuple[int, ...]) -> str:
    if item.price_fen == 0:
        return _FREE
    return "和你买过的价位差不多" if any(rung_of(fen) == rung_of(item.price_fen) for fen in paid) else ""


def _explore(item: Item, interests: Mapping[str, Interest] | None) -> str:
    """A change is one from what they like: said of another subject, to those whose tastes are known."""
    liked = _liked(interests or {})
    return "换个口味，试试这个" if liked and liked.isdisjoint(item.tags) else ""


def _liked(interests: Mapping[str, Interest]) -> set[str]:
    return {tag for tag, interest in interests.items() if interest.weight > 0}
