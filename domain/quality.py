"""How good items are, as far as all followers together showed it: rates drawn toward what is usual.

A rate of few trials is mostly chance, so it is drawn toward that of its likes (empirical Bayes; Efron & Morris, JASA
70, 1975; for counts the Beta-binomial): item toward subject, subject toward account, account toward a first guess. An
item of which nothing is known is as good as its subject, and not as good as its luck.

Everything is told as a difference of log odds from the account's usual item, so that terms can be added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from domain.learned import Figures
from domain.shelf import Floats, Rows, Shelf

OPENED, FINISHED, RETURNED = 0.15, 0.3, 0.02
"""First guesses of opened / exposed, finished / opened, returned / bought: what rates are drawn toward on day one."""
STARS = 4.0
"""First guess of an average rating."""
ACCOUNT, SUBJECT, ITEM = 20.0, 60.0, 30.0
"""Trials that each guess counts as: an item's own rate outweighs its subject's from thirty exposures on."""
FEW = 8.0
"""The same for what happens rarely: finishing, buying, and rating one item."""
FINISHED_SHARE, STARS_SHARE, RETURNED_SHARE = 0.5, 0.4, 0.5
"""What is opened is wanted; whether it holds what it promised is known of fewer, and counts for half. Stars: each."""
MOST = 2.0
"""No item is more than e^2 = 7 times as good as usual."""


@dataclass(frozen=True)
class Quality:
    """One entry an item. ``term`` is the log odds above the account's usual; ``spread`` the standard deviation of what
    is not known of it; ``opened`` the shrunken share of exposures that were opened."""

    term: Floats
    spread: Floats
    opened: Floats


def judge(shelf: Shelf, learned: Mapping[str, Figures]) -> Quality:
    """The quality of every item of the shelf."""
    count = len(shelf)
    table = np.zeros((count, len(Figures._fields)))
    for slug, figures in learned.items():
        if slug in shelf.place:
            table[shelf.place[slug]] = figures
    of = dict(zip(Figures._fields, table.T, strict=True))
    exposed = np.maximum(of["exposed"], of["opened"])
    usual, likes = _usual(of["opened"], exposed, OPENED, shelf.subject)
    hits, trials = of["opened"] + ITEM * likes, exposed + ITEM
    rate = hits / trials
    term = _logit(rate) - _logit(usual)
    term += FINISHED_SHARE * _rare(of["finished"], np.maximum(of["opened"], of["finished"]), FINISHED)
    term -= RETURNED_SHARE * _rare(of["returned"], np.maximum(of["bought"], of["returned"]), RETURNED)
    term += STARS_SHARE * _stars(of["stars_sum"], of["stars_count"])
    spread = np.sqrt(1 / hits + 1 / (trials - hits))  # of a Beta's log odds, by the delta method
    return Quality(np.clip(term, -MOST, MOST), spread, rate)


def _usual(hits: Floats, trials: Floats, guess: float, subject: Rows) -> tuple[float, Floats]:
    """The account's rate, and each item's subject's."""
    account = (hits.sum() + ACCOUNT * guess) / (trials.sum() + ACCOUNT)
    most = int(subject.max(initial=-1)) + 1
    of_subject = (np.bincount(subject, hits, most) + SUBJECT * account) / (np.bincount(subject, trials, most) + SUBJECT)
    return float(account), of_subject[subject]


def _rare(hits: Floats, trials: Floats, guess: float) -> Floats:
    """Log odds of each item's rate above the account's."""
    account = (hits.sum() + ACCOUNT * guess) / (trials.sum() + ACCOUNT)
    return _logit((hits + FEW * account) / (trials + FEW)) - _logit(account)


def _stars(total: Floats, count: Floats) -> Floats:
    """Stars of each item above the account's average."""
    account = (total.sum() + ACCOUNT * STARS) / (count.sum() + ACCOUNT)
    stars: Floats = (total + FEW * account) / (count + FEW) - account
    return stars


def _logit(rate: Floats | float) -> Floats:
    odds: Floats = np.log(np.asarray(rate) / (1 - np.asarray(rate)))
    return odds
