"""From a percentage to the paragraph a writer can open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.item import Item
from domain.passages import FIRST_WORDS, FREE, WHOLE, characters, passages, seen

MakeItem = Callable[..., Item]


def text(item: MakeItem, free: str, paid: str = "", free_line: int = 11, paid_line: int = 0) -> Item:
    return replace(item("a"), free=free, paid=paid, free_line=free_line, paid_line=paid_line)


def test_what_the_reader_does_not_see_is_not_counted() -> None:
    shown = {
        "## 标题 一\n": "标题一", "> 引 用": "引用", "- 甲\n- 乙": "甲乙", "1. 甲": "甲", "**粗** *斜* `码`": "粗斜码",
        "[好链接](https://example.cn/a)": "好链接", "![图](https://example.cn/a.png)": "",
        "| 甲 | 乙 |\n|---|---|": "甲乙",
        "```python\nx = 1\n```": "x=1",
    }  # fmt: skip
    assert {markdown: seen(markdown) for markdown in shown} == shown


def test_paragraphs_share_the_text_by_their_characters(item: MakeItem) -> None:
    one = text(item, f"{'甲' * 30}\n\n{'乙' * 20}\n\n\n{'丙' * 50}")
    found = passages(one, FREE)
    assert [(passage.line, passage.start, passage.end) for passage in found] == [
        (11, 0.0, 0.3), (13, 0.3, 0.5), (16, 0.5, 1.0),
    ]  # fmt: skip
    assert [passage.begins for passage in found] == ["甲" * FIRST_WORDS, "乙" * FIRST_WORDS, "丙" * FIRST_WORDS]
    assert characters(one, FREE) == 100


def test_the_paid_part_follows_the_free_one_and_has_its_own_lines(item: MakeItem) -> None:
    one = text(item, "甲" * 40, "乙" * 60, paid_line=15)
    assert [(passage.line, passage.start) for passage in passages(one, WHOLE)] == [(11, 0.0), (15, 0.4)]
    assert len(passages(one, FREE)) == 1 and characters(one, WHOLE) == 100


def test_a_heading_belongs_to_what_it_stands_over_and_short_lines_to_the_next(item: MakeItem) -> None:
    one = text(item, f"{'甲' * 50}\n\n## 小标题\n\n{'乙' * 44}\n\n短\n\n{'丙' * 50}")
    assert [passage.begins[:3] for passage in passages(one, FREE)] == ["甲甲甲", "小标题", "短"]


def test_a_fence_is_one_passage_and_an_odd_text_is_no_trouble(item: MakeItem) -> None:
    fenced = text(item, f"{'甲' * 50}\n\n```\n一行\n\n{'乙' * 48}\n```")
    assert [passage.line for passage in passages(fenced, FREE)] == [11, 13]
    for odd in ("", "\n\n", "```\n没有结尾", "![图](https://example.cn/a.png)", "## 只有标题", "***"):
        found = passages(text(item, odd), FREE)
        assert not found or (found[0].start, found[-1].end) == (0.0, 1.0)
    assert passages(text(item, "甲", free_line=0), FREE)[0].line == 0
