"""Does a sentence want what it names, or refuse it? Rules for spoken Chinese, clause by clause."""

from __future__ import annotations

import re

# 、 lists things of one mind ("不喜欢理财、基金") unless a new verb begins after it.
_CLAUSES = re.compile(
    r"[，,。.！!？?；;\n\s]+|、(?=我?[也还]?(?:不|别|喜欢|想|要|爱|来))|但是|但|不过|而是|只是|反而|倒是|可是|还是(?=喜欢|想)"
)

# Questions of the form A-not-A ("有没有", "想不想") contain 不/没 and refuse nothing.
_EITHER_OR = re.compile(r"(.)[不没]\1|是否|能否")

# Two refusals in one clause cancel out ("不是不想学"), and so does a question that expects the contrary ("谁不想学").
_TWICE = re.compile(
    r"(不是|并非|没有|不会|怎么会|谁)(不|没)|(为什么|为啥|为何|怎么|干嘛)不(?:给我)?(?:推|发|讲|写|来|学)|不得不|不能不|忍不住"
)

_REFUSES = re.compile(
    r"不(?:太|怎么|是很|是太|是特别|再|用再?|要再?|想再?)?(?:想|要|喜欢|爱|感兴趣|看|学|读|需要|用|推|买|关心|考虑)"
    r"|不(?:要|想|用|必|打算|愿意|希望|适合我)|没(?:有|什么|啥)?(?:兴趣|意思|意义|用)|没(?:打算|想(?:学|看|买|要))"
    r"|(?<![特区分级类性个])别(?:再|给我|老|总)*(?:推|发|说|讲|提|来|给|再)|少(?:给我)?推|讨厌|反感|拒绝|厌烦|腻了|烦透|受够|取消|屏蔽|拉黑(?:了|吧)?$|无聊|毫无兴趣|提不起兴趣"
    r"|烦死(?!.*[怎如办])|^我?对.+过敏了?$|(?<![摇打翻])滚(?:开|蛋|吧|$)|的就算了|免了$|(?:推|发)[得的]?太多"
    r"|^(?:我)?除了[^还也]+?都(?:行|可以|好|要|推|想|喜欢|爱|看)"
)

# 不 that asks for help rather than refuses: "不会理财", "不知道怎么跑步", "不想再穷下去" is out of reach of rules.
_WANTS_HELP = re.compile(
    r"不(?:会|懂|知道|明白|了解|清楚|熟|太会|太懂|擅长|行|好|够|能|敢)|没(?:学过|接触|试过|时间|钱|看过|有?用过)"
    r"|不要钱|不用(?!给|推|再|发|看|学|说|讲|了)[^的]{1,8}的|(?:怎么|如何|怎样|学会)拒绝"
)


# A clause that refuses and names nothing means the few words before it: "理财，不要", "除了理财，别的都行".
_REFUSES_THAT = re.compile(
    r"(?:我|都|真的?|就|以?后|实在)*(?:不(?:要|想要|想看|看|喜欢|爱看|感兴趣|需要)|没(?:有|什么|啥)?兴趣|别(?:再|给我|老)*(?:推|发)|讨厌|拒绝|免)"
    r"(?:我|了|的|吧|啊|呢|它|这个|这些)*"
)
_ALL_BUT_THAT = re.compile(r"(?:别的|其他的?|其它的?|什么|啥)?都(?:行|可以|好|要|推|想看|喜欢|爱看|看)(?:的|吧|啊|了)*")
_ASKS = re.compile(r"[想要学求有]|喜欢|推荐|怎|什么|多少|吗|呢")
_A_FEW_WORDS = 8
"""Longer clauses say something of their own: 我想学一点理财，不要 is no plain refusal."""


def clauses(text: str) -> list[tuple[str, bool]]:
    """Split `text` into clauses, each with whether it wants (True) or refuses (False) what it names."""
    parts = [part for part in _CLAUSES.split(text) if part]
    return [
        (part, not (_refuses(part) or _refused_by(after, part)))
        for part, after in zip(parts, [*parts, ""][1:], strict=True)
    ]


def _refused_by(after: str, clause: str) -> bool:
    """Does the clause `after` this one refuse what this one names?"""
    if clause.startswith("除了"):
        return bool(_ALL_BUT_THAT.fullmatch(after))
    named = len(clause) <= _A_FEW_WORDS and not _ASKS.search(clause)
    return named and bool(_REFUSES_THAT.fullmatch(after))


# What somebody else refuses is the writer's worry, and often the very subject: "孩子不想上幼儿园".
_OF_OTHERS = re.compile(
    r"(?:孩子|小孩|宝宝|娃|儿子|女儿|老公|老婆|爸妈?|妈|父母|老人|朋友|同事|领导|(?<![其吉])[他她]们?)[^我]*"
)

_MAY_REFUSE = re.compile(r"[不没别少讨反拒厌腻烦受取屏拉无毫提敏滚算免太除]")
"""Every refusal has one of these characters; most clauses have none and need no second look."""


def _refuses(clause: str) -> bool:
    if not _MAY_REFUSE.search(clause):
        return False
    plain = _OF_OTHERS.sub("", _EITHER_OR.sub("", clause))
    if _TWICE.search(plain):
        return False
    return bool(_REFUSES.search(_WANTS_HELP.sub("", plain)))
