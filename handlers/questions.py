"""Words that are no command: the operator's keyword replies, a search of the catalogue, else a recommendation."""

from __future__ import annotations

from dataclasses import replace

from catalog.replies import KeywordReply
from catalog.vocabulary import LONGEST_TEXT
from domain.answer import Answer
from domain.message import Message
from domain.reply import Text
from domain.small_talk import bare
from flows import find_items
from flows.offer_items import SEARCH_POLICY, choose_found, offer, offer_card, plain
from handlers.visit import Visit


def keyword_reply(message: Message, visit: Visit) -> Answer | None:
    """What an operator wrote for these words."""
    reply = visit.catalog.replies.find(visit.understood.plain.strip(), visit.minute)
    if reply is None:
        return None
    answer = say_reply(reply, visit)
    return None if answer is None else replace(answer, lessons=visit.understood.lessons)


def say_reply(reply: KeywordReply, visit: Visit) -> Answer | None:
    """An operator's reply: its text, or its item as a card; None before the item's day."""
    if not reply.slug:
        return Answer(Text(reply.text))
    item = visit.catalog.items[reply.slug]
    return offer_card(visit.pen, item, "编辑为这个问题选的") if item.is_out(visit.now) else None


def long_text(message: Message, visit: Visit) -> Answer | None:
    """More than is read: what was read is answered, and that it was not all is said."""
    if len(visit.understood.plain) <= LONGEST_TEXT:
        return None
    answer = question(message, visit) or last_resort(message, visit)
    if not isinstance(answer.reply, Text):
        return answer
    return replace(answer, reply=Text(f"{visit.say('long_text', read=LONGEST_TEXT)}\n\n{answer.reply.text}"))


def question(message: Message, visit: Visit) -> Answer | None:
    """Items that speak of what was asked, or whose title is nearly what was typed."""
    understood = visit.understood
    found = find_items.found(visit.catalog, understood)
    exact = bool(found)
    if not found and not understood.refused:
        found = visit.catalog.search.near_titles(understood.plain.strip())
    known = visit.known.after(understood.lessons)
    ranked = choose_found(visit.catalog, known, visit.now, visit.chance, found) if found else []
    if not ranked:
        return None
    words = "、".join(understood.asked.values()) or "、".join(understood.search[:3])
    hits = sum(one.item.slug in found for one in ranked)
    name = "found" if hits == len(ranked) else "found_and_near"
    heading = visit.say(name, words=plain(words), count=hits) if exact and words else visit.say("near")
    answer = offer(
        visit.pen,
        ranked,
        known,
        visit.now,
        heading,
        visit.closing(),
        understood.asked,
        understood.lessons,
        SEARCH_POLICY,
    )
    return replace(answer, unanswered=_unanswered(visit))


def last_resort(message: Message, visit: Visit) -> Answer:
    """Whatever it was, say something kind and true, and show something that fits."""
    understood = visit.understood
    known = visit.known.after(understood.lessons)
    ranked = visit.choose(known)
    refused = "、".join(understood.refused)
    told = visit.say("refused", tag=refused) if refused else visit.refused_before(understood.asked)
    if not ranked:
        left = visit.say("nothing_left" if visit.catalog.items else "empty_shelf")
        said = f"{told}\n\n{left}" if told else left
        return Answer(Text(said), understood.lessons, unanswered=_unanswered(visit))
    heading = told or visit.say("fallback")
    answer = offer(visit.pen, ranked, known, visit.now, heading, visit.closing(), understood.asked, understood.lessons)
    return replace(answer, unanswered=_unanswered(visit))


def _unanswered(visit: Visit) -> bool:
    """Is it a question for writers: of something no item speaks of, whatever was shown instead?"""
    if bare(visit.text) != visit.text:
        return bool(find_items.missing_in(visit.catalog, visit.text))
    return bool(find_items.missing(visit.catalog, visit.understood))
