"""What WeChat's rules and the advertising law say about the words of a push.

Sources: WeChat's 外链内容管理规范 of 2019-10-28 (no reward for sharing or following: the domain is blocked), its
operation specifications of template messages (no promotion in a service notice), the Advertising Law of the PRC,
articles 9 (superlatives), 16, 24 and 25 (no promise of cure, of passing, of return). A list of words cannot know what
is meant: what is nearly always against the rules is forbidden, the rest is advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_GAIN = "(?:领|送|得|免费|解锁|返|红包|奖|看全文|阅读全文)"


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    why: str
    forbidden: bool = True


class Finding(NamedTuple):
    """``words`` as they stand in the text. What is not ``forbidden`` is advice."""

    words: str
    why: str
    forbidden: bool


_RULES = (
    _Rule(
        re.compile(
            rf"(?:转发|分享)(?:本文|文章|海报|链接|到|至|后|即可|就能|就可|给(?!你|大家|各位))[^。！？\n]{{0,12}}{_GAIN}"
            rf"|邀请\S{{0,4}}(?:好友|朋友)[^。！？\n]{{0,12}}{_GAIN}|集赞|助力|砍价|砍一刀|拼团|打卡返"
        ),
        "rewards sharing: WeChat blocks the domain for it (诱导分享)",
    ),
    _Rule(
        re.compile(rf"关注(?:公众号|我们|本号|账号|后|即可|就能|就可)[^。！？\n]{{0,12}}{_GAIN}"),
        "rewards following: WeChat blocks the domain for it (诱导关注)",
    ),
    _Rule(
        re.compile(
            r"稳赚|稳赢|躺赚|包赚|包过|包会|必过|必涨|零风险|无风险|保本|保收益|一夜暴富|根治|包治|永不反弹|不反弹"
            r"|保证(?:收益|盈利|赚|通过|瘦|学会|提分|录取|有效)|(?:100 ?%|百分之?百) ?(?:有效|通过|成功|赚|能|会)"
        ),
        "promises what nobody can promise (广告法 16, 24, 25)",
    ),
    _Rule(
        re.compile(
            r"国家级|最高级|最佳|顶级|史上最|绝无仅有|第一品牌|全网(?:最|第一|独家)|最(?:好的|优|强|低价|便宜|权威|先进|有效)"
        ),
        "is a superlative: say what can be checked instead (广告法 9)",
        forbidden=False,
    ),
    _Rule(
        re.compile(r"(?:最后|仅剩|只剩) ?\d+ ?(?:天|小时|个|名额|份)|错过(?:不再|就没)|手慢无"),
        "hurries people: write it only where it is true",
        forbidden=False,
    ),
    _Rule(
        re.compile(r"https?://|www\.|<a\b"),
        "is a link of its own: what is tapped is counted with {link}",
        forbidden=False,
    ),
)
_PROMOTING = _Rule(
    re.compile(
        r"优惠|折扣|打折|[0-9一二三四五六七八九.]折|促销|特价|秒杀|抢购|限时|红包|代金券|满减|立减|买一送|新品|上新|新课|免费领|福利|种草"
    ),
    "promotes, and a service notice may not: WeChat bans accounts for it — write it for purpose: marketing",
)


def findings(text: str, service: bool) -> Iterator[Finding]:
    """What is to be said of a text; `service`: it is of a service notice, which may not promote anything."""
    for rule in (*_RULES, *([_PROMOTING] if service else [])):
        if found := rule.pattern.search(text):
            yield Finding(found[0], rule.why, rule.forbidden)
