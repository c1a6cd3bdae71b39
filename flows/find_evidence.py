"""What speaks for an interest: the acts that taught it, or the file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain import message as kinds
from domain.answer import Lesson
from domain.interests import Interest, lesson
from domain.reasons import because
from storage.behaviours import Behaviour

READ_BACK = 1_000
"""Behaviours of a follower that are searched for evidence; older ones have faded."""


def evidence(done: Iterable[Behaviour], of: Interest, since: Mapping[str, int]) -> tuple[tuple[Behaviour, Lesson], ...]:
    """The acts that speak for a liking (against, of what is refused) with what each taught, newest first.

    `done` are the follower's acts, newest first; `since` tells for each tag before when evidence was forgotten.
    """
    acts = (act for act in done if act.at >= since.get(of.tag, 0))
    taught = [(act, one) for act in acts for one in act.taught if one.tag == of.tag and one.strength * of.weight > 0]
    if not taught and of.cause == "imported":
        act = Behaviour("", "", of.at, kinds.IMPORT, "", "", "", ())
        taught = [(act, lesson(of.tag, of.cause, of.word))]
    return tuple(taught)


def reasons(done: Iterable[Behaviour], of: Interest, since: Mapping[str, int], most: int) -> tuple[str, ...]:
    """The same in words for the follower, each once, at most `most`."""
    told = (because(one.cause, of.tag, one.word) for _, one in evidence(done, of, since))
    return tuple(dict.fromkeys(one for one in told if one))[:most]
