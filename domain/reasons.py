"""The short true sentence that goes with every recommendation, made from the term that gave most of its score."""

from __future__ import annotations

from collections.abc import Mapping

from domain.interests import Interest
from domain.item import Item

NEW_FOR = 30 * 86_400
"""An item counts as new for a month."""

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


def reason(item: Item, tag: str, interests: Mapping[str, Interest] | None, asked: Mapping[str, str], now: int) -> str:
    """Why `item` is shown. `tag` is what matched most ("" for nothing); `interests` None means that they may not be
    used; `asked` maps tags of this very message to the follower's words."""
    for own in (tag, *asked):
        if own in asked and own in item.tags:
            return f"因为你问到「{asked[own]}」"
    interest = interests.get(tag) if interests else None
    told = because(interest.cause, tag, interest.word) if interest and interest.weight > 0 else ""
    if told:
        return told
    if 0 <= now - item.published < NEW_FOR:
        return "因为它刚上新"
    if item.price_fen == 0:
        return "因为它可以免费读完"
    if interests is None:
        return "没有按你的兴趣挑，各样看看"
    if not any(known.weight > 0 for known in interests.values()):
        return "我还不知道你的喜好，先各样看看"
    return f"换换口味，来点「{item.subject}」"
