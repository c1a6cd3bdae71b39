"""What the page shows has a Chinese word: every fault, every setting, every verdict on an answer."""

import re
from pathlib import Path

from conftest import ROOT

from simulator import faults
from simulator.settings import Settings

SCRIPTS = ROOT / "simulator/static/js"


def named(script: str) -> set[str]:
    """The keys of a script's table of words."""
    table = Path(SCRIPTS / script).read_text("utf-8").partition("WORDS = {")[2].partition("};")[0]
    return set(re.findall(r"(\w+): [\"']", table))


def test_every_fault_has_a_word() -> None:
    assert set(faults.KINDS) <= named("trouble.js")


def test_every_setting_has_a_word() -> None:
    assert set(Settings().as_json()) <= named("settings.js")


def test_every_verdict_has_a_word() -> None:
    sources = [(ROOT / "simulator" / name).read_text("utf-8") for name in ("grading.py", "envelope.py", "transport.py")]
    rules = {
        rule for source in sources for rule in re.findall(r'Error\(\s*"(\w+)"|problem="(\w+)"', source) for rule in rule
    }
    assert {"names_swapped", "timeout", "bad_padding"} <= rules
    assert rules - {""} | {"reply", "silent", "http_status", "echostr"} <= named("verdicts.js")
