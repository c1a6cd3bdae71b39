"""What a follower says about themselves is read, and what only looks like it is not."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NOW
from hypothesis import given
from hypothesis import strategies as st

from catalog.words import plain
from domain.self_description import read

MALE, FEMALE = {"gender": "male"}, {"gender": "female"}


def told(words: str, answering: bool = False) -> tuple[dict[str, Any], str]:
    """The facts without the day they were told, and what is left of the words."""
    found = read(plain(words), words, NOW, answering)
    if found is None:
        return {}, words
    return {name: value for name, value in found.facts.items() if name != "age_at"}, found.rest


POSITIVE: list[tuple[str, dict[str, Any]]] = [
    ("我是30岁的男工程师", {"age": 30, **MALE, "occupation": "工程师"}),
    ("我是３０岁的男工程师。", {"age": 30, **MALE, "occupation": "工程师"}),
    ("我是三十歲的男工程師", {"age": 30, **MALE, "occupation": "工程师"}),
    ("30岁男程序员，我在成都", {"city": "成都"}),
    ("我叫小李", {"name": "小李"}),
    ("叫我小李", {"name": "小李"}),
    ("叫我小李吧", {"name": "小李"}),
    ("你可以叫我Tom", {"name": "Tom"}),
    ("我叫 Alice", {"name": "Alice"}),
    ("我叫张伟", {"name": "张伟"}),
    ("我叫做李雷", {"name": "李雷"}),
    ("我的名字是韩梅梅", {"name": "韩梅梅"}),
    ("大家都叫我阿花", {"name": "阿花"}),
    ("我是小李", {"name": "小李"}),
    ("你好，我是小王，30岁，男，在成都做程序员",
     {"name": "小王", "age": 30, **MALE, "city": "成都", "occupation": "程序员"}),
    ("我是王老师", {"name": "王老师", "occupation": "老师"}),
    ("我今年三十岁", {"age": 30}),
    ("我今年三十", {"age": 30}),
    ("我今年二十八岁了", {"age": 28}),
    ("我今年三十五了", {"age": 35}),
    ("我三十五了", {"age": 35}),
    ("我住上海", {"city": "上海"}),
    ("今年35岁", {}),
    ("我35了", {"age": 35}),
    ("我35岁", {"age": 35}),
    ("我一百零二岁", {"age": 102}),
    ("我120岁", {"age": 120}),
    ("本人四十五岁", {"age": 45}),
    ("俺今年56岁啦", {"age": 56}),
    ("本人是护士,28", {"occupation": "护士", "age": 28}),
    ("我30多岁", {"age": 35, "age_words": "30多岁"}),
    ("我三十出头", {"age": 32, "age_words": "30出头"}),
    ("我快40岁了", {"age": 39, "age_words": "快40岁"}),
    ("我是95后", {"age": 29, "age_words": "95后"}),
    ("我是90后", {"age": 31, "age_words": "90后"}),
    ("我是零零后", {"age": 21, "age_words": "00后"}),
    ("我是九五后", {"age": 29, "age_words": "95后"}),
    ("我1996年出生", {"age": 30, "age_words": "1996年"}),
    ("我是96年的", {"age": 30, "age_words": "1996年"}),
    ("我是女生", FEMALE),
    ("我是女的", FEMALE),
    ("我是个男的", MALE),
    ("本人男", MALE),
    ("我是男生哦", MALE),
    ("我，女，27岁，会计", {**FEMALE, "age": 27, "occupation": "会计"}),
    ("我是一名小学老师", {"occupation": "小学老师"}),
    ("我是高中数学老师", {"occupation": "高中数学老师"}),
    ("我是程序员", {"occupation": "程序员"}),
    ("我是程式員", {"occupation": "程序员"}),
    ("我是Java工程师", {"occupation": "java工程师"}),
    ("我是个大学生", {"occupation": "大学生"}),
    ("我是学生", {"occupation": "学生"}),
    ("我是产品经理", {"occupation": "产品经理"}),
    ("我做销售", {"occupation": "销售"}),
    ("我是做销售的", {"occupation": "销售"}),
    ("我是做外贸的", {"occupation": "做外贸"}),
    ("我从事金融行业", {"occupation": "金融行业"}),
    ("我的职业是律师", {"occupation": "律师"}),
    ("我在银行上班", {"occupation": "在银行工作"}),
    ("我退休了", {"occupation": "退休"}),
    ("我是宝妈", {**FEMALE, "occupation": "宝妈"}),
    ("我在成都", {"city": "成都"}),
    ("我现在住在上海", {"city": "上海"}),
    ("我在成都工作", {"city": "成都"}),
    ("坐标上海", {"city": "上海"}),
    ("坐标：深圳", {"city": "深圳"}),
    ("base杭州", {"city": "杭州"}),
    ("我來自臺北", {"city": "台北"}),
    ("我是成都人", {"city": "成都"}),
    ("我是成都的一名程序员", {"city": "成都", "occupation": "程序员"}),
    ("我是北京的95后女生", {"city": "北京", "age": 29, "age_words": "95后", **FEMALE}),
    ("我住在义乌市", {"city": "义乌"}),
    ("我有两个孩子", {"notes": ("有两个孩子",)}),
    ("我养了一只猫", {"notes": ("养了一只猫",)}),
    ("我叫王小明今年30岁", {"name": "王小明", "age": 30}),
    ("我是 30 岁的男工程师", {"age": 30, **MALE, "occupation": "工程师"}),
    ("我在杭州做电商", {"city": "杭州", "occupation": "做电商"}),
    ("我在互联网公司做运营", {"occupation": "运营"}),
    ("我作为一名老师", {"occupation": "老师"}),
    ("我是大学老师", {"occupation": "大学老师"}),
    ("我当老师", {"occupation": "老师"}),
    ("我男，程序员", {**MALE, "occupation": "程序员"}),
    ("我是IT行业的", {"occupation": "it行业"}),
    ("记住我对花生过敏", {"notes": ("我对花生过敏",)}),
    ("请记住：我周末才有空，平时很忙", {"notes": ("我周末才有空，平时很忙",)}),
    ("记住我30岁", {"age": 30}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "facts"), POSITIVE)
def test_what_is_plainly_said_is_read(words: str, facts: dict[str, Any]) -> None:
    assert told(words)[0] == facts


WITH_A_WISH = [
    ("我是30岁的男工程师，想学理财", {"age": 30, **MALE, "occupation": "工程师"}, "想学理财"),
    ("我是程序员，怎么减肥？", {"occupation": "程序员"}, "怎么减肥？"),
    ("我是程序员想学理财", {"occupation": "程序员"}, "想学理财"),
    ("有没有跑步的文章，我在成都", {"city": "成都"}, "有没有跑步的文章"),
    ("我叫小李，推荐", {"name": "小李"}, "推荐"),
    ("我是女生适合练什么", FEMALE, "适合练什么"),
    ("你好，我是护士，想问问怎么理财", {"occupation": "护士"}, "想问问怎么理财"),
    ("我今年三十岁 每天很累 想运动", {"age": 30}, "每天很累 想运动"),
    ("我30岁了想学理财", {"age": 30}, "想学理财"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "facts", "rest"), WITH_A_WISH)
def test_a_wish_beside_the_facts_is_left_to_be_answered(words: str, facts: dict[str, Any], rest: str) -> None:
    assert told(words) == (facts, rest)


NEGATIVE = [
    "我老师怎么说", "我老板怎么总加班", "我医生推荐的书", "我男人怎么老是加班", "我女孩怎么教", "我很钦佩老教授能记住",
    "我感叹于作者怎么能写出来", "我是经过老师的推荐买的", "我是五年学中医的", "我在想，经理",
    "我是想问30岁怎么理财", "30岁男人怎么减肥", "我是小白", "我儿子5岁", "我是不是该跑步", "我是说跑步",
    "我叫不醒自己", "叫我老公做饭",
    "我叫了外卖", "我叫什么", "我叫你一声你敢答应吗", "我叫外卖", "叫我怎么办", "叫我起床",
    "叫我去哪", "叫我别吃了", "我是新手", "我是初学者", "我是谁", "我是你爸爸", "我是来学习的", "我是真的累了",
    "我是会员", "我是你的粉丝", "我是党员", "我是想当老师", "我要找律师", "我是考公务员的", "我是不是老师",
    "我是老师吗", "我是老师？", "我是医生推荐来的", "我是学生家长", "我老公是医生", "我男朋友是程序员", "我女儿3岁",
    "我妈50岁", "我30岁的儿子", "我30岁前要存多少钱", "我40岁想退休", "我想30岁退休", "我5岁就会弹琴", "我不是程序员",
    "我不在成都", "我想去成都", "我在成都旅游", "我爱北京", "我在北京路", "我是北京大学", "我在家", "我在找工作",
    "我在减肥", "我在想办法", "我做饭", "我做菜怎么少油", "我是做什么的", "我是搞不懂的", "我是做不到的", "我30斤",
    "我是30", "我跑了30公里", "30", "28岁", "男", "程序员", "成都", "女生怎么减肥", "我有一个问题",
    "我有猫的问题想问", "我有孩子怎么办理入学", "记住单词的方法", "怎么记住我的密码", "记住", "我记住了",
    "我是30天打卡", "我的年龄", "我姓什么", "我是男是女", "如果我是30岁", "他是30岁的男工程师", "我弟是程序员",
    "我和他都是老师", "我曾经是老师", "我以前在北京", "我是喜欢老师", "我是三十六计", "我一百块", "我十分难过",
    "我男神好帅", "我女朋友想学理财", "我是95", "我是大家长", "我叫苦不迭", "我叫车", "我是学会计的", "我们是程序员",
    "我是两个人", "我是一个想学理财的程序员",
]  # fmt: skip


@pytest.mark.parametrize("words", NEGATIVE)
def test_what_only_looks_like_it_is_left_alone(words: str) -> None:
    assert told(words) == ({}, words)


PIECES = [
    *"我 是 我是 本人 30 岁 三十 男 女 的 老师 程序员 成都 在 叫 小李 ，".split(),
    *"。 ？ 想 怎么 不 记住 了 后 95 今年 做 一名 有 孩子 坐标 😀 a 𠮷".split(),
    " ",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.booleans())
def test_whatever_is_read_is_bounded_and_nothing_is_made_up(words: str, answering: bool) -> None:
    found = read(plain(words), words, NOW, answering)
    if found is None:
        return
    assert 1 <= found.facts.get("age", 1) <= 120
    assert found.facts.get("gender") in (None, "male", "female")
    assert len(found.facts.get("name", "")) <= 8 and len(found.facts.get("occupation", "")) <= 20
    assert all(len(note) <= 40 for note in found.facts.get("notes", ()))
    assert len(found.rest) <= len(words)
    assert not found.facts or answering or any(me in words for me in ("我", "本人", "坐标", "记住"))
    for name in ("name", "city"):
        assert found.facts.get(name, "") in words
