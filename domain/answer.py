"""What a handler decides: what to say, and what to remember. Nothing is written before the decision is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from domain.reply import Reply


class Lesson(NamedTuple):
    """What one behaviour taught about one interest.

    ``strength`` is positive for liking, negative for refusing; ``cause`` is the kind of act, a key of
    ``STRENGTHS`` in ``domain/interests.py``. ``word`` is the follower's own word that led to the tag, kept as
    evidence.
    """

    tag: str
    strength: float
    cause: str
    word: str


class Exposure(NamedTuple):
    """One item shown to one follower: the row every later judgement of a policy rests on.

    ``position`` counts from 1. ``propensity`` is the probability with which ``policy`` showed this item at this
    place. ``reason`` is the sentence the follower read; ``terms`` short JSON of what its score was
    made of, "" for none.
    """

    id: str
    slug: str
    position: int
    policy: str
    propensity: float
    reason: str
    terms: str = ""


class Visited(NamedTuple):
    """A push that a campaign's run had for them and no channel could carry. It is read with this answer, or, with a
    ``why``, of no use any more."""

    run_id: str
    exposure: Exposure | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole outcome of one push.

    ``reply`` None means: say nothing (``success``). ``opt_outs`` are new opt-outs (True) or returns (False) by
    topic, ``""`` standing for everything. ``forget_tags`` are interests to drop; ``erase`` asks for everything.
    """

    reply: Reply | None
    lessons: tuple[Lesson, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    opt_outs: tuple[tuple[str, bool], ...] = ()
    forget_tags: tuple[str, ...] = ()
    forget_all: bool = False  # every interest and refusal is to be dropped
    erase: bool = False
    coupon: str = ""  # a code the follower holds from now on
    shown: tuple[str, ...] = ()  # ids of deliveries that are said with it
    visited: tuple[Visited, ...] = ()
    claim: str = ""  # what is stored of the claim code whose purchases are theirs from now on
    unanswered: bool = False  # a question for which no item was found
    words: str | None = None  # what is kept of what they wrote, where it told of themselves; None = all of it
    about: tuple[str, str] | None = None  # what is held encrypted of what they told: (before, after)
    private: bool = False  # the reply tells facts about them: it is kept encrypted
    asks: bool = False  # it asks them about themselves, which is done once
    more: str | None = None  # what is left of a long text; "" clears it, None leaves it alone


SILENCE = Answer(None)
