"""The report on the content, counted from what is really kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from shop_at_hand import an_order

from catalog.load import Catalog, build_catalog
from catalog.replies import Replies
from domain.answer import Exposure
from domain.item import Item
from domain.item_report import PROMISES, STOPS, Counts
from domain.message import FEEDBACK, Message
from domain.passages import FREE, WHOLE
from flows.report_content import report_content, report_item
from storage import behaviours, engagements, entitlements, exposures, orders
from storage.store import Store, Transaction

DAY = 86_400
MakeItem = Callable[..., Item]
FREE_TEXT = "\n\n".join("甲乙丙丁戊己庚辛壬癸" * 20 for _ in range(4))
PAID_TEXT = "\n\n".join("子丑寅卯辰巳午未申酉" * 20 for _ in range(6))


@pytest.fixture
def shelf(item: MakeItem) -> Catalog:
    """Four paid items of ten equal passages (four of them free) and a free one."""
    items = [
        replace(item(slug, price=price), free=FREE_TEXT, paid=PAID_TEXT, free_line=11, paid_line=21)
        for slug, price in (("loud", 990), ("calm", 990), ("quiet", 990), ("other", 990), ("gift", 0))
    ]
    return build_catalog(items, {}, [], Replies())


def show(tx: Transaction, slug: str, now: int, times: int, opened: int) -> None:
    for n in range(times):
        key = f"{slug}-{now}-{n}"
        exposures.add(tx, f"o{n}", now, key, [Exposure(key, slug, 1, "blend-1", 1.0, "")])
        if n < opened:
            exposures.open_once(tx, key, now + 1)


def read(tx: Transaction, who: str, slug: str, now: int, percent: int, bought: bool = False, stars: int = 0) -> None:
    engagements.add(tx, who, slug, now, 1.0)
    engagements.opened(tx, who, slug, now)
    if bought:
        engagements.bought(tx, who, slug, now, 990)
    engagements.read(tx, who, slug, now, percent, 5)
    if percent >= 90:
        engagements.finished(tx, who, slug, now)
    if stars:
        engagements.rated(tx, who, slug, stars)


def test_every_row_is_counted_where_it_belongs(store: Store, shelf: Catalog, now: int) -> None:
    with store.write() as tx:
        show(tx, "calm", now - DAY, 5, 3)
        read(tx, "o0", "calm", now - DAY, 95, bought=True, stars=5)
        read(tx, "o1", "calm", now - DAY, 88)
        read(tx, "o2", "calm", now - DAY, 20, stars=2)
        read(tx, "r:browser", "calm", now - DAY, 60)
        for number, back in (("a1", 0), ("a2", 990), ("a3", 100)):
            state = "refunded" if back == 990 else "paid"
            paid = an_order(number, slug="calm", state=state, created_at=now - DAY, paid_at=now, refunded_fen=back)
            orders.add(tx, paid)
        orders.add(tx, an_order("a4", slug="calm", created_at=now - DAY))
    (only,) = report_content(store, shelf, now, 30, 10).items
    assert only.counts == Counts(
        exposed=5, opened=3, readers=4, read=3, finishers=1, could_finish=1, at_price=2, buyers=1, bought=3,
        returned=1, stars_sum=7, stars_count=2, good_stars=1, revenue_fen=990 + 890,
    )  # fmt: skip
    assert only.counts.stars == 3.5 and not only.enough and not only.findings


def test_of_a_free_item_everybody_could_come_to_the_end_and_nobody_sees_a_price(
    store: Store, shelf: Catalog, now: int
) -> None:
    with store.write() as tx:
        for n, percent in enumerate((95, 88, 20)):
            read(tx, f"o{n}", "gift", now, percent)
    only = report_item(store, shelf, "gift", now, 30)
    assert only and (only.counts.finishers, only.counts.could_finish, only.counts.at_price) == (1, 3, 0)
    assert [(one.part, one.readers) for one in only.readings] == [(WHOLE, 3)]


def test_who_was_given_an_item_may_read_all_of_it(store: Store, shelf: Catalog, now: int) -> None:
    with store.write() as tx:
        read(tx, "o1", "calm", now, 60)
        entitlements.grant(tx, "o1", "calm", "gift", now, None)
        read(tx, "o2", "calm", now, 60)
    only = report_item(store, shelf, "calm", now, 30)
    assert only and only.counts.could_finish == 1
    assert {one.part: one.readers for one in only.readings} == {FREE: 1, WHOLE: 1}


def test_what_happened_before_the_days_asked_for_is_left_out(store: Store, shelf: Catalog, now: int) -> None:
    with store.write() as tx:
        show(tx, "calm", now - 8 * DAY, 3, 1)
        read(tx, "o1", "calm", now - 8 * DAY, 50)
    assert report_content(store, shelf, now, 7, 10).items == ()
    assert report_content(store, shelf, now, 9, 10).total.exposed == 3


def test_an_item_that_promises_more_than_it_holds_comes_first_and_pages_follow(
    store: Store, shelf: Catalog, now: int
) -> None:
    with store.write() as tx:
        for slug in ("calm", "quiet", "other"):
            show(tx, slug, now, 200, 40)
            for n in range(40):
                read(tx, f"o{n}", slug, now, 95 if n % 2 else 60, bought=True)
        show(tx, "loud", now, 200, 100)
        for n in range(40):
            read(tx, f"o{n}", "loud", now, 95 if n < 4 else 15 + n * 2, bought=True)
    report = report_content(store, shelf, now, 30, 2)
    assert [one.kind for one in report.items[0].findings] == [PROMISES]
    assert (report.items[0].slug, len(report.items), report.left) == ("loud", 2, 2)
    rest = report_content(store, shelf, now, 30, 2, skip=2)
    assert rest.left == 0 and not {one.slug for one in report.items} & {one.slug for one in rest.items}


def test_the_passage_where_buyers_stop_is_found_in_the_file(store: Store, shelf: Catalog, now: int) -> None:
    with store.write() as tx:
        for n in range(60):
            read(tx, f"o{n}", "calm", now, 100 if n < 20 else 68, bought=True)
        for n in range(60, 120):
            read(tx, f"o{n}", "calm", now, 89)
    calm = report_item(store, shelf, "calm", now, 30)
    assert calm is not None
    (losing,) = [one.reading for one in calm.findings if one.kind == STOPS]
    assert losing and losing.part == WHOLE and losing.losing[0].passage.line == 25
    walled = next(one for one in calm.readings if one.part == FREE)
    assert walled.finished.hits == 60 and not walled.losing


def test_an_item_with_a_passage_that_loses_readers_stands_before_those_without_a_fault(
    store: Store, shelf: Catalog, now: int
) -> None:
    with store.write() as tx:
        for slug, place in (("calm", 95), ("loud", 68)):
            show(tx, slug, now, 30 if slug == "loud" else 300, 10)
            for n in range(60):
                read(tx, f"o{n}", slug, now, 95 if n < 30 else place, bought=True)
    report = report_content(store, shelf, now, 30, 1)
    assert [(one.slug, [finding.kind for finding in one.findings][-1]) for one in report.items] == [("loud", STOPS)]


def test_what_readers_wrote_is_shown_the_newest_first_and_at_most_five(store: Store, shelf: Catalog, now: int) -> None:
    with store.write() as tx:
        for n in range(8):
            read(tx, f"o{n}", "calm", now, 50)
            said = Message(f"k{n}", f"o{n}", "", now + n, FEEDBACK, f"stars_{n % 6}", f"第{n}句", "calm")
            behaviours.add(tx, said, ())
        behaviours.add(tx, Message("k9", "o0", "", now + 9, FEEDBACK, "stars_5", "", "calm"), ())
    calm = report_item(store, shelf, "calm", now, 30)
    assert calm and [words for _, words, _ in calm.words] == ["第7句", "第6句", "第5句", "第4句", "第3句"]
    assert calm.words[0][0] == 1


def test_an_item_taken_from_the_shelf_is_still_reported_and_one_nobody_knows_is_not(
    store: Store, shelf: Catalog, now: int
) -> None:
    with store.write() as tx:
        show(tx, "gone", now, 3, 1)
        read(tx, "o1", "gone", now, 50)
    gone = report_item(store, shelf, "gone", now, 30)
    assert gone and not gone.on_sale and gone.title == "gone" and gone.readings == ()
    assert report_item(store, shelf, "never-was", now, 30) is None
    unread = report_item(store, shelf, "calm", now, 30)
    assert unread and unread.counts == Counts() and not unread.enough


def test_an_empty_account_has_an_empty_report(store: Store, shelf: Catalog, now: int) -> None:
    report = report_content(store, shelf, now, 30, 10)
    assert (report.items, report.left, report.sparse, report.total) == ((), 0, 0, Counts())
