"""The supervisor: restarts what dies, gives up what cannot live, stops all together."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from bot_in_process import ROOT

SLEEPER = "import os, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"
Run = subprocess.Popen[str]


@pytest.fixture
def supervise() -> Iterator[object]:
    """Runs roles (name -> code) under a supervisor of their own."""
    begun: list[Run] = []

    def start(**roles: str) -> Run:
        code = textwrap.dedent(f"""
            import logging, os, sys
            sys.path.insert(0, {str(ROOT)!r})
            from supervisor import Role, run_roles
            logging.basicConfig(level="INFO")
            roles = [Role(name, [sys.executable, "-c", code]) for name, code in {roles!r}.items()]
            sys.exit(run_roles(roles, os.environ))
        """)
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                start_new_session=True,
            )
        )  # fmt: skip
        return begun[-1]

    yield start
    for one in begun:
        one.poll() is None and one.send_signal(signal.SIGTERM)
        try:
            one.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            one.kill()
            one.communicate()


def pid_from(stream: IO[str] | None) -> int:
    assert stream is not None
    return int(stream.readline())


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_role_that_dies_at_once_three_times_ends_the_whole(supervise) -> None:  # type: ignore[no-untyped-def]
    whole = supervise(steady=SLEEPER, broken="import sys; sys.exit(3)")
    steady = pid_from(whole.stdout)
    _, said = whole.communicate(timeout=30)
    assert whole.returncode == 1
    assert said.count("broken ended with code 3") == 3
    assert "broken cannot be kept running; see its messages above" in said
    assert "Traceback" not in said
    assert not lives(steady)


def test_a_role_that_refuses_its_first_start_is_not_asked_again(supervise) -> None:  # type: ignore[no-untyped-def]
    whole = supervise(steady=SLEEPER, refusing="import sys; sys.exit('x.md:4: price: is wrong')")
    pid_from(whole.stdout)
    _, said = whole.communicate(timeout=30)
    assert whole.returncode == 1
    assert said.count("x.md:4: price: is wrong") == said.count("refusing ended with code 1") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_within_seconds(supervise, number: int) -> None:  # type: ignore[no-untyped-def]
    whole = supervise(one=SLEEPER, other=SLEEPER)
    children = [pid_from(whole.stdout), pid_from(whole.stdout)]
    assert all(map(lives, children))
    begun = time.monotonic()
    whole.send_signal(number)
    whole.communicate(timeout=15)
    assert time.monotonic() - begun < 10
    assert whole.returncode == 0
    assert not any(map(lives, children))


def test_a_role_that_dies_once_is_started_again(supervise, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    mark = str(tmp_path / "mark")
    code = f"""
import os, sys, time
first = not os.path.exists({mark!r})
open({mark!r}, "w").close()
print(os.getpid(), flush=True)
sys.exit(9) if first else time.sleep(60)
"""
    whole = supervise(shaky=code)
    first, second = pid_from(whole.stdout), pid_from(whole.stdout)
    assert first != second and lives(second) and whole.poll() is None
    whole.send_signal(signal.SIGTERM)
    _, said = whole.communicate(timeout=15)
    assert whole.returncode == 0 and "shaky ended with code 9" in said
