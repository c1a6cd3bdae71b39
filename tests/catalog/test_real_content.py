"""The content this repository ships is what it promises: worth reading, in order, found by its own words."""

from __future__ import annotations

import re
from collections import Counter

from catalog import words
from catalog.load import Catalog
from domain.follower import Follower

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_there_are_forty_articles_over_eight_subjects(real_catalog: Catalog) -> None:
    assert len(real_catalog.items) >= 40
    assert len(real_catalog.subjects) >= 8 and {"科技", "健身", "旅行", "理财"} <= {*real_catalog.subjects}
    few = [subject for subject, count in Counter(i.subject for i in real_catalog.items.values()).items() if count < 3]
    assert few == [], "a subject of one or two items gives no list"


def test_each_has_six_hundred_to_fifteen_hundred_characters(real_catalog: Catalog) -> None:
    lengths = {slug: len(HAN.findall(item.free + item.paid)) for slug, item in real_catalog.items.items()}
    assert {slug: length for slug, length in lengths.items() if not 600 <= length <= 1_500} == {}
    with_signs = {slug: len("".join((item.free + item.paid).split())) for slug, item in real_catalog.items.items()}
    assert {slug: length for slug, length in with_signs.items() if length > 1_500} == {}


def test_each_has_a_free_part_that_can_stand_alone_and_a_paid_part_worth_paying(real_catalog: Catalog) -> None:
    thin = {slug for slug, item in real_catalog.items.items() if len(HAN.findall(item.free)) < 100}
    empty = {slug for slug, item in real_catalog.items.items() if item.price_fen and len(HAN.findall(item.paid)) < 300}
    assert thin == empty == set()


def test_titles_differ_and_no_article_is_another_once_more(real_catalog: Catalog) -> None:
    items = [*real_catalog.items.values()]
    assert len({item.title for item in items}) == len({item.summary for item in items}) == len(items)
    lines = Counter(
        line for item in items for line in set((item.free + "\n" + item.paid).split("\n")) if len(line) > 25
    )
    assert [line for line, count in lines.items() if count > 1] == []


def test_some_are_free_and_most_are_not(real_catalog: Catalog) -> None:
    prices = [item.price_fen for item in real_catalog.items.values()]
    assert prices.count(0) >= 2 and sum(price > 0 for price in prices) > len(prices) / 2


def test_every_item_is_found_by_its_own_title(real_catalog: Catalog) -> None:
    lost = [
        slug
        for slug, item in real_catalog.items.items()
        if slug not in real_catalog.search.find(words.content_words(words.plain(item.title)))[:5]
        or slug not in real_catalog.search.near_titles(words.plain(item.title))[:2]
    ]
    assert lost == []


def test_every_tag_and_synonym_leads_to_its_tag(real_catalog: Catalog) -> None:
    for tag, synonyms in real_catalog.synonyms.items():
        assert {real_catalog.vocabulary.tag(words.plain(word)) for word in (tag, *synonyms)} == {tag}


def test_the_menu_offers_what_the_issue_asks_for(real_catalog: Catalog) -> None:
    assert [button["name"] for button in real_catalog.menu] == ["推荐", "分类", "我的"]


def test_the_sample_engineer_is_offered_three_subjects(real_catalog: Catalog, now: int) -> None:
    weights = {"科技": 0.6, "健身": 0.5, "旅行": 0.4}
    found = real_catalog.ranking.rank(Follower(weights), now, 3, lambda: 0.0)
    assert {one.item.subject for one in found} == {"科技", "健身", "旅行"}
