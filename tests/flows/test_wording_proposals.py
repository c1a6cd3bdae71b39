"""Wording may be proposed by an endpoint outside: only texts of items leave, and nothing is written without a yes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bot_in_process import SHOP, Workshop, write_content
from flask import Flask, Response, redirect, request
from platform_at_hand import served

from catalog.load import Catalog, load_catalog
from errors import Declined, WriterSilent
from flows.propose_wording import keep_draft, propose, question
from writer import chat
from writer.chat import Writer

ZONE = ZoneInfo("Asia/Shanghai")
WEEKEND = """# 周末
title: 周末健身专题
purpose: marketing
audience: {tags: [健身]}  # 喜欢健身的
schedule: {cron: "0 10 * * 6"}
channels: [window, mass]
message:
  text: "{greeting} {link}"
  item: recommend
holdout: 0.1
"""
FILES = {**SHOP, "campaigns/weekend.yaml": WEEKEND, "blocked-words.txt": "坏词\n"}
KEY = "sk-secret-0123456789"


@pytest.fixture(scope="module")
def shop(workshop: Workshop) -> Catalog:
    return workshop.catalog(FILES)


class Endpoint:
    """A server that says what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], str]] = []
        self.say: Callable[[], Any] = lambda: "[]"

    def app(self) -> Flask:
        app = Flask("endpoint")

        @app.post("/v1/chat/completions")
        def completions() -> Any:
            self.asked.append((request.get_json(), request.headers.get("Authorization", "")))
            said = self.say()
            return {"choices": [{"message": {"content": said}}]} if isinstance(said, str) else said

        return app


@contextmanager
def endpoint_at_hand() -> Iterator[tuple[Endpoint, Writer]]:
    made = Endpoint()
    with served(made.app()) as base:
        yield made, Writer(f"{base}/v1", KEY, "some-model")


@pytest.fixture
def ends() -> Iterator[tuple[Endpoint, Writer]]:
    with endpoint_at_hand() as both:
        yield both


def test_proposals_are_checked_like_an_operators_own(ends: tuple[Endpoint, Writer], shop: Catalog) -> None:
    endpoint, writer = ends
    texts = [
        "{name}，跑起来 {link}", "{greeting}，换上鞋就能开始：{title} {link}", "转发到朋友圈即可领取 {link}",
        "这是坏词 {link}",
        "{discount} {link}", "今天就动一动", "字" * 301, "{greeting}，换上鞋就能开始：{title} {link}",
    ]  # fmt: skip
    endpoint.say = lambda: f"好的：\n```json\n{json.dumps(texts, ensure_ascii=False)}\n```"
    found = propose(writer, shop, shop.campaigns["weekend"], 10)
    assert [one.text for one in found if not one.problems] == [texts[1], texts[5]]
    assert found[1].advice[0].startswith("has no {link}")
    told = {one.text: one.problems[0] for one in found if one.problems}
    assert "differs for each person" in told[texts[0]] and "rewards sharing" in told[texts[2]]
    assert "blocked-words.txt" in told[texts[3]] and "is not filled here" in told[texts[4]]
    assert "has 301 characters" in told[texts[6]]


def test_only_texts_of_items_leave(ends: tuple[Endpoint, Writer], shop: Catalog) -> None:
    endpoint, writer = ends
    endpoint.say = lambda: '["{title} {link}"]'
    propose(writer, shop, shop.campaigns["weekend"], 3)
    ((asked, key),) = endpoint.asked
    assert key == f"Bearer {KEY}" and asked["model"] == "some-model"
    rules, told = (one["content"] for one in asked["messages"])
    assert told == question(shop, shop.campaigns["weekend"], 3)
    document = json.loads(told)
    assert document.keys() == {"要几条", "活动", "性质", "内容"}
    assert {item["标题"] for item in document["内容"]} == {"久坐拉伸八分钟", "一对哑铃练全身", "从喘到跑"}
    assert all(item.keys() == {"标题", "摘要", "价格", "标签", "开头"} for item in document["内容"])
    assert "付费部分" not in told, "what is paid for is not given away"
    assert "{name}" not in rules and "{link}" in rules, "a mass message has no names"


@pytest.mark.parametrize(
    ("say", "told"),
    [
        (lambda: "没有想法", "nothing that can be read"),
        (lambda: "[1, 2]", "nothing that can be read"),
        (lambda: {"error": "x"}, "no chat completion"),
        (lambda: Response("nonsense", 200), "no chat completion"),
        (lambda: Response(KEY, 401), "HTTP 401"),
        (lambda: redirect("https://elsewhere.example/"), "HTTP 302"),
        (lambda: Response("x" * 300_000, 200), "too much"),
    ],
)
def test_whatever_it_says_the_operator_hears_one_sentence(
    say: Callable[[], Any], told: str, ends: tuple[Endpoint, Writer], shop: Catalog
) -> None:
    endpoint, writer = ends
    endpoint.say = say
    with pytest.raises(WriterSilent) as silent:
        propose(writer, shop, shop.campaigns["weekend"], 3)
    assert told in str(silent.value) and KEY not in str(silent.value)


def test_an_endpoint_that_is_away_or_never_ends_is_left_alone(
    ends: tuple[Endpoint, Writer], shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, writer = ends
    with pytest.raises(WriterSilent, match="gave no answer"):
        propose(Writer("http://127.0.0.1:9", KEY, "m"), shop, shop.campaigns["weekend"], 3)
    monkeypatch.setattr(chat, "ANSWER_SECONDS", 0.0001)
    endpoint.say = lambda: Response(iter(["x"] * 50), 200)
    with pytest.raises(WriterSilent):
        propose(writer, shop, shop.campaigns["weekend"], 3)
    assert KEY not in repr(writer)


# --- keeping some ------------------------------------------------------------------------------------------------


def folder_with(folder: Path, **more: str) -> Path:
    (folder / "articles").mkdir()
    return write_content(folder, {**FILES, **more})


def test_what_is_kept_is_a_draft_beside_the_file(tmp_path: Path) -> None:
    catalog = load_catalog(folder_with(tmp_path), ZONE)
    name = keep_draft(tmp_path, ZONE, catalog, catalog.campaigns["weekend"], ["跑：{title} {link}", "# 早 {link}"])
    assert (tmp_path / "campaigns" / "weekend.yaml").read_text("utf-8") == WEEKEND
    text = (tmp_path / "campaigns" / f"{name}.yaml").read_text("utf-8")
    assert "# 喜欢健身的" in text, "the operator's remarks stay"
    kept, old = load_catalog(tmp_path, ZONE).campaigns[name], catalog.campaigns["weekend"]
    assert kept.draft and [one.text for one in kept.variants] == ["跑：{title} {link}", "# 早 {link}"]
    same = ("title", "audience", "schedule", "channels", "item", "holdout")
    assert [getattr(kept, one) for one in same] == [getattr(old, one) for one in same]
    with pytest.raises(Declined, match="exists already"):
        keep_draft(tmp_path, ZONE, catalog, old, ["跑 {link}"])


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("{title: 试, purpose: marketing, message: {text: 你好}}\n", "跑", "a line of its own"),
        (WEEKEND, "转发后领取 {link}", "would have a mistake"),
    ],
)
def test_what_cannot_be_kept_is_declined_and_nothing_is_written(
    text: str, words: str, told: str, tmp_path: Path
) -> None:
    catalog = load_catalog(folder_with(tmp_path, **{"campaigns/weekend.yaml": text}), ZONE)
    with pytest.raises(Declined, match=told):
        keep_draft(tmp_path, ZONE, catalog, catalog.campaigns["weekend"], [words])
    assert [one.name for one in (tmp_path / "campaigns").iterdir()] == ["weekend.yaml"]
