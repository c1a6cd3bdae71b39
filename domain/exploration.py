"""Thompson sampling with known odds: an item is shown with the probability that it is the best, as far as is known.

Each candidate's worth is unsure: a logistic distribution with its mean and standard deviation. Thompson sampling
(Thompson, Biometrika 25, 1933; Chapelle & Li, NIPS 2011) draws a worth for each and shows the greatest. How probable
each is to be shown then has no closed form, and the log needs it: so it is reckoned first, by quadrature,

    P(i best) = integral over u in 0..1 of  product over j != i of F_j(quantile_i(u)),

with the midpoint rule on ``NODES`` points, scaled to a sum of 1, and the item is drawn with just these probabilities.
What is logged is therefore exact, whatever the quadrature's error; that error only makes the policy a slightly other
one. A share ``EVEN`` goes to all candidates evenly, so that every one of them may be shown: estimators of other
policies divide by the probability (``domain/estimate.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from domain.shelf import Flags, Floats

NODES = 16
EVEN = 0.01
"""One list place in a hundred is shared out evenly among the candidates."""
_DEVIATION = math.pi / math.sqrt(3)
"""Standard deviation of the logistic distribution with scale 1."""
_AT = (np.arange(NODES) + 0.5) / NODES
_QUANTILES = np.log(_AT / (1 - _AT))


def chances(means: Floats, spreads: Floats, rivals: Flags | None = None) -> Floats:
    """The probability of each candidate to be shown: at least EVEN / their number each, 1 together.

    `spreads` are standard deviations, above 0. Where `rivals` is given, only those marked in it, one at least, compete
    to be the best; the others have their even share alone.
    """
    if rivals is not None and not rivals.all():
        share = np.full(len(means), EVEN / len(means))
        among = chances(means[rivals], spreads[rivals])
        share[rivals] += (1 - EVEN) * among
        return share
    scales = spreads / _DEVIATION
    worths = means[:, None] + scales[:, None] * _QUANTILES  # candidates x nodes
    with np.errstate(over="ignore"):  # e^-z of the surely worse: 1 / (1 + inf) is the 0 that is meant
        below = 1 / (1 + np.exp((means - worths[:, :, None]) / scales))  # candidate, node, rival: P(rival is worse)
    own = np.arange(len(means))
    below[own, :, own] = 1.0
    best = below.prod(axis=2).sum(axis=1)
    even: Floats = (1 - EVEN) / best.sum() * best + EVEN / len(means)
    return even


def draw(probabilities: Sequence[float], luck: float) -> int:
    """Which one a number in [0, 1) picks."""
    total = 0.0
    for n, probability in enumerate(probabilities):
        total += probability
        if luck < total:
            return n
    return len(probabilities) - 1  # the sum fell short of 1 by rounding
