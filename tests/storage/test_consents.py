"""A yes to a 订阅通知 allows one message; a later no takes the unused ones back."""

from __future__ import annotations

import pytest

from storage import consents
from storage.consents import ACCEPT, PAGE, REJECT, SETTINGS
from storage.store import Store


def answer(store: Store, event: str, answer: str, at: int, template: str = "news", scene: str = PAGE) -> bool:
    with store.write() as tx:
        return consents.answered(tx, event, "o1", template, answer, scene, at)


def left(store: Store, template: str = "news", openid: str = "o1") -> int:
    with store.read() as tx:
        return consents.left(tx, openid, template)


def spend(store: Store, what: str, at: int = 50) -> bool:
    with store.write() as tx:
        return consents.spend(tx, "o1", "news", what, at)


def test_an_event_that_is_pushed_again_is_one_yes(store: Store) -> None:
    assert answer(store, "e1", ACCEPT, 10) and not answer(store, "e1", ACCEPT, 10)
    assert answer(store, "e2", ACCEPT, 10)
    assert left(store) == 2 and left(store, openid="o2") == 0


def test_a_yes_to_one_template_is_none_to_another(store: Store) -> None:
    answer(store, "e1", ACCEPT, 10)
    answer(store, "e1", REJECT, 10, "courses")
    assert left(store) == 1 and left(store, "courses") == 0


def test_one_yes_allows_one_message(store: Store) -> None:
    answer(store, "e1", ACCEPT, 10)
    answer(store, "e2", ACCEPT, 20)
    assert spend(store, "run1:o1") and left(store) == 1
    assert spend(store, "run2:o1") and left(store) == 0
    assert not spend(store, "run3:o1")


def test_a_message_that_was_refused_gives_its_yes_back(store: Store) -> None:
    answer(store, "e1", ACCEPT, 10)
    spend(store, "run1:o1")
    with store.write() as tx:
        assert consents.give_back(tx, "o1", "run1:o1") and not consents.give_back(tx, "o1", "run1:o1")
        assert not consents.give_back(tx, "o1", "")
    assert left(store) == 1


@pytest.mark.parametrize("scene", [PAGE, SETTINGS])
@pytest.mark.parametrize("at", [20, 30])
def test_a_no_takes_back_what_is_not_used_and_a_later_yes_counts_again(store: Store, scene: str, at: int) -> None:
    answer(store, "e1", ACCEPT, 20)
    answer(store, "e2", REJECT, at, scene=scene)
    assert left(store) == 0 and not spend(store, "run1:o1")
    answer(store, "e3", ACCEPT, 40)
    assert left(store) == 1


def test_what_wechat_does_not_know_of_is_no_yes(store: Store) -> None:
    answer(store, "e1", ACCEPT, 10)
    answer(store, "e2", ACCEPT, 10)
    with store.write() as tx:
        consents.none_left(tx, "o1", "news", 30)
    assert left(store) == 0
    answer(store, "e3", ACCEPT, 40)
    assert left(store) == 1


def test_many_people_are_asked_about_at_once(store: Store) -> None:
    with store.write() as tx:
        for nth in range(321):
            for event in range(nth % 3):
                consents.answered(tx, f"{nth}:{event}", f"o{nth}", "news", ACCEPT, PAGE, 10)
        everybody = [f"o{nth}" for nth in range(321)]
        found = consents.left_of(tx, everybody, "news")
        assert consents.left_of(tx, [], "news") == {}
    assert found == {f"o{nth}": nth % 3 for nth in range(321) if nth % 3}
