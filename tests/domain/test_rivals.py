"""What is noted of other policies when an item is shown."""

import numpy as np

from domain.rivals import CONTENT, GREEDY, NEWEST, POPULAR, RIVALS, agreeing, agrees


def test_the_rivals_whose_best_item_it_is_are_noted() -> None:
    scores = {GREEDY: np.array([1.0, 3.0, 2.0]), POPULAR: np.array([5.0, 1.0, 1.0]), CONTENT: np.array([0.0, 0.1, 0.0])}
    assert agreeing(scores, 1) == "gc"
    assert agreeing(scores, 0) == "p"
    assert agreeing(scores, 2) == ""


def test_of_equal_items_a_rival_takes_the_first() -> None:
    assert agreeing({NEWEST: np.zeros(3)}, 0) == "n"
    assert agreeing({NEWEST: np.zeros(3)}, 1) == ""


def test_each_rival_has_a_letter_of_its_own() -> None:
    assert len({rival[0] for rival in RIVALS}) == len(RIVALS)
    assert [rival for rival in RIVALS if agrees(rival, "gn")] == [GREEDY, NEWEST]
