"""Which strings are taken for one word, and which tag a word goes with. The texts are made up."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from domain.new_words import LEAST_FOLLOWERS, Companion, Said, companions, new_words

OTHERS = ("甲乙", "丙丁", "戊己", "庚辛", "壬癸", "子丑", "寅卯", "辰巳")


def said(openid: str, *clauses: str) -> Said:
    return Said(openid, tuple(tuple(clause.split()) for clause in clauses))


def chatter(chance: random.Random, count: int) -> list[Said]:
    """Messages in which every word meets every other by chance."""
    return [said(f"x{n % 40}", " ".join(chance.choices(OTHERS, k=4))) for n in range(count)]


def words(listed: list[Said]) -> list[str]:
    return [one.word for one in new_words(listed, lambda piece: piece not in ("的", "很"))]


def test_pieces_that_always_go_together_in_changing_company_are_one_word() -> None:
    chance = random.Random(1)
    listed = chatter(chance, 400)
    listed += [said(f"o{n}", f"{chance.choice(OTHERS)} 碳 水 {chance.choice(OTHERS)}") for n in range(12)]
    (found,) = new_words(listed, lambda piece: True)
    assert (found.word, found.pieces, found.followers) == ("碳水", ("碳", "水"), 12)
    assert found.cohesion > 0.9 and found.freedom > 1.5


def test_words_that_meet_by_chance_are_not_one() -> None:
    assert words(chatter(random.Random(2), 2_000)) == []


def test_what_is_typed_alone_by_several_is_a_word() -> None:
    listed = chatter(random.Random(3), 400) + [said(f"o{n}", "显 眼 包") for n in range(4)]
    assert words(listed) == ["显眼包"], "and no part of it: inside a word the next piece is known"


def test_one_follower_who_says_it_a_hundred_times_proposes_nothing() -> None:
    listed = chatter(random.Random(4), 400) + [said("o1", f"碳 水 {OTHERS[n % 8]}") for n in range(100)]
    assert words(listed) == []
    assert words([*listed, said("o2", "碳 水"), said("o3", "吃 碳 水")]) == ["碳水"]
    assert LEAST_FOLLOWERS == 3


def test_a_word_of_grammar_is_no_part_of_a_word() -> None:
    assert words([said(f"o{n}", "好 的", "很 贵", OTHERS[n % 8]) for n in range(40)]) == []


def test_two_words_of_their_own_must_hold_together_more_firmly() -> None:
    chance = random.Random(5)
    phrase = [said(f"o{n}", f"{chance.choice(OTHERS)} 外观 漂亮 {chance.choice(OTHERS)}") for n in range(10)]
    apart = [said(f"p{n}", f"{word} {chance.choice(OTHERS)}") for n in range(60) for word in ("外观", "漂亮")]
    assert words(chatter(chance, 400) + phrase + apart) == []
    assert words(chatter(chance, 400) + phrase) == ["外观漂亮"]


def test_a_word_goes_with_the_tag_its_users_name_more_than_others_do() -> None:
    used = {f"o{n}": {"唐朝", "非常"} for n in range(6)} | {f"p{n}": {"非常"} for n in range(60)}
    named = {f"o{n}": {"历史"} for n in range(5)} | {
        f"p{n}": {"健身", "历史"} if n < 6 else {"健身"} for n in range(60)
    }
    assert companions(used, named) == [Companion("非常", 66, "", 0), Companion("唐朝", 6, "历史", 5)]


def test_what_two_followers_use_is_nobodys_word() -> None:
    assert companions({"o1": {"唐朝"}, "o2": {"唐朝"}}, {"o1": {"历史"}, "o2": {"历史"}}) == []
    assert companions({}, {}) == [] and new_words([], bool) == []


@given(st.lists(st.tuples(st.integers(0, 5), st.lists(st.sampled_from("碳水显眼包的"), max_size=6)), max_size=30))
def test_the_order_of_the_messages_does_not_matter(listed: list[tuple[int, list[str]]]) -> None:
    every = [Said(f"o{who}", (tuple(pieces),)) for who, pieces in listed if pieces]
    found = new_words(every, bool)
    assert found == new_words(every[::-1], bool)
    assert all(one.followers >= LEAST_FOLLOWERS for one in found)
