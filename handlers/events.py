"""What followers do without words: follow, leave, scan, tap the menu; and what WeChat reports on the account."""

from __future__ import annotations

import logging

from domain.answer import SILENCE, Answer
from domain.interests import lesson
from domain.message import Message
from domain.reply import Text
from flows.offer_items import offer, offer_card
from handlers import about, commands
from handlers.questions import say_reply
from handlers.visit import Visit

log = logging.getLogger(__name__)

CHOICES = 8
"""Subjects offered in the welcome: two thumbs' worth of lines."""

_KEYS = {
    "RECOMMEND": commands.recommend,
    "MORE": commands.another,
    "MINE": commands.mine,
    "HELP": commands.help_,
    "SERVICE": commands.service,
}


def followed(message: Message, visit: Visit) -> Answer:
    """Welcome them, and let them choose interests by tapping."""
    if visit.known.interests:
        called = about.called(visit)
        return Answer(Text(visit.say("welcome_back", name=called and f"，{called}")), private=bool(called))
    choices = "  ".join(visit.pen.tap(subject, f"我喜欢{subject}") for subject in visit.catalog.subjects[:CHOICES])
    return visit.answer("welcome", choices=choices)


def unfollowed(message: Message, visit: Visit) -> Answer:
    """Nothing can be said to them any more."""
    return SILENCE


def scanned(message: Message, visit: Visit) -> Answer:
    """A follower scanned a QR code of ours."""
    return commands.recommend(visit)


def menu_tapped(message: Message, visit: Visit) -> Answer:
    """A button of the menu. A key that the menu no longer has gets a recommendation: an old menu lives on in phones."""
    family, _, name = message.detail.partition(":")
    if message.detail in _KEYS:
        return _KEYS[message.detail](visit)
    if family == "TAG" and name in visit.catalog.vocabulary.plain_tags:
        return _subject(visit, name)
    if family == "ITEM" and name in visit.catalog.items and visit.catalog.items[name].is_out(visit.now):
        return offer_card(visit.pen, visit.catalog.items[name], "你在菜单里选了它")
    reply = visit.catalog.replies.named(name) if family == "REPLY" else None
    answer = say_reply(reply, visit) if reply else None
    return commands.recommend(visit) if answer is None else answer


def _subject(visit: Visit, tag: str) -> Answer:
    lessons = visit.learned([lesson(tag, "tap", tag)])
    known = visit.known.after(lessons)
    ranked = visit.choose(known, about=(tag,))
    if not ranked:
        return Answer(Text(visit.refused_before([tag]) or visit.say("nothing_left")), lessons)
    heading = visit.say("found", words=tag, count=len(ranked))
    return offer(visit.pen, ranked, known, visit.now, heading, visit.closing(), lessons=lessons)


def scan_waits(message: Message, visit: Visit) -> Answer:
    """WeChat shows "receiving" until we answer."""
    return commands.recommend(visit)


def says_nothing(message: Message, visit: Visit) -> Answer:
    """The follower is looking at a page, or another message follows at once."""
    return SILENCE


def reported(message: Message, visit: Visit) -> Answer:
    """WeChat reports on the account. Kept as a row; some of it needs the operator, some of it erases a person."""
    if message.form in ("verify_expired_event", "annual_renew_event"):
        log.error("WeChat reports %s: the account's verification needs the operator", message.form)
    # A revoked permission (nickname, address …) concerns data we never ask for; a cancelled account is a person gone.
    return Answer(None, erase=message.form == "user_authorization_cancellation_event")
