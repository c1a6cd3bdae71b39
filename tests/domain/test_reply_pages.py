"""A text that is too long for WeChat is said page by page, each with a link to the next."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quota import REPLY_TEXT_BYTES
from domain.reply import first_page

MORE = '<a href="weixin://bizmsgmenu?msgmenucontent=更多&msgmenuid=1">更多</a>'
LINK = '<a href="https://read.example.cn/go/x">从喘到跑</a>'
LIMIT = 400
pieces = st.one_of(
    st.text(alphabet="中文字ab <>/\n\n🏃", max_size=120),
    st.builds(
        '<a href="https://e.cn/{}">{}</a>'.format, st.integers(0, 10**9), st.text(alphabet="题目\n ", max_size=9)
    ),
)
texts = st.lists(pieces, max_size=25).map("".join)


def pages(text: str, limit: int = LIMIT) -> list[str]:
    """Every page, without the link to the next."""
    said, rest = [], text
    for _ in range(len(text) + 2):
        page, rest = first_page(rest, MORE, limit)
        assert len(page.encode()) <= limit
        assert bool(rest) is page.endswith(f"\n\n{MORE}")
        said.append(page.removesuffix(MORE))
        if not rest:
            return said
    raise AssertionError("there is always one more page")


def bare(text: str) -> str:
    return "".join(text.split())


@given(texts)
def test_no_page_is_too_long_and_together_they_say_everything(text: str) -> None:
    assert bare("".join(pages(text))) == bare(text)


@given(texts)
def test_no_link_is_cut(text: str) -> None:
    whole = re.findall(r"<a .*?</a>", text, re.DOTALL)
    said = [link for page in pages(text) for link in re.findall(r"<a .*?</a>", page, re.DOTALL)]
    assert said == whole


@pytest.mark.parametrize("before", range(LIMIT - len(MORE.encode()) - len(LINK.encode()) - 4, LIMIT + 3))
def test_wherever_the_page_ends_in_a_link_the_whole_link_moves_on(before: int) -> None:
    said = pages("x" * before + LINK + "y" * LIMIT)
    assert sum(page.count(LINK) for page in said) == 1
    assert bare("".join(said)) == bare("x" * before + LINK + "y" * LIMIT)


def test_a_text_that_fits_is_left_alone() -> None:
    exact = "字" * (REPLY_TEXT_BYTES // 3) + "ab"
    assert len(exact.encode()) == REPLY_TEXT_BYTES
    assert first_page(exact, MORE) == (exact, "")
    page, rest = first_page(exact + "c", MORE)
    assert rest and len(page.encode()) <= REPLY_TEXT_BYTES


def test_a_page_ends_at_the_last_line_of_its_second_half() -> None:
    text = "甲" * 80 + "\n" + "乙" * 200
    page, rest = first_page(text, MORE, LIMIT)
    assert page == f"{'甲' * 80}\n\n{MORE}" and rest == "乙" * 200
    page, rest = first_page("甲\n" + "乙" * 200, MORE, LIMIT)
    assert page.count("乙") > 50, "a line break near the beginning would waste the page"


def test_a_link_longer_than_a_page_still_comes_to_an_end() -> None:
    assert len(pages(f'<a href="https://e.cn/{"x" * 2_000}">题</a>')) > 4


def test_blank_lines_at_the_end_do_not_promise_another_page() -> None:
    assert first_page("说完了" + "\n" * LIMIT, MORE, LIMIT) == ("说完了", "")
