"""Editors read which words of followers are new, and which line of which file makes the bot understand them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import SHOP, Bot, Workshop

from tests.web.console_at_hand import Operator, staff_in


@pytest.fixture
def bot(workshop: Workshop, tmp_path: Path) -> Iterator[Bot]:
    staff_in(tmp_path / "users.json")
    made = workshop.bot(CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    for n in range(4):
        for words in (f"{'走 想 看 听'.split()[n]}啵嗞", "啵嗞", "锻炼", "唐朝", "力量训练"):
            made.say(f"o{n}", words)
        for words in ("投资", "自驾"):
            made.say(f"p{n}", words)
    for n in range(2):
        made.say(f"o{n}", "唐朝好玩吗")
    yield made
    made.close()


def lines(page: str) -> list[str]:
    """The lines to copy."""
    blocks = re.findall(r'<pre class="lines"[^>]*>(.*?)</pre>', page, re.S)
    return [line for block in blocks for line in html.unescape(block).splitlines()]


def test_each_word_stands_with_its_count_an_example_and_the_line_that_accepts_it(bot: Bot) -> None:
    text = Operator(bot, "edda").get("/console/content/words").text
    assert "看了 8 位读者" in text and "<b>啵嗞</b>" in text and "现在拆成 啵｜嗞" in text and "4 人用" in text
    assert re.search(r"<b>唐朝</b> → <span[^>]*>健身</span><br><span[^>]*>「唐朝好玩吗」", text)
    assert lines(text) == ["啵嗞  # 4 人", "健身: [锻炼, 运动, 唐朝]"]
    assert "把「健身」那一行换成" in text and "content/words.txt" in text and "content/tags.yaml" in text


def test_a_tag_without_a_line_of_its_own_gets_one(bot: Bot, workshop: Workshop) -> None:
    tags = "\n".join(line for line in SHOP["tags.yaml"].splitlines() if not line.startswith("健身"))
    bot.live._load = lambda: workshop.catalog({**SHOP, "tags.yaml": f"{tags}\n"})
    assert bot.live.refresh()
    for n in range(4):
        bot.say(f"o{n}", "健身")
    text = Operator(bot, "edda").get("/console/content/words").text
    assert "还没有「健身」这一行，加到末尾" in text and any(line.startswith("健身: [") for line in lines(text))


def test_whoever_reads_the_content_reads_the_words_and_nobody_else(bot: Bot) -> None:
    for name, status in {"vera": 403, "fina": 403, "edda": 200, "ada": 200}.items():
        operator = Operator(bot, name)
        assert operator.get("/console/content/words").status_code == status
        assert ('href="/console/content/words"' in operator.get("/console/content").text) is (status == 200)
    assert Operator(bot).get("/console/content/words").status_code == 303


def test_nothing_new_is_said_to_be_nothing_new(workshop: Workshop, tmp_path: Path) -> None:
    staff_in(tmp_path / "users.json")
    bot = workshop.bot(CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    text = Operator(bot, "ada").get("/console/content/words").text
    assert "没有新词" in text and "看了 0 位读者" in text and not lines(text)
    bot.close()
