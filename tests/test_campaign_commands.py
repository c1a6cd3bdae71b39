"""What `campaign list`, `preview`, `launch`, `pause` and `resume` print, do and refuse."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_in_process import ENVIRONMENT, NOON, ROOT, SHOP, Bot, Workshop, write_content
from campaign_world import fan, fans
from click.testing import CliRunner, Result

from campaign_commands import campaign
from errors import Declined
from storage import entitlements
from storage.store import Store

WEEKEND = """title: 周末健身
purpose: marketing
audience: {tags: {健身: 0.3}, not_owning: [dumbbell]}
schedule: {cron: "0 10 * * 6"}
channels: [window, mass]
message: {text: "{greeting}，这个周末动起来：{title} {link}", item: run-30}
"""
DRAFT = 'title: 以后再说\npurpose: marketing\nstatus: draft\nmessage: {text: "{title} {link}", item: run-30}\n'
SERIES = 'title: 欢迎\npurpose: service\ntrigger: followed\nmessage: {text: "欢迎"}\n'
CONTENT = {
    **SHOP, "campaigns/weekend.yaml": WEEKEND, "campaigns/later.yaml": DRAFT, "campaigns/welcome.yaml": SERIES,
}  # fmt: skip


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Bot]:
    made = workshop.bot(workshop.catalog(CONTENT))
    yield made
    made.close()


def run(bot: Bot, *words: str) -> Result:
    result = CliRunner().invoke(campaign, [*words], obj=lambda: bot.house)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def listed(bot: Bot) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(run(bot, "list", "--json").stdout)}


def test_a_preview_is_the_document_of_the_contract(shop: Bot) -> None:
    fans(shop.store, 4)
    with shop.store.write() as tx:
        entitlements.grant(tx, "o0000", "run-30", "order:1", NOON)
        entitlements.grant(tx, "o0001", "dumbbell", "order:1", NOON)
    found = json.loads(run(shop, "preview", "weekend", "--json").stdout)
    samples = found.pop("samples")
    assert found == {
        "name": "weekend", "audience": 3, "excluded": {"owned": 1}, "holdout": 0, "by_channel": {"mass": 2},
        "reaches": 2, "problems": [],
    }  # fmt: skip
    assert [(one["openid"], one["channel"]) for one in samples] == [("o0002", "mass"), ("o0003", "mass")]
    assert samples[0]["text"].startswith("你好，这个周末动起来：从喘到跑 <a href=")


def test_on_a_terminal_a_preview_is_in_words_and_shows_no_whole_openid(shop: Bot) -> None:
    with shop.store.write() as tx:
        for who in ("oSecretOfAnna", "oSecretOfBert", "oSecretOfCarl"):
            fan(tx, who)
        entitlements.grant(tx, "oSecretOfCarl", "run-30", "order:1", NOON)
    said = run(shop, "preview", "weekend").stdout
    assert "3 people are of its audience, and it would reach 2 of them" in said
    assert "1 own the item already" in said and "2 get it by mass send" in said
    assert "oSecre…" in said and "oSecret" not in said


def test_it_is_launched_when_the_number_is_the_one_expected(shop: Bot) -> None:
    fans(shop.store, 3)
    with pytest.raises(Declined, match="it would reach 3 people, not 4: nothing was launched"):
        run(shop, "launch", "weekend", "--expect", "4")
    assert shop.rows("campaign_runs") == []
    said = run(shop, "launch", "weekend", "--expect", "3").stdout
    assert said == f"launched weekend@{NOON}: 3 still to send\n"
    assert [row["state"] for row in shop.rows("campaign_runs")] == ["sending"]
    assert len(shop.rows("campaign_deliveries")) == 3


def test_away_from_a_terminal_it_starts_without_a_question(shop: Bot) -> None:
    fans(shop.store, 2)
    assert "2 still to send" in run(shop, "launch", "weekend").stdout


@pytest.mark.parametrize(
    ("name", "why"), [("nobody", "there is no campaign"), ("later", "is a draft"), ("welcome", "is a series")]
)
def test_what_cannot_be_launched_says_why(name: str, why: str, shop: Bot) -> None:
    with pytest.raises(Declined, match=why):
        run(shop, "launch", name)


def test_it_is_paused_and_resumed(shop: Bot) -> None:
    fans(shop.store, 2)
    run(shop, "launch", "weekend")
    assert run(shop, "pause", "weekend").stdout.startswith("weekend is paused: 1 runs stopped")
    assert listed(shop)["weekend"]["state"] == "paused"
    with pytest.raises(Declined, match="is paused"):
        run(shop, "launch", "weekend")
    assert run(shop, "resume", "weekend").stdout == "weekend is resumed: 1 runs go on\n"
    assert listed(shop)["weekend"]["state"] == "sending"


def test_the_list_tells_where_each_stands(shop: Bot) -> None:
    fans(shop.store, 2)
    run(shop, "launch", "weekend")
    found = listed(shop)
    assert {name: one["state"] for name, one in found.items()} == {
        "later": "draft", "weekend": "sending", "welcome": "scheduled",
    }  # fmt: skip
    weekend = found["weekend"]
    assert (weekend["title"], weekend["next_at"]) == ("周末健身", "2026-11-28T10:00:00+08:00")
    assert weekend["last"]["people"] == {"planned": 2} and weekend["last"]["launched_by"].startswith("shell:")
    said = run(shop, "list").stdout
    assert "weekend (周末健身): sending\n  next on 2026-11-28 10:00\n  last on 2026-11-23 12:00 by shell:" in said


def test_without_campaigns_the_list_says_what_to_do(bot: Bot) -> None:
    assert run(bot, "list").stdout == "no campaigns: write one into content/campaigns/\n"


def test_on_a_terminal_the_number_must_be_typed(workshop: Workshop, tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "articles").mkdir(parents=True)
    everybody = 'title: 公告\npurpose: service\nmessage: {text: "今晚八点直播"}\n'  # whatever the time is
    write_content(content, {**SHOP, "campaigns/weekend.yaml": everybody})
    database = tmp_path / "profiles.db"
    workshop.empty(database)
    store = Store(f"sqlite:///{database}")
    fans(store, 3)
    environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": f"sqlite:///{database}", "CONTENT_DIR": str(content)}
    refused = at_a_terminal(environment, "launch", "weekend", typed="2\n")
    assert "to launch it, type the number of people it will reach: " in refused
    assert "it would reach 3 people, not 2: nothing was launched" in refused
    agreed = at_a_terminal(environment, "launch", "weekend", typed="3\n")
    assert "launched weekend@" in agreed and "3 still to send" in agreed
    store.close()


def at_a_terminal(environment: dict[str, str], *words: str, typed: str) -> str:
    """What a terminal shows when the command is given there and this is typed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "bot.py"), "campaign", *words]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True)
    os.close(theirs)
    os.write(ours, typed.encode())
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            more = os.read(ours, 4_096)
        except OSError:  # the other end is closed: the command is done
            break
        if not more:
            break
        shown += more
    process.wait(60)
    os.close(ours)
    return shown.decode()
