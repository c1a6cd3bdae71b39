"""What the commands of the front door share."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wiring import House

OpenHouse = Callable[[], "House"]
"""Opens the house when a command needs it: most of starting is that."""

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")

STEPS = 1_000
LONG_SECONDS = 5.0
"""Between two plain lines of progress; shorter work says nothing."""


def operator() -> str:
    """Whoever is signed in at this machine, as the log of acts names them."""
    return f"shell:{getpass.getuser()}"[:64]


def print_json(document: object) -> None:
    """One JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None]]:
    """Gives a function that takes how much of the work is done, 0 to 1: a bar on a terminal, now and then a line
    otherwise; both on stderr."""
    if not sys.stderr.isatty():
        yield _lines(label)
        return
    with click.progressbar(length=STEPS, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(max(round(done * STEPS) - bar.pos, 0))


def _lines(label: str) -> Callable[[float], None]:
    told_at = time.monotonic()

    def tell(done: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= LONG_SECONDS:
            told_at = time.monotonic()
            click.echo(f"{label}: {100 * done:.0f} %", err=True)

    return tell
