"""What stands out of an item, and what comes first in the report."""

from __future__ import annotations

import pytest

from domain.item_report import (
    HIDDEN,
    PROMISES,
    RETURNED,
    STARS,
    STOPS,
    UNOPENED,
    WALL,
    Counts,
    ItemReport,
    find,
    usual_rates,
)  # fmt: skip
from domain.passages import WHOLE, Passage
from domain.report_sentences import HEADINGS, TOO_FEW, sentence, told
from domain.stops import reading

REST = Counts(
    exposed=1_000, opened=200, readers=300, read=180, finishers=90, could_finish=200, at_price=200, buyers=30,
    bought=40, returned=2, stars_sum=210, stars_count=50, good_stars=40,
)  # fmt: skip
USUAL = usual_rates(REST)
"""Of the others: opened 20 %, read to the end 45 %, bought 15 %, given back 5 %, good stars 80 %."""


def report(slug: str, counts: Counts) -> ItemReport:
    return ItemReport(slug, slug, 990, True, counts, USUAL)


@pytest.mark.parametrize(
    ("counts", "kinds"),
    [
        (Counts(exposed=200, opened=80, could_finish=60, finishers=10), [PROMISES]),
        (Counts(exposed=200, opened=80, stars_count=30, good_stars=10, bought=30, returned=10), [PROMISES]),
        (Counts(exposed=200, opened=80, could_finish=60, finishers=27), []),
        (Counts(exposed=200, opened=40, bought=30, returned=10), [RETURNED]),
        (Counts(stars_count=30, good_stars=10), [STARS]),
        (Counts(at_price=100, buyers=2), [WALL]),
        (Counts(exposed=300, opened=12), [UNOPENED]),
        (Counts(exposed=300, opened=12, could_finish=30, finishers=28), [HIDDEN]),
        (Counts(exposed=300, opened=12, could_finish=60, finishers=10), [UNOPENED]),
        (Counts(exposed=19, opened=19, could_finish=19, bought=19, returned=19), []),
        (Counts(), []),
    ],
)  # fmt: skip
def test_what_is_found(counts: Counts, kinds: list[str]) -> None:
    found = find(counts, USUAL)
    assert [one.kind for one in found] == kinds
    for one in found:
        words = sentence(one, "run-30")
        assert HEADINGS[one.kind] and words.endswith("。")
        assert all(f"{rate.of} 次里 {rate.hits} 次" in words for rate, _ in one.rates.values())


def test_an_item_is_compared_with_the_others_and_a_lonely_one_with_nobody() -> None:
    lonely = Counts(exposed=500, opened=1, could_finish=100, finishers=1)
    assert not find(lonely, usual_rates(lonely.less(lonely)))
    assert find(lonely, usual_rates(REST.plus(lonely).less(lonely)))


def test_a_losing_passage_is_told_with_its_line() -> None:
    tenths = [Passage(f"第{n}段说的是", 10 + 2 * n, n / 10, (n + 1) / 10) for n in range(10)]
    (found,) = find(Counts(), USUAL, (reading(WHOLE, tenths, 3_000, {55: 90, 100: 100}),))
    assert found.kind == STOPS
    words = sentence(found, "run-30")
    assert "第5段说的是" in words and "articles/run-30.md:20" in words and "190 位读者" in words and "90 位" in words


def test_what_needs_attention_comes_first_then_what_most_saw_and_the_unknown_last() -> None:
    counted = {
        "new": Counts(exposed=5, opened=1),
        "fine": Counts(exposed=500, opened=100),
        "seen-more": Counts(exposed=5_000, opened=1_000),
        "unopened": Counts(exposed=300, opened=12),
        "promises": Counts(exposed=200, opened=80, could_finish=60, finishers=10),
        "unopened-more": Counts(exposed=3_000, opened=120),
        "returned": Counts(bought=30, returned=10),
    }
    ordered = sorted((report(slug, counts) for slug, counts in counted.items()), key=lambda one: one.order)
    assert [one.slug for one in ordered] == [
        "promises", "returned", "unopened-more", "unopened", "seen-more", "fine", "new",
    ]  # fmt: skip


def test_a_rate_of_too_few_is_told_as_such() -> None:
    assert told(Counts(exposed=19, opened=3).open) == TOO_FEW == "太少，还不能下结论"
    assert told(Counts(exposed=100, opened=12).open) == "12%（7–20%）"
