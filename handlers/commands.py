"""Commands a follower types, and the ones that carry a subject: 我喜欢X, 不喜欢X, 忘记X, 退订 X, a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from domain.answer import Answer, Lesson
from domain.interests import PERSONALISATION, lesson, not_repeated
from domain.message import Message
from domain.ranking import Ranked
from domain.reply import HandOver, Text
from flows.find_evidence import reasons
from flows.offer_items import offer, offer_card, plain
from handlers import about, buying, pushes
from handlers.visit import Visit
from storage import behaviours, interests, long_texts

ERASE_CONFIRM_SECONDS = 600
"""How long after 删除我的数据 the words 确认删除 still count."""

_LIKES = re.compile(r"我?(?:也|很|最|超|特别|比较|挺)?(?:喜欢|爱看|关注|感兴趣的是)(.+)")
_FORGETS = re.compile(r"(?:忘记|忘掉|忘了)(.+)")
_NUMBER = re.compile(r"(?:第|看)?\s*(\d{1,2})\s*(?:个|篇|号|条)?[.、。]?")
_SPELT = re.compile(r"看?第([一二三])(?:个|篇|号|条)?")
_WHY = re.compile(
    r"你?(?:为什么|为啥|为何)你?(?:会|要|老是?|总是?|一直)*(?:(?:觉得|认为|以为|知道|说)我(?:会|也)?(?:喜欢|爱看|想看|关注|对)"
    r"|(?:给我)?推荐?|是)(.+?)(?:感兴趣|有兴趣)?[的呢啊吗呀?]*"
)
_QUESTION = re.compile(r"怎么|如何|咋|吗$")
READ_BACK, MOST_REASONS = 200, 3
"""Behaviours searched, and reasons told, when somebody asks why we think they like something."""
LONGEST = 30
"""Longer texts are questions, whatever they begin with."""


def command(message: Message, visit: Visit) -> Answer | None:
    """A command, typed as it is listed."""
    said = visit.understood.plain.strip()
    name = visit.catalog.phrases.exact(said) if len(said) <= LONGEST else ""
    return COMMANDS[name](visit) if name else None


def near_command(message: Message, visit: Visit) -> Answer | None:
    """A text that names no subject and is nearly a command. Asked after the operator's replies."""
    name = "" if _names_subject(visit) else visit.catalog.phrases.near(visit.understood.plain.strip())
    return COMMANDS[name](visit) if name else None


def _names_subject(visit: Visit) -> bool:
    return bool(visit.understood.asked or visit.understood.refused)


def _number(said: str) -> int | None:
    """The number of a list that a `plain` text names: 2, 第2篇, 第二篇."""
    shape, spelt = _NUMBER.fullmatch(said), _SPELT.fullmatch(said)
    return int(shape[1]) if shape else "一二三".index(spelt[1]) + 1 if spelt else None


def numbered(message: Message, visit: Visit) -> Answer | None:
    """A number of the last list: open that item up. Any other number may be an operator's keyword."""
    number = _number(visit.understood.plain.strip())
    if number is None:
        return None
    offered = [one for one in visit.known.last_list if one.position == number]
    if not offered:
        return None
    item = visit.catalog.items.get(offered[0].slug)
    if item is None or not item.is_out(visit.now):
        return visit.answer("sold_out")
    return offer_card(visit.pen, item, offered[0].reason, exposure_id=offered[0].id)


def no_such_number(message: Message, visit: Visit) -> Answer | None:
    """A number that was not on the last list, and that no operator has given a meaning."""
    return None if _number(visit.understood.plain.strip()) is None else visit.answer("no_such_number")


def with_subject(message: Message, visit: Visit) -> Answer | None:
    """我喜欢X, 忘记X, 退订 X, 为什么觉得我喜欢X; and 不要再给我发消息了, which no list of phrases holds."""
    said = visit.understood.plain.strip()
    if len(said) > LONGEST:
        return None
    if pushes.STOPS_ALL.fullmatch(said):
        return pushes.stop(visit)
    for pattern, act in _WITH_SUBJECT:
        shape = pattern.fullmatch(said)
        if shape:
            return act(visit, shape[1].rstrip("的了吧。！!~ "))
    return None


def _like(visit: Visit, named: str) -> Answer | None:
    understood, lessons = visit.understood, _chosen(visit)
    if not lessons or understood.refused:
        return None  # not a subject we have, a mixed sentence, or not to be remembered: a question like any other
    told = visit.say("chosen" if visit.known.personal else "refusal_over", tag="、".join(one.tag for one in lessons))
    lessons = not_repeated(lessons, visit.known.held, visit.now)
    known = visit.known.after(lessons)
    ranked = visit.choose(known, about=understood.asked.keys())
    if not ranked:  # 我喜欢基金 of who wants nothing of 理财
        subjects = {visit.catalog.parents.get(tag, tag) for tag in understood.asked}
        why = visit.refused_before(sorted(subjects.difference(understood.asked)))
        return Answer(Text(f"{told}\n\n{why}" if why else told), lessons)
    return offer(visit.pen, ranked, known, visit.now, told, visit.closing(), lessons=lessons)


def _chosen(visit: Visit) -> tuple[Lesson, ...]:
    """What 我喜欢X teaches. Of somebody who wants no personalisation: only that what they refused is welcome again."""
    asked = [lesson(tag, "like", word) for tag, word in visit.understood.asked.items()]
    if visit.known.personal:
        return tuple(asked)
    refused = {interest.tag for interest in visit.known.held if interest.weight < 0}
    return tuple(one._replace(strength=0.0) for one in asked if one.tag in refused)


def _forget(visit: Visit, named: str) -> Answer | None:
    tags = tuple(dict.fromkeys(tag for tag, _, _ in visit.catalog.vocabulary.find(named)))
    if any(word != tag and word.startswith("忘") for tag, word in visit.understood.asked.items()):
        return None  # 忘记密码: the word of a subject, not a wish
    if _QUESTION.search(named):
        return None
    held = {interest.tag for interest in visit.known.held}
    gone = tuple(tag for tag in tags if tag in held)
    if not gone:
        return visit.answer("not_known", tag=plain(named))
    return Answer(Text(visit.say("forgotten", tag="、".join(gone))), forget_tags=gone)


def _why_tag(visit: Visit, named: str) -> Answer | None:
    tag = visit.catalog.vocabulary.tag(named)
    liked = next((one for one in visit.known.held if one.tag == tag and one.weight > 0), None)
    if liked:
        with visit.store.read() as tx:
            done, since = behaviours.of(tx, visit.openid, READ_BACK), interests.forgotten_since(tx, visit.openid)
        if told := "，".join(reasons(done, liked, since, MOST_REASONS)):
            return visit.answer("why_tag", tag=tag, reasons=plain(told))
    return visit.answer("not_known", tag=plain(named)) if tag and "我喜欢" in visit.understood.plain else None


_WITH_SUBJECT: tuple[tuple[re.Pattern[str], Callable[[Visit, str], Answer | None]], ...] = (
    (_WHY, _why_tag), (_FORGETS, _forget), (pushes.STOPS, pushes.stop_topic), (pushes.RESUMES, pushes.resume_topic),
    (_LIKES, _like),
)  # fmt: skip


def recommend(visit: Visit) -> Answer:
    """What fits best now."""
    return _list(visit, visit.choose())


def another(visit: Visit) -> Answer:
    """Other items than were shown lately."""
    shown = {one.slug for one in visit.known.shown}
    return _list(visit, visit.choose(skip=shown))


def _list(visit: Visit, ranked: Sequence[Ranked]) -> Answer:
    if not visit.catalog.items:
        return visit.answer("empty_shelf")
    if not ranked:
        return visit.answer("nothing_left")
    heading = visit.say("recommend", count=len(ranked))
    return about.ask_once(visit, offer(visit.pen, ranked, visit.known, visit.now, heading, visit.closing()))


def more(visit: Visit) -> Answer:
    """The rest of a long reply."""
    with visit.store.read() as tx:
        rest = long_texts.rest(tx, visit.openid)
    return Answer(Text(rest), more="") if rest else visit.answer("no_more")


def mine(visit: Visit) -> Answer:
    """What is remembered, and what is owned."""
    liked = [interest.tag for interest in visit.known.interests if interest.weight > 0][:10]
    tastes = visit.say("mine", tags="、".join(liked)) if liked else visit.say("mine_empty")
    tastes = tastes if visit.known.personal else visit.say("mine_unused")
    refused = [interest.tag for interest in visit.known.interests if interest.weight < 0][:10]
    tastes = f"{tastes}\n\n{visit.say('mine_refused', tags='、'.join(refused))}" if refused else tastes
    return Answer(Text(f"{buying.owned_words(visit)}\n\n{tastes}"))


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


def personal_off(visit: Visit) -> Answer:
    """Nothing is chosen by what is known about them, and nothing is learned."""
    return Answer(Text(visit.say("personal_off")), opt_outs=((PERSONALISATION, True),))


def personal_on(visit: Visit) -> Answer:
    """Chosen by interests again."""
    return Answer(Text(visit.say("personal_on")), opt_outs=((PERSONALISATION, False),))


def why(visit: Visit) -> Answer:
    """Why the last items were shown."""
    lines = [
        visit.say("why", title=plain(visit.catalog.items[one.slug].title), reason=plain(one.reason))
        for one in visit.known.last_told
        if one.slug in visit.catalog.items
    ]
    return Answer(Text("\n".join(lines))) if lines else visit.answer("why_nothing")


def data(visit: Visit) -> Answer:
    """How much is kept."""
    with visit.store.read() as tx:
        kept, _ = behaviours.count(tx, visit.openid)
    tags = sum(interest.weight > 0 for interest in visit.known.held)
    told, facts = visit.say("data", behaviours=kept, tags=tags, owned=len(visit.known.owned)), about.listed(visit)
    return Answer(Text(f"{told}\n\n{facts}" if facts else told), private=bool(facts))


def export(visit: Visit) -> Answer:
    """How to get a copy."""
    return visit.answer("data_export")


def forget_all(visit: Visit) -> Answer:
    """Every interest, the refusals too; what was said and bought stays."""
    return Answer(Text(visit.say("forgotten_all")), forget_all=True)


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
    "recommend": recommend, "another": another, "more": more, "mine": mine, "owned": buying.owned, "help": help_,
    "service": service, "stop": pushes.stop, "stopping": pushes.stopping, "resume": pushes.resume, "why": why,
    "data": data, "about": about.facts,
    "export": export, "personal_off": personal_off, "personal_on": personal_on, "forget_all": forget_all,
    "erase": erase, "confirm_erase": confirm_erase, "coupons": buying.coupons_held, "paying": buying.paying,
    "refunding": buying.refunding,
}  # fmt: skip
