"""What a message says plainly about its writer: age, gender, occupation, city, name, and what is to be remembered.

A clause counts only when all of it is made of facts and of the small words between them, and when its subject is the
writer: 我是30岁的男工程师 counts, 我是想问30岁怎么理财 and 我儿子5岁 do not. A question is no statement. What is left
of the message is its wish, to be answered like any other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.occupations import HEADS, LONGEST_HEAD, TRADES, WORKPLACES
from domain.places import PLACES

LONGEST_TEXT, LONGEST_CLAUSE = 2_000, 40
"""Characters that are read for facts, of a message and of one clause: nobody introduces themselves at more length."""
YOUNGEST, OLDEST = 1, 120
LONGEST_NAME, LONGEST_NOTE, MOST_NOTES = 8, 40, 5
"""Small on purpose: what is remembered must fit into one answer that lists it."""
LONGEST_WORK_WORD = 6

_CLAUSE = re.compile(r"((?:[^，,。.！!？?；;、\s]|(?<=[叫是我的:：]) (?=\S)| (?=岁))+)([，,。.！!？?；;、\s]*)")
_HELLO = re.compile(
    r"(?:你好|您好|嗨|哈喽|hi|hello|嗯+|哦|那个|其实|对了|顺便说一下|告诉你|跟你说|介绍一下|自我介绍一下)+"
)
_SELF = re.compile(r"我|本人|俺|偶(?=是)|在下|人家(?=是)")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"\d{1,3}|[零〇一二两三四五六七八九十百]{1,5}"
_SURNAME = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘葛范彭马方任袁柳鲍史唐薛雷贺倪汤罗毕郝邬安"
    "常于傅齐康伍余顾孟黄萧尹姚邵汪毛戴宋庞熊纪舒项祝董梁杜阮蓝闵季贾江童郭林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫"
    "丁邓单洪包左石崔龚程邢裴陆翁段侯武刘景叶白卓池乔曾沙丰关肖查岳游覃侯曲"
)  # fmt: skip
_PLACE = "|".join(sorted(PLACES, key=len, reverse=True))
_NOT_SAID_OF_WORK = frozenset(
    "我你他她它们的了吗呢不没别想要找问说怕当搞听等去来给把被跟和与或是在有会能可该应需让叫请爱喜欢恨"
    "讨厌求聊嫁娶识像备考打追骂谁啥什么怎哪学做还向于过佩为作很年从以之经感谢就才又都只再更最"
)
_OF_SCHOOLS = re.compile(r"[大中小数化文医科哲法]学|作业|作品|中年|少年|青年")
_PARTS = re.compile(
    rf"(?P<age>(?:今年|现在|快|将近|马上|接近|差不多)*(?:{_NUMBER})[多几]? ?(?:周岁|岁)(?:多|出头|左右)?"
    rf"|(?:{_NUMBER})出头)"
    rf"|(?P<generation>[5-9零〇五六七八九][05零〇五]后|[01][05]后|(?:零|〇)(?:零|〇|五)后|一零后)"
    r"|(?P<born>(?:19|20)\d\d年(?:出生|生|的)|(?:19|20)\d\d年$|\d\d年(?:出生的?|生|的)$)"
    r"|(?P<years>今年(?:\d\d|[二三四五六七八九]?十[一二三四五六七八九]?)岁?(?=了?$)|(?:\d\d|[二三四五六七八九]十[一二三四五六七八九]?)(?=了$))"
    r"|(?P<male>男(?:生|的|人|士|性|孩子?)?(?![友神朋装鞋包科足篮排团]))"
    r"|(?P<female>女(?:生|的|人|士|性|孩子?)?(?![友神朋装鞋包儿婿科足篮排团]))"
    rf"|(?P<city>(?:(?:一直|现|常)?(?:住在?|人在|家在|在|来自|坐标|base|位于|定居)[:：是]*)?(?:{_PLACE})(?:市|省)?"
    r"(?:人(?![民家])|本地人|这边|那边|工作|上班|生活|居住|定居|读书|上学|打工)?)"
    rf"|(?P<workplace>在[\u4e00-\u9fff]{{0,4}}?(?:{WORKPLACES})(?:里)?(?:工作|上班|任职|打工))"
    rf"|(?P<trade>(?:做|搞|干|从事)[\u4e00-\u9fffa-z]{{2,8}}?(?:的$|(?:行业|工作|生意)的?$)|做(?:{TRADES})$|(?:{TRADES})行业的$)"
    rf"|(?P<name>(?:小(?!白)|老|阿)[{_SURNAME}]$)"
    r"|(?P<small>[\s:：]|今年|现在|目前|已经|其实|也|刚|就是|是|一名|一个|一位|一枚|个|名|位|枚|的|了|啦|呢$|哦|哈|呀|啊|~|今天|在读|已婚|未婚|单身|作为"
    rf"|在[\u4e00-\u9fffa-z]{{0,4}}?(?:{WORKPLACES})里?(?=做|当|任)"
    r"|(?:年龄|性别|职业|工作|城市|所在地)(?:是|[:：]))"
)
_SOMEBODY = re.compile(r"[男女](?:人|孩)")
_BEGINS_WORK, _IS = "做当任担从在退搞干", ("是", "个", "名", "位", "枚", "为")
_RETIRED = re.compile(r"(?:已经)?退休了?$")
_DOES = re.compile(r"做|当|任|担任")
_WISH = re.compile(r"怎么|如何|怎样|请问|有没有|有什么|该|应该|适合|能不能|可不可以|推荐(?=$|一|几|点|下|吧|给我)|求")
_STRONG_WISH = re.compile(r"想|要|能|可以")
_CALLED = re.compile(
    r"(?:(?:你们?|大家|朋友们?)?(?:就|都|可以|以后|平时)*(?:叫|喊|称呼)我|我(?:的?名字|的?昵称)?就?(?:叫做|是叫|叫)|我的?(?:名字|昵称)是)"
    r"\s*(?P<name>[\u4e00-\u9fffa-z0-9·_-]+?)(?:吧|就好|就行|就可以了?|好了|好啦|哦|啦|呀|哈)?(?P<more>(?:今年|是[一个名]|在|来自|住在).+)?"
)
_NO_NAME = re.compile(
    r"[不没了过着得你我他她它什么谁啥吗呢怎哪这那]|^[起去来吃喝学读看买跑练写说想要别快滚回下上睡走减运给把帮如停做苦醒出点打]"
    r"|^(?:老公|老婆|老板|老师|爸|妈|孩子|儿子|女儿|男朋友|女朋友|领导|同事|家人).|^(?:外卖|车|滴滴|快递|人|孩子|朋友|号|板|座|早|名字)|^[\d_·-]+$|^[小老阿大]$"
)
_NOTE = re.compile(
    r"(?:请|麻烦|帮我|你|要|一定要|那)*(?:记住|记一下|记下|记着|备注一下)\s*(?:[:：，,]\s*(?=\S)|(?=我|本人))(?P<note>.{2,})",
    re.DOTALL,
)
_NOTE_IS_A_QUESTION = re.compile(r"[?？吗呢]\s*$|怎么|什么|哪")
_FAMILY = re.compile(
    rf"(?P<note>(?:家里)?(?:有|养了?)(?:{_NUMBER}|几)?[个只条]?(?:孩子|小孩|娃|宝宝|女儿|儿子|双胞胎|猫|狗|猫咪|小狗))了?"
)
_TASTE = re.compile(r"我(?:也|很|最|超|特别|比较|挺)?(?:不?喜欢|不?爱|讨厌|对.+兴趣)")
_SECRET = re.compile(r"密码|身份证|银行卡|卡号|验证码|\d{6,}")
_FEMALE_WORK, _MALE_WORK = ("宝妈", "家庭主妇", "全职妈妈", "全职太太", "空姐", "老板娘"), ("宝爸", "全职爸爸", "空少")
_TITLES = ("老师", "医生", "律师", "教练", "经理", "教授", "护士", "会计", "校长", "主任")


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of oneself. ``facts`` holds what ``domain/about.py`` names; ``rest`` the words that are left, the
    wish; ``refused`` why something told is not kept: ``age_odd``, ``note_secret``, ``note_long`` or ""."""

    facts: Mapping[str, Any]
    rest: str
    refused: str = ""


def read(plain: str, exact: str, at: int, answering: bool = False) -> Told | None:
    """Read a message; None when it says nothing plainly about its writer.

    `plain` is the text simplified, half-width and in lower case, `exact` as it was typed, `at` when (seconds).
    `answering`: we have just asked, so that 30岁，男，成都 needs no 我.
    """
    if len(plain) > LONGEST_TEXT or not _may_tell(plain, answering):
        return None
    exact = exact if len(exact) == len(plain) else plain
    note = _NOTE.fullmatch(plain)
    if note and not _NOTE_IS_A_QUESTION.search(note["note"]):
        begin = note.start("note")
        return _noted(plain[begin:].strip(" 。.!！~"), exact[begin:].strip(" 。.!！~"), at)
    reader = _Reader(exact, at, answering)
    for clause in _CLAUSE.finditer(plain):
        reader.read(clause)
    return reader.told()


def _may_tell(plain: str, answering: bool) -> bool:
    """Most messages never speak of their writer: told apart at once."""
    return answering or any(
        word in plain for word in ("我", "本人", "俺", "坐标", "base", "在下", "记住", "记下", "人家")
    )


def _noted(plain: str, note: str, at: int) -> Told:
    told = read(plain, note, at)
    if told and not told.rest:
        return told
    if _TASTE.match(plain):
        return Told({}, note)
    if _SECRET.search(note):
        return Told({}, "", "note_secret")
    if len(note) > LONGEST_NOTE:
        return Told({}, "", "note_long")
    return Told({"notes": (note,)}, "")


class _Reader:
    """Takes clause by clause what is told."""

    def __init__(self, exact: str, at: int, answering: bool) -> None:
        self._exact, self._at, self._answering = exact, at, answering
        self._facts: dict[str, Any] = {}
        self._rest: list[str] = []
        self._refused = ""
        self._itself = False  # did the clause before speak of its writer?

    def read(self, clause: re.Match[str]) -> None:
        """Look at one clause: it tells something, or belongs to the wish."""
        words, end = clause[1], clause[2]
        begin = _HELLO.match(words)
        words = words[begin.end() :] if begin else words
        at = clause.start(1) + (begin.end() if begin else 0)
        if not words:
            return
        asked = "?" in end or "？" in end
        told = None if asked or len(words) > LONGEST_CLAUSE else self._told(words, at)
        self._itself = told is not None
        if told is None:
            self._rest.append(self._exact[clause.start() : clause.end()])
            return
        found, left = told
        self._keep(found)
        if left:
            self._rest.append(self._exact[at + len(words) - len(left) : clause.end()])

    def told(self) -> Told | None:
        """All of it; None when there was nothing."""
        if not self._facts and not self._refused:
            return None
        if (
            self._answering
            and not self._itself_said()
            and len(self._facts) == 1
            and not {"age", "gender"} & {*self._facts}
        ):
            return None
        return Told(self._facts, "".join(self._rest).strip(" ，,。.、；;"), self._refused)

    def _itself_said(self) -> bool:
        return bool(re.search(r"我|本人|坐标", self._exact))

    def _told(self, words: str, at: int) -> tuple[dict[str, Any], str] | None:
        if _SELF.fullmatch(words):
            return {}, ""
        if called := _CALLED.fullmatch(words):
            return self._named(called, at)
        subject = _SELF.match(words)
        if not subject and not (self._answering or self._itself or re.match(r"坐标|base", words)):
            return None
        said = words[subject.end() :] if subject else words
        family = _FAMILY.fullmatch(said) if subject else None
        if family:
            return {"notes": (family["note"],)}, ""
        if self._itself and not subject and re.fullmatch(r"[1-9]\d", said):
            return {"age": int(said)}, ""
        return _facts_of(said, self._at, sure=not subject)

    def _named(self, called: re.Match[str], at: int) -> tuple[dict[str, Any], str] | None:
        name = self._exact[at + called.start("name") : at + called.end("name")]
        if _NO_NAME.search(called["name"]) or len(name) > LONGEST_NAME:
            return None
        more = _facts_of(called["more"], self._at, sure=True) if called["more"] else ({}, "")
        return more and ({"name": name, **more[0]}, more[1])

    def _keep(self, found: dict[str, Any]) -> None:
        if "age" in found:
            if not YOUNGEST <= found["age"] <= OLDEST:
                self._refused = "age_odd"
                del found["age"]
                found.pop("age_words", None)
            else:
                self._facts.pop("age_words", None)
                found["age_at"] = self._at
        if "notes" in found:
            found["notes"] = (*self._facts.get("notes", ()), *found["notes"])
        self._facts |= found


def _facts_of(said: str, at: int, sure: bool) -> tuple[dict[str, Any], str] | None:
    """(the facts of a clause after its subject, the wish that follows without a comma), or None.

    Until we are `sure` that it says what its subject is, an occupation is none: 我是老师, but 我老师 is somebody else.
    """
    found: dict[str, Any] = {}
    place, small = 0, ""
    while part := _part(said, place, at):
        facts, end, small = part
        somebody = ("occupation" in facts and said[place] not in _BEGINS_WORK) or _SOMEBODY.match(said, place)
        if somebody and not sure:
            return None
        place, sure = end, sure or bool(facts) or small[-1:] in _IS
        if any(name in found and found[name] != value for name, value in facts.items()):
            return None  # 我是男是女
        found |= facts
    left = said[place:]
    if not found or not left:
        return (found, "") if found else None
    now = small in ("了", "啦") or set(found) - {"age", "age_words"}  # 我40岁想退休 is a plan
    return (found, left) if _WISH.match(left) or (now and _STRONG_WISH.match(left)) else None


def _part(said: str, place: int, at: int) -> tuple[dict[str, Any], int, str] | None:
    """(facts, where they end, the small word it was or "") of what stands at `place`; None when it is none of ours."""
    if place == len(said):
        return None
    if retired := _RETIRED.match(said, place):
        return {"occupation": "退休"}, retired.end(), ""
    part = _PARTS.match(said, place)
    kind = part.lastgroup if part else None
    if part and kind in ("small", "name", "trade", None):
        work = _occupation(said, place, 0)
    else:
        work = None if part else _occupation(said, place, LONGEST_WORK_WORD)
    if work:
        return *work, ""
    if part is None or kind is None:
        return None
    if kind == "small":
        return {}, part.end(), part[0]
    facts = _value(kind, part[0], at)
    return (facts, part.end(), "") if facts else None


def _value(kind: str, words: str, at: int) -> dict[str, Any]:
    """The facts of one part."""
    if kind in ("male", "female"):
        return {"gender": kind}
    if kind == "city":
        shape = re.search(_PLACE, words)
        return {"city": shape[0]} if shape else {}
    if kind == "workplace":
        return {"occupation": re.sub(r"里?(?:上班|任职|打工|工作)$", "工作", words)}
    if kind == "trade":
        return _trade(words)
    if kind == "name":
        return {"name": words}
    return _age(kind, words, at)


def _trade(words: str) -> dict[str, Any]:
    doing = re.sub(r"的$", "", words)
    what = re.sub(r"^(?:做|搞|干|从事)", "", doing)
    if any(char in what for char in "不没什么啥哪谁怎梦到我你他"):
        return {}
    alone = what in HEADS or words.startswith("从事")
    return {"occupation": what if alone else doing}


def _occupation(said: str, place: int, most_before: int) -> tuple[dict[str, Any], int] | None:
    """(the facts, where they end) of an occupation at `place`, perhaps after 做, with so many characters before its
    head that say which."""
    does = _DOES.match(said, place)
    begin = does.end() if does else place
    for head in range(begin, min(begin + most_before, len(said) - 2) + 1):
        if not _NOT_SAID_OF_WORK.isdisjoint(_OF_SCHOOLS.sub("", said[begin:head])):
            continue  # 学会计; 大学 in 大学老师 is found two letters on
        for length in range(min(LONGEST_HEAD, len(said) - head), 1, -1):
            if said[head : head + length] in HEADS:
                return _work(said[begin : head + length], said[head : head + length]), head + length
    return None


def _work(whole: str, head: str) -> dict[str, Any]:
    if head in _TITLES and len(whole) == len(head) + 1 and whole[0] in _SURNAME:
        return {"name": whole, "occupation": head}
    gender = {"gender": "female"} if whole in _FEMALE_WORK else {"gender": "male"} if whole in _MALE_WORK else {}
    return {**gender, "occupation": whole.replace("程式", "程序")}


def _age(kind: str, words: str, at: int) -> dict[str, Any]:
    year = dt.datetime.fromtimestamp(at, dt.UTC).year
    if kind == "generation":
        tens, ones = (_DIGITS.get(char, char) for char in words[:2])
        decade = int(f"{tens}{ones}")
        first = 2000 + decade if decade <= 15 else 1900 + decade
        middle = first + (2 if first % 10 else 5)
        return {"age": max(year - middle, 1), "age_words": f"{decade:02d}后"}
    if kind == "born":
        shape = re.match(r"\d+", words)
        born = int(shape[0]) if shape else 0
        born += 0 if born > 1_000 else 1900 if born > year % 100 else 2000
        return {"age": year - born, "age_words": f"{born}年"}
    shape = re.search(_NUMBER, words)
    number = _counted(shape[0]) if shape else 0
    rough = [(r"[多几]", 5), (r"出头", 2), (r"快|将近|马上|接近", -1)]
    for pattern, more in rough:
        if re.search(pattern, words):
            told = words.replace(shape[0] if shape else "", str(number))
            return {"age": number + more, "age_words": re.sub(r"今年|现在", "", told)}
    return {"age": number}


def _counted(number: str) -> int:
    """A number in digits or in Chinese: 三十, 二十八, 一百零二."""
    if number.isdecimal():
        return int(number)
    total, digit = 0, 0
    for char in number:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGITS[char]
    return total + digit
