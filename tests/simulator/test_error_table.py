"""Every error number the platform documents for what it simulates is raised by some test of this folder."""

import re
from pathlib import Path

import pytest

RAISED = (
    -1,
    40001,
    40003,
    40007,
    40013,
    40014,
    40018,
    40029,
    40032,
    40037,
    40054,
    40125,
    40130,
    40155,
    40163,
    40164,
    40200,
    41001,
    42001,
    43004,
    43019,
    43101,
    44002,
    45002,
    45003,
    45008,
    45009,
    45011,
    45015,
    45028,
    45047,
    45056,
    45057,
    45058,
    45059,
    45065,
    45066,
    45067,
    45072,
    45080,
    45081,
    45157,
    45158,
    45159,
    47001,
    47003,
    48001,
    48002,
    48004,
    48006,
    48008,
    50005,
    65301,
    65303,
    65304,
    65316,
    65320,
    88000,
    89503,
)
"""The table of platform.md 4.14, complete."""


@pytest.fixture(scope="module")
def others() -> str:
    here = Path(__file__)
    return "\n".join(file.read_text("utf-8") for file in here.parent.glob("test_*.py") if file != here)


@pytest.mark.parametrize("code", RAISED)
def test_a_test_raises_it(others: str, code: int) -> None:
    assert re.search(rf"(?<!\d){code}(?!\d)", others)
