"""Words that are said and ask for nothing: greetings, thanks, sounds, emoji. Not a list of what may be said: only what
must not be taken for a question that no item answers."""

from __future__ import annotations

import re

WORDS = frozenset(
    "早上好 上午好 中午好 下午好 晚上好 早 早安 午安 晚安 大家好 老师 嗨 哈喽 hello hi hey 在不在 不在 有人 "
    "再见 拜拜 bye 谢谢 感谢 多谢 谢 thanks thx 辛苦 辛苦了 收到 明白 知道 知道了 了解 懂 ok okay 好吧 可以 "
    "不用 没事 真棒 不错 厉害 太好 太好了 喜欢 加油 支持 关注 哈 哈哈 嘻嘻 嘿嘿 呵呵 呜呜 嗯 哦 噢 喔 额 啊啊 "
    "测试 test 笑话 机器人 朋友 今年 去年 明年 明天 昨天 上周 下周 星期 时候 东西 有点 感觉 觉得 收费 免费 "
    "价格 便宜 链接 打不开 新年 快乐 节日 吃饭 睡觉 无聊 天气 几点".split()
)
"""`plain` words. 笑话, 天气, 几点 ask for something that no shop of knowledge sells."""

_EMOJI = re.compile(r"\[[^\[\]]{1,8}\]|/:[^\s/]{1,8}")
_SOUND = re.compile(r"(.)\1*|(.{1,2})\2+")


def bare(text: str) -> str:
    """A text without WeChat's own emoji: ``[微笑]``, ``/::)``."""
    return _EMOJI.sub(" ", text)


def says_nothing(word: str) -> bool:
    """Is this `plain` word small talk, a number, one letter, or a sound (哈哈哈哈, aaaa)?"""
    return len(word) < 2 or word in WORDS or word.isdigit() or _SOUND.fullmatch(word) is not None
