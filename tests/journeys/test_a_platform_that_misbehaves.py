"""One push in ten is doubled, overtaken or loses its answer: what followers see, and what is counted."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.journeys.conftest import Demo

FAILURE = "该公众号提供的服务出现故障"
PUSH_FAULTS = {"push_duplicate", "push_answer_lost", "push_reordered"}
FEWEST, MOST = 8, 100
WORDS = ("有没有跑步的文章", "想学理财", "不想看历史了", "今天有点累")


@pytest.fixture
def trouble(demo: Demo) -> Any:
    demo.control("faults", {"rates": {"all": 0.1}, "slow_seconds": 0.2, "seed": 7})
    yield demo
    demo.control("faults/clear", {})


def test_every_follower_is_answered_and_counted_once(trouble: Demo) -> None:
    openids = []
    while len(openids) < FEWEST or not struck(trouble) >= PUSH_FAULTS:
        assert len(openids) < MOST, "not every kind of fault struck: the test would prove nothing"
        openids.append(visit(trouble, f"读者{len(openids)}"))
    database = sqlite3.connect(f"file:{trouble.database}?mode=ro", uri=True)
    for openid in openids:
        chat: Any = trouble.control(f"followers/{openid}/chat")["chat"]
        said = [line for line in chat if line["sender"] == "account"]
        assert len(said) == len(WORDS) + 3, "welcome, an answer to each message and to the picture, the recommendation"
        assert all(line["text"].strip() for line in said)
        assert not [line for line in chat if FAILURE in str(line)]
        counted = database.execute(
            "select kind, count(*) from behaviours where openid = ? group by kind order by kind", (openid,)
        ).fetchall()
        assert counted == [("follow", 1), ("media", 1), ("menu_tap", 1), ("message", len(WORDS))]
        (refused,) = database.execute(
            "select refused_at from interests where openid = ? and tag = '历史'", (openid,)
        ).fetchone()
        assert refused > 0
    wire: Any = trouble.control("wire?kind=push")["wire"]
    assert max(entry["attempt"] for entry in wire) > 1


def visit(demo: Demo, name: str) -> str:
    """Somebody follows, says a few things, sends a picture and taps the menu; the openid."""
    openid = str(demo.control("followers", {"name": name})["openid"])
    demo.control(f"followers/{openid}/follow", {})
    for words in WORDS:
        demo.control(f"followers/{openid}/say", {"text": words})
    demo.control(f"followers/{openid}/send", {"kind": "image"})
    demo.control(f"followers/{openid}/tap", {"key": "RECOMMEND"})
    return openid


def struck(demo: Demo) -> set[str]:
    happened: Any = demo.control("faults")["happened"]
    return set(happened)
