"""Slips of the keyboard and longer forms are counted with the word they mean."""

from __future__ import annotations

import random

from catalog.near_words import gather


def test_slips_and_longer_forms_join_the_word_most_people_use() -> None:
    used = {"法语": 9, "学法语": 2, "法语语法": 1, "photoshop": 5, "photoshp": 1, "书法": 3}
    assert gather(used) == {
        "法语": "法语", "学法语": "法语", "法语语法": "法语", "photoshop": "photoshop", "photoshp": "photoshop",
        "书法": "书法",
    }  # fmt: skip


def test_a_shorter_word_that_fewer_use_stays_itself() -> None:
    assert gather({"指数基金": 9, "基金": 2}) == {"指数基金": "指数基金", "基金": "基金"}


def test_short_words_and_foreign_ones_inside_others_are_not_guessed() -> None:
    assert gather({"art": 5, "party": 3, "书法": 3, "书房": 2, "法": 1}) == {
        word: word for word in ("art", "party", "书法", "书房", "法")
    }


def test_the_order_of_the_words_does_not_matter() -> None:
    used = {
        "".join(random.Random(n).choices("甲乙丙丁戊", k=random.Random(n).randint(2, 6))): n % 4 for n in range(300)
    }
    names = list(used)
    random.Random(1).shuffle(names)
    assert gather(used) == gather({name: used[name] for name in names})
