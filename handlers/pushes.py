"""What a follower does not want to be sent, or wants again: 退订, 退订 X, 恢复订阅, 恢复 X.

An opt-out is of a tag: whatever carries the tag, as the item's or the campaign's, is not sent. 退订 理财 so stops an
item about funds that is tagged 理财, 基金; 退订 基金 does not stop one that is tagged 理财, 记账.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.vocabulary import Vocabulary
from domain.answer import Answer
from domain.interests import PERSONALISATION
from domain.reply import Text
from flows.offer_items import plain
from handlers.visit import Visit
from storage import opt_outs

STOPS = re.compile(r"(?:退订|取消订阅|td(?![a-z]))(\s*.+)")
_ANY = r"(?:我|任何|这些|这种|这样|你们?的?|垃圾|的|消息|信息|推送|广告|通知|东西|内容|微信)*"
STOPS_ALL = re.compile(
    r"(?:求求?|拜托|麻烦|请|以后|你们?|能不能|可不可以|我|都)*"
    r"(?:(?:不要|不用|不许|别|停止|禁止)(?:再|老|总|一直|天天|每天|继续|来)*(?:给我|跟我|向我)?(?:乱)?"
    rf"(?:(?:发送?|群发|推送){_ANY}(?:消息|信息|推送|广告|通知)(?:给我)?|打扰{_ANY}|骚扰{_ANY}|烦我)"
    rf"|(?:不要|不想|不愿意?|别让我)(?:再|老|总|一直|天天|每天)*(?:收到?|看到|被打扰|被骚扰){_ANY}(?:消息|信息|推送|广告|通知|扰))"
    r"(?:了|啦|吧|好吗|行吗|好不好|谢谢)*[。.!！?？]?"
)
"""Everyday words for 退订 beside the phrases of ``catalog/phrases.py``: 不要再给我发消息了, 别打扰我."""
RESUMES = re.compile(r"(?:恢复|重新|取消退)(?:订阅?|推送)?(\s*.+)")
_TOPIC = re.compile(r"(.+?)(?:方面|相关|类)?的?(?:内容|推送|文章|消息|东西|主题)?")
_PLAINLY = ("恢复订阅", "恢复推送", "重新订阅")
_BETWEEN = re.compile(r"[\s、,，和跟及与]+")
LONGEST_TOPIC = 20


def stop(visit: Visit) -> Answer:
    """No more pushes at all."""
    return Answer(Text(visit.say("stopped_all")), opt_outs=(("", True),))


def resume(visit: Visit) -> Answer:
    """Pushes again."""
    return Answer(Text(visit.say("resumed")), opt_outs=(("", False),))


def stopping(visit: Visit) -> Answer:
    """How it is done."""
    return visit.answer("how_to_stop")


def stop_topic(visit: Visit, named: str) -> Answer | None:
    """No more of this. "退订机票" asks about tickets; "退订 机票", "退订交通" and "退订交通的推送" name a topic."""
    topics = _topics(visit.catalog.vocabulary, named)
    if named != named.strip() and not topics:
        topics = (named.strip()[:LONGEST_TOPIC],)
    if not topics:
        return None
    told = "stopped_all" if "" in _opted_out(visit) else "stopped"
    return Answer(Text(visit.say(told, topic=_quoted(topics))), opt_outs=tuple((one, True) for one in topics))


def resume_topic(visit: Visit, named: str) -> Answer | None:
    """This again. A question like any other where they never opted out of it."""
    topics, out = _topics(visit.catalog.vocabulary, named) or (named.strip()[:LONGEST_TOPIC],), _opted_out(visit)
    again = tuple(one for one in topics if one in out)
    meant = again or ("" in out and visit.understood.plain.strip().startswith(_PLAINLY))
    if not meant:
        return None
    told = visit.say("still_stopped" if "" in out else "resumed_topic", topic=_quoted(again or topics))
    return Answer(Text(told), opt_outs=tuple((one, False) for one in again))


def _topics(vocabulary: Vocabulary, named: str) -> tuple[str, ...]:
    """The tags that are named. Without a blank before them nothing but names of tags may stand there."""
    wanted = named.strip()
    if named != wanted:
        return tuple(dict.fromkeys(tag for tag, _, _ in vocabulary.find(wanted)))
    shape = _TOPIC.fullmatch(wanted)
    whole = shape[1] if shape else ""
    parts = [whole] if whole in vocabulary.plain_tags else [one for one in _BETWEEN.split(whole) if one]
    return tuple(dict.fromkeys(parts)) if all(one in vocabulary.plain_tags for one in parts) else ()


def _opted_out(visit: Visit) -> set[str]:
    with visit.store.read() as tx:
        return set(opt_outs.of(tx, visit.openid)) - {PERSONALISATION}


def _quoted(topics: Iterable[str]) -> str:
    return plain("「" + "、".join(topics) + "」")
