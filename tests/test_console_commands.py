"""The commands that say who may use the operator console."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import Bot, Workshop
from click.testing import CliRunner, Result

from console_commands import console_user
from errors import Declined
from storage.console_users import ConsoleUsers

PASSWORD = "three words or more"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "users.json"


@pytest.fixture
def bot(workshop: Workshop, file: Path) -> Iterator[Bot]:
    made = workshop.bot(CONSOLE_USERS_FILE=str(file))
    yield made
    made.close()


def run(bot: Bot, *words: str, typed: str = "") -> Result:
    result = CliRunner().invoke(console_user, [*words], obj=lambda: bot.house, input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_user_is_added_with_the_password_of_standard_input(bot: Bot, file: Path) -> None:
    result = run(bot, "add", "lin", "--role", "finance", typed=PASSWORD + "\n")
    assert result.stdout == "added: lin, finance\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and PASSWORD not in file.read_text()
    assert [one.name for one in file.parent.iterdir()] == ["users.json"]
    users = ConsoleUsers(file)
    found = users.check("lin", PASSWORD)
    assert found and found.role == "finance" and users.check("lin", PASSWORD + " ") is None
    assert [(row["act"], row["about"], row["detail"]) for row in bot.rows("console_acts")] == [
        ("user_added", "lin", "finance")
    ]


def test_adding_a_known_name_changes_role_and_password(bot: Bot, file: Path) -> None:
    run(bot, "add", "lin", "--role", "viewer", typed=PASSWORD)
    before = ConsoleUsers(file).find("lin")
    assert run(bot, "add", "lin", "--role", "admin", typed="some other words").stdout == "changed: lin, admin\n"
    after = ConsoleUsers(file).find("lin")
    assert before and after and after.role == "admin" and after.mark != before.mark
    assert ConsoleUsers(file).check("lin", PASSWORD) is None


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [
        ("lin", "only eleven", "12 to 200 characters"),
        ("lin", "", "12 to 200 characters"),
        ("lin", "x" * 201, "12 to 200 characters"),
        ("lin", "abababababababab", "too easy to guess"),
        ("a-long-user-name", "a-long-user-name", "too easy to guess"),
        ("Lin", PASSWORD, "NAME must have"),
        ("../lin", PASSWORD, "NAME must have"),
    ],
)
def test_a_weak_password_or_an_odd_name_is_refused(bot: Bot, file: Path, name: str, password: str, told: str) -> None:
    with pytest.raises(Declined, match=told):
        run(bot, "add", name, "--role", "admin", typed=password)
    assert not file.exists()


def test_a_role_must_be_named_and_known(bot: Bot) -> None:
    assert run(bot, "add", "lin", typed=PASSWORD).exit_code == 2
    assert run(bot, "add", "lin", "--role", "root", typed=PASSWORD).exit_code == 2


def test_users_are_listed_and_removed(bot: Bot, file: Path) -> None:
    assert run(bot, "list").stdout.startswith("nobody: ")
    run(bot, "add", "lin", "--role", "admin", typed=PASSWORD)
    run(bot, "add", "chen", "--role", "viewer", typed=PASSWORD)
    assert run(bot, "list").stdout == "chen  viewer\nlin  admin\n"
    assert run(bot, "remove", "lin").stdout == "removed: lin\n"
    assert json.loads(run(bot, "list", "--json").stdout) == [{"name": "chen", "role": "viewer"}]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Declined, match="no console user"):
        run(bot, "remove", "lin")


def test_a_damaged_file_is_told_and_left_alone(bot: Bot, file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"lin": 5}')
    for words in (["list"], ["remove", "lin"], ["add", "lin", "--role", "admin"]):
        with pytest.raises(Declined, match="CONSOLE_USERS_FILE"):
            run(bot, *words, typed=PASSWORD)
    assert file.read_text() == '{"lin": 5}'
