"""Every row of the platform's error table is raised, with HTTP 200 and a request id."""

import re
from pathlib import Path

import pytest
from conftest import Api, Control
from error_table import TABLE, Scene

from simulator.account import Account


@pytest.mark.parametrize("code", TABLE)
def test_the_platform_answers_with_it(code: int, api: Api, control: Control, account: Account) -> None:
    answer = TABLE[code](Scene(api, control, account))
    assert answer["errcode"] == code, answer
    assert re.search(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$", answer["errmsg"])


def test_the_table_is_complete(samples: Path) -> None:
    """Against the table itself, which stands beside the recorded samples."""
    page = samples.parent / "wechat-platform.md"
    if not page.is_file():
        pytest.skip(f"the platform's fact sheet is absent ({page})")
    section = page.read_text("utf-8").partition("### 4.14")[2].partition("\n---")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if re.match(r"\| \d", line)]
    wanted = {-1}
    for part in (one.strip() for cell in cells for one in cell.split(",")):
        first, _, last = part.partition("–")
        wanted |= set(range(int(first), int(last or first) + 1))
    assert wanted <= set(TABLE)
