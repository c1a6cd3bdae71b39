"""What is held about a follower, told to them: listed, forgotten, and asked for once."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain import about
from domain.answer import Answer
from domain.message import Message
from domain.reply import Text
from errors import ShutongError
from flows.offer_items import plain
from flows.remember_facts import Held, read_facts, sealed
from handlers.visit import Visit
from storage import followers

log = logging.getLogger(__name__)

ASK_AFTER_LISTS = 2
"""Recommendations seen before we ask: who has had three of them has seen what it is good for."""

_FORGETS = re.compile(r"(?:请|帮我)?(?:忘记|忘掉|忘了|删除|删掉)(我的?)?(.+?)(?:吧|了)?[。.!]?")
LONGEST = 30


def facts(visit: Visit) -> Answer:
    """Everything held that they told of themselves, and how to change it."""
    told = listed(visit)
    return Answer(Text(told), private=True) if told else visit.answer("about_empty")


def listed(visit: Visit) -> str:
    """The facts in words, "" for none."""
    if visit.vault is None:
        return ""
    held = about.lines(read_facts(visit.store, visit.vault, visit.openid).facts, visit.now)
    told = "\n".join(f"{word}：{plain(value)}" for _, word, value in held)
    return visit.say("about_me", facts=told) if told else ""


def called(visit: Visit) -> str:
    """What they want to be called, "" when that is not known."""
    try:
        facts = read_facts(visit.store, visit.vault, visit.openid).facts if visit.vault else {}
    except ShutongError as trouble:  # a greeting without a name is a greeting
        log.error("facts cannot be read: %s", trouble)
        return ""
    return plain(str(facts.get("name", "")))


def forget(message: Message, visit: Visit) -> Answer | None:
    """忘记我的年龄, 忘记我的信息, 忘记 and a word of a note, 我不是工程师 where that is held."""
    said = visit.understood.plain.strip()
    shape = _FORGETS.fullmatch(said) if len(said) <= LONGEST else None
    if shape is None:
        return _deny(visit, said) if len(said) <= LONGEST else None
    names = about.named(shape[2]) if shape[1] else ()
    if visit.vault is None:
        return visit.answer("fact_not_held", facts=_words(names)) if names else None
    held = read_facts(visit.store, visit.vault, visit.openid)
    if not names:
        return _forget_note(visit, held.facts, held.sealed, shape[2])
    gone = tuple(name for name in names if name in held.facts)
    return _forget(visit, held, gone) if gone else visit.answer("fact_not_held", facts=_words(names))


def _deny(visit: Visit, said: str) -> Answer | None:
    """Forget what they say is not so."""
    what = about.denies(said)
    if visit.vault is None or not what:
        return None
    try:
        held = read_facts(visit.store, visit.vault, visit.openid)
    except ShutongError as trouble:  # 我不在家怎么浇花 is to be answered without it
        log.error("facts cannot be read: %s", trouble)
        return None
    gone = about.holding(held.facts, what, visit.now)
    return _forget(visit, held, gone) if gone else None


def _forget(visit: Visit, held: Held, gone: tuple[str, ...]) -> Answer:
    """Facts that are held are forgotten, and the interests that rest on nothing else."""
    taught = _taught_by(visit, [str(held.facts[name]) for name in gone if name in about.TEACHING])
    change = held.sealed, sealed(visit.vault, about.without(held.facts, *gone)) if visit.vault else ""
    return Answer(Text(visit.say("fact_forgotten", facts=_words(gone))), forget_tags=taught, about=change)


def _words(names: tuple[str, ...]) -> str:
    return "、".join(about.WORDS[name] for name in names)


def _taught_by(visit: Visit, values: list[str]) -> tuple[str, ...]:
    """The interests that rest on nothing but these facts."""
    tags = {tag for value in values for tag in subjects(visit, value)}
    return tuple(one.tag for one in visit.known.held if one.tag in tags and one.cause == "told")


def subjects(visit: Visit, value: str) -> list[str]:
    """The tags of the catalogue that a fact's value is a word of."""
    named = visit.catalog.vocabulary.find(value.lower())
    return list(dict.fromkeys(tag for tag, _, _ in named))


def _forget_note(visit: Visit, held: Mapping[str, Any], before: str, words: str) -> Answer | None:
    """A note that holds these words; a subject of the catalogue is not a note."""
    notes = held.get("notes", ())
    kept = [note for note in notes if words not in note]
    if visit.vault is None or len(kept) == len(notes) or visit.catalog.vocabulary.find(words):
        return None
    now = {**held, "notes": kept} if kept else about.without(held, "notes")
    told = visit.say("fact_forgotten", facts=about.WORDS["notes"])
    return Answer(Text(told), words="", about=(before, sealed(visit.vault, now)))


def ask_once(visit: Visit, answer: Answer) -> Answer:
    """The answer, with the one question about themselves under it when its time has come."""
    question = visit.say("ask_about")
    lists = {one.behaviour_id for one in visit.known.shown}
    if not question or visit.vault is None or not visit.known.personal or len(lists) < ASK_AFTER_LISTS:
        return answer
    with visit.store.read() as tx:
        follower = followers.find(tx, visit.openid)
    if follower is None or follower.asked_at is not None or follower.about or not isinstance(answer.reply, Text):
        return answer
    return replace(answer, reply=Text(f"{answer.reply.text}\n\n{question}"), asks=True)
