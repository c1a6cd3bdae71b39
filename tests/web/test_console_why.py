"""On the page of one follower an operator names an item and reads why it is shown to them, or is not."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from bot_in_process import SHOP, Bot, Workshop

from tests.web.console_at_hand import Operator, staff_in

WHO = "oSim01ChenYuan7Kq2vXw9TbLm3n"


@pytest.fixture
def bot(workshop: Workshop, tmp_path: Path) -> Iterator[Bot]:
    staff_in(tmp_path / "users.json")
    made = workshop.bot(CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    made.say(WHO, "夜跑膝盖疼怎么办")
    made.say(WHO, "不想学理财")
    yield made
    made.close()


def page_of(operator: Operator) -> str:
    """The address of the follower's page."""
    operator.get("/console/followers")
    return str(operator.post("/console/followers", openid=WHO).headers["Location"])


def read(page: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def why(operator: Operator, typed: str) -> str:
    return operator.get(f"{page_of(operator)}/why?item={quote(typed)}").text


def test_every_term_is_told_and_the_one_the_follower_reads_is_marked(bot: Bot) -> None:
    fina = Operator(bot, "fina")
    form = fina.get(page_of(fina)).text
    assert "/why" in form and '<option value="从喘到跑">' in form
    text = read(why(fina, "run-30"))
    assert "从喘到跑 可以推荐" in text and "读者会读到 （因为你问过「夜跑」）" in text
    assert "兴趣相合 读者读到的就是它 「跑步」+" in text and "现在说「推荐」，排在第" in text
    for term in ("同好也看", "口碑", "新", "价位", "看腻了", "换口味", "合计"):
        assert f" {term} " in text, term


def test_what_bars_an_item_stands_first(bot: Bot) -> None:
    text = read(why(Operator(bot, "ada"), "emergency"))
    assert "应急金放哪里 不会推荐 为什么不推荐 读者不想看「理财」，从 2026-11-23 12:00 起" in text
    assert "如果能推荐，读者会读到" in text and "按分数会是第" in text


@pytest.mark.parametrize("typed", ["从喘到跑", "run-30", "从喘到泡", " run-30 "])
def test_an_item_may_be_named_by_its_title_or_its_file(bot: Bot, typed: str) -> None:
    assert "从喘到跑 可以推荐" in read(why(Operator(bot, "ada"), typed))


def test_a_name_that_is_exact_is_that_item_whatever_else_is_like_it(workshop: Workshop, tmp_path: Path) -> None:
    staff_in(tmp_path / "users.json")
    page = SHOP["articles/ai-ask.md"]
    like = {f"articles/ai-ask-{n}.md": page.replace("怎样向机器提问", f"怎样向机器提问：第{n}课") for n in (2, 3)}
    bot = workshop.bot(workshop.catalog({**SHOP, **like}), CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    bot.say(WHO, "你好")
    ada = Operator(bot, "ada")
    for typed in ("ai-ask", "怎样向机器提问"):
        assert "怎样向机器提问 可以推荐" in read(why(ada, typed))
    assert "是哪一篇？" in why(ada, "怎样向机器提")
    bot.close()


def test_words_that_may_mean_several_offer_them(bot: Bot) -> None:
    ada = Operator(bot, "ada")
    text = why(ada, "健身")
    links = [html.unescape(link) for link in re.findall(r'href="(/console/followers/[^"]*/why\?item=[^"]*)"', text)]
    found = {link.partition("item=")[2]: link for link in links}
    assert "是哪一篇？" in text and set(found) == {"run-30", "stretch", "dumbbell"}
    assert "从喘到跑 可以推荐" in read(ada.get(found["run-30"]).text)
    assert "是哪一篇？" in why(ada, " ")


@pytest.mark.parametrize("typed", ["火星移民", "a\0b", "x" * 5_000, "<b>火星</b>"])
def test_what_names_no_item_is_said_to_be_none(bot: Bot, typed: str) -> None:
    text = why(Operator(bot, "ada"), typed)
    assert "内容里没有这一篇" in text and "<b>火星" not in text


def test_the_items_that_were_recommended_lead_there(bot: Bot) -> None:
    bot.say(WHO, "推荐")
    ada = Operator(bot, "ada")
    page = page_of(ada)
    link = re.search(r'href="([^"]*/why\?item=run-30)"', ada.get(page).text)
    assert link and "从喘到跑" in ada.get(link[1]).text


def test_who_may_not_see_followers_may_not_ask_and_each_look_is_written_down(bot: Bot) -> None:
    ada = Operator(bot, "ada")
    page = page_of(ada)
    for name in ("vera", "edda"):
        assert Operator(bot, name).get(f"{page}/why?item=run-30").status_code == 403
    assert not [row for row in bot.rows("console_acts") if "seen" in row["act"]]
    assert ada.get(f"{page}/why?item=run-30").status_code == 200
    (row,) = (row for row in bot.rows("console_acts") if row["act"] == "follower_seen")
    assert row["who"] == "ada" and row["about"] != WHO
    assert ada.get("/console/followers/not-an-address/why?item=run-30").status_code == 404
