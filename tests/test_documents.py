"""The documents tell the truth: paths, settings, commands, links, and two READMEs that say the same."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import bot
import config
from catalog.phrases import PHRASES
from domain import quota

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = [
    *READMES, "STYLE.md", "CONTRIBUTING.md", "CHANGELOG.md", "simulator/README.md",
    *sorted(f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")),
]  # fmt: skip

SECTIONS = (
    ("Try it", "先试试"),
    ("What you see in the demo", "演示里有什么"),
    ("The content folder", "内容文件夹"),
    ("What a follower can type", "读者能说什么"),
    ("Campaigns", "推送活动"),
    ("Commands", "命令"),
    ("Settings", "设置"),
    ("How it works", "它怎么工作"),
    ("Figures", "数字"),
    ("Not yet", "还没有的"),
    ("Documents", "文档"),
    ("Licences", "许可"),
)
SAYS, COMMANDS, SETTINGS = SECTIONS[3], SECTIONS[5], SECTIONS[6]
MAP_ROWS = 25


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def sections(text: str) -> dict[str, str]:
    """Heading -> what stands under it; a heading inside a fence is none."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    parts = re.split(r"^## (.+)$", outside, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row but the heads."""
    lines = [*text.splitlines(), ""]
    for line, following in itertools.pairwise(lines):
        if line.startswith("| ") and not following.startswith("|--"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def table(readme: str, section: tuple[str, str]) -> list[list[str]]:
    """The rows of the table of a section, without its head."""
    return list(rows(sections(read(readme))[section[READMES.index(readme)]]))


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def shape(name: str, command: click.Command) -> tuple[str, ...]:
    """("menu show", "--json"): what the first cell of a command's row must hold."""
    options = {opt for parameter in command.params if isinstance(parameter, click.Option) for opt in parameter.opts}
    arguments = [parameter.human_readable_name for parameter in command.params if isinstance(parameter, click.Argument)]
    return (name, *sorted(arguments), *sorted(options))


def test_every_path_of_the_map_exists() -> None:
    listed = list(rows(read("docs/map.md")))
    assert len(listed) >= MAP_ROWS
    for wish, places in listed:
        paths = [path for path in re.findall(r"`([^`]+)`", places) if not path.startswith("make ")]
        assert paths, f"no file for: {wish}"
        for path in paths:
            assert (ROOT / path).exists(), f"{wish}: {path}"


def test_every_room_stands_on_the_map() -> None:
    text = read("docs/map.md")
    rooms = [file.parent.name for file in ROOT.glob("*/__init__.py")] + [file.name for file in ROOT.glob("*.py")]
    assert [room for room in rooms if room not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_settings_table_is_the_list_of_settings(readme: str) -> None:
    told = [(name.strip("`"), default.strip("`—")) for name, default, _ in table(readme, SETTINGS)]
    assert told == [(setting.name, setting.default) for setting in config.LIST]


@pytest.mark.parametrize("readme", READMES)
def test_the_settings_table_marks_what_is_needed(readme: str) -> None:
    word = ("*needed*", "*必填*")[READMES.index(readme)]
    marked = {name.strip("`") for name, _, meaning in table(readme, SETTINGS) if meaning.startswith(word)}
    assert marked == set(config.NEEDED_TO_SERVE)


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_table_is_the_list_of_commands(readme: str) -> None:
    told = set()
    for usage, *_ in table(readme, COMMANDS):
        words = re.sub(r"\[--[^\]]*\]", "", usage.strip("`")).split()
        arguments = sorted(word.strip("[]") for word in words if word.strip("[]").isupper())
        name = " ".join(word for word in words if word.islower())
        told.add((name, *arguments, *sorted(re.findall(r"--[a-z-]+", usage))))
    assert told == {shape(name, command) for name, command in commands(bot.bot)}


def test_every_command_has_an_example() -> None:
    for name, command in commands(bot.bot):
        assert f"python bot.py {name}" in (command.help or ""), name


@pytest.mark.parametrize("readme", READMES)
def test_what_a_follower_can_type_is_told(readme: str) -> None:
    told = {word.strip() for words, _ in table(readme, SAYS) for word in re.split("[,、，]", words)}
    assert {listed.split()[0] for listed in PHRASES.values()} <= told


def test_both_readmes_have_the_same_sections_in_the_same_order() -> None:
    english, chinese = (tuple(sections(read(readme))) for readme in READMES)
    assert tuple(zip(english, chinese, strict=True)) == SECTIONS


def test_both_readmes_have_the_same_tables_and_fences() -> None:
    counts = [
        (len(list(rows(text))), text.count("\n```"), text.count("\n* "), text.count("<!-- figures -->"))
        for text in map(read, READMES)
    ]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_relative_links_lead_somewhere(document: str) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", read(document)):
        if not re.match(r"https?:|#", link):
            assert ((ROOT / document).parent / link.partition("#")[0]).exists(), link


def test_the_platform_page_names_every_limit() -> None:
    text = read("docs/platform.md")
    for limit in (name for name in vars(quota) if name.isupper()):
        assert f"`{limit}`" in text, limit


def test_the_picture_is_small_enough_to_load() -> None:
    assert 10_000 < (ROOT / "docs" / "phone.png").stat().st_size < 300_000
