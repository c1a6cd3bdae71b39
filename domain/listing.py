"""A list, place by place: who may stand here, how probable each is, which one is drawn, who else would have chosen it.

At each place the candidates are the ``SHORTLIST`` items that could be best, by score plus one standard deviation, and
the choices of the rivals (``domain/rivals.py``), so that the log can judge those. One of them is drawn with the
probability of being best (``domain/exploration.py``). That is the propensity: the probability of this item at this
place, given the items above it.

Each further item of a subject already on the list is worth ``VARIED`` less, in the manner of maximal marginal relevance
(Carbonell & Goldstein, SIGIR 1998): who does not want the first is not served by two more like it. That varies what the
follower likes; it puts nothing strange in the place of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from domain.exploration import chances, draw
from domain.rivals import CONTENT, GREEDY, NEWEST, POPULAR, agreeing
from domain.shelf import Flags, Floats, Rows, best

SHORTLIST = 8
"""Whoever stands further down is best once in hundreds of times, and is found when those above are known better."""
VARIED = 0.6
"""Log odds: e^-0.6 = 0.55. With 0.9 those of whom little is known got worse first lists (``benchmarks/crowd.py``)."""


class Candidates(NamedTuple):
    """Items that may be shown, the newest first, one entry each: ``score`` in log odds, its standard deviation, the
    number of the subject; what two rivals go by: the match with the follower's tags, and how much is opened; ``liked``
    those that carry a tag that the follower likes, by what they said and did themselves or the QR code they came by."""

    score: Floats
    spread: Floats
    subject: Rows
    content: Floats
    opened: Floats
    liked: Flags


class Drawn(NamedTuple):
    """One place: which candidate; ``varied`` what like ones above took off it; ``explore`` by how much it was below the
    best score of its place; ``agrees`` the rivals that would have shown it too, as ``rivals.agreeing``."""

    which: int
    propensity: float
    varied: float
    explore: float
    agrees: str


def draw_list(candidates: Candidates, count: int, chance: Callable[[], float]) -> list[Drawn]:
    """At most `count` of the candidates, from the top. `chance` gives numbers in [0, 1): 0 draws the best."""
    count = min(count, len(candidates.score))
    score, newest = candidates.score.copy(), -np.arange(len(candidates.score), dtype=np.float64)
    opened, content = candidates.opened.copy(), candidates.content.copy()
    taken = np.zeros(int(candidates.subject.max(initial=-1)) + 1)
    drawn: list[Drawn] = []
    while len(drawn) < count:
        varied = _varied(candidates, score, -VARIED * taken)
        rivals = {GREEDY: score + varied, POPULAR: opened, NEWEST: newest, CONTENT: content}
        scores = rivals[GREEDY]
        short = _shortlist(scores, candidates.spread, [int(of.argmax()) for of in rivals.values()])
        odds = chances(scores[short], candidates.spread[short], _rivals(candidates.liked[short])).tolist()
        n = draw(odds, chance())
        one = int(short[n])
        drawn.append(
            Drawn(one, odds[n], float(varied[one]), float(scores[short[0]] - scores[one]), agreeing(rivals, one))
        )
        for of in (score, opened, newest, content):
            of[one] = -np.inf  # taken
        taken[candidates.subject[one]] += 1
    return drawn


def _varied(candidates: Candidates, score: Floats, off: Floats) -> Floats:
    """What like ones above, whose `score` is -inf, take off each candidate; `off` by subject. While the best one left
    is of what the follower likes, as much is taken off what is strange as off that one."""
    varied: Floats = off[candidates.subject]
    first = int(score.argmax())
    if not candidates.liked[first]:
        return varied
    return np.where(candidates.liked, varied, np.minimum(varied, varied[first]))


def _rivals(liked: Flags) -> Flags | None:
    """Who competes with the best, which stands first. When that is of what the follower likes, only its like: something
    strange takes its place by being better, and not by being unknown."""
    return liked if liked[0] else None


def _shortlist(scores: Floats, spreads: Floats, also: list[int]) -> Rows:
    """The candidates of one place, the best score first."""
    short = np.array(sorted({*best(scores + spreads, SHORTLIST).tolist(), *also}), dtype=np.intp)
    short = short[scores[short] > -np.inf]
    order: Rows = short[np.argsort(-scores[short], kind="stable")]
    return order
