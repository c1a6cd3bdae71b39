"""One push in ten is doubled, overtaken or loses its answer: what followers see, and what is counted."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.journeys.conftest import Demo

FAILURE = "该公众号提供的服务出现故障"
WORDS = ("有没有跑步的文章", "想学理财", "不想看历史了", "今天有点累")


@pytest.fixture
def trouble(demo: Demo) -> Any:
    demo.control("faults", {"rates": {"all": 0.1}, "slow_seconds": 0.2, "seed": 7})
    yield demo
    demo.control("faults/clear", {})


def test_every_follower_is_answered_and_counted_once(trouble: Demo) -> None:
    openids = []
    for number in range(8):
        made: Any = trouble.control("followers", {"name": f"读者{number}"})
        openid = made.get("openid") or made["follower"]["openid"]
        openids.append(openid)
        trouble.control(f"followers/{openid}/follow", {})
        for words in WORDS:
            trouble.control(f"followers/{openid}/say", {"text": words})
        trouble.control(f"followers/{openid}/tap", {"key": "RECOMMEND"})
    database = sqlite3.connect(f"file:{trouble.database}?mode=ro", uri=True)
    for openid in openids:
        chat: Any = trouble.control(f"followers/{openid}/chat")["chat"]
        said = [line for line in chat if line["sender"] == "account"]
        assert len(said) == len(WORDS) + 2, "welcome, an answer to each message, and the recommendation"
        assert not [line for line in chat if FAILURE in str(line)]
        counted = database.execute(
            "select kind, count(*) from behaviours where openid = ? group by kind order by kind", (openid,)
        ).fetchall()
        assert counted == [("follow", 1), ("menu_tap", 1), ("message", len(WORDS))]
        (refused,) = database.execute(
            "select score from interests where openid = ? and tag = '历史'", (openid,)
        ).fetchone()
        assert refused < 0
    wire: Any = trouble.control("wire?kind=push")
    tries = [entry["attempt"] for entry in next(v for v in wire.values() if isinstance(v, list))]
    assert max(tries) > 1, "no fault struck: the test would prove nothing"
