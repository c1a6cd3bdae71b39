"""A faulty save keeps the last good version; the next good one is taken over."""

from __future__ import annotations

import logging
import threading
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from catalog.live import LiveCatalog
from catalog.load import Catalog, load_catalog
from catalog.mistakes import ContentWrong
from domain.learned import Learned


def article(title: str, price: str = "9.90") -> str:
    return (
        f"---\ntitle: {title}\nprice: {price}\ntags: [健身]\nauthor: 何\nsummary: 一句话\npublished: 2026-11-01\n---\n"
        "免费\n<!-- more -->\n付费\n"
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    made = tmp_path / "articles" / "run.md"
    made.write_text(article("第一版"), "utf-8")
    return made


@pytest.fixture
def live(tmp_path: Path, file: Path) -> LiveCatalog:
    return LiveCatalog(tmp_path, partial(load_catalog, tmp_path, ZoneInfo("Asia/Shanghai")))


def title(live: LiveCatalog) -> str:
    return live.current.items["run"].title


def test_a_good_save_is_taken_over(live: LiveCatalog, file: Path) -> None:
    file.write_text(article("第二版"), "utf-8")
    assert title(live) == "第一版", "nothing changes before it is read"
    assert live.refresh() and title(live) == "第二版" and live.mistakes == []


def test_a_faulty_save_keeps_the_last_good_version_and_the_next_good_one_is_taken(
    live: LiveCatalog, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = live.current
    file.write_text(article("第二版", "abc"), "utf-8")
    with caplog.at_level(logging.ERROR):
        assert not live.refresh()
    assert live.current is before
    (mistake,) = live.mistakes
    assert mistake.startswith("articles/run.md:3: price:")
    assert [mistake in one.getMessage() for one in caplog.records] == [True]
    file.write_text(article("第三版"), "utf-8")
    assert live.refresh() and title(live) == "第三版" and live.mistakes == []


@pytest.mark.parametrize("name", ["words.txt", "tags.yaml", "menu.yaml", "replies.yaml", "articles/run.md"])
@pytest.mark.parametrize("rubbish", [b"\xff\xfe\x00", b"a: !!int x\n", b"[" * 5_000, b"\x00\x01", b"a: &a [*a]\n"])
def test_rubbish_in_any_file_never_stops_the_shop(live: LiveCatalog, file: Path, name: str, rubbish: bytes) -> None:
    before = live.current
    (file.parents[1] / name).write_bytes(rubbish)
    if not live.refresh():
        assert live.current is before and live.mistakes
    assert "run" in live.current.items
    assert name == "words.txt" or live.mistakes


def test_a_folder_that_cannot_be_read_keeps_the_last_good_version(catalog: Catalog) -> None:
    answers = iter([catalog])

    def load() -> Catalog:
        try:
            return next(answers)
        except StopIteration:
            raise PermissionError(13, "Permission denied") from None

    live = LiveCatalog(Path(), load)
    assert not live.refresh() and live.current is catalog
    assert live.mistakes == ["the content could not be read: Permission denied"]


def test_a_save_prepares_the_ranking_once_before_anybody_asks(file: Path, tmp_path: Path) -> None:
    loaded: list[Catalog] = []

    def load() -> Catalog:
        loaded.append(load_catalog(tmp_path, ZoneInfo("Asia/Shanghai")))
        return loaded[-1]

    live = LiveCatalog(tmp_path, load)
    learned = Learned({}, {}, {})
    for _ in range(2):
        live.teach(learned)
        assert "ranking" in vars(live.current) and live.current.ranking.learned is learned
        assert live.refresh()
    assert "ranking" in vars(live.current) and live.current.ranking.learned is learned
    assert "ranking" in vars(loaded[0]) and not any("ranking" in vars(one) for one in loaded[1:])


def test_the_first_load_must_succeed(file: Path, tmp_path: Path) -> None:
    file.write_text(article("x", "abc"), "utf-8")
    with pytest.raises(ContentWrong, match=r"articles/run\.md:3"):
        LiveCatalog(tmp_path, partial(load_catalog, tmp_path, ZoneInfo("Asia/Shanghai")))


def test_the_watching_thread_takes_a_save_over(file: Path, tmp_path: Path) -> None:
    """Saves again until it is seen: the watch may begin after the first save."""
    seen, changed = "", threading.Condition()

    def load() -> Catalog:
        nonlocal seen
        catalog = load_catalog(tmp_path, ZoneInfo("Asia/Shanghai"))
        with changed:
            seen = catalog.items["run"].title
            changed.notify_all()
        return catalog

    live = LiveCatalog(tmp_path, load)
    thread = live.follow()
    try:
        for version in range(20):
            file.write_text(article(f"存了{version}次"), "utf-8")
            with changed:
                if changed.wait_for(lambda: seen != "第一版", timeout=1.5):
                    break
        assert seen.startswith("存了")
    finally:
        live.close()
        thread.join(timeout=10)
    assert not thread.is_alive()
