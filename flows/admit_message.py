"""A push of WeChat comes in: it is decided upon, stored once with its answer, and answered the same for ever.

Read, decide, write: nothing is stored before the answer is whole, and everything is stored in one short
transaction whose first statement says whether this push is new. A retry, a concurrent one, and one after a
restart find the row of the first and get its words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from domain import message as kinds
from domain.answer import Answer
from domain.message import Message, source_of
from errors import Overtaken
from flows.claim_purchase import claim
from flows.note_consent import note_consent
from flows.note_undelivered import note_undelivered
from flows.show_held import note_visit
from storage import (
    behaviours,
    coupons,
    deliveries,
    engagements,
    erasure,
    exposures,
    followers,
    interests,
    long_texts,
    opt_outs,
    replies,
    reports,
    unanswered,
)
from storage.store import Transaction
from storage.together import Change, Together

UNSTORED = ("location_event",)
"""Where a follower is, sent every five seconds if the account wants: nothing we need, so nothing we keep."""


def admit(together: Together, message: Message, decide: Callable[[], Answer], render: Callable[[Answer], str]) -> str:
    """Decide upon the push, store it with its answer; return the words to send, "" for none, once they are safe.
    May raise ``StoreBusy``."""
    if message.form in UNSTORED:
        return ""
    if message.report is not None:
        return together.write(lambda: partial(_store_report, message, decide()))

    def decided() -> Change[str]:
        answer = decide()
        return partial(_store, message, answer, render(answer))

    return together.write(decided)


def _store(message: Message, answer: Answer, words: str, tx: Transaction) -> str:
    if answer.words is not None:  # facts about a person are kept encrypted, and nowhere else
        message = replace(message, text=answer.words, detail=kinds.TOLD)
    if not behaviours.add(tx, message, answer.lessons):
        return replies.find(tx, message.key)
    if answer.erase:
        erasure.erase(tx, message.openid)
        behaviours.add(tx, message, answer.lessons)  # that it was asked for stays, or a retry would count anew
    if words:
        replies.remember(tx, message.key, message.at, words)
    _remember(tx, message, answer)
    return words


def _remember(tx: Transaction, message: Message, answer: Answer) -> None:
    openid, at = message.openid, message.at
    if message.kind == kinds.FOLLOW:
        followers.followed(tx, openid, at, source_of(message.form, message.detail))
    elif message.kind == kinds.UNFOLLOW:
        followers.unfollowed(tx, openid, at)
    else:
        followers.speaks(tx, openid, at)
    interests.learn(tx, openid, answer.lessons, at)
    exposures.add(tx, openid, at, message.key, answer.exposures)
    if answer.unanswered:
        unanswered.add(tx, message.key, openid, at, message.text)
    for tag in answer.forget_tags:
        interests.forget(tx, openid, tag, at)
    if answer.forget_all:
        interests.forget_all(tx, openid, at)
        engagements.set_aside(tx, openid)
    for topic, out in answer.opt_outs:
        if out:
            opt_outs.stop(tx, openid, topic, at)
        else:
            opt_outs.resume(tx, openid, topic)
    if answer.coupon:
        coupons.hold(tx, openid, answer.coupon, at)
    if answer.about and not followers.tell(tx, openid, *answer.about):
        raise Overtaken("they told something else a moment before")
    if answer.asks and not followers.ask(tx, openid, at):
        raise Overtaken("they were asked a moment before")
    if answer.claim and claim(tx, answer.claim, openid, at) is None:
        raise Overtaken("the claim code was used a moment before")
    for delivery_id in answer.shown:
        if not deliveries.show(tx, delivery_id, at):
            raise Overtaken("a delivery was sent a moment before")
    note_visit(tx, openid, answer.visited, at)
    if answer.more is not None:
        long_texts.keep(tx, openid, answer.more)


def _store_report(message: Message, answer: Answer, tx: Transaction) -> str:
    if answer.erase:
        erasure.erase(tx, message.openid)
    if message.form == "templatesendjobfinish_event" and message.report is not None:
        _note_template(tx, message.openid, message.report)
    note_consent(tx, message)
    note_undelivered(tx, message)
    body = json.dumps(message.report, ensure_ascii=False, default=str)
    reports.add(tx, message.key, message.at, message.form, body)
    return ""


def _note_template(tx: Transaction, openid: str, report: Mapping[str, Any]) -> None:
    """How a template message ended: one that did not reach the person is shown at their next visit."""
    status = str(report.get("Status", ""))
    if status and status != "success":
        deliveries.came_back(tx, openid, str(report.get("MsgID", "")), status)
