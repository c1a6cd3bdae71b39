"""The front door's commands for writers and sellers: how the content does, what is missing, which words are new.

They are read on a phone's terminal by people who do not program: plain Chinese, at most ``WIDTH`` columns.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from command_line import OpenHouse, json_option, print_json
from domain.item import yuan
from domain.item_report import RATES, ItemReport
from domain.rates import ENOUGH, Rate
from domain.report_sentences import ADVICE, HEADINGS, NAMES, TOO_FEW, brief, how_far, lost_at, percent, sentence, told
from errors import Declined

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flows.find_gaps import Commission, GapBoard
    from flows.propose_words import Proposals
    from flows.report_content import ContentReport

WIDTH = 44
"""Columns of a phone's terminal held upright; a Chinese character takes two. A comma may stand beyond."""
GAPS_BELOW = 5
"""Gaps that stand below the report; the board has them all."""
MOST_SHOWN = 1_000

_days = click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3_650), help="最近这么多天。")
_most = click.option("--most", default=20, show_default=True, type=click.IntRange(1, MOST_SHOWN), help="一页这么多。")
_page = click.option("--page", default=1, show_default=True, type=click.IntRange(1, 1_000_000), help="第几页。")


@click.group()
def report() -> None:
    """How the content does: for writers and sellers."""


@report.command("content")
@_days
@click.option("--item", "slug", metavar="SLUG", default="", help="只看这一篇，看得细一些。")
@_most
@_page
@json_option
@click.pass_obj
def content(open_house: OpenHouse, days: int, slug: str, most: int, page: int, as_json: bool) -> None:
    """每一篇内容：展示、点开、读、买、退、评分，哪一段让人停下，该先处理什么；后面是读者问了却没有的。

    Example: python bot.py report content --days 30
    """
    from flows.find_gaps import find_gaps
    from flows.report_content import report_content, report_item
    from flows.tell_report import content_document, gaps_document, item_document

    house = open_house()
    catalog, now, zone = house.catalog.current, int(house.clock()), house.settings.timezone
    if slug:
        one = report_item(house.store, catalog, slug, now, days)
        if one is None:
            raise Declined(f"没有「{slug}」这一篇{_nearest(slug, catalog.items)}")
        if as_json:
            print_json(item_document(one, zone))
        else:
            _say(_item_lines(one, days, zone))
        return
    found = report_content(house.store, catalog, now, days, most, (page - 1) * most)
    board = find_gaps(house.store, catalog, now, days, GAPS_BELOW)
    if as_json:
        print_json({**content_document(found, zone), "gaps": gaps_document(board, zone)["gaps"]})
        return
    _say(_content_lines(found, days, page))
    if page == 1:
        _say(("", *_gap_lines(board, days, 0, "python bot.py report gaps", zone)))


@report.command("gaps")
@_days
@_most
@_page
@json_option
@click.pass_obj
def gaps(open_house: OpenHouse, days: int, most: int, page: int, as_json: bool) -> None:
    """读者问了、今天的内容答不上的：一张约稿单，问的人多的在前。

    Example: python bot.py report gaps --days 90
    """
    from flows.find_gaps import find_gaps
    from flows.tell_report import gaps_document

    house = open_house()
    zone, skip = house.settings.timezone, (page - 1) * most
    board = find_gaps(house.store, house.catalog.current, int(house.clock()), days, most, skip)
    if as_json:
        print_json(gaps_document(board, zone))
    else:
        _say(_gap_lines(board, days, skip, f"加 --page {page + 1}", zone))


@report.command("words")
@_most
@json_option
@click.pass_obj
def words(open_house: OpenHouse, most: int, as_json: bool) -> None:
    """读者爱用、词典却不认识的词：照抄进 content/words.txt 和 content/tags.yaml，书童就听得懂。

    Example: python bot.py report words --most 30
    """
    from flows.propose_words import propose_words, tag_lines, word_lines
    from flows.tell_report import words_document

    house = open_house()
    catalog = house.catalog.current
    found = propose_words(house.store, catalog, most)
    if as_json:
        print_json(words_document(found, word_lines(found), tag_lines(catalog, found)))
    else:
        _say(_word_lines(found, word_lines(found), tag_lines(catalog, found)))


def _word_lines(found: Proposals, for_words: Sequence[str], for_tags: Sequence[str]) -> Iterator[str]:
    few = "" if found.messages else "，还没有读者写过话"
    yield f"看了 {found.followers:,} 位读者最近的 {found.messages:,} 条话{few}"
    if not (for_words or found.synonyms):
        yield from _wrapped("没有新词：至少 3 位读者用过的才会列出来。", "")
        return
    if for_words:
        yield from ("", *_wrapped("词典把这些词拆开了。是一个词的，照抄到 content/words.txt：", ""), "")
        yield from for_words  # not wrapped: they are copied
    tagged = [one for one in found.synonyms if one.tag]
    if tagged:
        yield from ("", "这些词像是属于一个标签：")
        for one in tagged:
            yield from _wrapped(
                f"{one.word} → {one.tag}（{one.followers} 人用，{one.shared} 人也说到 {one.tag}）", "  "
            )
        yield from ("", *_wrapped("觉得对的，换掉 content/tags.yaml 里同名的那一行：", ""), "")
        yield from for_tags
    lonely = [f"{one.word} {one.followers} 人" for one in found.synonyms if not one.tag]
    if lonely:
        yield from ("", *_wrapped("常有人单独问，又不像哪个标签；要不要写一篇？", ""))
        yield from _wrapped("、".join(lonely), "  ")


def _content_lines(found: ContentReport, days: int, page: int) -> Iterator[str]:
    total = found.total
    if not found.items:
        nothing = f"最近 {days} 天还没有人看到、读过或买过内容。有读者来过以后再看。"
        yield from _wrapped(nothing if page == 1 else "后面没有了。", "")
        return
    yield f"最近 {days} 天"
    yield f"展示 {total.exposed:,} 次，点开 {told(total.open)}"
    yield f"卖出 {total.bought:,} 份，退 {total.returned:,} 份，收入 {_money(total.revenue_fen)}"
    yield ""
    yield _row("展示", "点开", "读者", "读完", "买", "退", "评分")
    for one in found.items:
        counts = one.counts
        yield _cut(f"{one.title}", WIDTH - 2)
        stars = f"{counts.stars:.1f}" if counts.stars_count else "-"
        yield _row(
            f"{counts.exposed}", _short(counts.open), f"{counts.readers}", _short(counts.finish), f"{counts.bought}",
            f"{counts.returned}", stars,
        )  # fmt: skip
        for finding in one.findings:
            yield from _wrapped(f"！{brief(finding)}", "  ")
    kinds = dict.fromkeys(finding.kind for one in found.items for finding in one.findings)
    for kind in kinds:
        yield from ("", *_wrapped(f"{HEADINGS[kind]}：{ADVICE[kind]}", ""))
    yield ""
    yield from _wrapped(f"“-”是{TOO_FEW}（不到 {ENOUGH} 次）。", "")
    if found.left:
        yield f"还有 {found.left} 篇：加 --page {page + 1}"
    yield "看一篇的细节：--item 文件名"


def _item_lines(one: ItemReport, days: int, zone: ZoneInfo) -> Iterator[str]:
    counts = one.counts
    yield from _wrapped(f"{one.title}（{one.slug}）{yuan(one.price_fen)}{'' if one.on_sale else '，已不在架上'}", "")
    yield f"最近 {days} 天"
    yield f"展示 {counts.exposed:,} 次，点开 {counts.opened:,} 次"
    yield f"读者 {counts.readers:,} 位，读了 {counts.read:,} 位，读完 {counts.finishers:,} 位"
    yield f"卖出 {counts.bought:,} 份，退 {counts.returned:,} 份，收入 {_money(counts.revenue_fen)}"
    stars = f"{counts.stars:.1f} 星（{counts.stars_count} 位）" if counts.stars_count else "还没有人评分"
    yield f"{stars}，赞 {counts.liked:,}，分享 {counts.shared:,}"
    yield ""
    for name in RATES:
        usual = f"；别的平均 {percent(one.usual[name])}" if name in one.usual else ""
        yield from _wrapped(f"{NAMES[name]}：{told(getattr(counts, name))}{usual}", "  ")
    for reading in one.readings:
        yield ""
        yield from _wrapped(how_far(reading), "")
        for place in reading.passages if reading.readers >= ENOUGH else ():
            kept = place.stopped.of - place.stopped.hits
            bar = "█" * round(12 * place.stopped.of / reading.readers)
            yield f"{'！' if place.loses else '  '}{place.passage.line:>4} {bar:12} {place.stopped.of}→{kept}"
        for place in reading.losing:
            yield from _wrapped(f"！{lost_at(reading.part, place, one.slug)}", "  ")
    for finding in one.findings:
        if finding.reading is None:
            yield from ("", *_wrapped(f"！{HEADINGS[finding.kind]}：{sentence(finding, one.slug)}", ""))
    if one.words:
        yield from ("", "读者说：")
    for given, text, at in one.words:
        day = dt.datetime.fromtimestamp(at, zone).strftime("%m-%d")
        yield from _wrapped(f"{day} {'★' * given}{'' if given else '（没打分）'} {text}", "  ")


def _gap_lines(board: GapBoard, days: int, skip: int, more: str, zone: ZoneInfo) -> Iterator[str]:
    if not board.gaps and skip:
        yield "后面没有了。"
        return
    if not board.gaps:
        yield from _wrapped(
            f"最近 {days} 天，读者问到的内容里都有。"
            if board.asked
            else f"最近 {days} 天没有读者问到如今还没有的东西。",
            "",
        )
        return
    answered = f"，其中 {board.answered:,} 次如今有了" if board.answered else ""
    yield from _wrapped(f"读者问了 {board.asked:,} 次没有的东西{answered}。还缺这些，问的人多的在前：", "")
    for number, one in enumerate(board.gaps, skip + 1):
        yield from _commission_lines(number, one, zone)
    if board.left:
        yield f"还有 {board.left} 样：{more}"
    if board.cut:
        yield from _wrapped("问得太多，只看了最近的一部分；把 --days 改小可以看全。", "")


def _commission_lines(number: int, one: Commission, zone: ZoneInfo) -> Iterator[str]:
    gap = one.gap
    day = dt.datetime.fromtimestamp(gap.last, zone).strftime("%m-%d")
    yield _cut(f"{number}. {gap.name}", WIDTH)
    yield f"   {gap.followers} 人问了 {gap.times} 次，最近 {day}"
    if gap.example:
        yield from _wrapped(f"「{gap.example}」", "   ")
    elif gap.beside:
        yield from _wrapped(f"还提到：{'、'.join(gap.beside)}", "   ")
    under = f"，像是属于「{one.subject}」" if one.subject and one.subject != one.tag else ""
    yield from _wrapped(f"标签：{one.tag}{'（新）' if one.new else ''}{under}", "   ")
    if one.near:
        yield from _wrapped(f"相近的：{'、'.join(f'《{item.title}》' for item in one.near)}", "   ")


def _money(fen: int) -> str:
    return yuan(fen) if fen else "¥0"


def _short(rate: Rate) -> str:
    return percent(rate.estimate) if rate.enough else "-"


def _row(*cells: str) -> str:
    """Seven cells, the right edges under each other."""
    return "".join(" " * max(1, room - _columns(cell)) + cell for room, cell in zip(_ROOM, cells, strict=True))


_ROOM = (8, 7, 7, 7, 6, 5, 6)
_PIECES = re.compile(r"¥?[\w./:%-]+|.", re.ASCII)
_NEVER_FIRST = "，。、；：！？）」》…"


def _columns(text: str) -> int:
    """Columns a text takes on a terminal: two for Chinese characters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str, room: int) -> str:
    """The beginning of a text that fits."""
    line = next(_wrapped(text, "", room - 1), "")
    return line if line == text else f"{line}…"


def _wrapped(text: str, indent: str, room: int = WIDTH) -> Iterator[str]:
    """The lines of a text that may be broken anywhere but in a word of letters and digits."""
    line = indent
    for piece in _PIECES.findall(" ".join(text.split())):
        if _columns(line) + _columns(piece) > room and line.strip() and piece not in _NEVER_FIRST:
            yield line.rstrip()
            line = indent
        line += piece if line.strip() else piece.lstrip()
    if line.strip():
        yield line.rstrip()


def _nearest(slug: str, slugs: Collection[str]) -> str:
    near = get_close_matches(slug, slugs, 1)
    return f"，是不是 {near[0]}？" if near else "；文件名在 articles 文件夹里"


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
