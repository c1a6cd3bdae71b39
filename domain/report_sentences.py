"""The report on the content in the words operators read: one plain sentence for each thing that stands out."""

from __future__ import annotations

from collections.abc import Mapping

from domain.item_report import HIDDEN, PROMISES, RETURNED, STARS, STOPS, UNOPENED, WALL, Finding
from domain.passages import FREE
from domain.rates import ENOUGH, Rate
from domain.stops import PassageReading, Reading

TOO_FEW = "太少，还不能下结论"
NOT_ENOUGH = f"不到 {ENOUGH} 次的比例一律不下结论"

NAMES: Mapping[str, str] = {
    "open": "点开", "reading": "读了", "finish": "读完", "buy": "看到价格后买", "back": "退货", "praise": "好评",
}  # fmt: skip
"""A rate of ``domain/item_report.RATES`` -> its name."""

HEADINGS: Mapping[str, str] = {
    PROMISES: "说得比做得好",
    RETURNED: "退得多",
    STOPS: "读到半路走了",
    STARS: "评分低",
    WALL: "看了价格不买",
    UNOPENED: "推了没人点",
    HIDDEN: "好文章没人点",
}
"""What was found -> in a few words."""

ADVICE: Mapping[str, str] = {
    PROMISES: "标题和简介许诺的，正文没给够。把标题改老实，或者把正文补足。",
    RETURNED: "买到的和想的不一样。看看留言，把简介写清楚，或者把内容补上。",
    STARS: "先看留言里说什么，再改正文。",
    WALL: "免费部分没让人想读下去，或者价格不合适。",
    UNOPENED: "标题和简介没让人想点。换个标题再看。",
    STOPS: "打开文件看那一行前后：太长、太难，还是跑题了。",
    HIDDEN: "内容好，标题没说出来。换个标题就值得再推。",
}
"""What was found -> what to do about it."""


def told(rate: Rate) -> str:
    """A rate with its interval, or that there is too little of it: ``12%（8–18%）``."""
    if not rate.enough:
        return TOO_FEW
    low, high = rate.interval
    return f"{percent(rate.estimate)}（{low * 100:.0f}–{percent(high)}）"


def percent(share: float) -> str:
    """A share (0..1) for people; below one in a hundred with a decimal: ``12%``, ``0.4%``."""
    return f"{share * 100:.1f}%" if 0 < share < 0.01 else f"{share * 100:.0f}%"


def sentence(finding: Finding, slug: str) -> str:
    """What was found of an item, with the numbers, and what to do about it."""
    if finding.reading is not None:
        return lost_at(finding.reading.part, finding.reading.losing[0], slug)
    return f"{_numbers(finding)}。{ADVICE[finding.kind]}"


def brief(finding: Finding) -> str:
    """The same in half a line: ``推了没人点：点开 8%，别的 28%``."""
    if finding.reading is not None:
        return f"{HEADINGS[STOPS]}：第 {finding.reading.losing[0].passage.line} 行"
    numbers = [
        f"{NAMES[name]} {percent(own.estimate)}，别的 {percent(usual)}" for name, (own, usual) in finding.rates.items()
    ]
    return f"{HEADINGS[finding.kind]}：{'；'.join(numbers)}"


def _numbers(finding: Finding) -> str:
    return "，".join(
        f"{NAMES[name]} {percent(rate.estimate)}（{rate.of} 次里 {rate.hits} 次；别的平均 {percent(usual)}）"
        for name, (rate, usual) in finding.rates.items()
    )


def lost_at(part: str, where: PassageReading, slug: str) -> str:
    """The passage at which readers leave, with its place in the file."""
    who = "没买的人" if part == FREE else "读者"
    place = f"articles/{slug}.md" + (f":{where.passage.line}" if where.passage.line else "")
    return (
        f"{where.stopped.of} 位{who}读到「{where.passage.begins}…」，{where.stopped.hits} 位就停在这一段"
        f"（{percent(where.stopped.estimate)}；同样长的别处 {percent(where.usual)}）。"
        f"看看 {place}：太长、太难，还是跑题了。"
    )


def how_far(reading: Reading) -> str:
    """One line on how far a part was read."""
    if reading.readers < ENOUGH:
        return f"{'没买的人' if reading.part == FREE else '读者'} {reading.readers} 位：{TOO_FEW}"
    if reading.part == FREE:
        end = f"读到付费处 {told(reading.finished)}"
        who = "没买的人"
    else:
        end = f"读完 {told(reading.finished)}"
        who = "读者"
    return f"{who} {reading.readers} 位：第一屏就走 {told(reading.opening)}，{end}"
