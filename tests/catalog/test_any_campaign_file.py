"""Whatever stands in a campaign file, it is read or its mistakes are told; nothing else happens."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.audiences import Around
from catalog.campaigns import Draft, read_campaigns, read_snapshot
from catalog.mistakes import ContentWrong
from catalog.yaml_lines import Source
from domain.item import Item
from domain.notice import Notice

ZONE = ZoneInfo("Asia/Shanghai")
AROUND = Around(
    {"健身", "跑步"},
    {"run-30": Item("run-30", "跑", "article", 990, ("健身",), "何", "一句话", 0, "免费", "付费")},
    {"new-item": Notice("notice", "1234567890", {"thing1": "{title}"})},
    ("坏词",),
)
WHOLE = yaml.safe_load("""
title: 周末
purpose: marketing
status: ready
audience:
  tags: {健身: "0.3"}
  active_within_days: 30
  not_owning: [run-30]
  came_by: [pay]
  bought: {times: 2, yuan: "5"}
  read: any
  reached: {step: ordered, item: run-30, within_days: 3}
  about: {gender: [male], age: 2-3, city: [成都]}
  any: [{tags: [跑步]}]
  not: {all: [{tags: [跑步]}]}
schedule: {cron: "0 10 * * 6"}
trigger: {event: followed, after: 2h, item: run-30}
steps: [{after: 1h, message: {text: 你好}}, {before: 2d, variants: [{name: a, text: 早}]}]
channels: [window, notice, mass]
notice: new-item
message: {text: "{greeting}{title}{link}", item: recommend}
variants: [{name: a, text: "{title}", share: "0.5", audience: {tags: [健身]}}, {name: b, text: 早}]
topics: [健身]
holdout: "0.1"
caps: {per_day: 1, per_week: 3, mass_per_week: 1}
adjust: true
until_hours: 24
""")
ODD = (
    None, 5, -1, "x", "", [], {}, [[]], {"a": 1}, True, [None], {"tags": None}, ["{"], "{", "{}", "{title!r}", "9" * 30,
    "0 10 30 2 *", "2026-01-01 10:00", [{}], "run-30", "any", 1e9, "{0}", "{title.x}", "{title[0]}", "坏词",
)  # fmt: skip


def places(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value below the root."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*here, key)
        yield from places(child, (*here, key))


@st.composite
def documents(draw: st.DrawFn) -> str:
    """The whole file with some values exchanged for odd ones, or gone."""
    document = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 5))):
        *way, last = draw(st.sampled_from([*places(document)]))
        parent = document
        for key in way:
            parent = parent[key]
        if draw(st.booleans()):
            parent[last] = draw(st.sampled_from(ODD))
        else:
            del parent[last]
        if not document:
            break
    return yaml.safe_dump(document, allow_unicode=True)


@given(documents())
def test_any_file_is_read_or_told(text: str) -> None:
    source = Source("campaigns/any.yaml")
    campaigns, texts = read_campaigns([Draft("any", text, source.parse(text), source)], ZONE, AROUND)
    assert campaigns.keys() == texts.keys()
    assert campaigns or source.mistakes
    for name, campaign in campaigns.items():
        try:
            again = read_snapshot(name, text, ZONE)
        except ContentWrong:
            continue
        assert (again.name, again.variants, again.schedule) == (name, campaign.variants, campaign.schedule)
