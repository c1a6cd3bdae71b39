"""What a push says: filled with what is true, and without holes where something is not known."""

from __future__ import annotations

import pytest

from domain.item import Item
from domain.learned import Figures
from domain.wording import (
    COMPOSED,
    NAME_CHARACTERS,
    PLACEHOLDERS,
    REASON_CHARACTERS,
    fill,
    greeting,
    item_values,
    link,
    longest,
    placeholders,
    proof,
)

ITEM = Item("run-30", "从喘到跑", "article", 990, ("健身", "跑步"), "何", "八周跑满半小时", 0, "免费", "付费")
NOTHING = dict.fromkeys(PLACEHOLDERS, "")


def figures(**counts: int) -> Figures:
    return Figures(*(0,) * len(Figures._fields))._replace(**counts)


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("{greeting}，{title} {link}", {"greeting": "早上好", "title": "跑", "link": "L"}, "早上好，跑 L"),
        ("{name}，你好", {}, "你好"),
        ("你好，{name}！", {}, "你好！"),
        ("{greeting}！{reason}。\n走", {"greeting": "早上好"}, "早上好！\n走"),
        ("《{title}》（{proof}）", {"title": "跑"}, "《跑》"),
        ("一\n{proof}\n\n二", {}, "一\n\n二"),
        ("{title}：{summary}，{price}", {"title": "跑", "price": "¥1.00"}, "跑，¥1.00"),
        ("{title}。{proof}。{link}", {"title": "跑", "link": "L"}, "跑。L"),
        ("等等……{title}", {"title": "跑"}, "等等……跑"),
        ("！！{title}", {"title": "跑"}, "！！跑"),
        ("{{不填}}{title}", {"title": "{name}"}, "{不填}{name}"),
        ("{proof}", {}, ""),
    ],
)
def test_what_is_not_known_leaves_no_hole(text: str, values: dict[str, str], told: str) -> None:
    assert fill(text, NOTHING | values) == told


def test_the_composed_text_is_whole_for_everybody() -> None:
    full = item_values(ITEM, "因为你问过「跑步」", figures(finished=1_284, bought=30, returned=2)) | {
        "greeting": "小李，早上好", "name": "小李", "link": "LINK",
    }  # fmt: skip
    assert fill(COMPOSED, full) == (
        "小李，早上好！因为你问过「跑步」。\n《从喘到跑》八周跑满半小时\n1,284 人读完，28 人买过\nLINK"
    )
    unknown = item_values(ITEM, "", None) | {"greeting": "你好", "name": "", "link": "LINK"}
    assert fill(COMPOSED, unknown) == "你好！\n《从喘到跑》八周跑满半小时\nLINK"


def test_numbers_are_told_only_where_they_mean_something() -> None:
    assert proof(None) == proof(figures(finished=19, bought=19, stars_sum=45, stars_count=9)) == ""
    assert proof(figures(bought=25, returned=6)) == "", "what was given back is not sold"
    assert proof(figures(stars_sum=30, stars_count=10)) == "", "a poor rating is no proof"
    assert proof(figures(stars_sum=46, stars_count=10)) == "10 人打分，平均 4.6"


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "夜深了"), (8, "早上好"), (9, "上午好"), (12, "中午好"), (13, "下午好"), (20, "晚上好"), (23, "晚上好")],
)
def test_greetings_follow_the_day(hour: int, words: str) -> None:
    assert greeting(hour) == words and greeting(hour, "小李") == f"小李，{words}"
    assert len(greeting(hour, "名" * 40)) == NAME_CHARACTERS + 4


def test_words_of_people_cannot_become_links() -> None:
    values = item_values(ITEM, '<a href="https://evil">领奖</a>', None)
    assert "<" not in values["reason"]


def test_no_filling_is_longer_than_the_longest() -> None:
    text = "".join("{" + name + "}" for name in PLACEHOLDERS)
    bound = longest(text, [ITEM])
    many = figures(finished=9_999_999, bought=9_999_999, stars_sum=45_000_000, stars_count=9_999_999)
    values = item_values(ITEM, "因" * 255, many)
    assert len(values["reason"]) == REASON_CHARACTERS
    filled = values | {
        "greeting": greeting(8, "名" * 99), "name": "名" * NAME_CHARACTERS,
        "link": link("https://x.example/go/" + "s" * 157, "免费读全文"),
    }  # fmt: skip
    assert len(fill(text, filled).encode()) <= bound
    assert longest("字" * 100, []) == 300


def test_placeholders_are_told_as_written() -> None:
    assert placeholders("{title!r} {price:>9} {}") == ["title!r", "price:>9", ""]
    with pytest.raises(ValueError, match="expected"):
        placeholders("{title")
