"""What other policies would have shown at the same place: noted when an item is shown, because nobody can tell later.

To judge a policy from a log one must know whether it would have shown just what was shown. What it would have shown
depends on everything known at that moment: the items on sale, what was owned, refused and shown lately, the figures of
the last night. None of that is kept, so the question is answered while it is still there, and the answer is stored with
the exposure: which of the rivals below would have put this very item here, below the same items.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

GREEDY, POPULAR, NEWEST, CONTENT = "greedy", "popular", "newest", "content"
RIVALS = (GREEDY, POPULAR, NEWEST, CONTENT)
"""The ranking without exploration; what others open most; what is newest; the match with the follower's tags alone."""
AGREES = "as"
"""The key, in the stored terms of an exposure, of the rivals that would have shown it too."""


def agreeing(scores: Mapping[str, NDArray[np.float64]], chosen: int) -> str:
    """The first letters of the rivals that would choose this candidate too.

    `scores`: for each rival what it thinks of each candidate, -inf for those that may not be shown or stand on the list
    already. Of equals the first is chosen.
    """
    return "".join(rival[0] for rival, of in scores.items() if int(of.argmax()) == chosen)


def agrees(rival: str, stored: str) -> bool:
    """Would this rival have shown it, by the stored letters?"""
    return rival[0] in stored
