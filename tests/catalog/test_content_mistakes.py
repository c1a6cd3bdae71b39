"""A mistake in a file is told by file, line, key, and what to write; one mistake keeps the whole folder out."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from catalog.articles import read_article
from catalog.load import Catalog, load_catalog
from catalog.mistakes import ContentWrong
from catalog.yaml_lines import Source
from domain.item import Item

HEAD = {
    "title": "从喘到跑", "kind": "article", "price": "9.90", "tags": "[健身, 跑步]", "author": "何劲川",
    "summary": "一句话", "published": "2026-11-01", "status": "published",
}  # fmt: skip
LINE = {key: n for n, key in enumerate(HEAD, 2)}
BODY = "免费的\n<!-- more -->\n要买的\n"


def article(body: str = BODY, **head: str | None) -> str:
    lines = [f"{key}: {value}" for key, value in {**HEAD, **head}.items() if value is not None]
    return "\n".join(["---", *lines, "---", body])


def read(folder: Path, text: str | bytes, name: str = "run-30.md") -> tuple[Item | None, list[str]]:
    file = folder / "articles" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    item, source, _ = read_article(file, folder, ZoneInfo("Asia/Shanghai"))
    assert not (item and source.mistakes), "an item with mistakes must not be published"
    return item, [str(one) for one in source.mistakes]


def test_a_whole_article_is_read(tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, article())
    assert mistakes == []
    assert item == Item(
        "run-30", "从喘到跑", "article", 990, ("健身", "跑步"), "何劲川", "一句话", 1_793_462_400, "免费的", "要买的",
        free_line=11, paid_line=13,
    )  # fmt: skip


def test_blank_lines_above_a_part_do_not_shift_its_line(tmp_path: Path) -> None:
    item, _ = read(tmp_path, article("\n\n免费的\n\n<!-- more -->\n\n\n要买的\n"))
    assert item is not None and (item.free_line, item.paid_line) == (13, 18)


@pytest.mark.parametrize(
    ("written", "fen"),
    [("9.90", 990), ("9.9", 990), ("0", 0), ("0.01", 1), ("19.99", 1999), ("4.35", 435), ("100", 10000),
     ('"9.90"', 990),
     ("0.10", 10), ("1.15", 115), ("100000", 10_000_000)],
)  # fmt: skip
def test_a_price_is_exact_to_the_fen(written: str, fen: int, tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, article(price=written))
    assert mistakes == [] and item is not None and item.price_fen == fen


@pytest.mark.parametrize(
    "written",
    ["abc", "nan", ".nan", "inf", "1e3", "-5", "-0.01", "9.999", "9,90", "¥9.90", "9.90元", "010", "1_000", "1:30",
     "0x10", ".5", "5.", "+5", "true", "[9]", "９.90"],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_an_example(written: str, tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, article(price=written))
    said = "True" if written == "true" else written
    assert item is None
    assert mistakes == [
        f'articles/run-30.md:4: price: "{said}" is not an amount — write yuan with at most two decimals, e.g. 9.90'
    ]


def test_a_forgotten_decimal_point_is_noticed(tmp_path: Path) -> None:
    _, (mistake,) = read(tmp_path, article(price="100000.01"))
    assert mistake.startswith('articles/run-30.md:4: price: "100000.01" is more than 100,000 yuan')


@pytest.mark.parametrize(
    ("changes", "line", "said"),
    [
        ({"price": None}, 2, "price: is missing — write yuan"),
        ({"price": ""}, LINE["price"], 'price: "" is not an amount'),
        ({"title": None}, 2, "title: is missing — write title: …"),
        ({"title": ""}, LINE["title"], "title: must be a text"),
        ({"title": "长" * 65}, LINE["title"], "title: has 65 characters — at most 64"),
        ({"author": None}, 2, "author: is missing"),
        ({"summary": "长" * 121}, LINE["summary"], "summary: has 121 characters — at most 120"),
        ({"tags": None}, 2, "tags: give at least one, the subject first"),
        ({"tags": "[]"}, LINE["tags"], "tags: tags: give at least one"),
        ({"tags": "健身"}, LINE["tags"], "tags: must be a list"),
        ({"kind": "novel"}, LINE["kind"], '"novel" is not known — one of article, course, ebook, membership, question'),
        ({"status": "done"}, LINE["status"], '"done" is not known — one of draft, review, published'),
        ({"published": "2026-02-30"}, LINE["published"], '"2026-02-30" is not a day — write it as 2026-11-01'),
        ({"published": "昨天"}, LINE["published"], '"昨天" is not a day'),
        ({"published": "2026/11/01"}, LINE["published"], '"2026/11/01" is not a day'),
        ({"published": None}, 2, 'published: "" is not a day'),
        ({"prize": "9.90"}, 10, "prize: is not known here — one of title, kind, price"),
        ({"title\nprice": "3"}, 11, "is not YAML"),
    ],
)
def test_each_slip_in_the_head_is_told_at_its_line(
    changes: dict[str, str | None], line: int, said: str, tmp_path: Path
) -> None:
    item, mistakes = read(tmp_path, article(**changes))  # type: ignore[arg-type]
    assert item is None
    assert any(one.startswith(f"articles/run-30.md:{line}: ") and said in one for one in mistakes), mistakes


def test_a_key_given_twice_is_told_at_the_second(tmp_path: Path) -> None:
    _, (mistake,) = read(tmp_path, article().replace("author:", "price: 1.00\nauthor:"))
    assert mistake == 'articles/run-30.md:6: "price" is given twice — keep one of them'


def test_a_tab_is_told_at_its_line(tmp_path: Path) -> None:
    _, (mistake,) = read(tmp_path, article(author="\t何劲川\n\tx: 1"))
    assert mistake.startswith("articles/run-30.md:") and "is not YAML" in mistake
    assert int(mistake.split(":")[1]) in (6, 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: has no head — begin with a line ---"),
        ("正文而已", ":1: has no head"),
        ("---\n---\n正文", ":1: has no head"),
        ("---\ntitle: 从喘到跑\n正文", ":1: the head has no end — close it with a line ---"),
        (article().replace("---", "--", 1), ":1: has no head"),
        (article("没有分界的正文\n"), ":11: a paid item needs a line <!-- more -->"),
        (article("免费的\n<!-- more -->\n \n"), ":11: nothing follows <!-- more -->"),
        (article("\n<!-- more -->\n要买的"), ":11: the free part is empty"),
        (article("", price="0"), ":11: the free part is empty"),
        (article(author="!!int 何"), ":2: is not YAML"),
        (article(author="&a [*a]"), "is not YAML"),
    ],
)
def test_a_broken_file_is_told_and_the_way_to_mend_it(text: str, said: str, tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, text)
    assert item is None and any(said in one for one in mistakes), mistakes


def test_a_free_item_needs_no_paid_part(tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, article("全都能看", price="0"))
    assert mistakes == [] and item is not None and (item.free, item.paid) == ("全都能看", "")


@pytest.mark.parametrize("status", ["draft", "review"])
def test_a_draft_is_checked_and_not_published(status: str, tmp_path: Path) -> None:
    assert read(tmp_path, article(status=status)) == (None, [])
    assert read(tmp_path, article(status=status, price="abc"))[1] != []


def test_a_byte_order_mark_and_windows_lines_are_no_mistake(tmp_path: Path) -> None:
    plain, _ = read(tmp_path, article())
    assert read(tmp_path, b"\xef\xbb\xbf" + article().encode()) == (plain, [])
    assert read(tmp_path, article().replace("\n", "\r\n")) == (plain, [])
    _, (mistake,) = read(tmp_path, article(price="abc").replace("\n", "\r\n"))
    assert mistake.startswith("articles/run-30.md:4: price:")


def test_another_encoding_is_told(tmp_path: Path) -> None:
    _, mistakes = read(tmp_path, article().encode("gb18030"))
    assert mistakes == ["articles/run-30.md:1: is not UTF-8 — save it again with the encoding UTF-8"]


@pytest.mark.parametrize("name", ["Run-30.md", "run_30.md", "跑步.md", "run 30.md", "x" * 101 + ".md"])
def test_a_file_name_must_do_as_an_address(name: str, tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, article(), name)
    assert item is None and len(mistakes) == 1 and "the file name" in mistakes[0] and "at most 100" in mistakes[0]


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    _, mistakes = read(tmp_path, article(title="", price="abc", published="morgen", kind="x"))
    wrong = ("title", "price", "published", "kind")
    assert {int(one.split(":")[1]) for one in mistakes} == {LINE[key] for key in wrong}


# --- YAML's surprises ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["no", "yes", "on", "off", "No", "y", "9.90", "1e3", ".inf", "2026-11-01", "12:30", "010", "1_000", "0x1F"],
)
def test_a_word_stays_the_word_it_is(written: str) -> None:
    node = Source("x.yaml").parse(f"a: {written}")
    assert node is not None and node.value["a"].value == written


@pytest.mark.parametrize(("written", "value"), [("true", True), ("false", False), ("7", 7), ("-7", -7), ("~", None)])
def test_whole_numbers_true_false_and_nothing_are_read(written: str, value: object) -> None:
    node = Source("x.yaml").parse(f"a: {written}")
    assert node is not None and node.value["a"].value == value


def test_a_tag_called_no_is_a_tag(tmp_path: Path) -> None:
    item, mistakes = read(tmp_path, article(tags="[no, 12:30]"))
    assert mistakes == [] and item is not None and item.tags == ("no", "12:30")


# --- the folder as a whole -------------------------------------------------------------------------------------


def folder_with(folder: Path, **content: str | bytes) -> Path:
    (folder / "articles").mkdir(exist_ok=True)
    (folder / "articles" / "run-30.md").write_text(article(), "utf-8")
    for name, text in content.items():
        (folder / name.replace("__", ".")).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def load(folder: Path, **content: str | bytes) -> Catalog:
    return load_catalog(folder_with(folder, **content), ZoneInfo("Asia/Shanghai"))


def mistakes_of(folder: Path, **content: str | bytes) -> list[str]:
    with pytest.raises(ContentWrong) as wrong:
        load(folder, **content)
    return [str(one) for one in wrong.value.mistakes]


def test_a_folder_with_articles_alone_is_enough(tmp_path: Path) -> None:
    catalog = load(tmp_path)
    assert [*catalog.items] == ["run-30"] and catalog.subjects == ("健身",)


def test_a_folder_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ContentWrong, match="set CONTENT_DIR"):
        load_catalog(tmp_path / "nowhere", ZoneInfo("Asia/Shanghai"))


def test_mistakes_of_every_file_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bad.md").write_text(article(price="abc"), "utf-8")
    told = mistakes_of(tmp_path, tags__yaml="健身: [跑]\n理财: [跑]\n", menu__yaml="- {name: x, key: NOPE}\n")
    assert [one.split(":")[:2] for one in told] == [["articles/bad.md", "4"], ["menu.yaml", "1"], ["tags.yaml", "2"]]


def test_a_word_under_two_tags_is_told_at_the_second(tmp_path: Path) -> None:
    told = mistakes_of(tmp_path, tags__yaml="健身: [跑步, AI]\n\n科技: [ai]\n")
    assert told == ['tags.yaml:3: 科技: "ai" already stands under 健身 — keep it under one tag']
    assert "already stands under" in mistakes_of(tmp_path, tags__yaml="健身: [跑步]\n跑步: []\n")[0]
    assert "already stands under" in mistakes_of(tmp_path, tags__yaml="跑步: []\n健身: [跑步]\n")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("健身: 跑步\n", "tags.yaml:1: 健身: must be a list, e.g. [a, b]"),
        ("- 健身\n", "tags.yaml:1: must be a mapping"),
        (f"健身: [{'长' * 21}]\n", "has 21 characters — at most 20"),
        ("健身: [跑步\n", "is not YAML"),
        ("健身: []\n健身: []\n", '"健身" is given twice'),
    ],
)
def test_slips_in_the_tags_are_told(text: str, said: str, tmp_path: Path) -> None:
    assert any(said in one for one in mistakes_of(tmp_path, tags__yaml=text))


def test_extra_words_in_another_encoding_are_told(tmp_path: Path) -> None:
    told = mistakes_of(tmp_path, words__txt="指数基金".encode("gb18030"))
    assert told == ["words.txt:1: is not UTF-8 — save it again with the encoding UTF-8"]


def test_extra_words_are_not_cut_apart(tmp_path: Path) -> None:
    catalog = load(tmp_path, words__txt="\ufeff# 一行一个\r\n魑魅酥饼 # 书里的点心\r\n\r\n")
    from_text = catalog.vocabulary.read("我爱魑魅酥饼呀")
    assert "魑魅酥饼" in [word for _, word, _ in from_text]


def test_a_tag_of_items_without_synonyms_is_understood(tmp_path: Path) -> None:
    catalog = load(tmp_path)
    assert catalog.vocabulary.tag("跑步") == "跑步" and catalog.parents == {"跑步": "健身"}


@pytest.mark.parametrize("depth", [21, 5_000, 200_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_yaml_that_is_too_deep_is_told_and_does_not_end_the_process(depth: int, opening: str) -> None:
    source = Source("tags.yaml")
    assert source.parse(opening * depth) is None
    (mistake,) = source.mistakes
    assert "more than 20 levels" in mistake.problem or "is not YAML: " in mistake.problem
    assert Source("tags.yaml").parse("a: " + "[" * 19 + "]" * 19) is not None


def test_only_files_are_read_and_no_huge_ones(tmp_path: Path) -> None:
    """A pipe or a device would hold the bot up for ever."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "huge").write_bytes(b"x" * 2_000_001)
    for name in ("pipe", "device", "gone", "huge"):
        source = Source(name)
        assert source.read(tmp_path / name) == ""
        (mistake,) = source.mistakes
        assert mistake.problem.startswith("has 2,000,001 bytes" if name == "huge" else "cannot be read: it is no file")


@pytest.mark.parametrize("there", ["nothing", "a file"])
def test_articles_that_cannot_be_listed_are_no_empty_shelf(there: str, tmp_path: Path) -> None:
    if there == "a file":
        (tmp_path / "articles").write_bytes(b"")
    with pytest.raises(ContentWrong, match=r"^articles:1: cannot be listed"):
        load_catalog(tmp_path, ZoneInfo("Asia/Shanghai"))
    (tmp_path / "articles").unlink(missing_ok=True)
    (tmp_path / "articles").mkdir()
    assert load_catalog(tmp_path, ZoneInfo("Asia/Shanghai")).items == {}


def test_a_tag_is_no_longer_in_an_article_than_in_the_list_of_tags(tmp_path: Path) -> None:
    _, mistakes = read(tmp_path, article(tags=f"[健身, {'长' * 21}]"))
    assert mistakes == [f'articles/run-30.md:{LINE["tags"]}: tags: "{"长" * 21}" has 21 characters — at most 20']
