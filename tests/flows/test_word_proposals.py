"""New words for the dictionary, from what followers really wrote, ready to be pasted into the operators' files."""

from __future__ import annotations

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bot_in_process import ROOT, Bot

from catalog import words
from catalog.load import load_catalog
from flows.propose_words import Proposals, propose_words, tag_lines, word_lines

PIECES, TAUGHT = "嘭哧", "咣嚓"
"""Made-up words of two characters that the dictionary knows one by one; only the second is ever taught."""


def proposals(bot: Bot, most: int = 20) -> Proposals:
    return propose_words(bot.store, bot.live.current, most)


def write(bot: Bot, word: str) -> None:
    """Five followers write of `word`, four of whom like history and ask for 考古, which no item has; others chat."""
    for n, words_ in enumerate((f"想学{word}", f"{word}怎么做", word, f"有没有{word}的文章", f"周末{word}可以吗")):
        bot.say(f"o{n}", words_)
    for n in range(4):
        for words_ in ("宋朝", "有没有讲考古的文章", "考古"):
            bot.say(f"o{n}", words_)
    for n in range(12):
        for words_ in ("跑步", "想学理财，13812345678", "谢谢老师", "推荐"):
            bot.say(f"p{n}", words_)


@pytest.fixture
def written(real_bot: Bot) -> Bot:
    write(real_bot, PIECES)
    return real_bot


def test_a_string_that_the_dictionary_cuts_is_proposed_with_how_many_use_it(written: Bot) -> None:
    assert words.cut(PIECES) == ["嘭", "哧"]
    found = proposals(written)
    assert [(one.word, one.followers) for one in found.words] == [(PIECES, 5)]
    assert word_lines(found) == [f"{PIECES}  # 5 人"]


def test_a_word_without_a_tag_is_put_to_the_tag_its_users_name(written: Bot) -> None:
    (found,) = [one for one in proposals(written).synonyms if one.word == "考古"]
    assert (found.tag, found.followers, found.shared) == ("历史", 4, 4)


def test_a_proposed_word_is_told_with_words_that_several_wrote_and_never_with_one_persons(written: Bot) -> None:
    assert proposals(written).examples == {"考古": "有没有讲考古的文章"}, "what everybody wrote differently is not told"
    written.say("o0", "考古啊")
    assert proposals(written).examples == {"考古": "有没有讲考古的文章"}
    written.say("o1", "考古啊")
    assert proposals(written).examples == {"考古": "考古啊"}
    for n in range(2):
        written.say(f"o{n}", f"{PIECES}，13812345678")
    assert proposals(written).examples[PIECES] == f"{PIECES}***"


def test_numbers_greetings_commands_and_known_words_are_not_proposed(written: Bot) -> None:
    found = proposals(written)
    told = {one.word for one in found.words} | {one.word for one in found.synonyms}
    assert told == {PIECES, "考古"}


def test_the_lines_can_be_pasted_and_are_then_understood(real_bot: Bot, tmp_path: Path) -> None:
    write(real_bot, TAUGHT)
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    found, old = proposals(real_bot), real_bot.live.current.synonyms["历史"]
    with (folder / "words.txt").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", *word_lines(found)]))
    (line,) = tag_lines(real_bot.live.current, found)
    kept = [known for known in (folder / "tags.yaml").read_text("utf-8").splitlines() if not known.startswith("历史:")]
    (folder / "tags.yaml").write_text("\n".join([*kept, line]), "utf-8")
    again = load_catalog(folder, ZoneInfo("Asia/Shanghai"))
    assert again.vocabulary.tag("考古") == "历史" and again.synonyms["历史"] == (*old, "考古")
    assert words.cut(TAUGHT) == [TAUGHT]


def test_words_of_foreign_letters_are_quoted_where_yaml_would_take_them_for_something_else(written: Bot) -> None:
    for n in range(4):
        written.say(f"o{n}", "null")
        written.say(f"o{n}", "c++ primer")
    lines = tag_lines(written.live.current, proposals(written))
    assert any('"null"' in line for line in lines)


def test_nothing_written_proposes_nothing(real_bot: Bot) -> None:
    assert proposals(real_bot) == Proposals(0, 0, False, (), ())
