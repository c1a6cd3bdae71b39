"""Chinese words: cut with rjieba where it is installed (20 times faster), else with jieba; same dictionary, same words.

Both are used without their guessing of unknown words (HMM): a word is what the dictionary or the catalogue calls
one, so both give the same cut, and "我想学理财" does not become the word "我想学".
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import threading
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

import opencc
from stopwordsiso import stopwords

try:
    import rjieba
except ImportError:  # no wheel for this machine
    rjieba = None  # type: ignore[assignment]

# Words of asking, which name no subject.
ASKING = frozenset(
    "有没有 有 没有 想 想要 要 学 学习 看 看看 读 找 找找 推荐 文章 课程 课 内容 资料 教程 书 关于 方面 相关 哪些 什么 怎么 怎样 如何 "
    "怎么办 请问 介绍 介绍一下 一下 告诉 帮 帮我 我 你 给 给我 喜欢 不 别 吗 呢 吧 啊 了 的 得 地 和 与 或 是 在 也 都 就 可以 能 会 "
    "知识 问题 方法 办法 东西 好 好的 最近 现在 今天 点 些 几 篇 讲 说 来 去 做 谢谢 你好 您好 再 买 卖 钱 多少 多少钱 元 块 "
    "想学 一篇 一点 有关 比较 适合 新 上新 好看 一个 两个 不想 天气 不错 今天天气 吃饭 睡觉 无聊".split()
)


REMEMBERED_WORDS = 20_000
"""Words of which it is remembered what was found out about them: those of some hundred articles."""


class Cutter(Protocol):
    """What both engines offer."""

    def cut(self, text: str) -> list[str]:
        """Words of `text`, in order, nothing left out."""

    def add(self, words: Iterable[str]) -> None:
        """Teach words that must not be cut apart."""


class RustCutter:
    """rjieba. It may not be asked while it is taught: one at a time."""

    def __init__(self) -> None:
        self._jieba = rjieba.Jieba()
        self._one_at_a_time = threading.Lock()

    def cut(self, text: str) -> list[str]:
        """The words of `text`."""
        with self._one_at_a_time:
            return list(self._jieba.cut(text, False))

    def add(self, words: Iterable[str]) -> None:
        """Teach `words`."""
        with self._one_at_a_time:
            for word in words:
                self._jieba.add_word(word, _frequency(word), None)


class PythonCutter:
    """jieba, its cache kept in a folder of our own: the shared temporary folder could be anybody's."""

    def __init__(self) -> None:
        import jieba  # loading its dictionary takes a second: only where it is needed

        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        folder = Path(tempfile.gettempdir()) / f"shutong-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid == os.getuid():
            self._jieba.tmp_dir = str(folder)
        self._jieba.initialize()

    def cut(self, text: str) -> list[str]:
        return list(self._jieba.cut(text, HMM=False))

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            self._jieba.add_word(word, _frequency(word))


def _frequency(word: str) -> int:
    """Frequent enough never to be cut apart: its parts' joint probability falls with every part."""
    return 100_000 if len(word) > 1 else 3


_teaching = threading.Lock()


@cache
def cutter() -> Cutter:
    """The engine of this process. Words taught to it stay: a word taken from the files is no harm in it."""
    return RustCutter() if rjieba is not None else PythonCutter()


def teach(words: Iterable[str]) -> None:
    """Teach the process's engine words of the catalogue, in lower case and simplified."""
    with _teaching:
        cutter().add({plain(word) for word in words if len(word) > 1})


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """One of the characters that simplifying changes: a text without any is left alone, at a hundredth of the cost."""
    every = [chr(code) for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
    simplified = _simplifier().convert("\n".join(every)).split("\n")
    return re.compile("[" + "".join(old for old, new in zip(every, simplified, strict=True) if old != new) + "]")


def plain(text: str) -> str:
    """Simplified characters, lower case, full-width letters and digits made half-width, marks nobody sees left out."""
    return _ODD.sub(_plainer, simplified(text)).lower()


def simplified(text: str) -> str:
    """Traditional characters made simplified ones."""
    return str(_simplifier().convert(text)) if _traditional().search(text) else text


_UNSEEN = (
    (0xAD, 0xAD), (0x300, 0x36F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0x20D0, 0x20F0), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE01EF),
)  # fmt: skip
"""Blanks without width, marks of direction, joiners and selectors of emoji, strokes through letters: pasted along, or
typed to get past a filter."""

_HALF_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
_ODD = re.compile("[\uff01-\uff5e\u3000" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSEEN) + "]")


def _plainer(odd: re.Match[str]) -> str:
    return _HALF_WIDTH.get(odd[0], "")


def cut(text: str) -> list[str]:
    """The words of a text that is already `plain`."""
    return cutter().cut(text)


@cache
def stop_words() -> frozenset[str]:
    """Words that name no subject: the common ones of Chinese and those of asking."""
    return frozenset(stopwords("zh")) | ASKING


@lru_cache(maxsize=REMEMBERED_WORDS)
def names_something(word: str) -> bool:
    """May this `plain` word name a subject? Stop words, punctuation and a lone letter or digit do not."""
    return word not in stop_words() and any(map(str.isalnum, word)) and not (len(word) == 1 and word.isascii())


def content_words(text: str) -> list[str]:
    """The words of a `plain` text that may name a subject, each once."""
    return list(dict.fromkeys(filter(names_something, cut(text))))
