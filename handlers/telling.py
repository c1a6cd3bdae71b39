"""A message in which followers tell of themselves: the facts are kept, and a wish beside them is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain import about
from domain.answer import Answer, Lesson
from domain.interests import lesson
from domain.message import Message
from domain.reply import Text
from domain.self_description import Told, read
from flows.remember_facts import read_facts, sealed
from handlers import commands, questions
from handlers.about import subjects
from handlers.visit import Visit
from storage import followers

ASKED_SECONDS = 600
"""How long after we asked, 30岁，男，成都 needs no 我."""
LONGEST_ANSWER = 60
"""Longer words are no answer to our question."""

_WISHES = (
    commands.command, commands.with_subject, questions.keyword_reply, commands.near_command, questions.question,
    questions.last_resort,
)  # fmt: skip


def told(message: Message, visit: Visit) -> Answer | None:
    """Facts about the writer. None when the message tells none."""
    found = _read(visit)
    if found is None:
        return None
    before, change, lessons = _keep(visit, found)
    wish = replace(visit, text=found.rest)
    answer = _answer_to(message, wish) if _is_a_wish(wish) else questions.keyword_reply(message, visit)
    if answer is None:
        return Answer(Text(before), lessons, words="", about=change)
    if answer.erase:
        return replace(answer, words="")
    reply = Text(f"{before}\n\n{answer.reply.text}") if isinstance(answer.reply, Text) and before else answer.reply
    return replace(answer, reply=reply, lessons=(*lessons, *answer.lessons), words=found.rest, about=change)


def _read(visit: Visit) -> Told | None:
    plain = visit.understood.plain
    found = read(plain, visit.text, visit.now)
    if found is None and len(plain) <= LONGEST_ANSWER:
        found = read(plain, visit.text, visit.now, answering=True)
        if found and not _just_asked(visit):
            return None
    if found and visit.catalog.vocabulary.tag(str(found.facts.get("name", "")).lower()):
        return None  # 叫我跑步 names a subject, and nobody
    return found


def _just_asked(visit: Visit) -> bool:
    with visit.store.read() as tx:
        follower = followers.find(tx, visit.openid)
    return bool(follower and follower.asked_at and visit.now - follower.asked_at <= ASKED_SECONDS)


def _keep(visit: Visit, found: Told) -> tuple[str, tuple[str, str] | None, tuple[Lesson, ...]]:
    """(what is said of it, the change to what is held, what it teaches)."""
    said = [visit.say(found.refused)] if found.refused else []
    if not found.facts:
        return "\n".join(said), None, ()
    if visit.vault is None or not visit.known.personal:
        said.append(visit.say("told_no_keys" if visit.vault is None else "told_not_personal"))
        return "\n".join(said), None, ()
    held = read_facts(visit.store, visit.vault, visit.openid)
    kinds = "、".join(word for name, word in about.WORDS.items() if name in found.facts)
    said.insert(0, visit.say("told_too" if found.rest else "told", facts=kinds))
    change = held.sealed, sealed(visit.vault, about.merged(held.facts, found.facts))
    return "\n".join(said), change, _lessons(visit, held.facts, found.facts)


def _lessons(visit: Visit, held: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Lesson, ...]:
    """What a new occupation or city teaches. The evidence names the tag: the fact itself lies encrypted."""
    values = [str(new[name]) for name in about.TEACHING if name in new and new[name] != held.get(name)]
    tags = dict.fromkeys(tag for value in values for tag in subjects(visit, value))
    return tuple(lesson(tag, "told", tag) for tag in tags)


def _is_a_wish(wish: Visit) -> bool:
    understood = wish.understood
    plain = understood.plain.strip()
    return bool(understood.search or understood.refused or wish.catalog.phrases.exact(plain))


def _answer_to(message: Message, wish: Visit) -> Answer | None:
    for handler in _WISHES:
        answer = handler(message, wish)
        if answer is not None:
            return answer
    return None
