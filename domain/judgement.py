"""What a log may say about a policy that did not write it, and when it may say nothing.

A figure is withheld rather than made up: where nothing was drawn by chance, where what the target would show was hardly
shown or could not have been, there is no estimate, and a sentence says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain import estimate
from domain.estimate import Estimate, Log

FEWEST = 30
"""With fewer people of equal weight the normal approximation of an interval is not to be trusted."""
LEAST_SUPPORT = 0.9
"""More than a tenth out of the log's reach could turn any comparison round."""
MOST_WEIGHT = 1.1
"""No policy shows more than everything: weights that average more come from probabilities that are not true."""
FEW_PEOPLE = 100
"""Below so many people of equal weight an interval says little, and its own width is guessed from little."""
HEAVY = 0.1
"""One person with so much of all the weight decides the estimate."""


@dataclass(frozen=True)
class Judgement:
    """The estimates, None when there can be none, and what should be known of them.

    ``people`` were shown what the target would have shown at least once; to ``effective`` people of equal weight they
    amount (Kish 1965); ``support`` the share of what the target would show that the log could show.
    """

    rows: int
    people: int
    effective: float
    support: Estimate | None = None
    ips: Estimate | None = None
    snips: Estimate | None = None
    dr: Estimate | None = None
    warnings: tuple[str, ...] = ()


def judge(log: Log, least: float = 0.0, most: float = 1.0) -> Judgement:
    """Estimate the target's mean reward, which lies within `least` and `most`."""
    of_person = np.bincount(log.person, weights=log.weight).astype(np.float64)
    found = Judgement(len(log.reward), int((of_person > 0).sum()), estimate.effective_size(of_person))
    if why := _nothing_known(log, found):
        return _with(found, why)
    share = estimate.support(log)
    if why := _out_of_reach(share):
        return _with(found, why, support=share)
    return _with(
        found,
        *_doubts(log, found.effective, share),
        support=share,
        ips=_within(estimate.ips(log), least, most),
        snips=_within(estimate.snips(log), least, most),
        dr=_within(estimate.doubly_robust(log), least, most),
    )


def _nothing_known(log: Log, found: Judgement) -> str:
    """Why there is no estimate at all, "" if there may be one."""
    weight = log.weight
    if not len(weight):
        return "nothing is logged that could tell"
    if (log.logged == 1).all() and (weight != 1).any():
        return (
            "every item was shown with probability 1, nothing was drawn by chance: such a log tells nothing of a "
            "policy that shows other items"
        )
    if found.people < FEWEST:
        return f"what it would show was shown to {found.people} people; at least {FEWEST} are needed"
    if found.effective < FEWEST:
        return (
            f"a few people outweigh all others: they amount to {found.effective:.0f} of equal weight; at least "
            f"{FEWEST} are needed"
        )
    return ""


def _out_of_reach(share: Estimate) -> str:
    """Why the weights' average allows no estimate, "" if it may be 1."""
    if share.high < LEAST_SUPPORT:
        return (
            f"of what it would show the log could show about {100 * share.value:.0f} % only: nothing can be said of "
            "the rest, so nothing of the whole"
        )
    if share.low > MOST_WEIGHT:
        return (
            f"the weights average {share.value:.2f} and not 1: the logged probabilities are not those with which "
            "items were drawn"
        )
    return ""


def _doubts(log: Log, effective: float, share: Estimate) -> list[str]:
    """What makes the estimates weak."""
    found = []
    if share.high < 1:
        found.append(
            f"the weights average {share.value:.2f} and not 1: a part of what it would show could not be shown, and "
            "ips is too low by it"
        )
    if share.low > 1:
        found.append(f"the weights average {share.value:.2f} and not 1: the logged probabilities may be wrong")
    if effective < FEW_PEOPLE:
        found.append(f"the people amount to {effective:.0f} of equal weight: the intervals are rough")
    of_person = np.bincount(log.person, weights=log.weight)
    if of_person.max() > HEAVY * of_person.sum():
        found.append(f"one person has {100 * of_person.max() / of_person.sum():.0f} % of all the weight")
    return found


def _with(found: Judgement, *warnings: str, **figures: Estimate) -> Judgement:
    return Judgement(found.rows, found.people, found.effective, warnings=warnings, **figures)


def _within(found: Estimate, least: float, most: float) -> Estimate:
    """No interval reaches beyond what is possible; the estimate itself may, and is left to show it."""
    return Estimate(found.value, min(max(found.low, least), found.value), max(min(found.high, most), found.value))
