"""From what followers type to tags and items: both cutters, traditional characters, near misses, search."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import words
from catalog.load import Catalog, build_catalog
from catalog.phrases import ONLY_EXACT, PHRASES, Phrases
from catalog.replies import Replies
from catalog.vocabulary import Vocabulary
from domain.item import Item

MakeItem = Callable[..., Item]


def real_sentences(catalog: Catalog, number: int) -> list[str]:
    """`number` sentences made from titles, summaries and bodies, asked as followers ask."""
    chance = random.Random(7)
    asked = ("有没有{}的文章", "不想看{}", "{}怎么办", "我喜欢{}，但是不喜欢{}", "{}")
    parts = [part for one in catalog.items.values() for part in (one.title, one.summary, *one.tags)]
    parts += [line for one in catalog.items.values() for line in re.split(r"[。\n]", one.free) if len(line) > 8]
    return [words.plain(chance.choice(asked).format(chance.choice(parts), chance.choice(parts))) for _ in range(number)]


# --- both cutters ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(real_catalog: Catalog) -> tuple[words.Cutter, words.Cutter]:
    pytest.importorskip("rjieba", reason="rjieba has no wheel for this machine")
    taught = {words.plain(word) for tag, more in real_catalog.synonyms.items() for word in (tag, *more)}
    taught |= {*real_catalog.vocabulary.plain_tags.values()}
    cutters = words.RustCutter(), words.PythonCutter()
    for cutter in cutters:
        cutter.add(sorted(word for word in taught if len(word) > 1))
    return cutters


def test_jieba_and_rjieba_cut_alike(both: tuple[words.Cutter, words.Cutter], real_catalog: Catalog) -> None:
    rust, python = both
    different = [
        (sentence, rust.cut(sentence), python.cut(sentence))
        for sentence in real_sentences(real_catalog, 200)
        if rust.cut(sentence) != python.cut(sentence)
    ]
    assert different == []


def test_jieba_and_rjieba_find_the_same_tags(
    both: tuple[words.Cutter, words.Cutter], real_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences, found = real_sentences(real_catalog, 200), []
    for cutter in both:
        monkeypatch.setattr(words, "cutter", lambda cutter=cutter: cutter)
        found.append([real_catalog.vocabulary.find(sentence) for sentence in sentences])
    assert found[0] == found[1]
    assert sum(map(bool, found[0])) > 100, "most of these sentences name a tag"


@given(st.text(max_size=200))
def test_cutting_leaves_nothing_out(text: str) -> None:
    assert "".join(words.cut(words.plain(text))) == words.plain(text)


def test_a_word_of_the_catalogue_is_never_cut_apart(real_catalog: Catalog) -> None:
    for tag, more in real_catalog.synonyms.items():
        for word in (tag, *more):
            plain = words.plain(word)
            if re.fullmatch(r"[\u4e00-\u9fff]{2,}", plain):
                assert plain in words.cut(f"我想看{plain}的文章"), plain


# --- what is typed is made plain ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("我想學理財", "我想学理财"),
        ("ＡＩ　１２３！", "ai 123!"),
        ("Python", "python"),
        ("頭髮", "头发"),
        ("", ""),
        ("跑步🏃", "跑步🏃"),
    ],
)
def test_traditional_full_width_and_capital_letters(typed: str, plain: str) -> None:
    assert words.plain(typed) == plain


@given(st.text(max_size=100))
def test_plain_is_plain_already(text: str) -> None:
    once = words.plain(text)
    assert words.plain(once) == once or once != once.lower()


def test_stop_words_and_signs_name_nothing() -> None:
    assert words.content_words(words.plain("请问有没有关于跑步的文章？？跑步！")) == ["跑步"]
    assert not words.names_something("…") and not words.names_something("推荐")
    assert not words.names_something("0") and not words.names_something("s") and words.names_something("茶")


# --- tags -----------------------------------------------------------------------------------------------------


def tags_in(catalog: Catalog, text: str) -> list[tuple[str, bool]]:
    return [(tag, wanted) for tag, _, wanted in catalog.vocabulary.find(words.plain(text))]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("有没有夜跑的文章", [("跑步", True)]),
        ("我想學理財和旅遊", [("理财", True), ("旅行", True)]),
        ("不想减肥，想学编程", [("减脂", False), ("编程", True)]),
        ("ＡＩ 和大模型", [("人工智能", True), ("人工智能", True)]),
        ("Pythom怎么学", [("编程", True)]),  # a letter wrong
        ("今天天气不错", []),
        ("健身房怎么选", [("健身", True)]),
    ],
)
def test_words_lead_to_tags(text: str, tags: list[tuple[str, bool]], catalog: Catalog) -> None:
    assert tags_in(catalog, text) == tags


def test_the_followers_own_word_is_kept(catalog: Catalog) -> None:
    assert catalog.vocabulary.find("我爱撸铁") == [("健身", "撸铁", True)]


@pytest.mark.parametrize(
    ("word", "tag"),
    [("健身房", "健身"), ("健康", ""), ("建身", ""), ("pythom", "编程"), ("py", ""), ("旅行者", "旅行"), ("不", "")],
)
def test_a_two_letter_word_must_be_right_a_longer_one_may_be_nearly(word: str, tag: str, catalog: Catalog) -> None:
    assert catalog.vocabulary.tag(word) == tag
    assert catalog.vocabulary.tag(word) == tag, "the second time it is remembered"


def test_a_tag_that_is_also_a_synonym_stands_for_itself() -> None:
    vocabulary = Vocabulary({"健身": ("跑步",), "跑步": ()})
    assert vocabulary.tag("跑步") == "跑步"


def test_a_pasted_article_is_read_only_to_its_limit(catalog: Catalog) -> None:
    assert catalog.vocabulary.find("，" * 2_000 + "跑步") == []


# --- commands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "command"),
    [("推荐", "recommend"), ("推荐一下吧", "recommend"), ("换一批", "another"), ("请帮我转人工", "service"),
     ("td", "stop"), ("我的 数据", "data"), ("确认删除", "confirm_erase"), ("我想学理财", ""), ("", "")],
)  # fmt: skip
def test_commands_with_politeness(said: str, command: str) -> None:
    assert Phrases({}).exact(said) == command


@pytest.mark.parametrize("command", PHRASES)
def test_every_phrase_means_its_command(command: str) -> None:
    phrases = Phrases({})
    assert {phrases.exact(words.plain(phrase)) for phrase in PHRASES[command].split()} == {command}


def test_a_command_nearly_typed_is_understood() -> None:
    phrases = Phrases({})
    assert (phrases.near("推荐一夏"), phrases.near("我的兴起"), phrases.near("跑步")) == ("recommend", "mine", "")


@given(st.text(alphabet="删除我的数据确认退订别发了换一批更多", max_size=9))
def test_what_must_be_meant_is_never_guessed(said: str) -> None:
    assert Phrases({}).near(said) not in ONLY_EXACT


def test_the_operators_words_are_commands_too() -> None:
    phrases = Phrases({"recommend": ("安利", "來一篇")})
    assert phrases.exact("安利") == phrases.exact("来一篇") == "recommend"


# --- search ---------------------------------------------------------------------------------------------------


def found(catalog: Catalog, text: str) -> tuple[str, ...]:
    return catalog.search.find(words.content_words(words.plain(text)))


@pytest.mark.parametrize(
    ("text", "slug"),
    [("基金", "index-fund"), ("登机箱", "one-bag"), ("哑铃", "dumbbell"), ("自驾游", "road-trip"),
     ("自駕", "road-trip"), ("大模型", "ai-ask"), ("存钱", "emergency-fund"), ("撸铁拉伸", "stretch"),
     ("AI", "ai-ask")],
)  # fmt: skip
def test_an_item_is_found_by_title_by_tag_and_by_synonym(text: str, slug: str, catalog: Catalog) -> None:
    assert found(catalog, text)[:1] == (slug,)


def test_items_that_speak_of_more_of_the_words_come_first(catalog: Catalog) -> None:
    assert found(catalog, "入门 编程")[0] == "read-errors" and set(found(catalog, "入门")) == {
        "index-fund",
        "read-errors",
    }


def test_what_nobody_wrote_about_is_not_found(catalog: Catalog) -> None:
    assert found(catalog, "量子力学") == () and catalog.search.find([]) == ()


@pytest.mark.parametrize("word", ['"', "'", "*", "AND", "NEAR(", "a OR b", "title:", "-", "^", "(", ";--", "💡"])
def test_signs_of_the_query_language_are_plain_words(word: str, catalog: Catalog) -> None:
    assert catalog.search.find([word]) == ()
    assert catalog.search.find([word, "存钱"])[:1] == ("emergency-fund",)


def test_an_empty_shelf_can_be_searched() -> None:
    empty = build_catalog([], {}, [], Replies())
    assert empty.search.find(["跑步"]) == () and empty.search.near_titles("从喘到跑") == ()


@pytest.mark.parametrize(
    ("text", "slug"),
    [("从喘到跑", "run-30"), ("三十分锺看懂指数基金", "index-fund"), ("换手机前做三件事", "new-phone")],
)
def test_a_half_remembered_title_is_found(text: str, slug: str, catalog: Catalog) -> None:
    assert catalog.search.near_titles(words.plain(text))[:1] == (slug,)


@pytest.mark.parametrize("text", ["", "跑", "三十分", "完全没有这回事", "长" * 65])
def test_something_else_is_near_no_title(text: str, catalog: Catalog) -> None:
    assert catalog.search.near_titles(text) == ()


# --- subjects -------------------------------------------------------------------------------------------------


def test_a_tag_belongs_to_the_subject_of_most_of_its_items(catalog: Catalog) -> None:
    assert catalog.parents["跑步"] == "健身" and catalog.parents["基金"] == "理财"
    assert "入门" not in catalog.parents, "it is at home in two subjects equally"
    assert not {*catalog.parents} & {*catalog.subjects}
    assert catalog.subjects == ("健身", "科技", "旅行", "理财")
