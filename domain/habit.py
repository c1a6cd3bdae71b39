"""What a follower makes of what they are shown: which tags they open more often than others, which less.

Whoever is shown something and passes it over tells as much as whoever opens it, but only beside how often they open
anything: a subject of which they opened one in three is liked by somebody who opens one in ten. For each tag the rate
of opened to seen is drawn toward the follower's own usual one (empirical Bayes, as in ``domain/quality.py``):

    lean(tag) = ln((opened + DRAWN * usual) / ((seen + DRAWN) * usual)),

where an item counts for each of its tags by the tag's importance in it. What they searched for and opened is seen and
opened too; what they gave back or gave one or two stars is seen, and not opened.
"""

from __future__ import annotations

import numpy as np

from domain.follower import Follower
from domain.quality import ACCOUNT, OPENED
from domain.shelf import Floats, Shelf

DRAWN = 6.0
"""Items seen that the follower's usual rate counts as."""


def leanings(shelf: Shelf, follower: Follower) -> Floats:
    """By tag number, the last of them the padding's; 0 for all where nothing was passed over yet (what was opened alone
    is no rate), or where it may not be used."""
    place = shelf.place
    rows = [(place[slug], 1.0, float(felt > 0)) for slug, felt in follower.engaged.items() if slug in place]
    rows += [(place[slug], float(times), 0.0) for slug, times in follower.silent.items() if slug in place]
    if not (rows and follower.silent and follower.personal):
        return np.zeros(len(shelf.tags) + 1)
    numbers, times, opens = np.array(rows).T
    at = numbers.astype(np.intp)
    usual = (opens.sum() + ACCOUNT * OPENED) / (times.sum() + ACCOUNT)
    columns, importance = shelf.columns[at].ravel(), shelf.importance[at]
    many = len(shelf.tags) + 1
    opened = np.bincount(columns, (importance * opens[:, np.newaxis]).ravel(), many)
    seen = np.bincount(columns, (importance * times[:, np.newaxis]).ravel(), many)
    lean: Floats = np.log((opened + DRAWN * usual) / ((seen + DRAWN) * usual))
    return lean
