"""The commands of ``bot.py``: what they print, and that a refusal is one sentence."""

import json
import logging
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_in_process import ENVIRONMENT, ROOT, Hands, Workshop
from click.testing import CliRunner, Result
from platform_at_hand import platform_at_hand

import bot
import config
import wiring
from catalog.load import Catalog
from storage import campaign_runs
from storage.store import Store

COMMANDS = (
    "serve", "web", "clock", "worker", "tick", "demo", "simulate", "check", "migrate", "menu show", "menu push",
    "follower show", "follower export", "follower erase", "follower import", "evaluate", "report content",
    "campaign list", "campaign preview", "campaign launch", "campaign pause", "campaign resume", "campaign propose",
    "campaign report", "campaign shares", "campaign undo",
    "report gaps", "report words", "order list", "order show", "order refund", "order reconcile", "order trouble",
    "order funnel", "console-user add", "console-user list", "console-user remove",
)  # fmt: skip


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CliRunner]:
    """In an empty folder, with the shipped content and no other setting."""
    for setting in config.LIST:
        monkeypatch.delenv(setting.name, raising=False)
        monkeypatch.delenv(f"{setting.name}_FILE", raising=False)
    monkeypatch.setenv("CONTENT_DIR", str(ROOT / "content"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = CliRunner()
    with made.isolated_filesystem(tmp_path):
        yield made
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def run(runner: CliRunner, line: str) -> Result:
    result = runner.invoke(bot.bot, line.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


def refused(result: Result) -> str:
    """The sentence of a refusal; nothing else was said."""
    assert result.exit_code == 1 and not result.stdout, result.output
    (sentence,) = result.stderr.splitlines()
    return sentence


def test_no_command_is_forgotten_here() -> None:
    known = set()
    for name, command in bot.bot.commands.items():
        known |= {f"{name} {one}" for one in getattr(command, "commands", {})} or {name}
    assert known == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(runner: CliRunner, command: str) -> None:
    result = run(runner, f"{command} --help")
    assert result.exit_code == 0
    assert f"Example: python bot.py {command}" in result.output


@pytest.mark.parametrize("line", ["nosuch", "menu nosuch", "serve --port abc", "serve --port 0", "follower show"])
def test_wrong_usage_is_code_2(runner: CliRunner, line: str) -> None:
    assert run(runner, line).exit_code == 2


# --- check ---------------------------------------------------------------------------------------------------


def broken_copy() -> tuple[Path, str]:
    """A copy of the content with one wrong price, and what must be said of it."""
    folder = Path("broken")
    shutil.copytree(ROOT / "content", folder)
    article = min((folder / "articles").glob("*.md"))
    lines = article.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith("price:"))
    lines[at] = "price: abc\n"
    article.write_text("".join(lines), "utf-8")
    return folder, (
        f'articles/{article.name}:{at + 1}: price: "abc" is not an amount — write yuan with at most two decimals, '
        "e.g. 9.90"
    )


def test_good_content_is_counted(runner: CliRunner, real_catalog: Catalog) -> None:
    result = run(runner, "check")
    assert (result.exit_code, result.stdout) == (0, f"ok: {len(real_catalog.items)} items\n")
    document = json.loads(run(runner, "check --json").stdout)
    assert document == {"items": len(real_catalog.items), "mistakes": [], "advice": []}


def test_a_wrong_price_is_named_with_file_and_line(runner: CliRunner) -> None:
    folder, mistake = broken_copy()
    result = run(runner, f"check --content {folder}")
    assert (result.exit_code, result.stdout) == (1, mistake + "\n")
    result = run(runner, f"check --content {folder} --json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"items": 0, "mistakes": [mistake], "advice": []}


def test_a_campaign_whose_moment_is_past_is_a_mistake_unless_it_ran(runner: CliRunner) -> None:
    folder = Path("late")
    shutil.copytree(ROOT / "content", folder)
    past = 'title: 试\npurpose: marketing\nschedule: {at: "2020-01-01 10:00"}\nmessage: {text: 你好}\n'
    (folder / "campaigns" / "late.yaml").write_text(past, "utf-8")
    for _ in range(2):  # without a database, and with one in which it never ran
        result = run(runner, f"check --content {folder}")
        assert (result.exit_code, result.stdout.count("\n")) == (1, 1), result.stdout
        assert result.stdout.startswith('campaigns/late.yaml:3: at: "2020-01-01 10:00" is past, and it never ran')
        run(runner, "migrate")
    store = Store("sqlite:///profiles.db")
    with store.write() as tx:
        campaign_runs.launch(tx, "late", 1_577_844_000, past, "clock", 1_577_844_000)
    store.close()
    assert run(runner, f"check --content {folder}").exit_code == 0


def test_wrong_content_refuses_the_menu_in_the_same_words(runner: CliRunner, account: pytest.MonkeyPatch) -> None:
    folder, mistake = broken_copy()
    account.setenv("CONTENT_DIR", str(folder))
    assert refused(run(runner, "menu show")) == mistake
    assert refused(run(runner, "menu push")) == mistake


def test_check_tells_of_a_wrong_setting(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    result = run(runner, "check --json")
    assert result.exit_code == 1
    (mistake,) = json.loads(result.stdout)["mistakes"]
    assert mistake.startswith("TIMEZONE: ")


@pytest.mark.parametrize(
    "broken", [b"A\x00B=1\n", b"X=a\x00b\n", "WECHAT_TOKEN=abc\n".encode("utf-16-le"), b"\xff\xfe"]
)
def test_a_broken_env_file_is_told(runner: CliRunner, broken: bytes) -> None:
    Path(".env").write_bytes(broken)
    assert refused(run(runner, "menu show")).startswith(".env ")


@pytest.mark.parametrize("host", ["", "nosuchhost.invalid", "192.0.2.1"])
@pytest.mark.parametrize("command", ["serve", "web"])
def test_an_address_of_another_machine_is_told(
    runner: CliRunner, account: pytest.MonkeyPatch, command: str, host: str
) -> None:
    result = runner.invoke(bot.bot, [command, "--host", host])
    assert refused(result) == f'"{host}" is no address of this machine — choose another with --host'


@pytest.mark.parametrize("openid", ["", "\udcff\udcfe", "o1\n", "'; drop table followers; --", "%s", "o" * 5_000])
def test_an_odd_openid_is_that_of_nobody(runner: CliRunner, account: pytest.MonkeyPatch, openid: str) -> None:
    result = runner.invoke(bot.bot, ["follower", "show", openid])
    assert refused(result) == "there is no follower with this openid"


# --- settings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["serve", "web", "clock", "worker", "tick", "migrate", "menu show", "menu push", "follower show o1"]
)
@pytest.mark.parametrize(
    ("name", "value"), [("TIMEZONE", "Mars"), ("DATABASE_URL", "oracle://x"), ("LOG_LEVEL", "loud")]
)
def test_a_wrong_setting_is_one_sentence_with_its_name(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, line: str, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refused(run(runner, line)).startswith(f"{name}: ")


@pytest.mark.parametrize("line", ["serve", "web", "menu push"])
def test_nothing_faces_the_world_without_secrets(runner: CliRunner, line: str) -> None:
    assert refused(run(runner, line)).startswith("SECRET_KEY: is not set")


@pytest.mark.parametrize("line", ["serve", "web", "menu push"])
def test_a_real_account_takes_no_made_up_time(runner: CliRunner, account: pytest.MonkeyPatch, line: str) -> None:
    account.setenv("CLOCK_URL", "http://127.0.0.1:9/_control/clock")
    assert refused(run(runner, line)).startswith("CLOCK_URL: is for the simulator only")


# --- menu ----------------------------------------------------------------------------------------------------


def names(buttons: list[dict[str, Any]]) -> list[str]:
    return [name for one in buttons for name in (one["name"], *names(one.get("sub_button", [])))]


def test_the_menu_is_shown(runner: CliRunner, real_catalog: Catalog) -> None:
    assert json.loads(run(runner, "menu show --json").stdout) == {"button": list(real_catalog.menu)}
    shown = run(runner, "menu show").stdout
    assert all(name in shown for name in names(list(real_catalog.menu)))


def test_the_menu_arrives_with_its_chinese_names(
    runner: CliRunner, account: pytest.MonkeyPatch, real_catalog: Catalog
) -> None:
    with platform_at_hand() as platform:
        account.setenv("WECHAT_API_BASE", platform.base)
        result = run(runner, "menu push")
        assert result.exit_code == 0 and result.stdout.startswith("menu sent: "), result.output
        arrived = json.dumps(platform.get("menu"), ensure_ascii=False)
    assert all(f'"{name}"' in arrived for name in names(list(real_catalog.menu)))
    assert "\\\\u" not in arrived


def test_a_menu_that_cannot_be_sent_is_one_sentence(runner: CliRunner, account: pytest.MonkeyPatch) -> None:
    with platform_at_hand() as platform:
        account.setenv("WECHAT_API_BASE", platform.base)
    result = run(runner, "menu push")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "WECHAT_API_BASE" in result.stderr
    assert result.stderr.startswith("stable_token failed: ") and ENVIRONMENT["WECHAT_APP_SECRET"] not in result.stderr


# --- followers -----------------------------------------------------------------------------------------------


def test_an_unknown_follower_is_refused(runner: CliRunner, account: pytest.MonkeyPatch) -> None:
    result = run(runner, "follower show nobody --json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "there is no follower with this openid"


def test_a_follower_is_shown_whole(
    runner: CliRunner, account: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = Workshop(tmp_path_factory.mktemp("cli")).bot()
    made.clock.now = time.time() - 60
    made.event("o1", "subscribe", "qrscene_c_42", Ticket="t")
    made.say("o1", "有没有跑步的文章")
    made.close()
    account.setenv("DATABASE_URL", f"sqlite:///{made.database}")
    document = json.loads(run(runner, "follower show o1 --json").stdout)
    assert set(document) >= {
        "openid", "subscribed", "subscribed_at", "source", "about", "tags", "behaviour_count", "last_seen_at",
        "orders", "owns", "window", "opted_out",
    }  # fmt: skip
    assert (document["openid"], document["subscribed"], document["source"]) == ("o1", True, "qr:c_42")
    assert document["behaviour_count"] == 2
    assert set(document["window"]) == {"open", "left", "until"} and document["window"]["left"] == 5
    running = next(tag for tag in document["tags"] if tag["tag"] == "跑步")
    assert 0 < running["weight"] <= 1
    (evidence,) = running["evidence"]
    assert (evidence["kind"], evidence["text"]) == ("message", "有没有跑步的文章") and evidence["at"]
    shown = run(runner, "follower show o1").stdout
    assert "跑步" in shown and "qr:c_42" in shown


# --- the clock's jobs ----------------------------------------------------------------------------------------


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(wiring, "_clock_of", lambda settings: hands)
    return hands


def test_due_jobs_run_once(runner: CliRunner, stopped: Hands) -> None:
    result = run(runner, "tick")
    assert result.exit_code == 0
    assert {line.partition(":")[0] for line in result.stdout.splitlines()} == {
        "forget-old-replies", "forget-old-reports", "forget-old-pay-calls", "forget-who-left",
        "forget-old-sessions", "measure-campaigns", "adjust-shares",
    }  # fmt: skip
    assert run(runner, "tick").stdout == "nothing is due\n"
    assert json.loads(run(runner, "tick --json").stdout) == {"ran": []}
    stopped.now += 3_600
    assert json.loads(run(runner, "tick --json").stdout) == {"ran": ["forget-old-replies: 0 replies forgotten"]}


def test_a_named_job_runs_due_or_not(runner: CliRunner, stopped: Hands) -> None:
    run(runner, "tick")
    assert run(runner, "tick forget-who-left").stdout == "forget-who-left: 0 followers forgotten\n"


def test_an_unknown_job_is_refused(runner: CliRunner, stopped: Hands) -> None:
    result = run(runner, "tick nosuch")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith('there is no job "nosuch" — one of ')


# --- the database --------------------------------------------------------------------------------------------


def test_migrating_twice_does_it_once(runner: CliRunner) -> None:
    first = run(runner, "migrate")
    assert first.exit_code == 0
    assert first.stdout and all(line.startswith("done: ") for line in first.stdout.splitlines())
    assert run(runner, "migrate").stdout == "up to date\n"


@pytest.mark.parametrize("line", ["migrate", "tick", "follower show o1"])
def test_what_is_no_database_is_said_plainly(runner: CliRunner, account: pytest.MonkeyPatch, line: str) -> None:
    Path("notes.txt").write_text("not a database, only words, and many of them " * 50)
    account.setenv("DATABASE_URL", "sqlite:///notes.txt")
    assert refused(run(runner, line)).startswith("DATABASE_URL: ")


@pytest.mark.parametrize("line", ["migrate", "tick", "follower show o1"])
def test_a_folder_that_cannot_be_made_is_said_plainly(
    runner: CliRunner, account: pytest.MonkeyPatch, line: str
) -> None:
    Path("file").write_text("in the way")
    account.setenv("DATABASE_URL", "sqlite:///file/inside/profiles.db")
    assert refused(run(runner, line)).startswith("DATABASE_URL: the folder file/inside cannot be made")


@pytest.mark.parametrize("line", ["migrate", "tick", "follower show o1"])
def test_a_missing_driver_is_said_with_the_remedy(runner: CliRunner, account: pytest.MonkeyPatch, line: str) -> None:
    account.setitem(sys.modules, "pymysql", None)
    account.setenv("DATABASE_URL", "mysql+pymysql://shutong:hunter2@127.0.0.1/shutong")
    sentence = refused(run(runner, line))
    assert sentence == "DATABASE_URL: the driver is not installed — pip install pymysql"
