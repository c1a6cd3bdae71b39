"""The house keeps its rules: floors, owners of packages, sizes, names (``docs/map.md``).

Every check takes a folder and returns what is wrong in it, so that each is also shown to fail on a made-up house.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]

COMMANDS = (
    "order_commands", "console_commands", "follower_commands", "evaluate_commands", "report_commands",
    "campaign_commands", "effect_commands", "wording_commands",
)  # fmt: skip
FLOOR = {
    "errors": 0,
    "domain": 1,
    "catalog": 2, "wechat": 2, "storage": 2, "writer": 2,
    "flows": 3,
    "handlers": 4, "web": 4, "scheduler": 4,
    "bot": 5, "wiring": 5, "config": 5, "supervisor": 5, "demo": 5, "follow_clock": 5, "sending": 5, "clockwork": 5,
    "command_line": 5, **dict.fromkeys(COMMANDS, 5),
}  # fmt: skip
LEVEL = (
    {("web", "handlers"), ("demo", "supervisor"), ("sending", "wiring"), ("bot", "sending")}
    | {
        *((room, "clockwork") for room in ("bot", "campaign_commands")),
        ("clockwork", "wiring"),
    }
    | {
        *(("bot", room) for room in ("wiring", "config", "supervisor", "demo", "command_line")),
        *(("bot", commands) for commands in COMMANDS),
        *((commands, room) for commands in COMMANDS for room in ("wiring", "command_line")),
        ("command_line", "wiring"),
        *(("campaign_commands", commands) for commands in ("effect_commands", "wording_commands")),
        *(("wiring", room) for room in ("config", "follow_clock", "supervisor")),
    }
)
"""Who may import from the own floor."""
CONFIG_READERS = ("bot", "wiring")
NEXT_DOOR = "simulator"
NOT_THE_HOUSE = (".venv", "tests", "benchmarks", "docs", "build", "data")

OWNERS = {
    "werobot": ("wechat/", "handlers/"),
    "wechatpy": ("wechat/",),
    "wechatpayv3": ("wechat/pay.py",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/",),
    "sqlite_utils": ("storage/", "catalog/search.py"),
    "jieba": ("catalog/words.py",),
    "rjieba": ("catalog/words.py",),
    "rapidfuzz": ("catalog/",),
    "apscheduler": ("scheduler/",),
    "huey": ("scheduler/",),
    "flask": ("web/", "simulator/"),
    "segno": ("web/",),
    "aiohttp": ("wechat/fast_outbox.py",),
    "uvloop": ("wechat/fast_outbox.py",),
    "argon2": ("storage/console_users.py",),
}
HIDDEN_ALLOWED = {("bot.py", ""), *((f"{commands}.py", "") for commands in COMMANDS), ("catalog/words.py", "jieba")}
"""(file, package; "" = any): the front door starts fast, jieba's dictionary takes a second to load."""
LONGEST_FUNCTION, LONGEST_FILE = 60, 400
GENERATED = "storage/migrations/versions/"
NO_NAMES = ("utils.py", "helpers.py")


class Import(NamedTuple):
    """One import: where, of which dotted module (and name in it), and whether inside a function."""

    file: str
    line: int
    module: str
    name: str
    hidden: bool

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.module}"


def room(file: str) -> str:
    """The folder a file lies in, or its name for those of the top."""
    return PurePosixPath(file).parts[0].removesuffix(".py")


def files(root: Path) -> list[str]:
    """Every Python file of the house and of next door."""
    tops = [top for top in root.iterdir() if not top.name.startswith(".")]  # tests running beside this one make some
    found = (path.relative_to(root) for top in tops for path in (top.rglob("*.py") if top.is_dir() else [top]))
    return sorted(
        path.as_posix()
        for path in found
        if path.suffix == ".py" and not set(path.parts[:-1]) & {*NOT_THE_HOUSE, "__pycache__"}
    )


@cache
def tree(root: Path, file: str) -> ast.Module:
    return ast.parse((root / file).read_text("utf-8"), file)


def imports(root: Path) -> list[Import]:
    return [one for file in files(root) for one in _imports(file, tree(root, file), False)]


def _imports(file: str, node: ast.AST, hidden: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(file, child.lineno, alias.name, "", hidden) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = list(PurePosixPath(file).parts[: -child.level]) if child.level else []
            module = ".".join([*base, *([child.module] if child.module else [])])
            yield from (Import(file, child.lineno, module, alias.name, hidden) for alias in child.names)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(file, child, hidden or function)


# --- the rules -----------------------------------------------------------------------------------------------


def against_the_floors(root: Path) -> list[str]:
    """Imports that go up, or sideways to another room."""
    wrong = []
    for one in imports(root):
        here, there = room(one.file), one.top
        if here not in FLOOR or there not in FLOOR or here == there:
            continue
        sideways = FLOOR[here] == FLOOR[there] and (here, there) not in LEVEL
        if FLOOR[there] > FLOOR[here] or sideways:
            wrong.append(str(one))
    return wrong


def rooms_without_a_floor(root: Path) -> list[str]:
    """Files of the top or folders that no rule speaks of."""
    return sorted({room(file) for file in files(root)} - {*FLOOR, NEXT_DOOR})


def config_read_elsewhere(root: Path) -> list[str]:
    return [
        str(one) for one in imports(root) if one.top == "config" and room(one.file) not in (*CONFIG_READERS, NEXT_DOOR)
    ]


def through_the_party_wall(root: Path) -> list[str]:
    """The simulator shares no code with the house: two equal mistakes would cancel out."""
    return [
        str(one)
        for one in imports(root)
        if (room(one.file) == NEXT_DOOR and one.top in FLOOR)
        or (one.top == NEXT_DOOR and room(one.file) not in (NEXT_DOOR, "bot"))
    ]


def not_by_its_owner(root: Path) -> list[str]:
    return [str(one) for one in imports(root) if one.top in OWNERS and not one.file.startswith(OWNERS[one.top])]


def hidden_imports(root: Path) -> list[str]:
    return [
        str(one) for one in imports(root) if one.hidden and not {(one.file, ""), (one.file, one.top)} & HIDDEN_ALLOWED
    ]


def import_cycles(root: Path) -> list[str]:
    """Modules that need themselves to be imported, hidden imports included."""
    modules = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in files(root)}
    names = {file: name for name, file in modules.items()}
    needs: dict[str, set[str]] = {name: set() for name in modules}
    for one in imports(root):
        whole = f"{one.module}.{one.name}"
        wanted = whole if whole in modules else one.module
        if wanted in modules:
            needs[names[one.file]].add(wanted)
    return sorted(name for name in modules if name in _reached_from(name, needs))


def _reached_from(start: str, needs: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    to_do = [*needs[start]]
    while to_do:
        name = to_do.pop()
        if name not in reached:
            reached.add(name)
            to_do += needs[name]
    return reached


def too_long(root: Path) -> list[str]:
    wrong = []
    for file in files(root):
        if file.startswith(GENERATED):
            continue
        lines = len((root / file).read_text("utf-8").splitlines())
        if lines > LONGEST_FILE:
            wrong.append(f"{file}: {lines} lines")
        for node in ast.walk(tree(root, file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    wrong.append(f"{file}:{node.lineno}: {node.name} has {length} lines")
    return wrong


def names_that_say_nothing(root: Path) -> list[str]:
    return [file for file in files(root) if PurePosixPath(file).name in NO_NAMES]


def without_docstring(root: Path) -> list[str]:
    """Public modules, classes, functions and methods of the house that say nothing about themselves.

    A method of a documented Protocol of the same file is documented there, one that calls the method it overrides
    in its base.
    """
    wrong = []
    for file in files(root):
        if room(file) == NEXT_DOOR or file.startswith(GENERATED):
            continue
        module = tree(root, file)
        if not ast.get_docstring(module):
            wrong.append(f"{file}:1: the module")
        wrong += [f"{file}:{node.lineno}: {node.name}" for node in _public(module) if not ast.get_docstring(node)]
    return wrong


Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(module: ast.Module) -> Iterator[Named]:
    top = [node for node in module.body if isinstance(node, Named) and not node.name.startswith("_")]
    promised: set[str] = set()
    for node in top:
        yield node
        if isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, Named) and not one.name.startswith("_")]
            if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases):
                promised |= {one.name for one in methods if ast.get_docstring(one)}
            yield from (one for one in methods if one.name not in promised and not _overrides(one))


def _overrides(method: Named) -> bool:
    """Does it call ``super().<its own name>``?"""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == method.name
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
        for node in ast.walk(method)
    )


CHECKS: dict[Callable[[Path], list[str]], dict[str, str]] = {
    # check -> a made-up house in which it must find something
    against_the_floors: {"domain/a.py": "from storage.store import Store"},
    rooms_without_a_floor: {"managers/a.py": ""},
    config_read_elsewhere: {"supervisor.py": "import config"},
    through_the_party_wall: {"simulator/a.py": "from wechat import envelope"},
    not_by_its_owner: {"catalog/load.py": "from jieba import cut"},
    hidden_imports: {"flows/a.py": "def f():\n    import json\n"},
    import_cycles: {"domain/a.py": "from domain import b", "domain/b.py": "from domain.a import x"},
    too_long: {"domain/a.py": "x = 1\n" * (LONGEST_FILE + 1)},
    names_that_say_nothing: {"flows/utils.py": ""},
    without_docstring: {"domain/a.py": '"""a"""\ndef f():\n    pass\n'},
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_the_rule(check: Callable[[Path], list[str]]) -> None:
    assert files(ROOT), "no file was looked at"
    assert check(ROOT) == []


def test_every_room_was_looked_at() -> None:
    assert {room(file) for file in files(ROOT)} >= {*FLOOR, NEXT_DOOR} - {"demo"}


def build(folder: Path, house: dict[str, str]) -> Path:
    for name, text in house.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_each_check_can_fail(check: Callable[[Path], list[str]], tmp_path: Path) -> None:
    assert check(build(tmp_path, CHECKS[check])) != []


@pytest.mark.parametrize(
    ("check", "file", "text", "fault"),
    [
        (against_the_floors, "catalog/a.py", "import storage.store", True),
        (against_the_floors, "wechat/a.py", "from catalog import words", True),
        (against_the_floors, "storage/a.py", "import wechat", True),
        (against_the_floors, "handlers/a.py", "from web import pages", True),
        (against_the_floors, "scheduler/a.py", "from handlers import door", True),
        (against_the_floors, "errors.py", "import domain.item", True),
        (against_the_floors, "flows/a.py", "def f():\n    from wiring import build", True),
        (against_the_floors, "domain/a.py", "from ..storage import store", True),
        (against_the_floors, "domain/a.py", "from . import item", False),
        (against_the_floors, "web/a.py", "from handlers.door import Door", False),
        (against_the_floors, "handlers/a.py", "from catalog.load import Catalog", False),
        (against_the_floors, "supervisor.py", "import config", True),
        (against_the_floors, "wiring.py", "import config", False),
        (config_read_elsewhere, "web/a.py", "from config import Settings", True),
        (config_read_elsewhere, "bot.py", "from config import Settings", False),
        (through_the_party_wall, "wiring.py", "import simulator.server", True),
        (through_the_party_wall, "bot.py", "def f():\n    from simulator.server import serve", False),
        (through_the_party_wall, "simulator/a.py", "import errors", True),
        (through_the_party_wall, "simulator/a.py", "import flask", False),
        (not_by_its_owner, "flows/a.py", "import sqlalchemy.orm", True),
        (not_by_its_owner, "catalog/load.py", "from sqlite_utils import Database", True),
        (not_by_its_owner, "catalog/search.py", "from sqlite_utils import Database", False),
        (not_by_its_owner, "web/a.py", "from werobot import WeRoBot", True),
        (hidden_imports, "bot.py", "def f():\n    import wiring", False),
        (hidden_imports, "catalog/words.py", "def f():\n    import jieba", False),
        (hidden_imports, "catalog/words.py", "def f():\n    import opencc", True),
        (hidden_imports, "domain/a.py", "class A:\n    def f(self):\n        import json", True),
        (hidden_imports, "domain/a.py", "try:\n    import json\nexcept ImportError:\n    json = None", False),
        (import_cycles, "domain/a.py", "from domain import a", True),
        (import_cycles, "domain/a.py", "from domain import b", False),
        (too_long, "domain/a.py", "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION, True),
        (too_long, "domain/a.py", "def f():\n" + "    x = 1\n" * (LONGEST_FUNCTION - 1), False),
        (too_long, "domain/a.py", "x = 1\n" * LONGEST_FILE, False),
        (names_that_say_nothing, "catalog/helpers.py", "", True),
        (without_docstring, "domain/a.py", "", True),
        (without_docstring, "domain/a.py", '"""a"""\nclass A:\n    pass', True),
        (without_docstring, "domain/a.py", '"""a"""\nclass A:\n    """A"""\n    def f(self):\n        pass', True),
        (without_docstring, "domain/a.py", '"""a"""\ndef _f():\n    pass', False),
    ],
)  # fmt: skip
def test_what_each_check_tells_apart(
    check: Callable[[Path], list[str]], file: str, text: str, fault: bool, tmp_path: Path
) -> None:
    assert bool(check(build(tmp_path, {file: text}))) is fault
