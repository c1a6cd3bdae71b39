"""Operators see what campaigns bring, stop them, take moves of shares back, and write their files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bot_in_process import SHOP, Bot, Workshop, write_content
from effect_at_hand import DAY, NOON, Effect

from catalog.campaign_editor import NEW, CampaignFiles, version
from catalog.live import LiveCatalog
from catalog.load import load_catalog
from errors import Declined
from flows.adjust_shares import adjust
from flows.measure_campaigns import measure_campaigns
from storage import campaign_runs
from tests.web.console_at_hand import Operator, staff_in
from web.intervals import drawn

ZONE = ZoneInfo("Asia/Shanghai")
WEEKEND = """title: 周末健身
purpose: marketing
schedule: {cron: "0 10 * * 6"}
channels: [window]
message: {item: run-30}
variants:
  - {name: a, text: "{title} {link}", share: 0.5}
  - {name: b, text: "{greeting}，{title} {link}", share: 0.5}
holdout: 0.1
adjust: true
"""
CONTENT = {**SHOP, "campaigns/weekend.yaml": WEEKEND}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    content.mkdir()
    return write_content(content, CONTENT)


@pytest.fixture
def bot(workshop: Workshop, tmp_path: Path, folder: Path) -> Iterator[Bot]:
    staff_in(tmp_path / "users.json")
    made = workshop.bot(
        workshop.catalog(CONTENT), CONSOLE_USERS_FILE=str(tmp_path / "users.json"), CONTENT_DIR=str(folder)
    )
    made.clock.now = NOON + 8 * DAY
    yield made
    made.close()


def was_sent(bot: Bot, name: str = "weekend", held: int = 40) -> None:
    effect = Effect(bot.store, name)
    run_id = effect.run(planned=400, held=held, excluded=6, variants=("a", "b"))
    effect.sent(run_id, *range(390))
    effect.opened(run_id, *range(0, 20, 2), *range(1, 160, 2))
    for number in range(3):
        effect.bought(number, NOON + DAY)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_the_list_tells_where_each_campaign_stands_and_when_it_goes_next(bot: Bot) -> None:
    edda = Operator(bot, "edda")
    told = words(edda.get("/console/campaigns").text)
    assert "等时间 周末健身 weekend" in told
    assert "下次 12-05 10:00" in told
    was_sent(bot)
    assert "发了 390 / 446" in words(edda.get("/console/campaigns").text)


def test_a_campaigns_page_tells_what_it_brought_and_how_sure_that_is(bot: Bot) -> None:
    was_sent(bot)
    for name in ("one", "two"):
        was_sent(bot, name)
    measure_campaigns(bot.store, NOON + 8 * DAY)
    page = Operator(bot, "vera").get("/console/campaigns/weekend").text
    told = words(page)
    assert "留出的 40 人相比" in told
    assert "买的人" in told and "+0.8 人" in told and "还得不出结论" in told
    assert "3 个活动平均" in told
    assert "「b」更好" in told
    assert "最近收到得够多了6" in told
    assert page.count('class="interval ') == 12
    assert "oFan" not in page


def test_a_campaign_without_a_hold_out_says_that_nothing_can_be_concluded(bot: Bot) -> None:
    was_sent(bot, held=0)
    assert "没有留出人来比较，得不出结论" in words(Operator(bot, "vera").get("/console/campaigns/weekend").text)


def test_what_never_ran_or_is_unknown_is_no_fault(bot: Bot) -> None:
    vera = Operator(bot, "vera")
    assert "还没有发过" in vera.get("/console/campaigns/weekend").text
    assert vera.get("/console/campaigns/nothing").status_code == 404
    assert vera.get("/console/campaigns/%00").status_code == 404


def test_pausing_stops_it_and_is_written_down(bot: Bot) -> None:
    edda = Operator(bot, "edda")
    edda.get("/console/campaigns/weekend")
    for _ in range(2):  # a second tap is no fault
        assert edda.post("/console/campaigns/weekend/pause").status_code == 303
    assert "已暂停" in edda.get("/console/campaigns/weekend?done=paused").text
    acts = bot.rows("console_acts", act="campaign_paused")
    assert [(act["who"], act["about"]) for act in acts] == [("edda", "weekend")]


def test_only_who_may_send_lets_it_go_on(bot: Bot) -> None:
    edda, ada = Operator(bot, "edda"), Operator(bot, "ada")
    edda.get("/console/campaigns/weekend")
    edda.post("/console/campaigns/weekend/pause")
    assert "继续" not in edda.get("/console/campaigns/weekend").text
    assert edda.post("/console/campaigns/weekend/resume").status_code == 403
    assert "继续" in ada.get("/console/campaigns/weekend").text
    assert ada.post("/console/campaigns/weekend/resume").status_code == 303
    assert "等时间" in ada.get("/console/campaigns/weekend").text
    assert [act["who"] for act in bot.rows("console_acts", act="campaign_resumed")] == ["ada"]


def test_a_move_of_shares_is_told_and_taken_back(bot: Bot) -> None:
    was_sent(bot)
    adjust(bot.store, bot.live.current.campaigns["weekend"], NOON + 8 * DAY)
    edda = Operator(bot, "edda")
    assert "份额 50% → 70%" in edda.get("/console/campaigns/weekend").text
    assert edda.post("/console/campaigns/weekend/undo").status_code == 303
    page = edda.get("/console/campaigns/weekend?done=undone").text
    assert "edda 撤销了" in page and "撤销最近一次调整" not in page
    (act,) = bot.rows("console_acts", act="shares_undone")
    assert "人点开" in act["detail"]


def test_what_is_being_sent_is_stopped_also_when_its_file_is_gone(bot: Bot) -> None:
    with bot.store.write() as tx:
        campaign_runs.launch(tx, "gone", int(bot.clock.now), WEEKEND, "clock", int(bot.clock.now))
    edda = Operator(bot, "edda")
    assert "文件已经不在了" in edda.get("/console/campaigns").text
    assert "/console/campaigns/gone/pause" in edda.page
    assert edda.post("/console/campaigns/gone/pause").headers["Location"].endswith("/console/campaigns?done=paused")
    assert bot.rows("campaign_runs", campaign="gone", state="paused")
    assert "/console/campaigns/gone/pause" not in edda.get("/console/campaigns").text
    assert edda.post("/console/campaigns/never/pause").status_code == 404


def test_a_file_is_written_in_the_browser_once_it_has_no_mistake(bot: Bot, folder: Path) -> None:
    edda = Operator(bot, "edda")
    assert "status: draft" in edda.get("/console/campaigns/new").text
    new = {"name": "newcomers", "seen": version("")}
    wrong = edda.post("/console/campaigns/save", text=NEW.replace("marketing", "nothing"), **new)
    assert wrong.status_code == 400
    assert "第 2 行" in wrong.text and "还没有保存" in wrong.text
    assert "没有错误" in edda.post("/console/campaigns/save", text=NEW, only="check", **new).text
    assert not (folder / "campaigns" / "newcomers.yaml").exists()
    assert edda.post("/console/campaigns/save", text=NEW.replace("\n", "\r\n"), **new).status_code == 303
    assert (folder / "campaigns" / "newcomers.yaml").read_text("utf-8") == NEW
    assert sorted(file.name for file in (folder / "campaigns").iterdir()) == ["newcomers.yaml", "weekend.yaml"]
    live = LiveCatalog(folder, lambda: load_catalog(folder, ZONE))
    assert live.current.campaigns["newcomers"].draft
    assert [act["about"] for act in bot.rows("console_acts", act="campaign_saved")] == ["newcomers"]


def test_of_two_who_edit_at_once_the_second_is_told(bot: Bot, folder: Path) -> None:
    ada = Operator(bot, "ada")
    page = ada.get("/console/campaigns/weekend/edit").text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None and "周末健身" in page
    (folder / "campaigns" / "weekend.yaml").write_text(WEEKEND.replace("0.1", "0.2"), "utf-8")
    mine = WEEKEND.replace("0.1", "0.3")
    answer = ada.post("/console/campaigns/save", name="weekend", seen=seen[1], text=mine)
    assert answer.status_code == 409
    assert "刚刚被别人改过" in answer.text and "holdout: 0.3" in answer.text
    assert "0.2" in (folder / "campaigns" / "weekend.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    "more", ['schedule: {cron: "0 10 * * 6"}', 'schedule: {at: "2030-01-05 10:00"}', "trigger: followed"]
)
def test_only_an_admin_saves_what_goes_out_by_itself(bot: Bot, folder: Path, more: str) -> None:
    text = NEW.replace("status: draft\n", f"{more}\n")
    if more.startswith("trigger"):
        text = text.replace("message:\n  item: recommend\n", "steps:\n  - {after: 1h, message: {item: run-30}}\n")
    new, file = {"name": "soon", "seen": version("")}, folder / "campaigns" / "soon.yaml"
    edda, ada = Operator(bot, "edda"), Operator(bot, "ada")
    edda.get("/console/campaigns/new")
    refused = edda.post("/console/campaigns/save", text=text, **new)
    assert refused.status_code == 403 and "只有 admin" in refused.text and not file.exists()
    assert edda.post("/console/campaigns/save", text=f"status: draft\n{text}", **new).status_code == 303
    ada.get("/console/campaigns/soon/edit")
    seen = version(file.read_text("utf-8"))
    assert ada.post("/console/campaigns/save", name="soon", seen=seen, text=text).status_code == 303
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize("name", ["../tags", "a/b", "", "New", "new", "x" * 49, "a.b"])
def test_no_other_file_can_be_reached(bot: Bot, folder: Path, name: str) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    edda = Operator(bot, "edda")
    edda.get("/console/campaigns/new")
    assert edda.post("/console/campaigns/save", name=name, seen=version(""), text=NEW).status_code == 400
    assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_read_only_folder_is_told_and_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = CampaignFiles(folder, ZONE)
    assert files.writable

    def refuse(*_: object, **__: object) -> tuple[int, str]:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr("tempfile.mkstemp", refuse)  # whoever runs the tests may write everywhere
    with pytest.raises(Declined, match="cannot be written"):
        files.save("weekend", NEW, version(WEEKEND))
    assert files.text("weekend") == WEEKEND


def test_zero_always_lies_on_the_drawing() -> None:
    for low, high in ((-9.2, 3.4), (1.0, 2.0), (-3.0, -1.0), (0.0, 0.0)):
        at = drawn({"low": low, "high": high, "estimate": (low + high) / 2})
        assert min(at) >= 0 and max(at) <= 1_000
        assert (at.zero <= at.low) is (low >= 0)
