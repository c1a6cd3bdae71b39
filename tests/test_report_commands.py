"""The report on the content as writers and sellers read it: on a phone's terminal, or as one JSON document."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import Bot, Workshop
from click.testing import CliRunner, Result

from domain.answer import Exposure
from domain.message import FEEDBACK, Message
from errors import Declined
from report_commands import WIDTH, report
from storage import behaviours, engagements, exposures, unanswered


def run(bot: Bot, *words: str) -> Result:
    result = CliRunner().invoke(report, [*words], obj=lambda: bot.house)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(bot: Bot, *words: str) -> Any:
    return json.loads(run(bot, *words, "--json").stdout)


@pytest.fixture
def busy(workshop: Workshop) -> Iterator[Bot]:
    """run-30 is opened often and left early; the others are as they should be; 法语 is asked for in vain."""
    bot = workshop.bot()
    now = int(bot.clock.now)
    with bot.store.write() as tx:
        for slug, opened, ended in (("run-30", 60, 2), ("ai-ask", 20, 15), ("one-bag", 20, 15)):
            for n in range(100):
                exposures.add(tx, f"o{n}", now, f"b{n}", [Exposure(f"{slug}{n}", slug, 1, "blend-1", 1.0, "")])
                if n < opened:
                    exposures.open_once(tx, f"{slug}{n}", now)
            for n in range(30):
                engagements.add(tx, f"o{n}", slug, now, 1.0)
                engagements.opened(tx, f"o{n}", slug, now)
                engagements.bought(tx, f"o{n}", slug, now, 990)
                if n < ended:
                    engagements.finished(tx, f"o{n}", slug, now)
        behaviours.add(tx, Message("w1", "o1", "", now, FEEDBACK, "stars_2", "后半篇太难了", "run-30"), ())
        for n in range(3):
            unanswered.add(tx, f"u{n}", f"o{n}", now, "想学法语")
    yield bot
    bot.close()


def joined(shown: str) -> str:
    """Without the breaks that a narrow terminal makes."""
    return "".join(shown.split())


def test_what_needs_attention_stands_first_with_its_numbers_and_what_to_do(busy: Bot) -> None:
    lines = run(busy, "content").output.splitlines()
    assert lines.index("从喘到跑") < lines.index("怎样向机器提问")
    plain = joined("\n".join(lines))
    assert "！说得比做得好：点开60%，别的20%；读完7%，别的50%" in plain
    assert "说得比做得好：标题和简介许诺的，正文没给够。把标题改老实，或者把正文补足。" in plain
    more = joined(run(busy, "content", "--item", "run-30").output)
    assert "点开60%（100次里60次；别的平均20%），读完7%（30次里2次；别的平均50%）。" in more


def test_what_followers_asked_in_vain_stands_below(busy: Bot) -> None:
    assert "1.法语3人问了3次，最近11-23「想学法语」标签：法语（新）" in joined(run(busy, "content").output)


def test_every_line_fits_a_phone(busy: Bot) -> None:
    for words in (["content"], ["content", "--item", "run-30"], ["gaps"]):
        for line in run(busy, *words).output.splitlines():
            columns = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
            assert columns <= WIDTH + 2, line


def test_one_item_is_shown_with_intervals_and_what_readers_wrote(busy: Bot) -> None:
    plain = joined(run(busy, "content", "--item", "run-30").output)
    assert "点开：60%（50–69%）；别的平均20%" in plain
    assert "好评：太少，还不能下结论" in plain and "11-23★★后半篇太难了" in plain


def test_the_json_document_holds_what_the_words_hold(busy: Bot) -> None:
    document = told(busy, "content", "--most", "1")
    (first,) = document["items"]
    assert (first["slug"], first["exposed"], first["opened"], first["readers"]) == ("run-30", 100, 60, 30)
    assert first["rates"]["open"] == {
        "hits": 60, "of": 100, "usual": 0.2, "estimate": 0.6, "low": 0.502, "high": 0.6906, "note": "",
    }  # fmt: skip
    assert first["rates"]["praise"]["estimate"] is None and first["rates"]["praise"]["note"] == "太少，还不能下结论"
    assert [one["kind"] for one in first["findings"]] == ["promises"] and document["left"] == 2
    assert first["words"] == [{"stars": 2, "text": "后半篇太难了", "at": "2026-11-23T12:00:00+08:00"}]
    assert [one["about"] for one in document["gaps"]] == ["法语"]
    assert told(busy, "content", "--item", "run-30")["slug"] == "run-30"
    (gap,) = told(busy, "gaps")["gaps"]
    assert (gap["followers"], gap["times"], gap["tag"], gap["new_tag"]) == (3, 3, "法语", True)
    assert "o1" not in json.dumps(told(busy, "gaps"))


def test_new_words_are_told_with_lines_to_copy(bot: Bot) -> None:
    for n in range(4):
        for words in (f"{'走 想 看 听'.split()[n]}嗵嗤", "嗵嗤", "锻炼", "唐朝"):
            bot.say(f"o{n}", words)
        for words in ("投资", "自驾"):
            bot.say(f"p{n}", words)
    shown = run(bot, "words").output
    assert "嗵嗤  # 4 人" in shown.splitlines() and "健身: [锻炼, 运动, 唐朝]" in shown.splitlines()
    assert "唐朝→健身（4人用，4人也说到健身）" in joined(shown)
    document = told(bot, "words")
    assert document["words_txt"] == ["嗵嗤  # 4 人"] and document["tags_yaml"] == ["健身: [锻炼, 运动, 唐朝]"]
    assert document["words"][0]["pieces"] == ["嗵", "嗤"] and document["synonyms"][0]["tag"] == "健身"
    assert document["words"][0]["example"] is None


def test_pages_follow_each_other(busy: Bot) -> None:
    slugs = [told(busy, "content", "--most", "1", "--page", str(page))["items"][0]["slug"] for page in (1, 2, 3)]
    assert len({*slugs}) == 3
    assert "加 --page 2" in run(busy, "content", "--most", "1").output
    assert run(busy, "content", "--page", "9").output == "后面没有了。\n"
    assert run(busy, "gaps", "--page", "9").output == "后面没有了。\n"


def test_an_empty_account_hears_a_kind_sentence(bot: Bot) -> None:
    heard = run(bot, "content").output
    assert "还没有人看到、读过或买过内容" in heard and "没有读者问到如今还没有的东西" in heard
    assert told(bot, "content")["items"] == [] and told(bot, "gaps")["gaps"] == []
    assert "太少，还不能下结论" in run(bot, "content", "--item", "run-30").output
    assert "还没有读者写过话" in run(bot, "words").output and told(bot, "words")["words"] == []


def test_a_slip_in_the_file_name_is_met_with_the_nearest(bot: Bot) -> None:
    with pytest.raises(Declined, match="是不是 run-30"):
        run(bot, "content", "--item", "run-3")
    with pytest.raises(Declined, match="没有「吉他」这一篇"):
        run(bot, "content", "--item", "吉他")


@pytest.mark.parametrize(
    "words", [["--days", "0"], ["--days", "-1"], ["--days", "x"], ["--most", "0"], ["--page", "0"], ["--days", "99999"]]
)
def test_a_wrong_number_is_refused(words: list[str], bot: Bot) -> None:
    for command in ("content", "gaps"):
        assert run(bot, command, *words).exit_code == 2
