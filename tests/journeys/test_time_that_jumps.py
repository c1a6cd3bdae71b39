"""The demo follows the phone's clock: a month passes, and what was liked has faded."""

from __future__ import annotations

from typing import Any

from tests.journeys.conftest import Demo


def test_a_month_later_the_bot_still_answers(demo: Demo) -> None:
    made: Any = demo.control("followers", {"name": "时间旅人"})
    openid = made.get("openid") or made["follower"]["openid"]
    demo.control(f"followers/{openid}/follow", {})
    before: Any = demo.control("clock")["now"]
    demo.control("clock", {"advance": 30 * 86_400})
    told: Any = demo.control(f"followers/{openid}/say", {"text": "有没有跑步的文章"})
    assert told["delivery"]["ok"], told
    after: Any = demo.control("clock")["now"]
    assert after - before >= 30 * 86_400
    assert told["chat"][-1]["at"] >= before + 30 * 86_400
