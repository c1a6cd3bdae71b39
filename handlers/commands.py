"""Commands a follower types, and the ones that carry a subject: 我喜欢X, 不喜欢X, 忘记X, 退订 X, a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from domain.answer import Answer
from domain.interests import lesson
from domain.message import Message
from domain.ranking import Ranked
from domain.reply import HandOver, Text
from flows.offer_items import choose, offer, offer_card, plain
from handlers.visit import Visit
from storage import behaviours, long_texts

ERASE_CONFIRM_SECONDS = 600
"""How long after 删除我的数据 the words 确认删除 still count."""

_LIKES = re.compile(r"我?(?:也|很|最|超|特别|比较|挺)?(?:喜欢|爱看|关注|感兴趣的是)(.+)")
_FORGETS = re.compile(r"(?:忘记|忘掉|忘了)(.+)")
_STOPS = re.compile(r"(?:退订|取消订阅|td(?![a-z]))(\s*.+)")
_NUMBER = re.compile(r"(?:第|看)?\s*([1-9])\s*(?:个|篇|号)?")
LONGEST = 30
"""Longer texts are questions, whatever they begin with."""


def command(message: Message, visit: Visit) -> Answer | None:
    """A command, typed as it is listed."""
    said = visit.understood.plain.strip()
    name = visit.catalog.phrases.exact(said) if len(said) <= LONGEST else ""
    return COMMANDS[name](visit) if name else None


def near_command(message: Message, visit: Visit) -> Answer | None:
    """A text that names no subject and is nearly a command. Asked after the operator's replies."""
    name = "" if visit.understood.lessons else visit.catalog.phrases.near(visit.understood.plain.strip())
    return COMMANDS[name](visit) if name else None


def numbered(message: Message, visit: Visit) -> Answer | None:
    """A number of the last list: open that item up. Any other number may be an operator's keyword."""
    shape = _NUMBER.fullmatch(visit.understood.plain.strip())
    if not shape:
        return None
    offered = [one for one in visit.known.last_list if one.position == int(shape[1])]
    if not offered:
        return None
    item = visit.catalog.items.get(offered[0].slug)
    if item is None or not item.is_out(visit.now):
        return visit.answer("sold_out")
    return offer_card(visit.pen, item, offered[0].reason, exposure_id=offered[0].id)


def no_such_number(message: Message, visit: Visit) -> Answer | None:
    """A number that was not on the last list, and that no operator has given a meaning."""
    return visit.answer("no_such_number") if _NUMBER.fullmatch(visit.understood.plain.strip()) else None


def with_subject(message: Message, visit: Visit) -> Answer | None:
    """我喜欢X, 忘记X, 退订 X."""
    said = visit.understood.plain.strip()
    if len(said) > LONGEST:
        return None
    for pattern, act in ((_FORGETS, _forget), (_STOPS, _stop_topic), (_LIKES, _like)):
        shape = pattern.fullmatch(said)
        if shape:
            return act(visit, shape[1].rstrip("的了吧。！!~ "))
    return None


def _like(visit: Visit, named: str) -> Answer | None:
    understood = visit.understood
    if not understood.asked or understood.refused:
        return None  # not a subject we have, or a mixed sentence: a question like any other
    lessons = tuple(lesson(tag, "like", word) for tag, word in understood.asked.items())
    known = visit.known.after(lessons)
    ranked = [one for one in choose(visit.catalog, known, visit.now) if set(one.item.tags) & set(understood.asked)]
    told = visit.say("chosen", tag="、".join(understood.asked))
    if not ranked:
        return Answer(Text(told), lessons)
    return offer(visit.pen, ranked, known, visit.now, told, visit.closing(), lessons=lessons)


def _forget(visit: Visit, named: str) -> Answer | None:
    tags = tuple(dict.fromkeys(tag for tag, _, _ in visit.catalog.vocabulary.find(named)))
    if any(word != tag and word.startswith("忘") for tag, word in visit.understood.asked.items()):
        return None  # 忘记密码: the word of a subject, not a wish
    held = {interest.tag for interest in visit.known.interests}
    gone = tuple(tag for tag in tags if tag in held)
    if not gone:
        return visit.answer("not_known", tag=plain(named))
    return Answer(Text(visit.say("forgotten", tag="、".join(gone))), forget_tags=gone)


def _stop_topic(visit: Visit, named: str) -> Answer | None:
    topic = named.strip()
    if topic == named and topic not in visit.catalog.vocabulary.plain_tags:
        return None  # "退订机票" asks about tickets; "退订 机票" and "退订交通" name a topic
    named = topic
    tags = tuple(dict.fromkeys(tag for tag, _, _ in visit.catalog.vocabulary.find(named)))
    topics = tags or (named[:20],)
    told = visit.say("stopped", topic=plain("「" + "、".join(topics) + "」"))
    return Answer(Text(told), opt_outs=tuple((topic, True) for topic in topics))


def recommend(visit: Visit) -> Answer:
    """What fits best now."""
    return _list(visit, choose(visit.catalog, visit.known, visit.now))


def another(visit: Visit) -> Answer:
    """Other items than were shown lately."""
    shown = {one.slug for one in visit.known.shown}
    return _list(visit, choose(visit.catalog, visit.known, visit.now, skip=shown))


def _list(visit: Visit, ranked: Sequence[Ranked]) -> Answer:
    if not visit.catalog.items:
        return visit.answer("empty_shelf")
    if not ranked:
        return visit.answer("nothing_left")
    heading = visit.say("recommend", count=len(ranked))
    return offer(visit.pen, ranked, visit.known, visit.now, heading, visit.closing())


def more(visit: Visit) -> Answer:
    """The rest of a long reply."""
    with visit.store.read() as tx:
        rest = long_texts.rest(tx, visit.openid)
    return Answer(Text(rest), more="") if rest else visit.answer("no_more")


def mine(visit: Visit) -> Answer:
    """What is remembered, and what is owned."""
    liked = [interest.tag for interest in visit.known.interests if interest.weight > 0][:10]
    tastes = visit.say("mine", tags="、".join(liked)) if liked else visit.say("mine_empty")
    return Answer(Text(f"{_owned(visit)}\n\n{tastes}"))


def owned(visit: Visit) -> Answer:
    """What the follower may read whole."""
    return Answer(Text(_owned(visit)))


def _owned(visit: Visit) -> str:
    items = [visit.catalog.items[slug] for slug in visit.known.owned if slug in visit.catalog.items]
    if not items:
        return visit.say("owned_empty")
    lines = [f'· <a href="{visit.pen.public_url}/a/{item.slug}">{plain(item.title)}</a>' for item in items]
    return visit.say("owned", items="\n".join(lines))


def help_(visit: Visit) -> Answer:
    """What one can say."""
    return visit.answer("help")


def service(visit: Visit) -> Answer:
    """To a person in service hours; outside of them an honest sentence, never silence."""
    replies = visit.catalog.replies
    if replies.in_service(visit.minute):
        return Answer(HandOver())
    begin, end = replies.service_hours
    return visit.answer("service_closed", hours=f"{begin // 60:02d}:{begin % 60:02d}-{end // 60:02d}:{end % 60:02d}")


def stop(visit: Visit) -> Answer:
    """No more pushes at all."""
    return Answer(Text(visit.say("stopped", topic="")), opt_outs=(("", True),))


def resume(visit: Visit) -> Answer:
    """Pushes again."""
    return Answer(Text(visit.say("resumed")), opt_outs=(("", False),))


def why(visit: Visit) -> Answer:
    """Why the last items were shown."""
    lines = [
        visit.say("why", title=plain(visit.catalog.items[one.slug].title), reason=plain(one.reason))
        for one in visit.known.last_list
        if one.slug in visit.catalog.items
    ]
    return Answer(Text("\n".join(lines))) if lines else visit.answer("why_nothing")


def data(visit: Visit) -> Answer:
    """How much is kept."""
    with visit.store.read() as tx:
        kept, _ = behaviours.count(tx, visit.openid)
    tags = sum(interest.weight > 0 for interest in visit.known.interests)
    return visit.answer("data", behaviours=kept, tags=tags, owned=len(visit.known.owned))


def export(visit: Visit) -> Answer:
    """How to get a copy."""
    return visit.answer("data_export")


def erase(visit: Visit) -> Answer:
    """Ask before erasing."""
    return visit.answer("erase_ask")


def confirm_erase(visit: Visit) -> Answer:
    """Erase, if it was asked for a moment ago."""
    with visit.store.read() as tx:
        done = behaviours.of(tx, visit.openid, 5)
    asked = any(
        one.at >= visit.now - ERASE_CONFIRM_SECONDS and visit.catalog.phrases.exact(one.text.strip()) == "erase"
        for one in done
    )
    return Answer(Text(visit.say("erased")), erase=True) if asked else visit.answer("erase_first")


COMMANDS: Mapping[str, Callable[[Visit], Answer]] = {
    "recommend": recommend, "another": another, "more": more, "mine": mine, "owned": owned, "help": help_,
    "service": service, "stop": stop, "resume": resume, "why": why, "data": data, "export": export,
    "erase": erase, "confirm_erase": confirm_erase,
}  # fmt: skip
