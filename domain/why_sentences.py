"""Why an item is shown to a follower, or is not, in the words operators read: a sentence for each term and each bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from domain.bars import DRAFT, FINISHED, MISSING, NOT_OUT, OWNED, REFUSED, REVIEW, SEEN, Bar
from domain.follower import Follower
from domain.interests import Interest
from domain.item import Item
from domain.ladder import rung, rung_of
from domain.learned import Figures
from domain.moment import minute
from domain.ranking import FROM_ALL, FROM_SCENE, FROM_SOURCE, MOST_TOGETHER, OWN, Explained
from domain.reasons import because

TERM_NAMES = {
    "content": "兴趣相合",
    "habit": "点开的习惯",
    "together": "同好也看",
    "quality": "口碑",
    "fresh": "新",
    "price": "价位",
    "tired": "看腻了",
    "varied": "换口味",
    "explore": "试一试",
}
"""A term of an item's score -> what it says."""
MOST_TOLD = 4
"""Tags, or items, that are named as what a term is the sum of."""
_RUNGS = ("免费", "20 元以下", "100 元以下", "会员和 100 元以上")
_GUESSED = {FROM_SCENE: "来时扫的码说的就是它", FROM_SOURCE: "从同一处来的读者更喜欢", FROM_ALL: "这里的读者也喜欢"}
_BARS = {
    MISSING: "内容里没有这一篇",
    DRAFT: "还是草稿（status: draft）",
    REVIEW: "还在审（status: review）",
    NOT_OUT: "还没到发布的日子",
    OWNED: "读者已经可以读全文",
    FINISHED: "读者已经读完",
    REFUSED: "读者不想看「{tag}」",
    SEEN: "一周里推过 {times} 次，都没点开",
}


def term_sentences(
    one: Explained, follower: Follower, interests: Mapping[str, Interest], title: Callable[[str], str], now: int
) -> dict[str, str]:
    """Term -> where its value comes from. `title` names an item by its slug; `interests` are those used, by tag."""
    item = one.ranked.item
    return {
        "content": _content(one, follower, interests),
        "habit": _habit(one, follower),
        "together": _together(one.by_item, follower, title),
        "quality": _quality(one.ranked.figures, item),
        "fresh": _fresh(item, now),
        "price": _price(item, follower),
        "tired": _tired(one, follower),
        "varied": "名单上每多一篇同主题的，就减一点",
    }


def bar_sentence(bar: Bar, zone: ZoneInfo) -> str:
    """Why not, since when and until when."""
    told = _BARS[bar.why].format(tag=bar.tag, times=bar.times)
    since = f"，从 {minute(bar.since, zone)} 起" if bar.since is not None else ""
    until = f"，到 {minute(bar.until, zone)} 为止" if bar.until is not None else ""
    return f"{told}{since}{until}"


def _content(one: Explained, follower: Follower, interests: Mapping[str, Interest]) -> str:
    if not follower.personal:
        return "读者关闭了个性化，不看兴趣"
    if not one.by_tag:
        return "没有读者喜欢的标签"
    parts = [
        f"「{tag}」{gives:+.2f}（{_whose(tag, whose, interests)}）" for tag, whose, gives in one.by_tag[:MOST_TOLD]
    ]
    return "、".join(parts)


def _habit(one: Explained, follower: Follower) -> str:
    if not follower.personal:
        return "读者关闭了个性化，不看习惯"
    if not one.by_habit:
        return "还没看过什么，看不出习惯"
    parts = "、".join(f"「{tag}」{gives:+.2f}" for tag, gives in one.by_habit[:MOST_TOLD])
    return f"这些标签的内容，读者看到时比平常更常点开的加，更少的减：{parts}"


def _whose(tag: str, whose: str, interests: Mapping[str, Interest]) -> str:
    if whose != OWN:
        return _GUESSED[whose]
    told = because(interests[tag].cause, tag, interests[tag].word) if tag in interests else ""
    return told.replace("因为你", "读者", 1) or "读者喜欢"


def _together(by_item: Iterable[tuple[str, float]], follower: Follower, title: Callable[[str], str]) -> str:
    if not follower.personal:
        return "读者关闭了个性化，不看往来"
    given = list(by_item)
    if not given:
        return "和读者看过的内容还没有关联"
    parts = "、".join(f"{title(slug)}{gives:+.2f}" for slug, gives in given[:MOST_TOLD])
    more = f"等 {len(given)} 篇" if len(given) > MOST_TOLD else ""
    cut = f"；合计最多 ±{MOST_TOGETHER:.0f}" if abs(sum(gives for _, gives in given)) > MOST_TOGETHER else ""
    return f"喜欢过这些的读者也喜欢它（不喜欢的就减）：{parts}{more}{cut}"


def _quality(figures: Figures | None, item: Item) -> str:
    if figures is None or not (figures.exposed or figures.opened):
        return f"还没有数据，按「{item.subject}」平常的一篇算"
    told = [f"推过 {figures.exposed} 次，点开 {figures.opened} 次，读完 {figures.finished} 人"]
    if figures.stars_count:
        told.append(f"评分 {figures.stars_sum / figures.stars_count:.1f}（{figures.stars_count} 人）")
    if figures.bought:
        told.append(f"卖出 {figures.bought} 份，退 {figures.returned} 份")
    return f"{'，'.join(told)}；和平常的一篇比，数据少的按平常算"


def _fresh(item: Item, now: int) -> str:
    days = (now - item.published) // 86_400
    return f"发布了 {days} 天，60 天减半" if days >= 0 else "还没发布"


def _price(item: Item, follower: Follower) -> str:
    stands = max((rung_of(fen) for fen in follower.paid), default=0)
    used = f"读者最多买到过「{_RUNGS[stands]}」" if follower.paid else "读者还没有买过，从免费的开始"
    return f"这篇在「{_RUNGS[rung(item)]}」一档，{used}"


def _tired(one: Explained, follower: Follower) -> str:
    slug, told = one.ranked.item.slug, []
    if times := follower.silent.get(slug, 0):
        told.append(f"两个月里推过 {times} 次没点开")
    if follower.engaged.get(slug, 0.0) > 0:
        told.append("已经打开过")
    return "，".join(told) or "两个月里没有推过没点开的"
