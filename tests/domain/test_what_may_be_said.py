"""Words that get an account into trouble are found; ordinary words are left alone."""

from __future__ import annotations

import pytest

from domain.advice import findings


def told(text: str, service: bool = False) -> list[tuple[str, bool]]:
    return [(one.words, one.forbidden) for one in findings(text, service)]


@pytest.mark.parametrize(
    "text",
    [
        "转发到朋友圈，即可领取全套课件", "分享给好友就能免费读", "分享本文得红包", "分享后看全文",
        "邀请三位好友一起领资料",
        "集赞 20 个送书", "求助力", "快来帮我砍价", "连续打卡返学费", "关注后阅读全文", "关注公众号领取礼包",
        "这只基金稳赚不赔", "包过班", "保证瘦十斤", "100% 通过", "零风险理财", "保本保收益",
    ],
)  # fmt: skip
def test_what_wechat_or_the_law_forbids_is_found(text: str) -> None:
    assert any(forbidden for _, forbidden in told(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "全网最全的清单",
        "最好的入门课",
        "国家级教练",
        "只剩 3 天",
        "手慢无",
        "详见 https://x.example",
        '<a href="x">点</a>',
    ],
)
def test_what_is_doubtful_is_advice(text: str) -> None:
    assert told(text) and not any(forbidden for _, forbidden in told(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "分享三个方法，免费读全文", "分享给你一篇免费的文章", "分享给大家的免费清单", "最近你读过跑步",
        "最后一课已更新", "关注你的情绪",
        "保证睡眠的三个习惯", "把风险看清楚", "{greeting}，这个周末动起来：{title} {link}", "优惠三天", "你最常做的菜",
        "不必百分之百做到",
    ],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("text", ["限时八折", "优惠券到账", "新课上线", "立减 5 元", "今晚秒杀", "红包已到"])
def test_a_service_notice_promotes_nothing(text: str) -> None:
    assert any(forbidden for _, forbidden in told(text, service=True)), text
    assert told(text) == [], "marketing may say it"


def test_the_rule_is_told_with_the_words() -> None:
    (one,) = findings("现在关注后即可领资料", service=False)
    assert (one.words, one.why.partition(":")[0]) == ("关注后即可领", "rewards following")
